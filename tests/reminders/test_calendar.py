"""The working calendar is changed by the county, after it has seen what moves; open deadlines go with it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.audit.models import AuditRow
from gridcase.calendar import queries as calendar
from gridcase.calendar.rules import Day, as_lines, from_lines
from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.cases.rules import ExtensionReason, WhistleKind
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer, job
from gridcase.core.worktime import DayKind
from gridcase.people.rules import Role
from gridcase.reminders.service import calendar as service
from tests.factories.cases import collected, do, post_of, water
from tests.factories.world import World
from tests.reminders.test_jobs import case_of

ClientAs = Callable[[Role | str], FlaskClient]
ACTOR = job("test")
CLOSED_DAY = date(2026, 11, 30)  # a Monday within the ten working days of a case of 23 November
FILE = "日期,安排,名称\n2027-01-01,放假,元旦\n2027-01-04,本地停办,停电\n2027-01-09,补班,\n"


def due_at(case_id: int) -> datetime:
    db.session.rollback()
    found = db.session.scalar(select(Case.due_at).where(Case.id == case_id))
    assert found is not None
    return found


def with_closed_day(kind: DayKind | None = DayKind.LOCAL_OFF) -> service.Draft:
    rest = [one for one in calendar.days_of(2026) if one.day != CLOSED_DAY]
    return service.draft(2026, [*rest, Day(CLOSED_DAY, kind, "")] if kind else rest)


def saved(draft: service.Draft) -> int:
    with transaction():
        version = service.save(draft, actor=ACTOR, source="测试", seen=draft.seen, now=clock.now())
        return version.moved


def test_a_closed_day_moves_the_deadlines_that_count_over_it_and_no_others(ctx: Flask, world: World) -> None:
    long, short = case_of(world), case_of(world, "0403", home=1)  # ten working days; eight hours by the clock
    before = due_at(long), due_at(short)
    draft = with_closed_day()
    assert draft.recount.moved == 1
    assert (due_at(long), due_at(short)) == before  # looking writes nothing
    assert saved(draft) == 1
    assert (due_at(long), due_at(short)) == (before[0] + timedelta(days=1), before[1])
    saved(with_closed_day(None))
    assert (due_at(long), due_at(short)) == before
    trace = db.session.scalars(select(AuditRow.detail).where(AuditRow.action == "calendar.year")).all()
    assert [row["moved"] for row in trace[-2:]] == [1, 1]


def test_the_stage_keeps_its_own_beginning_and_the_case_explains_the_closed_day(ctx: Flask, world: World) -> None:
    case_id, at = case_of(world), clock.now()
    with transaction():
        case = db.session.get_one(Case, case_id)
        cases.accept(case, actor=ACTOR, now=at)
    stage = db.session.scalar(select(Case.stage_due_at).where(Case.id == case_id))
    draft = with_closed_day()
    assert saved(draft) == 1
    db.session.rollback()
    assert db.session.scalar(select(Case.stage_due_at).where(Case.id == case_id)) == stage  # four hours of today
    line = case_queries.steps(case_id)
    why = case_queries.explained(db.session.get_one(Case, case_id), line, calendar.work_calendar())
    assert why.due.at == due_at(case_id)
    assert CLOSED_DAY in [one.day for one in why.skipped]


def test_what_was_granted_and_what_it_stood_survive_a_new_calendar(
    ctx: Flask, world: World, viewer_of: Callable[[Role], Viewer], at: Callable[[str], None]
) -> None:
    case, head, station = collected(world, ACTOR), viewer_of(Role.VILLAGE_HEAD), viewer_of(Role.DEPT)
    do(cases.accept, case, head)
    do(cases.dispatch, case, head, unit=water(world))
    do(cases.sign, case, station)
    do(cases.ask_extension, case, station, reason=ExtensionReason.FUNDING, amount=2)
    desk, until = viewer_of(Role.DISPATCHER), date(2026, 11, 24)
    do(cases.grant_extension, case, desk)
    do(cases.suspend, case, desk, reason=ExtensionReason.FUNDING, until=until)
    at("2026-11-24T10:00:00+08:00")
    do(cases.resume, case, desk)
    before = case.due_at
    assert before == datetime(2026, 12, 10, 2, 0, tzinfo=UTC)  # ten working days, two granted, one stood
    saved(with_closed_day())
    assert due_at(case.id) == before + timedelta(days=1)


def test_a_case_sent_on_or_up_keeps_the_stage_it_came_to_last(
    ctx: Flask, world: World, viewer_of: Callable[[Role], Viewer], at: Callable[[str], None]
) -> None:
    """Its state stays "dispatched" or "accepted", its stage began anew: half past eight on the closed day's eve."""
    sent, climbed, head = collected(world, ACTOR), collected(world, ACTOR), viewer_of(Role.VILLAGE_HEAD)
    for case in (sent, climbed):
        do(cases.accept, case, head)
    do(cases.dispatch, sent, head, unit=water(world))
    at("2026-11-27T16:30:00+08:00")  # Friday: one working hour is left of the day
    do(cases.transfer, sent, head, post=post_of(world, Role.GRID_LEADER), note="换人")
    do(cases.escalate, climbed, head, note="村里办不了", kind=WhistleKind.ROUTINE)
    before = [case.stage_due_at for case in (sent, climbed)]
    saved(with_closed_day())
    db.session.rollback()
    assert [case.stage_due_at - was for case, was in zip((sent, climbed), before, strict=True)] == [
        timedelta(days=1)
    ] * 2


def test_a_case_born_between_the_look_and_the_saving_is_moved_too(ctx: Flask, world: World) -> None:
    case_of(world)
    draft = with_closed_day()
    late = case_of(world, home=1)
    before = due_at(late)
    assert saved(draft) == 2
    assert due_at(late) == before + timedelta(days=1)


def test_saving_what_was_looked_at_before_another_change_is_refused(ctx: Flask, world: World) -> None:
    first, second = with_closed_day(), with_closed_day(DayKind.HOLIDAY)
    saved(first)
    with pytest.raises(Refused, match="刚才有人改过"):
        saved(second)
    with pytest.raises(Refused, match="完全相同"):
        saved(with_closed_day())


def test_the_days_travel_through_the_page_unharmed() -> None:
    days = (Day(date(2027, 1, 1), DayKind.HOLIDAY, "元旦"), Day(date(2027, 1, 3), DayKind.MAKEUP, ""))
    assert from_lines(as_lines(days)) == days
    assert from_lines("") == ()
    with pytest.raises(Refused, match="不完整"):
        from_lines("2027-01-01|party|x")


def test_a_year_comes_in_by_file_and_ends_the_banner(
    client_as: ClientAs, at: Callable[[str], None], app: Flask, world: World
) -> None:
    client = client_as(Role.COUNTY_MANAGER)
    assert "还没有 2027 年的放假安排" not in client.get("/calendar/2026").text
    at("2026-12-01T09:00:00+08:00")
    with app.app_context():
        at("2026-12-28T09:00:00+08:00")
        case_id = case_of(world)
        provisional = db.session.get_one(Case, case_id).due_provisional
        before = due_at(case_id)
        db.session.remove()
    assert provisional
    client = client_as(Role.COUNTY_MANAGER)
    assert client.get("/calendar/").headers["Location"].endswith("/calendar/2027")
    assert "还没有 2027 年的放假安排" in client.get("/calendar/2026").text
    data = {"file": (io.BytesIO(FILE.encode()), "2027.csv"), "source": "国办发明电〔2026〕7号"}
    look = client.post("/calendar/2027/file", data=data, content_type="multipart/form-data").text
    assert "期限会变的在办事件" in look
    with app.app_context():
        assert due_at(case_id) == before  # not saved yet
        draft = service.draft(2027, service.read_year(FILE.encode(), 2027))
        lines, seen = as_lines(draft.days), draft.seen
        assert f'value="{seen}"' in look
        db.session.remove()
    client.post("/calendar/2027/save", data={"lines": lines, "source": "国办发明电〔2026〕7号", "seen": seen})
    with app.app_context():
        case = db.session.get_one(Case, case_id)
        assert not case.due_provisional
        assert calendar.days_of(2027)[0] == Day(date(2027, 1, 1), DayKind.HOLIDAY, "元旦")
        # 28 December 09:00 and ten working days: over New Year and the power cut, with Saturday 9 January worked
        assert case.due_at == datetime(2027, 1, 12, 1, 0, tzinfo=UTC)
        db.session.remove()
    page = client.get("/calendar/2027").text
    assert "国办发明电〔2026〕7号" in page
    assert "还没有 2027 年的放假安排" not in page


def test_a_day_is_looked_at_first_and_a_wrong_one_refused(client_as: ClientAs) -> None:
    client = client_as(Role.COUNTY_MANAGER)
    right = client.post("/calendar/2026/day", data={"day": "2026-11-30", "kind": "local_off", "name": "停电"})
    assert "保存日历" in right.text
    assert "停电" not in client.get("/calendar/2026").text
    wrong = client.post("/calendar/2026/day", data={"day": "2026-11-30", "kind": "makeup"})
    assert "本来就上班" in wrong.text
    other = client.post("/calendar/2026/day", data={"day": "2027-11-30", "kind": "holiday"})
    assert "不在 2026 年" in other.text


def test_every_bad_cell_of_a_file_is_named(client_as: ClientAs) -> None:
    bad = "日期,安排\n2027-01-01,放假\n2026-01-02,放假\n2027-02-30,放假\n2027-03-01,也许\n"
    data = {"file": (io.BytesIO(bad.encode()), "2027.csv"), "source": "通知"}
    page = (
        client_as(Role.COUNTY_MANAGER).post("/calendar/2027/file", data=data, content_type="multipart/form-data").text
    )
    for words in ("第 3 行", "第 4 行", "第 5 行"):
        assert words in page
    twice = "日期,安排\n2027-01-01,放假\n2027-01-01,停办\n"
    data = {"file": (io.BytesIO(twice.encode()), "2027.csv"), "source": "通知"}
    page = (
        client_as(Role.COUNTY_MANAGER).post("/calendar/2027/file", data=data, content_type="multipart/form-data").text
    )
    assert "出现了两次" in page


def test_whoever_works_reads_it_and_only_the_county_changes_it(client_as: ClientAs) -> None:
    page = client_as(Role.LIAISON).get("/calendar/2026")
    assert page.status_code == 200
    assert "国庆节" in page.text
    assert "改一天" not in page.text
    assert client_as(Role.TOWN_MANAGER).post("/calendar/2026/day").status_code == 403
    assert client_as(Role.RESIDENT).get("/calendar/2026").status_code == 403


def test_the_case_names_the_version_its_deadline_was_counted_with(
    client_as: ClientAs, app: Flask, world: World
) -> None:
    with app.app_context():
        case_id = case_of(world)
        saved(with_closed_day())
        version = calendar.version()
        number = version.id if version else 0
        db.session.remove()
    page = client_as(Role.LIAISON).get(f"/cases/{case_id}").text
    assert f"工作日历第 {number} 版" in page
