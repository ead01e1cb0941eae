"""Months closed, quarter boards, years settled: through the services and the pages, on both databases."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Grant, Permission, Viewer, job
from gridcase.grid.models import Grid
from gridcase.households.models import Member
from gridcase.people.models import Person
from gridcase.people.rules import DecisionKind, Role
from gridcase.points import jobs, queries, service
from gridcase.points.models import Close, Transfer
from gridcase.points.queries import Balances
from gridcase.points.rules import TransferKind
from gridcase.points.rules.periods import Period, PeriodKind, expires_before, period_of, recent, why_not_until
from gridcase.points.rules.schemes import YearEnd
from gridcase.points.service.schemes import Settings
from tests.factories import decisions
from tests.factories.points import give_base
from tests.factories.world import World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
JANUARY = datetime(2027, 1, 2, 2, 0, tzinfo=UTC)
OCTOBER = Period(PeriodKind.MONTH, date(2026, 10, 1))
NOVEMBER = Period(PeriodKind.MONTH, date(2026, 11, 1))
LAST_DAY = date(2026, 12, 31)
ALL = job("test")
KEEPER = Viewer(kind="staff", name="村干部", grants=(Grant(Role.VILLAGE_HEAD, frozenset(Permission), path="/"),))


def test_periods_begin_and_end_where_the_calendar_says() -> None:
    assert OCTOBER.ends_on == date(2026, 10, 31)
    assert period_of(PeriodKind.QUARTER, date(2026, 11, 23)) == Period(PeriodKind.QUARTER, date(2026, 10, 1))
    assert [one.starts_on for one in recent(PeriodKind.QUARTER, date(2027, 1, 1), 2)] == [
        date(2026, 10, 1), date(2026, 7, 1),
    ]  # fmt: skip
    assert Period(PeriodKind.MONTH, date(2026, 12, 1)).ends_on == LAST_DAY
    assert not OCTOBER.over(date(2026, 10, 31))
    assert OCTOBER.over(date(2026, 11, 1))


def test_points_that_last_24_months_run_out_at_the_end_of_their_month() -> None:
    assert expires_before(LAST_DAY, 24).isoformat() == "2025-01-01T00:00:00+08:00"
    assert expires_before(LAST_DAY, 12).isoformat() == "2026-01-01T00:00:00+08:00"


@pytest.mark.parametrize(
    ("until", "fine"),
    [
        (date(2026, 12, 31), True), (date(2026, 12, 22), False), (date(2027, 1, 31), True), (date(2027, 2, 1), False),
        (date(2025, 12, 31), False),
    ],
)  # fmt: skip
def test_the_last_day_is_told_thirty_days_before(until: date, fine: bool) -> None:
    assert (why_not_until(2026, until, today=date(2026, 11, 23)) is None) == fine


def post(home: int, points: int, key: str, *, now: datetime = NOW) -> int:
    with transaction():
        made = service.post_award(
            household_id=home, points=points, rule="Z601", version_id=None, source_kind="declaration", source_id=key,
            key=f"declaration:{key}", actor=ALL, now=now,
        )  # fmt: skip
        assert made is not None
        return made.id


def spend(home: int, amount: int, key: str, *, now: datetime = NOW) -> None:
    with transaction():
        service.hold_for(
            household_id=home, amount=amount, key=key, source_kind="order", source_id=key, actor=ALL, now=now
        )
        service.spend(key, actor=ALL, now=now)


def mature(now: datetime) -> int:
    return jobs.mature(actor=ALL, now=now)


def held(home: int) -> Balances:
    db.session.rollback()
    assert service.verify() == []
    return queries.balances_of(home, viewer=ALL)


@pytest.fixture
def village(ctx: Flask, world: World) -> Grid:
    return db.session.get_one(Grid, world.grids["village_a"])


@pytest.fixture
def homes(world: World) -> list[int]:
    return world.homes["village_a"]


# --- months and quarters


def close(village: Grid, period: Period, *, now: datetime) -> Close:
    with transaction():
        return service.close_period(village, period, actor=ALL, now=now)


def test_a_month_is_closed_once_with_what_was_posted_in_it(village: Grid, homes: list[int]) -> None:
    october = datetime(2026, 10, 5, 2, 0, tzinfo=UTC)
    post(homes[0], 10, "1", now=october)
    post(homes[1], 20, "2", now=october)
    mature(october + timedelta(days=8))
    post(homes[1], -5, "3", now=october + timedelta(days=9))
    mature(october + timedelta(days=17))
    spend(homes[0], 4, "a", now=october + timedelta(days=18))
    post(homes[0], 50, "4", now=NOW)  # of November
    row = close(village, OCTOBER, now=NOW)
    figures = (row.entries, row.issued, row.deducted, row.taken_back, row.redeemed, row.homes)
    assert figures == (3, 30, 5, 0, 4, 2)
    assert close(village, OCTOBER, now=NOW).id == row.id
    assert queries.figures(village.id, OCTOBER, last_id=row.last_id).issued == 30
    page = queries.posted_in(village.id, row, viewer=KEEPER)
    assert [(entry.rule, entry.points) for entry in page.rows] == [("Z601", 10), ("Z601", 20), ("Z601", -5)]
    with pytest.raises(Refused, match="还没有结束"):
        close(village, NOVEMBER, now=NOW)


def reads(*homes: int) -> Viewer:
    """A villager with a card for these homes."""
    grant = Grant(Role.RESIDENT, frozenset({Permission.SEE_POINTS}), household_ids=frozenset(homes))
    return Viewer(kind="card", name="村民", grants=(grant,))


def test_villagers_read_deductions_of_the_past_as_kinds_and_counts(village: Grid, homes: list[int]) -> None:
    october = datetime(2026, 10, 5, 2, 0, tzinfo=UTC)
    for number, home in enumerate(homes[:2]):
        post(home, 20, f"{number}", now=october)
    mature(october + timedelta(days=8))
    for number, home in enumerate(homes[:2]):
        post(home, -5, f"less{number}", now=october + timedelta(days=9))
    row = close(village, OCTOBER, now=NOW)
    villager = reads(homes[0])
    assert [one.points for one in queries.posted_in(village.id, row, viewer=villager).rows] == [20, 20, -5]
    assert [(one.rule, one.count) for one in queries.taken_in(village.id, row, viewer=villager)] == [("Z601", 1)]
    assert len(queries.posted_in(village.id, row, viewer=KEEPER).rows) == 4
    assert queries.taken_in(village.id, row, viewer=KEEPER) == []
    with transaction():
        draw = service.draw_spots(village=village, month=date(2026, 10, 1), seed="00", actor=ALL, now=NOW)
    assert sorted(one.points for one in queries.spots.spots_of(draw, viewer=villager)) == [-5, 20, 20]
    assert [one.count for one in queries.spots.taken_of(draw, viewer=villager)] == [1]
    assert len(queries.spots.spots_of(draw, viewer=KEEPER)) == 4


def test_a_home_that_a_child_leads_is_named_nowhere(village: Grid, homes: list[int]) -> None:
    august = datetime(2026, 8, 5, 2, 0, tzinfo=UTC)
    post(homes[0], 30, "1", now=august)
    with transaction():
        head = db.session.scalars(
            select(Person)
            .join(Member, Member.person_id == Person.id)
            .where(Member.household_id == homes[0], Member.relation == "head")
        ).one()
        head.born_on = date(2015, 1, 1)
        service.show_homes_on_boards(village, shown=True, actor=ALL, on=date(2026, 11, 23), now=NOW)
    quarter = Period(PeriodKind.QUARTER, date(2026, 7, 1))
    [board] = queries.quarter_boards(village, quarter, on=date(2026, 11, 23))
    row = close(village, quarter, now=NOW)
    with transaction():
        draw = service.draw_spots(village=village, month=date(2026, 8, 1), seed="00", actor=ALL, now=NOW)
    [spot] = queries.spots.spots_of(draw, viewer=KEEPER)
    [entry] = queries.posted_in(village.id, row, viewer=KEEPER).rows
    assert [one.name for one in (*board.shown, entry, spot)] == ["*"] * 3


@pytest.mark.parametrize("statement", ["UPDATE points_close SET issued = 1", "DELETE FROM points_close"])
def test_what_was_published_stays(village: Grid, homes: list[int], statement: str) -> None:
    close(village, OCTOBER, now=NOW)
    db.session.rollback()
    with pytest.raises(DatabaseError), db.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_a_quarter_board_names_homes_only_where_the_village_chose_so(village: Grid, homes: list[int]) -> None:
    august = datetime(2026, 8, 5, 2, 0, tzinfo=UTC)
    first = post(homes[0], 30, "1", now=august)
    post(homes[1], 10, "2", now=august)
    quarter = Period(PeriodKind.QUARTER, date(2026, 7, 1))
    [board] = queries.quarter_boards(village, quarter, on=date(2026, 11, 23))
    assert (board.points, board.homes, board.shown) == (40, 2, ())
    with transaction():
        service.show_homes_on_boards(village, shown=True, actor=ALL, on=date(2026, 11, 23), now=NOW)
    [board] = queries.quarter_boards(village, quarter, on=date(2026, 11, 23))
    assert [home.points for home in board.shown] == [30, 10]
    assert all("*" in home.name for home in board.shown)
    with transaction():
        transfer = queries.get_award(first)
        service.object_to(transfer, actor=replace(ALL, user_id=2), reason="那天不在村", now=august)
        service.settle_objection(transfer, actor=ALL, upheld=True, note="属实", now=august)
    points = queries.home_points(village.id, starts_on=quarter.starts_on, ends_on=quarter.ends_on)
    assert [row.points for row in points] == [10], "what was taken back counts on no board"


# --- years


def scheme(village: Grid, policy: YearEnd, *, base: int = 100, months: int = 24) -> None:
    """A scheme in force whose year ends by this policy."""
    with transaction():
        decision = decisions.passed(village, DecisionKind.SCHEME, on=date(2026, 11, 23), now=NOW)
        version = service.draft(village, source="zhilong", actor=ALL, now=NOW)
        values = {field.name: getattr(version, field.name) for field in fields(Settings)}
        values |= {"at_year_end": policy, "base_points": base, "expire_months": months}
        service.edit(version, Settings(**values), actor=ALL, now=NOW)
        service.put_in_force(version, decision_id=decision.id, on=date(2026, 11, 23), actor=ALL, now=NOW)


def announce(village: Grid, *, until: date = LAST_DAY, now: datetime = NOW) -> None:
    with transaction():
        service.announce_year(village, 2026, until=until, actor=ALL, now=now)


def settle(village: Grid, *, now: datetime = JANUARY) -> Any:
    with transaction():
        return service.settle_year(village, 2026, actor=ALL, now=now)


def bring(home: int, points: int) -> None:
    with transaction():
        service.post_history(household_id=home, points=points, redeemed=0, on=date(2026, 6, 30), actor=ALL, now=NOW)


def test_a_year_that_clears_leaves_what_hangs_out_and_what_is_reserved(village: Grid, homes: list[int]) -> None:
    scheme(village, YearEnd.RESET)
    bring(homes[0], 50)
    give_base(homes[0], 70, now=NOW)
    with transaction():
        service.hold_for(
            household_id=homes[0], amount=8, key="a", source_kind="order", source_id="a", actor=ALL, now=NOW
        )
    announce(village)
    post(homes[1], 20, "late", now=JANUARY)
    preview = queries.preview_year(village.id, 2026, until=LAST_DAY, policy=service.policy_of(village.id, on=LAST_DAY))
    assert (preview.merit, preview.cleared, preview.carried, preview.base_off) == (42, 42, 0, 70)
    assert preview.granted == 100 * len(homes)
    assert (preview.pending, preview.held) == (20, 8)
    row = settle(village)
    assert (row.cleared, row.expired, row.carried) == (42, 0, 0)
    assert (row.homes, row.granted) == (len(homes), preview.granted)
    assert held(homes[0]) == Balances(base=100, held=8)
    assert held(homes[1]) == Balances(base=100, pending=20)


def test_what_came_after_the_last_day_is_not_cleared(village: Grid, homes: list[int]) -> None:
    scheme(village, YearEnd.RESET)
    bring(homes[0], 50)
    announce(village)
    with transaction():
        service.post_history(household_id=homes[0], points=30, redeemed=0, on=date(2026, 7, 31), actor=ALL, now=JANUARY)
    assert settle(village).cleared == 50
    assert held(homes[0]) == Balances(base=100, merit=30)


def test_years_are_settled_in_their_order(village: Grid, homes: list[int]) -> None:
    scheme(village, YearEnd.CARRY)
    announce(village)
    later, until = JANUARY + timedelta(days=400), date(2027, 12, 31)
    with transaction():
        service.announce_year(village, 2027, until=until, actor=ALL, now=NOW + timedelta(days=365))
    with pytest.raises(Refused, match="2026年还没有结算"), transaction():
        service.settle_year(village, 2027, actor=ALL, now=later)
    settle(village, now=later)
    with transaction():
        assert service.settle_year(village, 2027, actor=ALL, now=later).settled_at == later


def test_a_year_is_settled_once_whoever_asks_how_often(village: Grid, homes: list[int]) -> None:
    scheme(village, YearEnd.RESET)
    bring(homes[0], 50)
    announce(village)
    settle(village)
    before = db.session.scalar(select(func.count()).select_from(Transfer))
    settle(village)
    assert db.session.scalar(select(func.count()).select_from(Transfer)) == before
    assert held(homes[0]) == Balances(base=100)


def test_a_year_that_carries_takes_nothing_but_the_old_base(village: Grid, homes: list[int]) -> None:
    scheme(village, YearEnd.CARRY, base=60)
    bring(homes[0], 50)
    give_base(homes[0], 70, now=NOW)
    announce(village)
    row = settle(village)
    assert (row.cleared, row.expired, row.carried) == (0, 0, 50)
    assert held(homes[0]) == Balances(base=60, merit=50)


def test_points_run_out_by_age_and_what_came_first_is_used_first(village: Grid, homes: list[int]) -> None:
    """12 months: 30 of 2025 and 40 of 2026, 10 spent and 5 reserved and given back: 20 of the 30 run out."""
    scheme(village, YearEnd.EXPIRE, months=12)
    old, new = datetime(2025, 12, 1, 2, tzinfo=UTC), datetime(2026, 2, 1, 2, tzinfo=UTC)
    post(homes[0], 30, "1", now=old)
    mature(old + timedelta(days=8))
    post(homes[0], 40, "2", now=new)
    mature(new + timedelta(days=8))
    spend(homes[0], 10, "a")
    with transaction():
        service.hold_for(
            household_id=homes[0], amount=5, key="b", source_kind="order", source_id="b", actor=ALL, now=NOW
        )
        service.release("b", actor=ALL, now=NOW)
    post(homes[1], 6, "3", now=old)
    mature(old + timedelta(days=8))
    spend(homes[1], 6, "c")
    announce(village)
    policy = service.policy_of(village.id, on=LAST_DAY)
    assert queries.preview_year(village.id, 2026, until=LAST_DAY, policy=policy).expired == 20
    row = settle(village)
    assert (row.expired, row.carried) == (20, 40)
    assert held(homes[0]) == Balances(base=100, merit=40)
    assert held(homes[1]) == Balances(base=100)
    kinds = db.session.scalars(select(Transfer.kind).where(Transfer.source_kind == "year").distinct()).all()
    assert set(kinds) == {TransferKind.EXPIRE, TransferKind.GRANT}


def test_a_year_is_not_settled_before_its_day_nor_unannounced(village: Grid, homes: list[int]) -> None:
    scheme(village, YearEnd.RESET)
    with pytest.raises(Refused, match="先公布"):
        settle(village)
    with pytest.raises(Refused, match="至少 30 天"):
        announce(village, until=date(2026, 12, 1))
    announce(village)
    with pytest.raises(Refused, match="过后才能结算"):
        settle(village, now=datetime(2026, 12, 31, 10, tzinfo=UTC))
    announce(village, until=date(2027, 1, 15))
    with pytest.raises(Refused, match="不能提前"):
        announce(village, until=LAST_DAY)
    with pytest.raises(Refused, match="过后才能结算"):
        settle(village)
    settle(village, now=datetime(2027, 1, 16, 2, tzinfo=UTC))
    with pytest.raises(Refused, match="已经结算"):
        announce(village, until=date(2027, 1, 31), now=datetime(2026, 11, 24, tzinfo=UTC))


def test_base_points_are_given_once_a_year_to_every_home(village: Grid, homes: list[int]) -> None:
    with pytest.raises(Refused, match="没有设基础分"):
        base(village)
    scheme(village, YearEnd.CARRY)
    assert base(village) == len(homes)
    assert base(village) == 0
    assert held(homes[0]) == Balances(base=100)
    assert len(queries.entries_of(homes[0], viewer=ALL).rows) == 1, "one line, though the scheme has many items"
    announce(village)
    with pytest.raises(Refused, match="先完成2026年"):
        base(village, now=JANUARY)
    assert settle(village).granted == 100 * len(homes)
    assert base(village, now=JANUARY) == 0
    assert held(homes[0]) == Balances(base=100)


def base(village: Grid, *, now: datetime = NOW) -> int:
    with transaction():
        return service.grant_base(village, actor=ALL, now=now)
