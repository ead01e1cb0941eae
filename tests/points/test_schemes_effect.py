"""What a scheme in force does, on both databases: closed cases earn by it, the budget warns, a draft is tried."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer, job
from gridcase.grid.models import Grid
from gridcase.notices.models import Notice
from gridcase.people.rules import DecisionKind
from gridcase.points import queries, service
from gridcase.points.models import PointNotice, SchemeVersion, Transfer
from gridcase.points.rules import weighed
from tests.factories import decisions, schemes
from tests.factories.world import MAKER, World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SPRING = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)
SUMMER = datetime(2026, 8, 10, 2, 0, tzinfo=UTC)
TODAY = town_day(NOW)
CHECKER = Viewer(kind="staff", name="核查人", user_id=None, person_id=None)


@pytest.fixture
def village(ctx: Flask, world: World) -> int:
    return world.grids["village_a"]


def close(case_id: int, home: int, *, now: datetime = NOW, rule: str = "K3") -> list[Transfer]:
    known: dict[str, Any] = {
        "number": f"N{case_id}", "village_id": None, "class_code": "0202", "helper_rule": None,
        "helper_household_id": None, "restricted": False, "imported": False, "actor": CHECKER,
    }  # fmt: skip
    with transaction():
        return service.award_for_case(case_id=case_id, now=now, reporter_rule=rule, reporter_household_id=home, **known)


def in_force(village_id: int, *, day: date, now: datetime, preset: str = "zhilong", **items: dict[str, Any]) -> int:
    """A version in force with some items otherwise than the preset has them."""
    with transaction():
        version = _draft(village_id, preset, now=now)
        for code, changes in items.items():
            item = queries.read(version).items[code]
            service.save_item(version, code, replace(item, **changes), actor=MAKER, now=now)
        decision = decisions.passed(village_id, DecisionKind.SCHEME, on=town_day(now), now=now)
        service.put_in_force(version, decision_id=decision.id, on=day, actor=MAKER, now=now)
        return version.id


def _draft(village_id: int, source: str, *, now: datetime) -> SchemeVersion:
    return service.draft(db.session.get_one(Grid, village_id), source=source, actor=MAKER, now=now)


# --- closed cases


def test_a_closed_case_earns_by_the_scheme_of_the_homes_village(village: int, world: World) -> None:
    version = in_force(village, day=TODAY, now=NOW, Z203={"points": 15, "cap": 20})
    home, other = world.homes["village_a"][0], world.homes["village_b"][0]
    [first] = close(1, home)
    assert (first.amount, first.version_id) == (15, version)
    [second] = close(2, home)
    assert second.amount == 5, "the rest under the cap"
    assert close(3, home) == []
    [elsewhere] = close(4, other)
    assert (elsewhere.amount, elsewhere.version_id) == (10, None), "without a scheme the general rules hold"


def test_what_is_declared_and_not_decided_fills_the_cap_too(village: int, world: World) -> None:
    in_force(village, day=date(2026, 5, 4), now=SPRING, Z203={"points": 15, "cap": 20, "who": "AC"})
    home = world.homes["village_a"][0]
    with transaction():
        service.declare_batch(
            village_id=village, item_code="Z203", rows=[service.BatchRow(household_id=home)],
            happened_on=town_day(SUMMER), text="按名单登记", source_kind="activity", source_id="1", actor=job("test"),
            now=SUMMER,
        )  # fmt: skip
    assert [award.amount for award in close(1, home, now=SUMMER)] == [5]


def test_what_the_scheme_does_not_name_gives_nothing(village: int, world: World) -> None:
    home = world.homes["village_a"][0]
    assert [award.amount for award in close(1, home, rule="K1")] == [2]
    schemes.in_force(village, "zhilong", on=TODAY, now=NOW)
    assert close(2, home, rule="K1") == []
    assert [award.amount for award in close(3, home, rule="K5")] == [20]


def test_a_notice_hangs_as_long_as_the_scheme_says(village: int, world: World) -> None:
    with transaction():
        version = _draft(village, "zhilong", now=NOW)
        scheme = queries.read(version)
        settings = service.Settings(
            "办法", 0, scheme.at_year_end, 24, notice_days=10, council_from=50, month_budget=None
        )
        service.edit(version, settings, actor=MAKER, now=NOW)
        decision = decisions.passed(village, DecisionKind.SCHEME, on=TODAY, now=NOW)
        service.put_in_force(version, decision_id=decision.id, on=TODAY, actor=MAKER, now=NOW)
    [award] = close(1, world.homes["village_a"][0])
    assert db.session.get_one(PointNotice, award.id).closes_on == TODAY + timedelta(days=10)


# --- the month's budget


def test_beyond_the_budget_points_go_on_and_the_reviewers_hear_of_it_once(village: int, world: World) -> None:
    with transaction():
        version = _draft(village, "zhilong", now=NOW)
        scheme = queries.read(version)
        service.edit(
            version, service.Settings("办法", 0, scheme.at_year_end, 24, 7, 50, month_budget=15), actor=MAKER, now=NOW
        )
        decision = decisions.passed(village, DecisionKind.SCHEME, on=TODAY, now=NOW)
        service.put_in_force(version, decision_id=decision.id, on=TODAY, actor=MAKER, now=NOW)
    homes = world.homes["village_a"]
    close(1, homes[0])
    assert _warned() == []
    for case_id, home in enumerate(homes[1:4], start=2):
        assert len(close(case_id, home)) == 1, "nothing is held back"
    assert _warned() == [world.posts["review_member"]]
    budget = queries.budget_of(village, on=TODAY)
    assert budget is not None
    assert (budget.limit, budget.issued, budget.over) == (15, 40, 25)
    with transaction():
        service.reverse_for_case(case_id=1, actor=CHECKER, now=NOW)
    after = queries.budget_of(village, on=TODAY)
    assert after is not None
    assert after.issued == 30, "what was taken back is not issued"


def _warned() -> list[int | None]:
    return list(db.session.scalars(select(Notice.post_id).where(Notice.rule == "points.budget")))


# --- a draft tried on the last quarter


def declared(home: int, code: str, *, on: date) -> None:
    with transaction():
        made = service.declare_batch(
            village_id=db.session.get_one(SchemeVersion, 1).village_id, item_code=code,
            rows=[service.BatchRow(household_id=home)], happened_on=on, text="按名单登记", source_kind="activity",
            source_id=f"{code}{on}{home}", actor=job("test"), now=SUMMER,
        )  # fmt: skip
        for declaration in made.declared:
            declaration.state = "posted"


def test_a_draft_is_counted_on_what_the_last_quarter_really_had(village: int, world: World) -> None:
    in_force(village, day=date(2026, 5, 4), now=SPRING)
    first, second, third = world.homes["village_a"][:3]
    for day in (date(2026, 7, 6), date(2026, 7, 13), date(2026, 8, 3)):
        declared(first, "Z601", on=day)  # +10 each
    declared(second, "Z504", on=date(2026, 7, 20))  # -10
    close(1, third, now=SUMMER)  # K3: +10
    close(2, third, now=NOW)  # after the quarter
    with transaction():
        draft = _draft(village, service.CURRENT, now=NOW)
        items = queries.read(draft).items
        changed = replace(items["Z601"], points=12, cap=20)
        service.save_item(draft, "Z601", changed, actor=MAKER, now=NOW)
        service.drop_item(draft, "Z504", actor=MAKER, now=NOW)
    trial = queries.try_out(draft, today=TODAY)
    assert (trial.begins, trial.ends) == (date(2026, 7, 1), date(2026, 10, 1))
    assert (trial.homes, trial.affected) == (3, 2)
    assert (trial.before, trial.after) == (30 - 10 + 10, 20 + 12 + 0 + 10), "two in July stop at the cap of a month"
    assert trial.by_board == {"Z6": 32, "Z2": 10}
    assert [(row.household_id, row.gain) for row in trial.biggest] == [(second, 10), (first, 2)]
    assert "*" in trial.biggest[0].name
    with transaction():
        service.set_weights(draft, {"Z6": 200, "Z2": 50}, actor=MAKER, now=NOW)
    again = queries.try_out(draft, today=TODAY)
    assert (again.after, again.by_board) == (trial.after, trial.by_board), "weights move no points"
    running = queries.scheme_of(village, on=TODAY)
    assert weighed(again.by_board, queries.read(draft), running) == (32 * 2 + 10 // 2, round((32 + 10) * 15 / 100))
    assert weighed(again.by_board, queries.read(draft), None) == (69, None)
    alike = replace(running, boards={code: replace(board, weight=25) for code, board in running.boards.items()})
    assert weighed(again.by_board, queries.read(draft), alike) == (69, None), "what weighs nothing has no index"
    assert weighed(again.by_board, alike, running) is None


def test_a_village_without_entries_has_nothing_to_try(village: int) -> None:
    with transaction():
        draft = _draft(village, "361", now=NOW)
    trial = queries.try_out(draft, today=TODAY)
    assert (trial.homes, trial.affected, trial.after, trial.biggest) == (0, 0, 0, ())


# --- a home's points by class


def test_a_home_reads_its_year_by_class_weighed_where_classes_weigh_differently(village: int, world: World) -> None:
    home, other = world.homes["village_a"][:2]
    assert queries.classes_of(home, village_id=village, on=TODAY) is None
    schemes.in_force(village, "zhilong", on=TODAY, now=NOW)
    close(1, home)  # K3, held by Z203: +10
    close(2, home, rule="K5")  # Z602: +20
    close(3, other)
    found = queries.classes_of(home, village_id=village, on=TODAY)
    assert found is not None
    assert {board.code: points for board, points in found.sums if points} == {"Z2": 10, "Z6": 20}
    assert found.index == round((10 * 15 + 20 * 15) / 100)
    page = queries.entries_of(home, viewer=job("test"))
    assert {entry.item for entry in page.rows} == {"提供安全隐患线索，经查实", "防汛防火等应急抢险"}
