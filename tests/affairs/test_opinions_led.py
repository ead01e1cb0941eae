"""What an opinion led to, for who may open that; a draft is for those who set the scheme."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.affairs.rules.opinions import LedTo, Outcome
from gridcase.affairs.service import opinions as service
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.people.rules import DecisionKind, Role
from gridcase.points import service as points
from gridcase.points.models import SchemeVersion
from gridcase.users.models import User
from tests.affairs.test_opinions import begun, collected, settled, village
from tests.factories import decisions
from tests.factories.pages import statements
from tests.factories.viewers import viewer_from
from tests.factories.world import MAKER, World

ViewerOf = Callable[[Role | str], Viewer]
ClientAs = Callable[[Role | str], FlaskClient]
MOST = 9


# --- what it led to, for who may open that


def drafted(world: World, *, days: int | None = None) -> int:
    """A version of the scheme of the village: a draft, or in force."""
    now = clock.now()
    with transaction():
        place = village(world)
        one = SchemeVersion(village_id=place.id, path=place.path, number=7, name="秘密草案", made_at=now)
        if days is not None:
            passed = decisions.passed(place, DecisionKind.SCHEME, on=clock.town_day(now), now=now)
            one.decision_id, one.valid_from = passed.id, clock.town_day(now) - timedelta(days=days)
        db.session.add(one)
        service.audit.record(actor=MAKER, action="test", subject_kind="scheme", subject_id=None, now=now)
    return one.id


def led(app: Flask, world: World, **kept: int) -> tuple[str, int, str]:
    """The page of the opinions, one of them, and the page of the scheme that it led to."""
    with app.app_context():
        one, head = begun(world), viewer_from(db.session.get_one(User, world.users[Role.VILLAGE_HEAD]))
        version = drafted(world, **kept)
        opinion = collected(one, world, head, "扣分太重")
        settled(opinion, head, Outcome.CHANGE, led=(LedTo.SCHEME, version))
        url = f"/affairs/campaigns/{one.id}/opinions?village={world.grids['village_a']}"
        db.session.remove()
    return url, opinion, f"/points/scheme/{version}"


READERS = (
    Role.VILLAGE_HEAD, Role.TOWN_MANAGER, Role.FULLTIME_GRID, Role.VILLAGE_SUPERVISOR, Role.DISPATCHER,
    Role.COUNTY_MANAGER,
)  # fmt: skip


@pytest.mark.parametrize("role", READERS)
def test_a_draft_is_linked_and_named_to_who_may_open_it(
    app: Flask, world: World, client_as: ClientAs, role: Role
) -> None:
    url, opinion, scheme = led(app, world)
    client = client_as(role)
    page = client.get(url).text
    opens = client.get(scheme).status_code == 200
    assert opens is (role in (Role.VILLAGE_HEAD, Role.TOWN_MANAGER))
    assert "引出改动" in page
    assert (f'href="{scheme}"' in page) is opens
    assert ("秘密草案" in page) is opens
    form = client.get(f"/affairs/campaigns/opinions/{opinion}")
    assert ("秘密草案" in form.text) is (opens and form.status_code == 200)
    if role in (Role.VILLAGE_HEAD, Role.TOWN_MANAGER, Role.FULLTIME_GRID):
        assert form.status_code == 200
        for target in (f"/points/scheme/new?village={world.grids['village_a']}",
                       f"/people/decisions/new?village={world.grids['village_a']}"):  # fmt: skip
            assert (target in form.text) is opens
            assert (client.get(target).status_code == 200) is opens


@pytest.mark.parametrize("role", READERS)
def test_a_scheme_in_force_is_named_to_all_and_linked_to_its_readers(
    app: Flask, world: World, client_as: ClientAs, role: Role
) -> None:
    url, _opinion, scheme = led(app, world, days=1)
    client = client_as(role)
    page = client.get(url).text
    assert "秘密草案" in page
    assert (f'href="{scheme}"' in page) is (client.get(scheme).status_code == 200)
    assert len(statements(app, lambda: client.get(url))) <= MOST, "one more than without a change"


def test_a_draft_that_was_thrown_away_has_no_page_and_is_named_to_its_makers(
    app: Flask, world: World, client_as: ClientAs
) -> None:
    url, _opinion, scheme = led(app, world)
    with app.app_context():
        draft = db.session.get_one(SchemeVersion, int(scheme.rsplit("/", 1)[1]))
        with transaction():
            points.drop_draft(draft, actor=MAKER, now=clock.now())
        db.session.remove()
    page = client_as(Role.VILLAGE_HEAD).get(url).text
    assert "秘密草案" in page
    assert scheme not in page
    assert "秘密草案" not in client_as(Role.FULLTIME_GRID).get(url).text


def test_who_may_not_read_a_draft_cannot_name_it(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    one, grid = begun(world), viewer_of(Role.FULLTIME_GRID)
    version, opinion = drafted(world), collected(one, world, grid, "扣分太重")
    with pytest.raises(Refused, match="哪一处改动"):
        settled(opinion, grid, Outcome.CHANGE, led=(LedTo.SCHEME, version))


def test_who_may_not_read_the_draft_keeps_it_when_he_saves(app: Flask, world: World, client_as: ClientAs) -> None:
    url, opinion, scheme = led(app, world)
    grid, page = client_as(Role.FULLTIME_GRID), f"/affairs/campaigns/opinions/{opinion}"
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', grid.get(page).text)
    assert seen
    said = {"text": "扣分太重了", "outcome": "change", "led": f"scheme:{scheme.rsplit('/', 1)[1]}", "seen": seen[1]}
    assert grid.post(page, data=said).status_code == 302
    assert f'href="{scheme}"' in client_as(Role.VILLAGE_HEAD).get(url).text
