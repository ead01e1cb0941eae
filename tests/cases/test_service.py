"""Every write of the room, through the service, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from gridcase.audit.models import AuditRow
from gridcase.cases import queries, service
from gridcase.cases.models import Case, CasePoint
from gridcase.cases.rules import Answer, ExtensionReason, ReturnReason
from gridcase.core import clock
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.geo import lon_lat
from gridcase.core.permissions import Viewer
from gridcase.households.models import Household
from gridcase.notices.models import Notice
from gridcase.people.rules import Role
from tests.factories.cases import (
    COMPLAINT,
    MISSING_PERSON,
    ROAD,
    RUBBISH,
    closed,
    collected,
    do,
    pending,
    post_of,
    refused,
    solved,
    water,
)
from tests.factories.world import ORIGIN, SIZE, World

Find = Callable[[Role], Viewer]


# -- the whole way


def test_the_whole_way(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = closed(world, viewer_of)
    line = queries.steps(case.id)
    assert [(step.seq, step.move, step.to_state) for step in line] == [
        (1, "register", "registered"), (2, "accept", "accepted"), (3, "dispatch", "dispatched"),
        (4, "sign", "in_progress"), (5, "submit_result", "feedback"), (6, "record_answer", "feedback"),
        (7, "verify", "closed"),
    ]  # fmt: skip
    assert [step.actor_role for step in line][:4] == ["liaison", "village_head", "village_head", "dept"]
    assert line[2].detail["to"] == "青溪镇水利站"
    assert (case.closed_at, case.closed_late, case.resolved_level) == (clock.now(), False, "town")
    assert pending(world.homes["circle"][0]) == 2  # K1
    assert queries.check() == []


def test_every_move_leaves_an_audit_row_without_names_or_texts(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = closed(world, viewer_of, reporter_name="钱大妈")
    rows = db.session.scalars(
        select(AuditRow).where(AuditRow.subject_kind == "case", AuditRow.subject_id == case.id).order_by(AuditRow.id)
    ).all()
    assert [row.action for row in rows if row.action.startswith("case.")] == [
        "case.register", "case.accept", "case.dispatch", "case.sign", "case.submit_result", "case.record_answer",
        "case.verify",
    ]  # fmt: skip
    said = " ".join(str(row.detail) for row in rows)
    assert "钱大妈" not in said
    assert "路面" not in said


# -- registering


def test_numbers_run_by_town_and_day(ctx: Flask, world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    numbers = [collected(world, head).number for _ in range(2)]
    numbers.append(collected(world, head, now=datetime(2026, 11, 23, 16, 30, tzinfo=UTC)).number)  # 24th in the town
    assert numbers == [
        "GC20261123-990101100-0001", "GC20261123-990101100-0002", "GC20261124-990101100-0001",
    ]  # fmt: skip


def test_clocks_start_with_the_registration(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = collected(world, viewer_of(Role.LIAISON))  # 80 working hours, Monday 10:00 Shanghai
    assert case.due_at == datetime(2026, 12, 7, 2, 0, tzinfo=UTC)
    assert case.soon_at == datetime(2026, 12, 4, 2, 0, tzinfo=UTC)  # 8 working hours before
    assert case.contact_due_at == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
    assert case.stage_due_at == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # accept within 8 working hours
    assert case.contacted_at == clock.now()  # on a visit one has spoken with the villager
    assert not case.due_provisional


def test_place_and_point_come_from_the_household(ctx: Flask, world: World, viewer_of: Find) -> None:
    home = db.session.get_one(Household, world.homes["circle"][0])
    case = collected(world, viewer_of(Role.LIAISON))
    assert (case.grid_id, case.path, case.section_id) == (home.grid_id, home.path, home.section_id)
    assert (case.village_id, case.address) == (world.grids["village_a"], home.address)
    lon, lat = db.session.execute(select(*lon_lat(CasePoint.geom)).where(CasePoint.case_id == case.id)).one()
    assert (lon, lat) == pytest.approx((ORIGIN[0] + 0.003, ORIGIN[1] + 0.003))


def test_a_point_finds_its_cell(ctx: Flask, world: World, viewer_of: Find) -> None:
    spot = {"lon": ORIGIN[0] + SIZE * 0.75, "lat": ORIGIN[1] + SIZE * 0.25}
    case = collected(world, viewer_of(Role.VILLAGE_HEAD), nobody=True, **spot)
    assert case.grid_id == world.grids["village_a_cell_2"]
    outside = collected(world, viewer_of(Role.VILLAGE_HEAD), nobody=True, lon=ORIGIN[0] - 1, lat=ORIGIN[1])
    assert outside.grid_id == world.grids["village_a"]


def test_a_liaison_registers_in_its_village_and_nowhere_else(ctx: Flask, world: World, viewer_of: Find) -> None:
    liaison = viewer_of(Role.LIAISON)
    assert collected(world, liaison, nobody=True).village_id == world.grids["village_a"]
    with pytest.raises(Refused, match="不在您的工作范围内"):
        collected(world, liaison, nobody=True, grid_id=world.grids["village_b"])
    with pytest.raises(Refused, match="不在您的工作范围内"):
        collected(world, liaison, home=world.homes["village_b"][0])


def test_anonymous_means_no_name_is_kept(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = collected(
        world, viewer_of(Role.LIAISON), anonymous=True, reporter_name="钱大妈", reporter_phone="13800000000"
    )
    assert (case.reporter_name, case.reporter_phone) == (None, None)


def test_an_empty_title_is_refused(ctx: Flask, world: World, viewer_of: Find) -> None:
    with pytest.raises(Refused, match="写明是什么事") as found:
        collected(world, viewer_of(Role.LIAISON), title=" \u3000 ")
    assert found.value.field == "title"
    assert db.session.scalar(select(func.count()).select_from(Case)) == 0


# -- self-solving


def test_self_solve_closes_in_one_go(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = solved(world, viewer_of(Role.LIAISON))
    assert (case.state, case.self_solved, case.resolved_level) == ("closed", True, "grid")
    assert [step.move for step in queries.steps(case.id)] == ["register", "self_solve"]
    assert case.second_check is None
    assert queries.check() == []


def test_a_share_is_drawn_by_number_for_a_second_check(ctx: Flask, world: World, viewer_of: Find) -> None:
    assert solved(world, viewer_of(Role.LIAISON), percent=100).second_check == "due"
    drawn = [service.drawn_for_second_check(f"GC20261123-990101100-{n:04d}", percent=10) for n in range(1, 2001)]
    assert 150 <= sum(drawn) <= 250
    assert drawn == [
        service.drawn_for_second_check(f"GC20261123-990101100-{n:04d}", percent=10) for n in range(1, 2001)
    ]


def test_second_check_by_the_section_leader_not_by_the_solver(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = solved(world, viewer_of(Role.VILLAGE_HEAD), percent=100)
    refused("经办人不能", service.second_check, case, viewer_of(Role.VILLAGE_HEAD), passed=True)
    assert refused("复核发现了什么", service.second_check, case, viewer_of(Role.SECTION_LEADER), passed=False) == "note"
    do(service.second_check, case, viewer_of(Role.SECTION_LEADER), passed=True)
    assert case.second_check == "passed"
    refused("没有待做的复核", service.second_check, case, viewer_of(Role.SECTION_LEADER), passed=True)


def test_a_failed_second_check_takes_the_points_back(ctx: Flask, world: World, viewer_of: Find) -> None:
    home = world.homes["circle"][1]
    case = closed(world, viewer_of, home=home)
    assert pending(home) == 2
    case = solved(world, viewer_of(Role.VILLAGE_HEAD), percent=100, home=home)
    assert pending(home) == 4
    do(service.second_check, case, viewer_of(Role.SECTION_LEADER), passed=False, note="垃圾还在。")
    assert (case.second_check, pending(home)) == ("failed", 2)


def test_who_may_not_self_solve(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = collected(world, viewer_of(Role.LIAISON))
    refused(
        "您的岗位不能自办自结",
        service.self_solve,
        case,
        viewer_of(Role.DISPATCHER),
        result="好了",
        answer=Answer.SOLVED,
    )
    complaint = collected(world, viewer_of(Role.LIAISON), code=COMPLAINT)
    refused(
        "由镇级以上单位办理",
        service.self_solve,
        complaint,
        viewer_of(Role.LIAISON),
        result="好了",
        answer=Answer.SOLVED,
    )


# -- sending and handling


def test_dispatch_tells_the_unit_once_and_a_second_time_after_a_return(
    ctx: Flask, world: World, viewer_of: Find
) -> None:
    case = collected(world, viewer_of(Role.LIAISON))
    do(service.accept, case, viewer_of(Role.VILLAGE_HEAD))
    do(service.dispatch, case, viewer_of(Role.VILLAGE_HEAD), unit=water(world))
    do(service.give_back, case, viewer_of(Role.DEPT), reason=ReturnReason.INCOMPLETE, note="没有写在哪座桥。")
    assert (case.state, case.handler_unit_id) == ("returned", None)
    do(service.dispatch, case, viewer_of(Role.VILLAGE_HEAD), unit=water(world))
    told = db.session.execute(select(Notice.rule, Notice.unit_id, Notice.post_id).order_by(Notice.id)).all()
    assert [tuple(row) for row in told] == [
        ("case.dispatch:3", world.units["water"], None),
        ("case.give_back:4", None, world.posts[Role.VILLAGE_HEAD]),
        ("case.dispatch:5", world.units["water"], None),
    ]


def test_a_notice_of_a_restricted_case_carries_the_number_alone(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = collected(world, viewer_of(Role.LIAISON), code=MISSING_PERSON, title="李大爷走失")
    do(service.accept, case, viewer_of(Role.DISPATCHER))
    do(service.dispatch, case, viewer_of(Role.DISPATCHER), unit=water(world))
    notices = db.session.scalars(select(Notice)).all()
    assert [one.rule.split(":")[0] for one in notices] == ["case.register", "case.dispatch"]
    for notice in notices:
        assert case.number in str(notice.text)
        assert "李大爷" not in str(notice.text)
        assert notice.urgent  # class 0304 is of the first urgency


def test_whom_a_case_cannot_be_sent_to(ctx: Flask, world: World, viewer_of: Find) -> None:
    head = viewer_of(Role.VILLAGE_HEAD)
    case = collected(world, viewer_of(Role.LIAISON))
    refused("已登记的事件不能派单", service.dispatch, case, head, unit=water(world))
    do(service.accept, case, head)
    assert refused("请选一个办理岗位", service.dispatch, case, head) == "handler"
    other = db.session.get_one(type(water(world)), world.units["other_station"])
    assert refused("不管事件所在的地方", service.dispatch, case, head, unit=other) == "handler"
    desk = db.session.get_one(type(water(world)), world.units["zongzhi"])
    assert refused("只派单、不办理", service.dispatch, case, head, unit=desk) == "handler"
    far = collected(world, viewer_of(Role.DISPATCHER), home=world.homes["village_b"][0])
    do(service.accept, far, viewer_of(Role.DISPATCHER))
    leader = post_of(world, Role.GRID_LEADER)
    assert refused("不在事件所在的村", service.dispatch, far, viewer_of(Role.DISPATCHER), post=leader) == "handler"


def test_only_the_addressed_unit_signs(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = collected(world, viewer_of(Role.LIAISON))
    do(service.accept, case, viewer_of(Role.VILLAGE_HEAD))
    do(service.dispatch, case, viewer_of(Role.VILLAGE_HEAD), unit=water(world))
    refused("只有接到派单的岗位或单位才能签收", service.sign, case, viewer_of(Role.VILLAGE_HEAD))
    refused("您的岗位不能签收", service.sign, case, viewer_of(Role.COUNTY_DEPT))
    do(service.sign, case, viewer_of(Role.DEPT))
    refused("办理中的事件不能签收", service.sign, case, viewer_of(Role.DEPT))


def test_the_stage_clock_restarts_and_the_citizens_does_not(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    case = collected(world, viewer_of(Role.LIAISON))
    due = case.due_at
    at("2026-11-24T10:00:00+08:00")
    do(service.accept, case, viewer_of(Role.VILLAGE_HEAD))
    assert case.stage_due_at == datetime(2026, 11, 24, 7, 30, tzinfo=UTC)  # half an office day: 15:30
    do(service.dispatch, case, viewer_of(Role.VILLAGE_HEAD), unit=water(world))
    assert case.stage_due_at == datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    do(service.sign, case, viewer_of(Role.DEPT))
    assert (case.stage_due_at, case.due_at) == (due, due)


def test_another_class_when_accepting_counts_from_the_registration(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    case = collected(world, viewer_of(Role.LIAISON), code=ROAD)
    at("2026-11-24T10:00:00+08:00")
    do(service.accept, case, viewer_of(Role.VILLAGE_HEAD), case_class=queries.class_by_code(RUBBISH))
    assert case.due_at == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 8 working hours after Monday 10:00
    assert case.case_class.code == RUBBISH
    assert queries.check() == []  # the counters moved along


def test_a_pause_moves_the_deadline(ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]) -> None:
    case = collected(world, viewer_of(Role.LIAISON))
    do(service.accept, case, viewer_of(Role.VILLAGE_HEAD))
    do(service.dispatch, case, viewer_of(Role.VILLAGE_HEAD), unit=water(world))
    do(service.sign, case, viewer_of(Role.DEPT))
    due, pause = case.due_at, {"reason": ExtensionReason.WEATHER_OR_SEASON, "until": date(2026, 11, 25)}
    refused("您的岗位不能准予挂起", service.suspend, case, viewer_of(Role.DEPT), **pause)
    past = {**pause, "until": date(2026, 11, 22)}
    assert refused("今天或以后", service.suspend, case, viewer_of(Role.UNIT_LEAD), **past) == "expected_on"
    far = {**pause, "until": date(9999, 12, 31)}
    assert refused("最长一年", service.suspend, case, viewer_of(Role.UNIT_LEAD), **far) == "expected_on"
    do(service.suspend, case, viewer_of(Role.UNIT_LEAD), **pause)
    assert due is not None
    assert case.due_at == datetime(2026, 12, 9, 9, 30, tzinfo=UTC)  # ten whole days from Thursday on
    at("2026-11-24T10:00:00+08:00")
    do(service.resume, case, viewer_of(Role.UNIT_LEAD))
    assert case.due_at == due + timedelta(days=1)  # it stood one working day
    assert case.stage_due_at == case.due_at


def test_a_pause_that_nobody_ends_does_not_go_on_for_ever(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    """What has become late while nobody looked stays late: ending the pause weeks after its day moves nothing."""
    case = collected(world, viewer_of(Role.LIAISON))
    do(service.accept, case, viewer_of(Role.VILLAGE_HEAD))
    do(service.dispatch, case, viewer_of(Role.VILLAGE_HEAD), unit=water(world))
    do(service.sign, case, viewer_of(Role.DEPT))
    reason = ExtensionReason.WEATHER_OR_SEASON
    do(service.suspend, case, viewer_of(Role.UNIT_LEAD), reason=reason, until=date(2026, 11, 25))
    due = case.due_at
    at("2026-12-21T10:00:00+08:00")
    assert due is not None
    assert due < clock.now()
    do(service.resume, case, viewer_of(Role.UNIT_LEAD))
    assert case.due_at == due


def test_reminding_tells_who_has_it_and_nobody_else(ctx: Flask, world: World, viewer_of: Find) -> None:
    case, head = collected(world, viewer_of(Role.LIAISON)), viewer_of(Role.VILLAGE_HEAD)
    refused("没有人可以催办", service.remind, case, head)
    do(service.accept, case, head)
    do(service.dispatch, case, head, unit=water(world))
    do(service.remind, case, head)
    assert (
        db.session.scalars(select(Notice.unit_id).where(Notice.rule == "case.remind:4")).one() == world.units["water"]
    )


# -- complaints go past the village


def test_a_complaint_about_a_cadre_is_handled_above_the_village(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = collected(world, viewer_of(Role.LIAISON), code=COMPLAINT)
    refused("您的岗位不能受理", service.accept, case, viewer_of(Role.VILLAGE_HEAD))
    do(service.accept, case, viewer_of(Role.DISPATCHER))
    head = post_of(world, Role.VILLAGE_HEAD)
    assert refused("不能派给村里", service.dispatch, case, viewer_of(Role.DISPATCHER), post=head) == "handler"
    do(service.dispatch, case, viewer_of(Role.DISPATCHER), unit=water(world))
