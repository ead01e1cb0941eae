"""Reports that are made by themselves: on their day, once, whatever happens."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.notices.models import Notice
from gridcase.people.rules import Role
from gridcase.reports import jobs, queries, service
from gridcase.reports.models import ReportRun, ReportSchedule
from gridcase.reports.rules import Part, Shape, Spec
from tests.factories.world import World

ViewerOf = Callable[[Role | str], Viewer]
At = Callable[[str], None]
WEDNESDAY = "2026-12-02T08:00:00+08:00"


def scheduled(viewer: Viewer, world: World, key: str = "town", **words: Any) -> ReportSchedule:
    form, spec = queries.get_form(queries.standards()["monthly"][0].id, viewer=viewer)
    values = {"every": PeriodKind.MONTH, "readers": [], "hand_up": False, **words}
    with transaction():
        return service.let_be_made(
            form, db.session.get_one(Grid, world.grids[key]), actor=viewer, spec=spec, now=clock.now(), **values
        )


def runs() -> list[tuple[str, int, bool]]:
    db.session.rollback()
    rows = db.session.scalars(select(ReportRun).order_by(ReportRun.id))
    return [(run.period, run.attempt, run.handed_up_at is not None) for run in rows]


def test_on_the_first_working_day_told_and_handed_up(viewer_of: ViewerOf, world: World, at: At) -> None:
    reader = world.posts[Role.DISPATCHER]
    scheduled(viewer_of(Role.TOWN_MANAGER), world, readers=[reader], hand_up=True)
    at("2026-11-30T23:00:00+08:00")
    assert jobs.make_due(now=clock.now()) == 0
    at("2026-12-01T00:10:00+08:00")
    assert jobs.make_due(now=clock.now()) == 1
    assert jobs.make_due(now=clock.now()) == 0
    assert runs() == [("2026-11", 1, True)]
    told = {(one.rule, one.post_id) for one in db.session.scalars(select(Notice).where(Notice.rule.like("report.%")))}
    assert told == {("report.made", reader), ("report.handed_up", world.posts[Role.COUNTY_MANAGER])}


def test_a_scheduler_that_stood_still_catches_up(viewer_of: ViewerOf, world: World, at: At) -> None:
    scheduled(viewer_of(Role.TOWN_MANAGER), world)
    at("2027-03-03T09:00:00+08:00")
    assert jobs.make_due(now=clock.now()) == 4
    assert [row[0] for row in runs()] == ["2026-11", "2026-12", "2027-01", "2027-02"]


def test_what_was_kept_by_hand_is_not_made_again(viewer_of: ViewerOf, world: World, at: At) -> None:
    manager = viewer_of(Role.TOWN_MANAGER)
    scheduled(manager, world)
    form, spec = queries.get_form(queries.standards()["monthly"][0].id, viewer=manager)
    place, period = db.session.get_one(Grid, world.grids["town"]), Period.of(PeriodKind.MONTH, date(2026, 11, 1))
    at("2026-12-01T00:01:00+08:00")
    sheet = queries.sheet(manager, form, spec, place=place, period=period, now=clock.now())
    with transaction():
        service.keep(form, place, sheet, spec=spec, actor=manager, now=clock.now())
    at(WEDNESDAY)
    assert jobs.make_due(now=clock.now()) == 0


def test_two_at_once_are_one(ctx: Flask, viewer_of: ViewerOf, world: World, at: At) -> None:
    scheduled(viewer_of(Role.TOWN_MANAGER), world, readers=[world.posts[Role.DISPATCHER]])
    at(WEDNESDAY)
    barrier, made, wrong = threading.Barrier(2), [], []

    def work() -> None:
        with ctx.app_context():
            try:
                barrier.wait(20)
                made.append(jobs.make_due(now=clock.now()))
            except Exception as error:
                wrong.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work) for _each in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert wrong == []
    assert sorted(made) == [0, 1]
    assert runs() == [("2026-11", 1, False)]
    assert len(db.session.scalars(select(Notice).where(Notice.rule == "report.made")).all()) == 1


def test_killed_in_the_middle_nothing_is_half_there(viewer_of: ViewerOf, world: World, at: At) -> None:
    scheduled(viewer_of(Role.TOWN_MANAGER), world, readers=[world.posts[Role.DISPATCHER]])
    at(WEDNESDAY)

    class Killed(BaseException):
        pass

    def stop(_session: Session) -> None:
        raise Killed

    event.listen(Session, "before_commit", stop)
    try:
        with pytest.raises(Killed):
            jobs.make_due(now=clock.now())
    finally:
        event.remove(Session, "before_commit", stop)
    assert runs() == []
    assert db.session.scalars(select(Notice).where(Notice.rule == "report.made")).all() == []
    assert jobs.make_due(now=clock.now()) == 1
    assert runs() == [("2026-11", 1, False)]


def test_it_counts_with_the_eyes_of_who_asked(viewer_of: ViewerOf, world: World) -> None:
    schedule = scheduled(viewer_of(Role.VILLAGE_HEAD), world, "village_a")
    eyes = jobs.eyes_of(schedule)
    assert eyes.permissions == viewer_of(Role.VILLAGE_HEAD).permissions
    assert [grant.path for grant in eyes.grants] == [schedule.path]


def test_who_may_let_it_be_made(viewer_of: ViewerOf, world: World) -> None:
    with pytest.raises(Missing):
        scheduled(viewer_of(Role.DISPATCHER), world)
    with pytest.raises(Missing):
        scheduled(viewer_of(Role.TOWN_MANAGER), world, "other_town")
    with pytest.raises(Refused, match="岗位"):
        scheduled(viewer_of(Role.TOWN_MANAGER), world, readers=[world.posts[Role.LIAISON]])
    with pytest.raises(Refused, match="只有镇的报表"):
        scheduled(viewer_of(Role.VILLAGE_HEAD), world, "village_a", hand_up=True)
    with pytest.raises(Refused, match="周期"):
        scheduled(viewer_of(Role.TOWN_MANAGER), world, every=PeriodKind.DAY)


def test_two_who_schedule_at_once_are_told(
    viewer_of: ViewerOf, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    manager = viewer_of(Role.TOWN_MANAGER)
    scheduled(manager, world)
    monkeypatch.setattr(queries, "running", lambda *_asked: None)  # as one sees it who looked a moment before
    with pytest.raises(Refused, match="别人也设了"):
        scheduled(manager, world)


def test_set_anew_it_takes_the_place_of_the_old_and_stopped_it_rests(viewer_of: ViewerOf, world: World, at: At) -> None:
    manager = viewer_of(Role.TOWN_MANAGER)
    first = scheduled(manager, world)
    second = scheduled(manager, world, hand_up=True)
    assert db.session.get_one(ReportSchedule, first.id).ended_at is not None
    form, place = queries.standards()["monthly"][0], db.session.get_one(Grid, world.grids["town"])
    running = queries.running(form, place)
    assert running is not None
    assert running.id == second.id
    with transaction():
        assert service.end_of(form, place, actor=manager, now=clock.now())
    at(WEDNESDAY)
    assert jobs.make_due(now=clock.now()) == 0


def test_set_anew_it_still_owes_what_is_over(viewer_of: ViewerOf, world: World, at: At) -> None:
    manager = viewer_of(Role.TOWN_MANAGER)
    scheduled(manager, world)
    at("2026-12-01T00:05:00+08:00")  # November is over, its report not made yet
    scheduled(manager, world, hand_up=True)
    assert jobs.make_due(now=clock.now()) == 1
    assert runs() == [("2026-11", 1, True)]
    scheduled(manager, world, every=PeriodKind.WEEK)  # another rhythm begins with the running week
    at("2026-12-01T09:00:00+08:00")
    assert jobs.make_due(now=clock.now()) == 0


def test_a_form_made_by_itself_becomes_no_list(viewer_of: ViewerOf, world: World) -> None:
    manager, numbers = viewer_of(Role.TOWN_MANAGER), Spec((Part(("cases.closed",)),))
    words: dict[str, Any] = {"actor": manager, "now": clock.now()}
    place = db.session.get_one(Grid, world.grids["town"])
    with transaction():
        form = service.make(place=place, title="本镇月报", spec=numbers, client_uuid=str(uuid4()), **words)
        service.let_be_made(
            form, place, spec=numbers, every=PeriodKind.MONTH, readers=[], hand_up=False, **words
        )  # fmt: skip
    lines = replace(numbers, shape=Shape.LIST)
    with pytest.raises(Refused, match="先停止定期"), transaction():
        service.change(form, title="本镇月报", spec=lines, seen=fingerprint(form, service.EDITED), **words)
    with transaction():
        service.end_of(form, place, **words)
        service.change(form, title="本镇月报", spec=lines, seen=fingerprint(form, service.EDITED), **words)
    assert queries.spec_of(form) == lines


def test_one_that_is_refused_holds_up_no_other(
    viewer_of: ViewerOf, world: World, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = scheduled(viewer_of(Role.VILLAGE_HEAD), world, "village_a")
    scheduled(viewer_of(Role.TOWN_MANAGER), world)
    at(WEDNESDAY)
    keep = service.keep

    def refusing(*args: Any, **words: Any) -> ReportRun:
        if words["schedule"].id == first.id:
            raise Refused(N_("不行"))
        return keep(*args, **words)

    monkeypatch.setattr(service, "keep", refusing)
    assert jobs.make_due(now=clock.now()) == 1
    assert runs() == [("2026-11", 1, False)]
    monkeypatch.setattr(service, "keep", keep)
    assert jobs.make_due(now=clock.now()) == 1
