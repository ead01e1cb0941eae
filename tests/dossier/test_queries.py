"""The list of households: what each role finds, page after page, at a constant number of statements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from gridcase.audit import service as audit
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer, job
from gridcase.dossier import queries
from gridcase.dossier.queries import Filters
from gridcase.grid.models import Grid
from gridcase.households import service as households
from gridcase.households.models import Household
from gridcase.households.rules import CareTier
from gridcase.households.service import HouseholdRow, MemberRow
from gridcase.people.rules import Role
from tests.factories.world import SINCE, World

ViewerOf = Callable[[Role | str], Viewer]
TODAY = date(2026, 11, 23)


def walk(viewer: Viewer, filters: Filters) -> list[queries.HomeRow]:
    """All pages of the list, one after the other."""
    rows: list[queries.HomeRow] = []
    after = None
    while True:
        page = queries.page(viewer, filters, after=after)
        rows += page.rows
        after = page.after
        if after is None:
            return rows


def more_homes(world: World, count: int) -> list[int]:
    """A large group of neighbours in cell 1 of village A."""
    with transaction():
        village = db.session.get_one(Grid, world.grids["village_a"])
        cell = db.session.get_one(Grid, world.grids["village_a_cell_1"])
        rows = [
            HouseholdRow(f"{cell.code}-{n:03d}", cell, f"{n}号", (MemberRow("吴明亮", "head"),))
            for n in range(100, 100 + count)
        ]
        return households.register_households(
            actor=job("test"), village=village, rows=rows, since=SINCE, now=clock.now()
        )


def tiers(homes: dict[int, tuple[CareTier, date]]) -> None:
    with transaction() as session:
        for home, (tier, day) in homes.items():
            session.execute(update(Household).where(Household.id == home).values(tier=tier, next_visit_on=day))
        audit.record(actor=job("test"), action="test", subject_kind="test", subject_id=None, now=clock.now())


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (Role.LIAISON, "circle"),
        (Role.PARTY_CONTACT, "paired"),
        (Role.VILLAGE_HEAD, "village_a"),
        (Role.VILLAGE_SUPERVISOR, "village_a"),
    ],
)
def test_everybody_finds_the_own_homes(
    ctx: Flask, world: World, viewer_of: ViewerOf, role: Role, expected: str
) -> None:
    assert sorted(row.id for row in walk(viewer_of(role), Filters())) == sorted(world.homes[expected])


@pytest.mark.parametrize("role", [Role.DEPT, Role.COUNTY_MANAGER, Role.SYSTEM_ADMIN, Role.AUDITOR, Role.REVIEW_MEMBER])
def test_who_has_no_business_there_finds_none(ctx: Flask, viewer_of: ViewerOf, role: Role) -> None:
    assert walk(viewer_of(role), Filters()) == []


def test_found_by_name_initials_address_or_code(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    more_homes(world, 2)
    assert len(walk(head, Filters(words="吴明"))) == 2
    assert len(walk(head, Filters(words="wml"))) == 2
    assert len(walk(head, Filters(words="101号"))) == 1
    code = db.session.scalars(select(Household.code).order_by(Household.code)).first() or ""
    assert [row.code for row in walk(head, Filters(words=code.lower()))] == [code]
    assert walk(head, Filters(words="吴")) == [], "one character is too little"
    assert walk(head, Filters(words="%%")) == [], "no pattern of the reader's"


def test_every_home_stands_on_one_page(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    more_homes(world, 60)
    codes = [row.code for row in walk(viewer_of(Role.VILLAGE_HEAD), Filters())]
    assert len(codes) == 76
    assert codes == sorted(codes)
    due = walk(viewer_of(Role.VILLAGE_HEAD), Filters(due_by=TODAY))
    assert len(due) == 76, "homes never visited are due"


def test_due_visits_come_in_the_order_of_waiting(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    first, second, third, *_ = world.homes["circle"]
    tiers({
        first: (CareTier.CONNECTED, date(2026, 11, 22)),
        second: (CareTier.CONCERNED, date(2026, 11, 2)),
        third: (CareTier.REASSURED, date(2026, 11, 30)),
    })  # fmt: skip
    due = [row.id for row in walk(viewer_of(Role.LIAISON), Filters(due_by=TODAY))]
    assert due[0] == second
    assert due[-1] == first
    assert third not in due
    assert [row.id for row in walk(viewer_of(Role.LIAISON), Filters(tier="connected"))] == [first]


def test_the_tier_is_for_those_who_serve(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    home = world.homes["circle"][0]
    tiers({home: (CareTier.CONNECTED, date(2026, 11, 22))})

    def row(role: Role) -> queries.HomeRow:
        return next(found for found in walk(viewer_of(role), Filters()) if found.id == home)

    assert row(Role.LIAISON).tier == "connected"
    assert row(Role.VILLAGE_SUPERVISOR).tier is None
    assert row(Role.VILLAGE_SUPERVISOR).next_visit_on is None, "the rhythm would betray it"
    assert walk(viewer_of(Role.VILLAGE_SUPERVISOR), Filters(tier="connected")) == []
    assert walk(viewer_of(Role.DISPATCHER), Filters(due_by=TODAY)) == []


def test_a_list_costs_one_statement(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    viewer = viewer_of(Role.VILLAGE_HEAD)
    more_homes(world, 60)
    queries.page(viewer, Filters())
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *call: seen.append(call[2]))
    assert len(queries.page(viewer, Filters()).rows) == 25
    assert len(seen) == 1


def test_a_villager_has_one_home(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    assert queries.only_home(viewer_of(Role.RESIDENT)) == world.homes["circle"][0]
    assert queries.only_home(viewer_of(Role.LIAISON)) is None
