"""Units and organisations: hanging in a tree, terms of seats, closing; who may know them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.people import queries, service
from gridcase.people.models import Organisation, Post, Unit
from gridcase.people.rules import BodyKind, Role, UnitKind
from gridcase.people.views import bodies
from tests.factories.world import MAKER, SINCE, World

pytestmark = pytest.mark.usefixtures("ctx")
TODAY = date(2026, 11, 23)
ViewerOf = Callable[[Role], Viewer]


@pytest.fixture
def village(world: World) -> Grid:
    return db.session.get_one(Grid, world.grids["village_a"])


@pytest.fixture
def head(viewer_of: ViewerOf) -> Viewer:
    return viewer_of(Role.VILLAGE_HEAD)


def body(village: Grid, kind: BodyKind, name: str, parent: Organisation | None = None) -> Organisation:
    with transaction():
        return service.add_organisation(
            actor=MAKER, kind=kind, name=name, place=village, parent=parent, since=SINCE, now=clock.now()
        )


def holder(world: World, role: Role) -> int:
    return queries.holders_on(world.posts[role], on=TODAY)[0].person_id


def test_the_tree_of_a_village(village: Grid, head: Viewer, world: World) -> None:
    branch = body(village, BodyKind.PARTY_BRANCH, "上河村党支部")
    group = body(village, BodyKind.PARTY_GROUP, "第一网格党小组", branch)
    body(village, BodyKind.WOMEN, "上河村妇联")
    with transaction():
        service.seat(
            branch, actor=head, person_id=holder(world, Role.VILLAGE_HEAD), title="书记", rank=1, start=SINCE, end=None,
            now=clock.now(),
        )  # fmt: skip
    rows = queries.organisations(head, on=TODAY)
    assert [(row.name, row.depth) for row in rows] == [("上河村党支部", 0), ("第一网格党小组", 1), ("上河村妇联", 0)]
    assert rows[0].head == "书记 测试总网格长"
    values = {"kind": BodyKind.PARTY_BRANCH, "name": "上河村党支部", "seen": None, "now": clock.now()}
    with pytest.raises(Refused), transaction():
        service.edit_organisation(branch, actor=head, parent=group, **values)  # type: ignore[arg-type]


def test_seats_have_terms(village: Grid, head: Viewer, world: World) -> None:
    council = body(village, BodyKind.REDWHITE, "红白理事会")
    person = holder(world, Role.LIAISON)
    with transaction():
        service.seat(
            council, actor=head, person_id=person, title="理事", rank=2, start=date(2026, 3, 1), end=date(2026, 6, 1),
            now=clock.now(),
        )  # fmt: skip
    assert [row.title for row in queries.seats_of(council.id, on=date(2026, 5, 31))] == ["理事"]
    assert queries.seats_of(council.id, on=date(2026, 6, 1)) == []
    with transaction():  # he went on after all, and as the head
        service.seat(
            council, actor=head, person_id=person, title="理事长", rank=1, start=date(2026, 5, 1), end=None,
            now=clock.now(),
        )  # fmt: skip
    assert [row.title for row in queries.seats_of(council.id, on=date(2026, 4, 30))] == ["理事"]
    assert [row.title for row in queries.seats_of(council.id, on=TODAY)] == ["理事长"]
    with transaction():
        service.end_seat(council, actor=head, person_id=person, on=TODAY, now=clock.now())
    assert queries.seats_of(council.id, on=TODAY) == []
    with pytest.raises(Refused), transaction():
        service.end_seat(council, actor=head, person_id=person, on=TODAY, now=clock.now())


def test_a_body_closes_with_its_seats_but_not_over_others(village: Grid, head: Viewer, world: World) -> None:
    branch = body(village, BodyKind.PARTY_BRANCH, "党支部")
    group = body(village, BodyKind.PARTY_GROUP, "党小组", branch)
    with transaction():
        service.seat(
            group, actor=head, person_id=holder(world, Role.LIAISON), title="组长", rank=1, start=SINCE, end=None,
            now=clock.now(),
        )  # fmt: skip
    with pytest.raises(Refused), transaction():
        service.close_organisation(branch, actor=head, on=TODAY, now=clock.now())
    with transaction():
        service.close_organisation(group, actor=head, on=TODAY, now=clock.now())
    assert queries.seats_of(group.id, on=TODAY) == []
    assert [row.name for row in queries.organisations(head, on=TODAY)] == ["党支部"]
    with transaction():
        service.close_organisation(branch, actor=head, on=TODAY, now=clock.now())


def test_two_people_editing_a_body(village: Grid, head: Viewer) -> None:
    found = body(village, BodyKind.WOMEN, "妇联")
    seen = fingerprint(found, service.BODY_EDITED)
    values = {"kind": BodyKind.WOMEN, "parent": None, "seen": seen, "now": clock.now()}
    with transaction():
        service.edit_organisation(found, actor=head, name="上河村妇联", **values)  # type: ignore[arg-type]
    with pytest.raises(Refused), transaction():
        service.edit_organisation(found, actor=head, name="下河村妇联", **values)  # type: ignore[arg-type]


def test_bodies_above_may_be_known_those_beside_not(village: Grid, world: World, viewer_of: ViewerOf) -> None:
    town = db.session.get_one(Grid, world.grids["town"])
    other = db.session.get_one(Grid, world.grids["village_b"])
    of_town, of_other = body(town, BodyKind.UNION, "镇工会"), body(other, BodyKind.UNION, "下河村工会")
    leader = viewer_of(Role.GRID_LEADER)
    assert queries.organisation_for(of_town.id, viewer=leader).name == "镇工会"
    with pytest.raises(Missing):
        queries.organisation_for(of_other.id, viewer=leader)
    with pytest.raises(Missing):
        queries.organisation_for(of_town.id, viewer=viewer_of(Role.VILLAGE_HEAD), permission=Permission.MANAGE_POSTS)
    assert "青溪镇水利站" in [row.name for row in queries.units(leader).rows]
    assert "白石镇水利站" not in [row.name for row in queries.units(leader).rows]


def test_a_unit_closes_without_posts_and_work(world: World, viewer_of: ViewerOf) -> None:
    manager = viewer_of(Role.TOWN_MANAGER)
    water = db.session.get_one(Unit, world.units["water"])
    justice = db.session.get_one(Unit, world.units["justice"])
    now = clock.now()
    with pytest.raises(Refused, match="2 个岗位"), transaction():
        service.close_unit(water, actor=manager, on=TODAY, open_work=[], now=now)
    with pytest.raises(Refused, match="3 件"), transaction():
        service.close_unit(justice, actor=manager, on=TODAY, open_work=[N_("%(n)s 件在办的事件", n=3)], now=now)
    with pytest.raises(Refused), transaction():
        service.close_unit(justice, actor=manager, on=TODAY + timedelta(days=1), open_work=[], now=now)
    with transaction():
        service.close_unit(justice, actor=manager, on=TODAY, open_work=[], now=now)
    path = db.session.get_one(Post, world.posts[Role.DISPATCHER]).place_path
    assert justice.id not in [unit.id for unit in queries.units_for(path)], "nothing is sent to a closed unit"


def test_a_unit_is_renamed(world: World, viewer_of: ViewerOf) -> None:
    manager = viewer_of(Role.TOWN_MANAGER)
    water = queries.unit_for(world.units["water"], viewer=manager, permission=Permission.MANAGE_POSTS)
    with transaction():
        service.edit_unit(water, actor=manager, name="水利工作站", kind=UnitKind.STATION, seen=None, now=clock.now())
    assert [row.name for row in queries.units(manager, words="水利工作").rows] == ["水利工作站"]


def test_a_tree_too_long_to_read_says_so(
    village: Grid, client_as: Callable[[Role], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        body(village, BodyKind.UNION, f"第{number}合作社")
    url = "/people/organisations"
    assert "只列出前" not in client_as(Role.VILLAGE_HEAD).get(url).text
    monkeypatch.setattr(bodies, "MOST_BODIES", 2)
    page = client_as(Role.VILLAGE_HEAD).get(url).text
    assert "只列出前 2 个组织" in page
    assert page.count("合作社</a>") == 2
