"""Looks at homes on a visit: counted once a season, dangers become cases, none twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from gridcase.cases.models import Case, CaseClass
from gridcase.checks import queries
from gridcase.checks import service as checks
from gridcase.checks.models import HomeCheck, HomeCheckFinding
from gridcase.checks.rules import CheckKind, Looked, PatrolPlan
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.people.rules import Role
from gridcase.reception import service as reception
from gridcase.visits import service as visits
from gridcase.visits.models import Visit
from gridcase.visits.rules import Purpose, VisitMode, VisitState
from gridcase.visits.service import VisitRecord
from tests.factories.world import MAKER, World

ViewerOf = Callable[[Role | str], Viewer]
TODAY = date(2026, 11, 23)


def visited(actor: Viewer, home_id: int, *looked: Looked, **changes: object) -> Visit:
    record = VisitRecord(
        client_uuid=str(uuid4()), visited_at=clock.now(), mode=VisitMode.HOME, state=VisitState.SAFE,
        purpose=Purpose.CARE, met=1, checks=looked, **changes,  # type: ignore[arg-type]
    )  # fmt: skip
    with transaction():
        home = db.session.get_one(Household, home_id)
        return visits.log_visit(actor=actor, household=home, record=record, now=clock.now())


def test_the_lists_of_november(viewer_of: ViewerOf, world: World) -> None:
    liaison = viewer_of(Role.LIAISON)
    found = {one.check.kind: (len(one.rows), one.of) for one in queries.to_check(liaison, on=TODAY)}
    assert found == {CheckKind.FIRE: (6, 6), CheckKind.WINTER: (6, 6)}
    assert queries.to_check(viewer_of(Role.VILLAGE_HEAD), on=TODAY) == []
    assert [one.kind for one in queries.lists_of(liaison, on=date(2026, 7, 1))] == [CheckKind.FLOOD, CheckKind.DROWNING]
    assert [one.until for one in queries.lists_of(liaison, on=TODAY)] == [date(2027, 5, 31), date(2027, 3, 31)]


def test_a_home_is_looked_at_once_a_season(viewer_of: ViewerOf, world: World, at: Callable[[str], None]) -> None:
    liaison, home = viewer_of(Role.LIAISON), world.homes["circle"][0]
    visited(liaison, home, Looked(CheckKind.FIRE))
    left = {one.check.kind: [row.id for row in one.rows] for one in queries.to_check(liaison, on=TODAY)}
    assert left[CheckKind.FIRE] == world.homes["circle"][1:]
    assert home in left[CheckKind.WINTER]
    kept = db.session.get_one(Household, home)
    assert {one.kind: day for one, day in queries.lists_at(kept, on=TODAY)} == {
        CheckKind.FIRE: TODAY, CheckKind.WINTER: None,
    }  # fmt: skip
    again = {one.check.kind: len(one.rows) for one in queries.to_check(liaison, on=date(2027, 10, 2))}
    assert again[CheckKind.FIRE] == 6


def test_a_danger_becomes_a_case_of_its_class(viewer_of: ViewerOf, world: World) -> None:
    liaison, home = viewer_of(Role.LIAISON), world.homes["circle"][0]
    visit = visited(liaison, home, Looked(CheckKind.FIRE, frozenset({"B03", "B04"})))
    rows = db.session.execute(
        select(Case.title, CaseClass.code, Case.household_id, Case.channel, Case.collector_post_id)
        .join(CaseClass, CaseClass.id == Case.class_id)
        .order_by(Case.id)
    ).all()
    assert [tuple(row) for row in rows] == [
        ("排查发现问题：电线有没有老化、乱拉", "0203", home, "visit", world.posts[Role.LIAISON]),
        ("排查发现问题：电动车有没有在屋里充电", "0203", home, "visit", world.posts[Role.LIAISON]),
    ]
    assert queries.checks_of([visit.id]) == {visit.id: [(CheckKind.FIRE, 2)]}


def test_what_is_open_already_raises_no_second_case(viewer_of: ViewerOf, world: World) -> None:
    liaison, home = viewer_of(Role.LIAISON), world.homes["circle"][0]
    wiring = Looked(CheckKind.FIRE, frozenset({"B03"}))
    visited(liaison, home, wiring)
    visited(liaison, home, wiring)
    visited(liaison, world.homes["circle"][1], wiring)
    assert len(db.session.scalars(select(Case)).all()) == 2
    assert len(db.session.scalars(select(HomeCheckFinding)).all()) == 3


def test_what_nobody_knows_is_refused_and_nothing_is_kept(viewer_of: ViewerOf, world: World) -> None:
    with pytest.raises(Refused, match="要查的项目变了"):
        visited(viewer_of(Role.LIAISON), world.homes["circle"][0], Looked(CheckKind.FIRE, frozenset({"W01"})))
    assert db.session.scalars(select(Visit)).all() == []


def test_the_village_s_own_item_and_what_it_switched_off(viewer_of: ViewerOf, world: World) -> None:
    plan = PatrolPlan(without=frozenset({"B04"})).with_own(CheckKind.FIRE, "阁楼有没有堆柴", "0203", home=True)
    with transaction():
        village = db.session.get_one(Grid, world.grids["village_a"])
        reception.set_patrol_plan(actor=viewer_of(Role.VILLAGE_HEAD), place=village, plan=plan, now=clock.now())
    liaison, home = viewer_of(Role.LIAISON), world.homes["circle"][0]
    codes = [item.code for one in queries.lists_of(liaison, on=TODAY) for item in one.items]
    assert codes == ["B03", "B05", "B06", "Z01", "W01", "W02", "W03", "W04"]
    visited(liaison, home, Looked(CheckKind.FIRE, frozenset({"Z01", "B04"})))  # a phone that has not heard yet
    assert len(db.session.scalars(select(Case)).all()) == 2


def test_merged_homes_keep_their_looks(viewer_of: ViewerOf, world: World) -> None:
    double, kept = world.homes["circle"][:2]
    visited(viewer_of(Role.LIAISON), double, Looked(CheckKind.FIRE))
    with transaction():
        homes = [db.session.get_one(Household, number) for number in (double, kept)]
        assert checks.repoint_household(*homes, actor=MAKER, now=clock.now()) == 1
    assert db.session.scalars(select(HomeCheck.household_id)).all() == [kept]


def test_the_days_of_a_look_are_those_of_the_visit(viewer_of: ViewerOf, world: World) -> None:
    visited(viewer_of(Role.LIAISON), world.homes["circle"][0], Looked(CheckKind.FIRE))
    assert db.session.scalars(select(HomeCheck.done_on)).all() == [TODAY]
    assert TODAY - timedelta(days=60) < queries.lists_of(viewer_of(Role.LIAISON), on=TODAY)[0].began
