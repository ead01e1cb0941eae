"""The standard reports of the demo's months, counted a second time in plain SQL that knows nothing of the measures."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import bindparam, text

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.db import UtcDateTime, db
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Grant, Viewer
from gridcase.grid.models import Grid
from gridcase.people.rules import ROLE_PERMISSIONS, Role
from gridcase.reports import queries
from gridcase.reports.rules import Block
from tests.factories.demo import NOW

OCTOBER, NOVEMBER = Period.of(PeriodKind.MONTH, date(2026, 10, 1)), Period.of(PeriodKind.MONTH, date(2026, 11, 1))
WEEK, YEAR = Period.of(PeriodKind.WEEK, date(2026, 11, 12)), Period.of(PeriodKind.YEAR, date(2026, 1, 1))
CASES = """FROM "case" c JOIN case_class k ON k.id = c.class_id
  WHERE c.town_id = :town AND c.restricted = :no AND k.restricted = :no"""
OPEN_AT = """c.registered_at < :{0} AND (c.closed_at IS NULL OR c.closed_at >= :{0})
  AND c.state NOT IN ('voided', 'duplicate')"""
COLLECTED = "c.registered_at >= :b AND c.registered_at < :e AND c.state NOT IN ('voided', 'duplicate')"
CLOSED = "c.closed_at >= :b AND c.closed_at < :e AND c.state = 'closed'"
LATE = f"(({OPEN_AT.format('u')}) AND c.due_at IS NOT NULL AND c.due_at < :u)"
MEDIATIONS = """FROM mediation m JOIN "case" c ON c.id = m.case_id JOIN case_class k ON k.id = c.class_id
  WHERE c.town_id = :town AND c.restricted = :no AND k.restricted = :no"""
# What each column of the cases' reports counts: (rows of it, what they are measured against).
OF_CASES = {
    "cases.brought": (OPEN_AT.format("b"), None),
    "cases.collected": (COLLECTED, None),
    "cases.closed": (CLOSED, None),
    "cases.closed_late": (f"{CLOSED} AND c.closed_late = :yes", None),
    "cases.dropped": ("c.closed_at >= :b AND c.closed_at < :e AND c.state = 'withdrawn'", None),
    "cases.left": (OPEN_AT.format("u"), None),
    "cases.on_time": (f"{CLOSED} AND c.closed_late = :no", f"(({CLOSED}) OR {LATE})"),
    "cases.satisfied": (
        f"{CLOSED} AND c.rating IN ('satisfied', 'basically')", f"{CLOSED} AND c.rating IS NOT NULL",
    ),
    "cases.in_grid": (f"{CLOSED} AND c.resolved_level = 'grid'", CLOSED),
    "cases.late_left": (LATE, None),
    "cases.questions": (f"{CLOSED} AND c.answer = 'answered_question'", None),
}  # fmt: skip
OF_MEDIATIONS = {
    "mediations.opened": "m.opened_at >= :b AND m.opened_at < :e",
    "mediations.ended": "m.ended_at >= :b AND m.ended_at < :e",
    "mediations.agreed": "m.ended_at >= :b AND m.ended_at < :e AND m.result = 'agreed'",
    "mediations.failed": "m.ended_at >= :b AND m.ended_at < :e AND m.result <> 'agreed'",
    "mediations.confirmed": "m.confirmed_on >= :first AND m.confirmed_on <= :last",
}


@pytest.fixture(params=["430903104000", "610921104000"])
def town(request: pytest.FixtureRequest, small_demo: Flask) -> Grid:
    """The two towns of the small demo."""
    return db.session.query(Grid).filter_by(code=request.param).one()


def counted(sql: str, town: Grid, period: Period) -> list[Any]:
    """A statement with everything its conditions may ask for."""
    begins = datetime.combine(period.first, datetime.min.time(), TOWN_ZONE)
    ends = datetime.combine(period.last + timedelta(days=1), datetime.min.time(), TOWN_ZONE)
    moments = {"b": begins, "e": ends, "u": min(ends, NOW), "now": NOW}
    plain = {"town": town.id, "no": False, "yes": True, "first": period.first, "last": period.last, "path": town.path}
    asked = {name: value for name, value in (moments | plain).items() if f":{name}" in sql}
    binds = [bindparam(name, type_=UtcDateTime) for name in asked if name in moments]
    return list(db.session.execute(text(sql).bindparams(*binds), asked))


def by_village(what: str, rows: str, town: Grid, period: Period, group: str = "c.village_id") -> dict[str, Any]:
    found = counted(f"SELECT {group}, {what} {rows} GROUP BY {group}", town, period)
    return {str(row[0]): row[1] for row in found}


def shown(block: Block, column: int, *, share: bool = False) -> dict[str, Any]:
    """A column of a report by the ids of its lines; what is nothing is left out, a share of nothing is not."""
    cells = {line.key: line.cells[column].number for line in block.lines}
    return {key: number for key, number in cells.items() if number or (share and number is not None)}


def report(standard: str, town: Grid, period: Period) -> tuple[Block, ...]:
    """A standard report as the town's manager gets it."""
    role = Role.TOWN_MANAGER
    grant = Grant(role=role, permissions=ROLE_PERMISSIONS[role], path=town.path)
    form, spec = queries.standards()[standard]
    viewer = Viewer(kind="staff", name="test", grants=(grant,))
    return queries.sheet(viewer, form, spec, place=town, period=period, now=NOW).blocks


def same(block: Block, rows: str, town: Grid, period: Period, group: str) -> set[str]:
    """Compare every column of cases in a table by line and in its last line; returns which were there."""
    seen = set()
    assert block.total is not None
    for column, head in enumerate(block.heads):
        if head.measure not in OF_CASES:
            continue
        hit, of = OF_CASES[head.measure]
        own = by_village("count(*)", f"{rows} AND {hit}", town, period, group)
        whole = by_village("count(*)", f"{rows} AND {of}", town, period, group) if of else {}
        wanted = {key: own.get(key, 0) / number for key, number in whole.items()} if of else own
        assert shown(block, column, share=bool(of)) == pytest.approx(wanted), head.measure
        total = sum(own.values()) / sum(whole.values()) if whole else (None if of else sum(own.values()))
        assert block.total.cells[column].number == pytest.approx(total), head.measure
        seen.add(head.measure)
    return seen


@pytest.mark.parametrize("period", [OCTOBER, NOVEMBER], ids=str)
def test_the_month_of_cases(town: Grid, period: Period) -> None:
    places, classes = report("monthly", town, period)
    assert same(places, CASES, town, period, "coalesce(CAST(c.village_id AS VARCHAR), 'None')") == {
        "cases.brought", "cases.collected", "cases.closed", "cases.closed_late", "cases.dropped", "cases.left",
        "cases.on_time", "cases.satisfied",
    }  # fmt: skip
    same(classes, CASES, town, period, "k.major")
    assert places.total is not None
    assert places.total.cells[1].number  # the demo has something to count


def test_the_week(town: Grid) -> None:
    cases, rounds = report("weekly", town, WEEK)
    assert len(same(cases, CASES, town, WEEK, "coalesce(CAST(c.village_id AS VARCHAR), 'None')")) == 7
    visits = "FROM visit v JOIN grid g ON g.id = v.village_id WHERE g.town_id = :town AND v.visited_at >= :b"
    made = by_village("count(*)", f"{visits} AND v.visited_at < :e", town, WEEK, "v.village_id")
    met = by_village("count(*)", f"{visits} AND v.visited_at < :e AND v.state <> 'not_met'", town, WEEK, "v.village_id")
    held = by_village(
        "count(*)", "FROM activity a JOIN grid g ON g.id = a.village_id WHERE g.town_id = :town AND a.ended_at >= :b"
        " AND a.ended_at < :e AND a.state = 'held'", town, WEEK, "a.village_id",
    )  # fmt: skip
    assert [shown(rounds, column) for column in range(3)] == [made, met, held]


@pytest.mark.parametrize("period", [OCTOBER, NOVEMBER], ids=str)
def test_the_disputes(town: Grid, period: Period) -> None:
    kinds, places = report("disputes", town, period)
    disputes, rows = f"{CASES} AND k.major = '01'", f"{MEDIATIONS} AND k.major = '01'"
    assert len(same(kinds, disputes, town, period, "k.code")) == 3
    same(places, disputes, town, period, "coalesce(CAST(c.village_id AS VARCHAR), 'None')")
    for column, head in enumerate(kinds.heads):
        if head.measure in OF_MEDIATIONS:
            wanted = by_village("count(*)", f"{rows} AND {OF_MEDIATIONS[head.measure]}", town, period, "k.code")
            assert shown(kinds, column) == wanted, head.measure
    assert len(kinds.lines) >= 10  # every kind of the justice headings has its line, with or without cases


def test_the_points(town: Grid) -> None:
    [block] = report("points", town, YEAR)
    ledger = """FROM points_transfer t JOIN grid g ON g.id = t.village_id
      LEFT JOIN points_goods p ON p.transfer_id = t.id
      WHERE g.town_id = :town AND t.at >= :b AND t.at < :e"""
    awards = by_village("count(*)", f"{ledger} AND t.kind = 'award'", town, YEAR, "t.village_id")
    spent = by_village("sum(t.amount)", f"{ledger} AND t.kind = 'spend'", town, YEAR, "t.village_id")
    goods = by_village("sum(p.goods_fen)", f"{ledger} AND p.goods_fen IS NOT NULL", town, YEAR, "t.village_id")
    notices = by_village(
        "count(*)", "FROM point_notice n JOIN grid g ON g.id = n.village_id WHERE g.town_id = :town"
        " AND n.opens_on >= :first AND n.opens_on <= :last", town, YEAR, "n.village_id",
    )  # fmt: skip
    at = {head.measure: column for column, head in enumerate(block.heads)}
    assert shown(block, at["notices.opened"]) == notices
    assert shown(block, at["entries.awards"]) == awards
    assert shown(block, at["entries.redeemed"]) == {key: int(number) for key, number in spent.items() if number}
    assert shown(block, at["entries.goods"]) == pytest.approx({key: int(fen) / 100 for key, fen in goods.items()})


def test_the_coverage(town: Grid) -> None:
    [block] = report("coverage", town, NOVEMBER)
    homes = "FROM household h JOIN grid g ON g.id = h.village_id WHERE g.town_id = :town AND h.ended_on IS NULL"
    circle = """EXISTS (SELECT 1 FROM circle_place p WHERE p.household_id = h.id AND p.role = 'liaison'
      AND p.superseded_at IS NULL AND p.valid_from <= '2026-11-21'
      AND (p.valid_to IS NULL OR p.valid_to > '2026-11-21'))"""
    visited = "EXISTS (SELECT 1 FROM visit v WHERE v.household_id = h.id AND v.visited_at >= :b AND v.visited_at < :e)"
    at = {head.measure: column for column, head in enumerate(block.heads)}
    for key, condition in (
        ("homes.all", "1 = 1"), ("homes.with_liaison", circle), ("homes.no_liaison", f"NOT {circle}"),
        ("homes.visited", visited),
    ):  # fmt: skip
        wanted = by_village("count(*)", f"{homes} AND {condition}", town, NOVEMBER, "h.village_id")
        assert shown(block, at[key]) == wanted, key


def test_the_effects_of_the_year(town: Grid) -> None:
    blocks = report("effects", town, YEAR)
    assert [block.head for block in blocks] == ["政治效应", "组织效应", "社会效应", "经济效应"]
    numbers = {line.key: line.cells[0].number for block in blocks for line in block.lines}
    [row] = counted(f"SELECT count(*) {CASES} AND {COLLECTED}", town, YEAR)
    assert numbers["cases.collected"] == row[0]
    [row] = counted(f"SELECT count(*) {CASES} AND {CLOSED}", town, YEAR)
    assert numbers["cases.closed"] == row[0]
    [row] = counted(f"SELECT count(*) {MEDIATIONS} AND {OF_MEDIATIONS['mediations.agreed']}", town, YEAR)
    assert numbers["mediations.agreed"] == row[0]
    [row] = counted(
        "SELECT count(*) FROM visit v JOIN grid g ON g.id = v.village_id WHERE g.town_id = :town", town, YEAR
    )
    assert numbers["visits.made"] == row[0]
