"""A visit is noted once, carries the home forward, and may bring a case; on both databases."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from gridcase.audit.models import AuditRow
from gridcase.cases.models import Case
from gridcase.cases.rules import Answer, State
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.households.models import Household
from gridcase.people.rules import Role
from gridcase.visits import queries
from gridcase.visits.models import Visit
from gridcase.visits.rules import Purpose, Tick, VisitMode, VisitState
from gridcase.visits.service import Demand, VisitRecord, log_visit
from tests.factories.world import World

UUID = "5b0c1a52-6f6b-4d59-9d52-3a1f2f6d7f01"
ViewerOf = Callable[[Role | str], Viewer]


def record(**changes: Any) -> VisitRecord:
    plain = VisitRecord(
        client_uuid=UUID,
        visited_at=clock.now() - timedelta(minutes=5),
        mode=VisitMode.HOME,
        state=VisitState.SAFE,
        purpose=Purpose.CARE,
        met=2,
        ticks=(Tick.WATER,),
    )
    return dataclasses.replace(plain, **changes)


def log(actor: Viewer, household_id: int, what: VisitRecord) -> Visit:
    with transaction():
        return log_visit(
            actor=actor, household=db.session.get_one(Household, household_id), record=what, now=clock.now()
        )


def visits() -> int:
    return db.session.scalar(select(func.count()).select_from(Visit)) or 0


def test_a_visit_moves_the_next_one(viewer_of: ViewerOf, world: World) -> None:
    home = world.homes["circle"][0]
    visit = log(viewer_of(Role.LIAISON), home, record())
    household = db.session.get_one(Household, home)
    assert household.last_visit_at == clock.now() - timedelta(minutes=5)
    assert household.next_visit_on == date(2027, 2, 21)  # 90 days: a reassured home
    assert (visit.post_id, visit.village_id, visit.ticks) == (
        world.posts[Role.LIAISON],
        world.grids["village_a"],
        ["water"],
    )
    trace = db.session.scalars(select(AuditRow).where(AuditRow.action == "visit.log")).one()
    assert (trace.subject_id, trace.actor_post_id) == (visit.id, world.posts[Role.LIAISON])


def test_a_visit_that_met_nobody_moves_nothing(viewer_of: ViewerOf, world: World) -> None:
    liaison, home = viewer_of(Role.LIAISON), world.homes["circle"][0]
    log(liaison, home, record())
    due = db.session.get_one(Household, home).next_visit_on
    later = record(client_uuid=str(uuid4()), visited_at=clock.now(), met=0)
    visit = log(liaison, home, later)
    assert (visit.met, visit.state) == (0, "not_met")
    assert log(liaison, home, later).id == visit.id  # what was sent counts for the mark, not what was made of it
    household = db.session.get_one(Household, home)
    assert (household.next_visit_on, household.last_visit_at) == (due, clock.now() - timedelta(minutes=5))
    seen = queries.last_visit(home, viewer=liaison)
    assert seen is not None
    assert seen.met == 2
    day = queries.circle_day(liaison, on=clock.town_day(clock.now()), now=clock.now())
    assert [one.last.met for one in day.homes if one.last] == [2]


def test_sent_twice_is_one_row(viewer_of: ViewerOf, world: World) -> None:
    liaison, home = viewer_of(Role.LIAISON), world.homes["circle"][0]
    first = log(liaison, home, record()).id
    assert log(liaison, home, record()).id == first
    assert visits() == 1


def test_same_mark_other_content_is_refused(viewer_of: ViewerOf, world: World) -> None:
    liaison, homes = viewer_of(Role.LIAISON), world.homes["circle"]
    log(liaison, homes[0], record())
    with pytest.raises(Refused, match="已经送出过"):
        log(liaison, homes[0], record(met=3))
    with pytest.raises(Refused, match="已经送出过"):
        log(liaison, homes[1], record())
    assert visits() == 1


def test_sent_twice_at_once_is_one_row_and_one_case(app: Flask, ctx: Flask, viewer_of: ViewerOf, world: World) -> None:
    liaison, home, now = viewer_of(Role.LIAISON), world.homes["circle"][0], clock.now()
    what = record(demand=Demand("0501", "没水了", "三组停水"))
    db.session.remove()
    start, ids, errors = threading.Barrier(2), [], []

    def send() -> None:
        with app.app_context():
            try:
                start.wait()
                with transaction():
                    visit = log_visit(
                        actor=liaison, household=db.session.get_one(Household, home), record=what, now=now
                    )
                    ids.append(visit.id)
            except Exception as error:
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(set(ids)) == 1
    assert visits() == 1
    assert db.session.scalar(select(func.count()).select_from(Case)) == 1


@pytest.mark.parametrize(
    ("back", "sound"), [(timedelta(days=6, hours=23), True), (timedelta(days=8), False), (timedelta(hours=-25), False)]
)
def test_only_the_last_days_can_be_noted(viewer_of: ViewerOf, world: World, back: timedelta, sound: bool) -> None:
    what = record(visited_at=clock.now() - back)
    if sound:
        assert log(viewer_of(Role.LIAISON), world.homes["circle"][0], what).visited_at == what.visited_at
    else:
        with pytest.raises(Refused) as refusal:
            log(viewer_of(Role.LIAISON), world.homes["circle"][0], what)
        assert refusal.value.field == "visited_at"
        assert visits() == 0


def test_a_visit_noted_late_does_not_turn_the_home_back(viewer_of: ViewerOf, world: World) -> None:
    liaison, home = viewer_of(Role.LIAISON), world.homes["circle"][0]
    log(liaison, home, record())
    log(
        liaison,
        home,
        record(client_uuid=UUID[:-1] + "2", visited_at=clock.now() - timedelta(days=3)),
    )
    assert db.session.get_one(Household, home).last_visit_at == clock.now() - timedelta(minutes=5)


def test_phone_counts_only_after_a_visit_at_the_door(
    viewer_of: ViewerOf, world: World, at: Callable[[str], None]
) -> None:
    liaison, home = viewer_of(Role.LIAISON), world.homes["circle"][0]
    for number, (mode, counted) in enumerate(
        [(VisitMode.PHONE, False), (VisitMode.HOME, True), (VisitMode.VIDEO, True), (VisitMode.PHONE, False)]
    ):
        at(f"2026-11-{24 + number}T10:00:00+08:00")
        log(liaison, home, record(client_uuid=UUID[:-1] + str(number), mode=mode))
        last = db.session.get_one(Household, home).last_visit_at
        assert (last == clock.now() - timedelta(minutes=5)) is counted, mode


def test_a_demand_becomes_a_case_of_the_home(viewer_of: ViewerOf, world: World) -> None:
    home = world.homes["circle"][0]
    visit = log(viewer_of(Role.LIAISON), home, record(demand=Demand("0501", "三组停水", "早上起没有水")))
    case = db.session.get_one(Case, visit.case_id)
    household = db.session.get_one(Household, home)
    assert (case.state, case.channel, case.household_id) == (State.REGISTERED, "visit", home)
    assert (case.grid_id, case.path, case.collector_post_id) == (
        household.grid_id,
        household.path,
        world.posts[Role.LIAISON],
    )


def test_a_demand_settled_on_the_spot_is_closed_with_the_villagers_word(viewer_of: ViewerOf, world: World) -> None:
    demand = Demand("1001", "问医保怎么缴", "问医保怎么缴", result="当面讲了缴费办法", answer=Answer.ANSWERED_QUESTION)
    visit = log(viewer_of(Role.LIAISON), world.homes["circle"][0], record(demand=demand))
    case = db.session.get_one(Case, visit.case_id)
    assert (case.state, case.answer, case.self_solved) == (State.CLOSED, Answer.ANSWERED_QUESTION, True)
    assert case.closed_at == clock.now()


def test_a_demand_refused_keeps_nothing(viewer_of: ViewerOf, world: World) -> None:
    liaison, home = viewer_of(Role.LIAISON), world.homes["circle"][0]
    with pytest.raises(Refused):
        log(liaison, home, record(demand=Demand("0501", "  ", "")))
    assert visits() == 0
    assert db.session.get_one(Household, home).last_visit_at is None


@pytest.mark.parametrize("whose", ["village_b", "other_village", "far_village", "paired"])
def test_nobody_notes_visits_to_homes_of_others(viewer_of: ViewerOf, world: World, whose: str) -> None:
    with pytest.raises(Missing):
        log(viewer_of(Role.LIAISON), world.homes[whose][0], record())
    assert visits() == 0


def test_the_hash_covers_the_whole_record(viewer_of: ViewerOf, world: World) -> None:
    """Every field changed alone makes another record: none may be swallowed by a repeat."""
    liaison, home = viewer_of(Role.LIAISON), world.homes["circle"][0]
    log(liaison, home, record())
    for change in (
        {"mode": VisitMode.PHONE},
        {"state": VisitState.FOLLOW_UP},
        {"purpose": Purpose.CALLBACK},
        {"met": 0},
        {"ticks": ()},
        {"note": "好"},
        {"visited_at": datetime.fromisoformat("2026-11-22T09:00:00+08:00")},
        {"demand": Demand("0501", "停水", "停水")},
    ):
        with pytest.raises(Refused):
            log(liaison, home, record(**change))
