"""Who reads what of the ledger, page after page, in a constant number of statements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer, job
from gridcase.people.rules import Role
from gridcase.points import jobs, queries, service
from tests.factories.world import World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ViewerOf = Callable[[Role | str], Viewer]


def award(case_id: int, home: int, *, now: datetime = NOW) -> int:
    with transaction():
        made = service.award_for_case(
            case_id=case_id, number="N", village_id=None, class_code="0202", reporter_rule="K5", helper_rule=None,
            reporter_household_id=home, helper_household_id=None, restricted=False, imported=False,
            actor=Viewer(kind="staff", name="核查人"), now=now,
        )  # fmt: skip
        return made[0].id


def statements(read: Callable[[], object]) -> int:
    seen: list[str] = []

    def note(_c: object, _k: object, sql: str, *_rest: object) -> None:
        seen.append(sql)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        read()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len([sql for sql in seen if not sql.startswith("BEGIN")])


@pytest.mark.parametrize(
    ("role", "own", "neighbour", "other_village"),
    [
        (Role.LIAISON, True, False, False),
        (Role.RESIDENT, True, False, False),
        (Role.VILLAGE_HEAD, True, True, False),
        (Role.REVIEW_MEMBER, True, True, False),
        (Role.AUDITOR, True, True, True),
        (Role.DISPATCHER, False, False, False),
        (Role.COUNTY_MANAGER, False, False, False),
        (Role.SYSTEM_ADMIN, False, False, False),
    ],
)
def test_whose_balances(
    ctx: Flask, world: World, viewer_of: ViewerOf, role: Role, own: bool, neighbour: bool, other_village: bool
) -> None:
    homes = (world.homes["circle"][0], world.homes["village_a"][15], world.homes["village_b"][0])
    for number, home in enumerate(homes):
        award(number, home)
    viewer = viewer_of(role)
    seen = tuple(queries.balances_of(home, viewer=viewer).pending for home in homes)
    assert seen == tuple(20 if may else 0 for may in (own, neighbour, other_village))
    listed = tuple(bool(queries.entries_of(home, viewer=viewer).rows) for home in homes)
    assert listed == (own, neighbour, other_village)


def test_the_board_goes_on_where_it_stopped(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    homes = world.homes["village_a"]
    made = [award(n, homes[n % 16], now=NOW + timedelta(days=n % 3)) for n in range(60)]
    viewer, village = viewer_of(Role.RESIDENT), world.grids["village_a"]
    seen: list[int] = []
    days = []
    after = None
    while True:
        page = queries.notice_board(viewer=viewer, village_id=village, after=after)
        seen += [row.id for row in page.rows]
        days += [row.closes_on for row in page.rows]
        after = page.after
        if after is None:
            break
    assert sorted(seen) == sorted(made)
    assert days == sorted(days)
    assert queries.notice_board(viewer=viewer, village_id=village, after="rubbish").rows, (
        "an unreadable mark starts anew"
    )


def test_reading_costs_the_same_for_many(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    viewer, home, village = viewer_of(Role.RESIDENT), world.homes["circle"][0], world.grids["village_a"]
    award(1, home)
    reads = (
        lambda: queries.notice_board(viewer=viewer, village_id=village),
        lambda: queries.entries_of(home, viewer=viewer),
        lambda: queries.boards(viewer),
        lambda: service.verify(),
    )
    few = [statements(read) for read in reads]
    for number in range(2, 30):
        award(number, home)
    assert [statements(read) for read in reads] == few
    assert max(few[:3]) == 1


def test_maturing_costs_the_same_for_many(ctx: Flask, world: World) -> None:
    homes = world.homes["village_a"]

    def mature(days: int) -> int:
        return statements(lambda: jobs.mature(actor=job("points"), now=NOW + timedelta(days=days)))

    award(1, homes[0])
    one = mature(7)
    for number in range(2, 40):
        award(number, homes[number % 16], now=NOW + timedelta(days=7))
    assert mature(14) == one


def test_the_villages_one_may_read(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    assert [grid.id for grid in queries.boards(viewer_of(Role.LIAISON))] == [world.grids["village_a"]]
    assert len(queries.boards(viewer_of(Role.AUDITOR))) == 3, "all villages of the county"
    assert queries.boards(viewer_of(Role.DISPATCHER)) == []
