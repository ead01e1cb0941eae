"""What is due is told to whom it concerns, once, also when two sweeps run at once or a night was missed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from gridcase.audit.models import AuditRow
from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.cases.rules import Channel, Level, State, Urgency
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer, job
from gridcase.core.words import Text
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.notices.models import Notice
from gridcase.people.models import Holding
from gridcase.people.rules import Role
from gridcase.reminders import jobs, queries
from tests.factories.world import World

ViewerOf = Callable[[Role | str], Viewer]
ACTOR = job("test")
pytestmark = pytest.mark.usefixtures("ctx")


def sweep() -> int:
    return jobs.sweep(actor=ACTOR, now=clock.now())


def case_of(world: World, code: str = "0503", home: int = 0) -> int:
    """A case registered by the liaison: 0503 has ten working days."""
    with transaction():
        household = db.session.get_one(Household, world.homes["circle"][home])
        case = cases.collect(
            actor=ACTOR, case_class=case_queries.class_in_use(code), title="路坏了", text="桥头路面塌了",
            channel=Channel.VISIT, grid=db.session.get_one(Grid, household.grid_id), household=household,
            now=clock.now(), collector_post=world.posts[Role.LIAISON],
        )  # fmt: skip
        return case.id


def at_desk(world: World, case_id: int, *, post: Role | None = None, unit: str | None = None) -> None:
    """Put the case with a post or a unit, in hand."""
    with transaction():
        db.session.execute(
            update(Case)
            .where(Case.id == case_id)
            .values(
                state=State.IN_PROGRESS,
                handler_post_id=world.posts[post] if post else None,
                handler_unit_id=world.units[unit] if unit else None,
            )
        )
        trace()


def trace() -> None:
    db.session.add(AuditRow(at=clock.now(), actor_name="test", action="test", subject_kind="case"))


def told(rule: str | None = None, *, case_id: int | None = None) -> list[tuple[str, int | None, int | None]]:
    query = select(Notice.rule, Notice.post_id, Notice.unit_id).where(Notice.subject_kind == "case")
    if rule:
        query = query.where(Notice.rule == rule)
    if case_id:
        query = query.where(Notice.subject_id == case_id)
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(query.order_by(Notice.id))]


def due_of(case_id: int) -> datetime:
    found = db.session.scalar(select(Case.due_at).where(Case.id == case_id))
    assert found is not None
    return found


def test_nothing_is_said_before_its_time(world: World) -> None:
    case_of(world)
    sweep()
    assert told() == []


def test_the_whole_ladder(world: World, at: Callable[[str], None]) -> None:
    """Ten working days from Monday 23 November 10:00 end on Monday 7 December 10:00."""
    case_id = case_of(world)
    at_desk(world, case_id, unit="water")
    assert due_of(case_id) == datetime.fromisoformat("2026-12-07T10:00:00+08:00")
    water, posts = world.units["water"], world.posts
    for moment, rule, whom in (
        ("2026-12-04T09:59:00+08:00", None, []),
        ("2026-12-04T10:00:00+08:00", "case_soon", [(None, water)]),
        ("2026-12-07T10:00:00+08:00", "case_due", [(None, water), (posts[Role.GRID_LEADER], None)]),
        ("2026-12-08T09:59:00+08:00", None, []),
        ("2026-12-08T10:00:00+08:00", "case_late_8", [(posts[Role.VILLAGE_HEAD], None)]),
        ("2026-12-09T10:00:00+08:00", "case_late_16", [(posts[Role.DISPATCHER], None)]),
        (
            "2026-12-14T10:00:00+08:00",
            "case_late_40",
            [(posts[Role.DISPATCHER], None), (posts[Role.TOWN_MANAGER], None)],
        ),
    ):
        before = told()
        at(moment)
        sweep()
        new = told()[len(before) :]
        assert [(post, unit) for _rule, post, unit in new] == whom, moment
        assert {name for name, _post, _unit in new} == ({rule} if rule else set())


def test_a_second_run_says_nothing_and_writes_nothing(world: World, at: Callable[[str], None]) -> None:
    case_of(world)
    at("2026-12-07T10:30:00+08:00")
    assert sweep() > 0
    traces = select(func.count()).select_from(AuditRow)
    before = db.session.scalar(traces)
    assert sweep() == 0
    assert db.session.scalar(traces) == before


def test_two_sweeps_at_once_tell_once(app: Flask, world: World, at: Callable[[str], None]) -> None:
    for home in range(6):
        case_of(world, home=home)
    at("2026-12-08T10:30:00+08:00")
    db.session.remove()
    start, counts, errors = threading.Barrier(2), [], []

    def run() -> None:
        with app.app_context():
            try:
                start.wait()
                counts.append(jobs.sweep(actor=ACTOR, now=clock.now()))
            except Exception as error:
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    keys = db.session.scalars(select(Notice.key)).all()
    assert sum(counts) == len(keys) == len(set(keys))
    assert len(told("case_late_8")) == 6


def test_a_stopped_week_is_caught_up(world: World, at: Callable[[str], None]) -> None:
    """Everything passed is told, only "due soon" is not said of what is late by now."""
    case_id = case_of(world)
    at_desk(world, case_id, unit="water")
    at("2026-12-21T09:00:00+08:00")
    sweep()
    assert {rule for rule, _post, _unit in told()} == {"case_due", "case_late_8", "case_late_16", "case_late_40"}


def test_a_moved_due_time_is_told_anew(world: World, at: Callable[[str], None]) -> None:
    case_id = case_of(world)
    at("2026-12-07T10:00:00+08:00")
    sweep()
    before = len(told("case_due"))
    with transaction():
        moved = due_of(case_id) + timedelta(days=2)
        db.session.execute(
            update(Case).where(Case.id == case_id).values(due_at=moved, soon_at=moved - timedelta(hours=2))
        )
        trace()
    at("2026-12-09T09:00:00+08:00")
    sweep()
    assert len(told("case_due")) == before
    at("2026-12-09T10:00:00+08:00")
    sweep()
    assert len(told("case_due")) == 2 * before


def test_night_waits_for_the_morning_but_not_for_emergencies(world: World, at: Callable[[str], None]) -> None:
    ordinary = case_of(world, "0403")  # open burning: 8 natural hours
    at("2026-11-23T14:00:00+08:00")
    burning = case_of(world, "0202", home=1)  # forest fire: 12 natural hours, an emergency
    with transaction():
        for case_id in (ordinary, burning):
            due = datetime.fromisoformat("2026-11-24T02:00:00+08:00")
            db.session.execute(update(Case).where(Case.id == case_id).values(due_at=due, soon_at=due))
        trace()
    at("2026-11-24T02:00:00+08:00")
    sweep()
    assert told(case_id=ordinary) == []
    urgent = db.session.execute(select(Notice.rule, Notice.urgent).where(Notice.subject_id == burning)).all()
    assert {tuple(row) for row in urgent} == {("case.register:1", True), ("case_stage", True), ("case_due", True)}
    at("2026-11-24T07:00:00+08:00")
    sweep()
    assert {rule for rule, _post, _unit in told(case_id=ordinary)} == {"case_due"}
    assert db.session.scalar(select(Case.urgency).where(Case.id == burning)) == Urgency.CRITICAL


def test_an_emergency_is_told_at_once_and_again_when_its_half_hour_is_over(
    world: World, at: Callable[[str], None]
) -> None:
    at("2026-11-24T02:00:00+08:00")
    case_id = case_of(world, "0202")
    desks = {world.posts[role] for role in (Role.FULLTIME_GRID, Role.VILLAGE_HEAD, Role.DISPATCHER)}
    assert {post for _rule, post, _unit in told("case.register:1", case_id=case_id)} == desks
    at("2026-11-24T02:30:00+08:00")
    assert sweep() == 0
    at("2026-11-24T02:31:00+08:00")
    sweep()
    late = {world.posts[Role.GRID_LEADER], world.posts[Role.DISPATCHER]}
    assert {post for _rule, post, _unit in told("case_stage", case_id=case_id)} == late
    said = db.session.scalars(select(Notice.text).where(Notice.rule == "case_stage")).first()
    assert said is not None
    words = str(Text.from_json(said))
    assert "的受理应在2026年11月24日 02:30前完成，到2026年11月24日 02:31还没有人动" in words
    assert sweep() == 0


def test_a_restricted_emergency_is_told_to_the_town_alone(world: World) -> None:
    case_id = case_of(world, "0303")
    assert [post for _rule, post, _unit in told("case.register:1", case_id=case_id)] == [world.posts[Role.DISPATCHER]]


def test_without_an_order_the_nearest_desk_is_told(world: World, at: Callable[[str], None]) -> None:
    case_of(world)  # registered: waits to be accepted, by the grid leader of its cell
    other_cell = case_of(world, home=5)
    at("2026-12-04T10:00:00+08:00")
    sweep()
    section_leader, grid_leader = world.posts[Role.SECTION_LEADER], world.posts[Role.GRID_LEADER]
    assert {post for _rule, post, _unit in told("case_soon")} == {grid_leader, section_leader}
    assert [post for _rule, post, _unit in told("case_soon", case_id=other_cell)] == [section_leader]


def test_a_restricted_case_goes_past_the_village(world: World, at: Callable[[str], None]) -> None:
    case_of(world, "0301")
    at("2026-12-28T10:00:00+08:00")
    sweep()
    dispatcher, manager = world.posts[Role.DISPATCHER], world.posts[Role.TOWN_MANAGER]
    assert {post for _rule, post, _unit in told()} == {dispatcher, manager}


def test_what_has_no_clock_or_has_ended_is_left_alone(world: World, at: Callable[[str], None]) -> None:
    unsorted, closed = case_of(world), case_of(world, home=1)
    with transaction():
        db.session.execute(update(Case).where(Case.id == unsorted).values(unsorted=True, due_at=None, soon_at=None))
        db.session.execute(update(Case).where(Case.id == closed).values(closed_at=clock.now(), state=State.CLOSED))
        trace()
    at("2026-12-28T10:00:00+08:00")
    sweep()
    assert told() == []


def test_more_than_one_batch(world: World, at: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "BATCH", 2)
    for home in range(5):
        case_of(world, home=home)
    at("2026-12-08T10:30:00+08:00")
    sweep()
    assert len(told("case_late_8")) == 5
    details = db.session.scalars(select(AuditRow.detail).where(AuditRow.action == "reminders.sweep")).all()
    assert [d["subjects"] for d in details if d["rule"] == "case_late_8"] == [2, 2, 1]


def test_one_digest_a_liaison_and_day(world: World, at: Callable[[str], None]) -> None:
    """All homes of village A were due on 20 November; the circle has six."""

    def digests() -> list[tuple[int | None, int]]:
        db.session.rollback()
        rows = db.session.execute(
            select(Notice.person_id, Notice.text).where(Notice.rule == "digest").order_by(Notice.id)
        )
        return [(row.person_id, row.text["params"]["homes"]) for row in rows]

    liaison = db.session.scalar(select(Holding.person_id).where(Holding.post_id == world.posts[Role.LIAISON]))
    at("2026-11-23T07:55:00+08:00")
    sweep()
    assert digests() == []
    for _again in range(2):
        at("2026-11-23T08:05:00+08:00")
        sweep()
        assert digests() == [(liaison, 6)]
    at("2026-11-24T09:00:00+08:00")
    sweep()
    assert digests() == [(liaison, 6), (liaison, 6)]


@pytest.mark.parametrize(
    ("level", "role"),
    [(None, Role.FULLTIME_GRID), (Level.TOWN, Role.DISPATCHER), (Level.COUNTY, Role.COUNTY_DISPATCHER)],
)
def test_what_has_climbed_waits_for_the_desk_it_has_climbed_to(
    world: World, at: Callable[[str], None], level: Level | None, role: Role
) -> None:
    case_id = case_of(world)
    with transaction():
        db.session.execute(update(Case).where(Case.id == case_id).values(state=State.ACCEPTED, level=level))
        trace()
    at("2026-12-04T17:00:00+08:00")
    sweep()
    assert told("case_soon", case_id=case_id) == [("case_soon", world.posts[role], None)]
