"""The pages of a case's life without barriers: axe finds nothing, in the usual colours and in high contrast, at the
desk and on the phone, and no page is wider than its screen. What a page looks like does not depend on the database: on
PostgreSQL the first page of each role stands for the others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests.browser.conftest import PHONE, Server
from tests.browser.test_desk_keyboard import AXE
from tests.factories.cases import collected, do, water
from tests.factories.mediations import agreed, quarrel
from tests.factories.viewers import viewer_from
from tests.factories.world import World

# Whose pages, on which screen. "{name}" is an id of `scene` or the world.
PAGES: dict[Role, tuple[str, ...]] = {
    Role.VILLAGE_HEAD: (
        "/cases/?tab=mine", "/cases/{urgent}", "/cases/{dispute}", "/cases/new", "/cases/new/0503",
        "/mediation/{dispute}", "/mediation/", "/cases/templates", "/cases/hot", "/search?q=落石", "/doors",
        "/reception/", "/reception/{village}/day?on=2026-11-23", "/reception/meetings/", "/reception/patrols/",
    ),
    Role.LIAISON: ("/cases/?tab=village", "/cases/{urgent}", "/reception/", "/reception/figures"),
    Role.DEPT: ("/cases/?tab=mine", "/cases/{sent}"),
    Role.TOWN_MANAGER: ("/cases/duties", "/cases/supervision", "/calendar/2026", "/reminders/timetable"),
    Role.COUNTY_MANAGER: ("/cases/", "/cases/catalogue", "/cases/catalogue/0503", "/calendar/"),
    Role.SECURITY_ADMIN: ("/accounts/",),
}  # fmt: skip
ON_THE_PHONE = frozenset({Role.LIAISON, Role.DEPT, Role.SECURITY_ADMIN, Role.COUNTY_MANAGER})
IN_ENGLISH = frozenset({Role.SECURITY_ADMIN, Role.DEPT, Role.COUNTY_MANAGER})
VILLAGERS = ("/v/own", "/v")
Open = Callable[..., Page]


@pytest.fixture
def scene(app: Flask, world: World) -> dict[str, int]:
    """An emergency, a case on its way, a quarrel that was settled."""

    def viewer(role: Role) -> Viewer:
        return viewer_from(db.session.get_one(User, world.users[role]))

    with app.app_context():
        liaison, head = viewer(Role.LIAISON), viewer(Role.VILLAGE_HEAD)
        urgent = collected(world, liaison, code="0201", title="屋后落石", text="石头滚到路上了。").id
        sent = collected(world, liaison)
        do(cases.accept, sent, head)
        do(cases.dispatch, sent, head, unit=water(world))
        dispute: Case = quarrel(world, viewer)
        agreed(dispute, head)
        made = {"urgent": urgent, "sent": sent.id, "dispute": dispute.id, "village": world.grids["village_a"]}
        db.session.remove()
    return made


@pytest.mark.parametrize("role", PAGES)
def test_the_pages_of_a_role(page_as: Open, scene: dict[str, int], role: Role, database: str) -> None:
    more = {"viewport": PHONE} if role in ON_THE_PHONE else {}
    page = page_as(role, locale="en" if role in IN_ENGLISH else "zh-CN", **more)
    paths = PAGES[role] if database == "sqlite" else PAGES[role][:1]
    assert [found for path in paths for found in barriers(page, path.format(**scene))] == []


def test_the_villagers_pages(page_as: Open, server: Server, browser: Browser, world: World) -> None:
    head = page_as(Role.VILLAGE_HEAD)
    head.goto("/doors")
    head.get_by_role("button", name="做好去打印").click()
    link = head.locator(".wall-link").inner_text().split("/v/")[1]
    phone = browser.new_context(viewport=PHONE, locale="zh-CN", base_url=server.url).new_page()
    found = barriers(phone, f"/v/{link}")
    phone.get_by_label("什么事").fill("村口的路灯坏了三天。")
    with phone.expect_navigation():
        phone.get_by_role("button", name="提交").click()
    assert found + [one for path in VILLAGERS for one in barriers(phone, path)] == []


def barriers(page: Page, path: str) -> list[str]:
    """What stands in the way on a page: as axe finds it, in high contrast too, and what is wider than the screen."""
    page.goto(path)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    found = [f"{path} is wider than the screen by {wide} px"] if wide > 1 else []
    found += _axe(page, path, "{resultTypes: ['violations']}")
    page.evaluate("document.documentElement.dataset.contrast = 'high'")
    return found + _axe(page, f"{path} (high contrast)", "{runOnly: ['color-contrast', 'color-contrast-enhanced']}")


def _axe(page: Page, where: str, how: str) -> list[str]:
    violations = page.evaluate(f"axe.run(document, {how})")["violations"]
    return [f"{where}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in violations]
