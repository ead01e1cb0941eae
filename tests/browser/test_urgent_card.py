"""An emergency in the list of a phone: one card in one colour."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from gridcase.cases.rules import Channel
from gridcase.core.db import db
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests.browser.conftest import PHONE, Server, Watch
from tests.factories.cases import collected
from tests.factories.viewers import viewer_from
from tests.factories.world import World

COLOURS = """(row) => {
  const of = (one) => getComputedStyle(one).backgroundColor;
  return [of(row), [...row.cells].map(of).filter((one) => one !== "rgba(0, 0, 0, 0)")];
}"""


def test_the_whole_card_is_tinted(server: Server, world: World, page_as: Callable[..., Page], watch: Watch) -> None:
    with server.app.app_context():
        liaison = viewer_from(db.session.get_one(User, world.users[Role.LIAISON]))
        collected(world, liaison, code="0201", title="屋后落石", channel=Channel.PATROL)
        collected(world, liaison, title="路灯不亮")
        db.session.remove()
    page = page_as(Role.VILLAGE_HEAD, viewport=PHONE)
    page.goto("/cases/?tab=mine")
    urgent = page.locator("tr.urgent").evaluate(COLOURS)
    other = page.locator("tr[data-row]:not(.urgent)").evaluate(COLOURS)
    assert urgent[0] != other[0]
    assert urgent[1] == other[1] == [], "no cell has a colour of its own"
    assert watch.errors == []
