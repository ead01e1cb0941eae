"""Who is told what of the doors, once; rows are written once; a merged home keeps its visitors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from gridcase.audit.models import AuditRow
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer, job
from gridcase.grid import service as grids
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.notices.models import Notice
from gridcase.people.rules import Role
from gridcase.reception import jobs, queries, service
from gridcase.reception.models import Meeting, ReceptionDay, Visitor
from gridcase.reception.rules import DayRule, MeetingNature, Outcome
from gridcase.reception.service import Visit
from gridcase.reminders import jobs as reminders
from gridcase.reminders.rules import TIMES_KEY, Times
from tests.factories.world import World

SWEEP = job("reminders")
At = Callable[[str], None]


def place(world: World, key: str = "village_a") -> Grid:
    return db.session.get_one(Grid, world.grids[key])


def told(rule: str) -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.rule == rule).order_by(Notice.id)))


def put_down(world: World, day: date, host: Role) -> None:
    with transaction():
        service.put_down(
            actor=SWEEP, place=place(world), day=day, host=world.posts[host], stand_in=None, now=clock.now()
        )


def sweep() -> None:
    reminders.sweep(actor=SWEEP, now=clock.now())


def test_whoever_sits_is_told_the_day_before_and_once(ctx: Flask, world: World, at: At) -> None:
    put_down(world, date(2026, 11, 25), Role.DEPUTY)
    sweep()
    assert told("reception_day") == []
    at("2026-11-24T06:00:00+08:00")
    sweep()
    assert told("reception_day") == [], "not before the quiet hours end"
    at("2026-11-24T09:00:00+08:00")
    sweep()
    sweep()
    notices = told("reception_day")
    assert [notice.post_id for notice in notices] == [world.posts[Role.DEPUTY]]
    assert notices[0].link == f"/reception/{world.grids['village_a']}/day?on=2026-11-25"
    put_down(world, date(2026, 11, 25), Role.VILLAGE_HEAD)
    sweep()
    assert [notice.post_id for notice in told("reception_day")] == [
        world.posts[Role.DEPUTY],
        world.posts[Role.VILLAGE_HEAD],
    ]


def test_another_county_s_morning_wakes_nobody_here(ctx: Flask, world: World, at: At) -> None:
    put_down(world, date(2026, 11, 25), Role.DEPUTY)
    with transaction():
        value = Times.from_json({"quiet_from": "21:00", "quiet_to": "06:00", "digest_at": "08:00"}).to_json()
        far, now = place(world, "far_county"), clock.now()
        grids.set_setting(actor=SWEEP, place=far, key=TIMES_KEY, value=value, valid_from=now.date(), now=now)
    at("2026-11-24T06:30:00+08:00")
    sweep()
    assert told("reception_day") == []
    at("2026-11-24T07:30:00+08:00")
    sweep()
    assert len(told("reception_day")) == 1


def test_a_village_without_a_meeting_is_reminded_in_the_last_month(ctx: Flask, world: World, at: At) -> None:
    sweep()
    assert told("meeting_quarter") == []
    at("2026-12-02T09:00:00+08:00")
    sweep()
    sweep()
    posts = {notice.post_id for notice in told("meeting_quarter")}
    assert posts == {world.posts[Role.DEPUTY], world.posts[Role.VILLAGE_HEAD]}
    at("2027-03-10T09:00:00+08:00")
    with transaction():
        service.hold_meeting(
            actor=SWEEP, place=place(world), client_uuid=str(uuid4()), nature=MeetingNature.SEMINAR,
            held_on=date(2027, 1, 8), topic="座谈", present=12, now=clock.now(),
        )  # fmt: skip
    sweep()
    assert len(told("meeting_quarter")) == 2, "held in this quarter"
    at("2027-06-10T09:00:00+08:00")
    jobs.tell_hosts(actor=SWEEP, now=clock.now())
    assert len(told("meeting_quarter")) == 4


def test_a_row_sent_twice_is_one_and_another_persons_mark_is_refused(
    ctx: Flask, world: World, viewer_of: Callable[[Role], Viewer]
) -> None:
    mark, today = str(uuid4()), date(2026, 11, 23)
    visit = Visit(mark, "问医保", Outcome.ANSWERED, reply="年底前缴")
    ids = []
    for _ in range(2):
        with transaction():
            row = service.receive(
                actor=viewer_of(Role.DEPUTY), place=place(world), day=today, visit=visit, now=clock.now()
            )
            ids.append(row.id)
    assert len(set(ids)) == 1
    assert (
        db.session.scalar(select(func.count()).select_from(AuditRow).where(AuditRow.action == "reception.receive")) == 1
    )
    with pytest.raises(Refused), transaction():
        service.receive(actor=viewer_of(Role.VILLAGE_HEAD), place=place(world), day=today, visit=visit, now=clock.now())
    assert db.session.scalar(select(func.count()).select_from(ReceptionDay)) == 1


def test_nobody_writes_at_a_foreign_door(ctx: Flask, world: World, viewer_of: Callable[[Role], Viewer]) -> None:
    visit = Visit(str(uuid4()), "问医保", Outcome.ANSWERED, reply="年底前缴")
    for role, key in ((Role.DEPUTY, "village_b"), (Role.DISPATCHER, "other_village"), (Role.DEPT, "village_a")):
        with pytest.raises(Missing), transaction():
            service.receive(
                actor=viewer_of(role), place=place(world, key), day=date(2026, 11, 23), visit=visit, now=clock.now()
            )
    with pytest.raises(Missing), transaction():
        service.answer(
            actor=viewer_of(Role.LIAISON), place=place(world, "village_b"), client_uuid=str(uuid4()), question="问",
            reply="答", class_code="1001", now=clock.now(),
        )  # fmt: skip
    assert db.session.scalar(select(func.count()).select_from(Visitor)) == 0


def test_a_merged_home_keeps_its_visitors(ctx: Flask, world: World) -> None:
    double, kept = (db.session.get_one(Household, world.homes["village_a"][n]) for n in (14, 15))
    visit = Visit(str(uuid4()), "问低保", Outcome.ANSWERED, reply="带材料来", household=double)
    with transaction():
        service.receive(actor=SWEEP, place=place(world), day=date(2026, 11, 23), visit=visit, now=clock.now())
    with transaction():
        assert service.repoint_household(double, kept, actor=SWEEP, now=clock.now()) == 1
    assert db.session.scalars(select(Visitor.household_id)).one() == kept.id


def test_the_nearest_place_decides_the_weekday(ctx: Flask, world: World) -> None:
    with transaction():
        service.set_day_rule(actor=SWEEP, place=place(world, "county"), rule=DayRule(weekday=0), now=clock.now())
    with transaction():
        service.set_day_rule(actor=SWEEP, place=place(world, "village_b"), rule=DayRule(weekday=-1), now=clock.now())
    today = date(2026, 11, 23)
    assert queries.days.coming(place(world), today=today)[0].day == today
    assert queries.days.coming(place(world, "village_b"), today=today) == []
    assert queries.days.coming(place(world, "far_village"), today=today)[0].day == date(2026, 11, 25)


def test_a_meeting_keeps_its_lines_apart(ctx: Flask, world: World) -> None:
    with pytest.raises(Refused) as refusal, transaction():
        service.hold_meeting(
            actor=SWEEP, place=place(world), client_uuid=str(uuid4()), nature=MeetingNature.YARD,
            held_on=date(2026, 11, 20), topic="议题", present=3, outcomes="字" * 201, now=clock.now(),
        )  # fmt: skip
    assert refusal.value.field == "outcomes"
    assert db.session.scalar(select(func.count()).select_from(Meeting)) == 0
