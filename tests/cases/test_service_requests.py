"""More time and pauses: asked for by who handles, decided by somebody else; transfers and co-handlers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from gridcase.cases import queries, service
from gridcase.cases.models import Case, CaseRequest
from gridcase.cases.rules import ExtensionReason, ReturnReason, WhistleKind
from gridcase.core import clock
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.notices.models import Notice
from gridcase.people.models import Unit
from gridcase.people.rules import Role
from tests.factories.cases import MISSING_PERSON, collected, do, post_of, refused, water
from tests.factories.world import World

Find = Callable[[Role], Viewer]
MORE: dict[str, Any] = {"reason": ExtensionReason.SEVERAL_UNITS, "amount": 3}
PAUSE: dict[str, Any] = {"reason": ExtensionReason.WEATHER_OR_SEASON, "until": date(2026, 11, 25)}


def sent(world: World, viewer_of: Find) -> Case:
    case = collected(world, viewer_of(Role.LIAISON))
    do(service.accept, case, viewer_of(Role.VILLAGE_HEAD))
    do(service.dispatch, case, viewer_of(Role.VILLAGE_HEAD), unit=water(world))
    return case


def signed(world: World, viewer_of: Find) -> Case:
    case = sent(world, viewer_of)
    do(service.sign, case, viewer_of(Role.DEPT))
    return case


def unit(world: World, name: str) -> Unit:
    return db.session.get_one(Unit, world.units[name])


def told(rule: str) -> list[tuple[int | None, int | None]]:
    rows = db.session.execute(select(Notice.unit_id, Notice.post_id).where(Notice.rule.startswith(rule)))
    return [tuple(row) for row in rows]


# -- more time


def test_asking_changes_no_clock_and_granting_lengthens_the_limit(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    case = signed(world, viewer_of)
    due = case.due_at
    assert due == datetime(2026, 12, 7, 2, 0, tzinfo=UTC)
    at("2026-11-24T10:00:00+08:00")
    do(service.ask_extension, case, viewer_of(Role.DEPT), **MORE)
    assert case.due_at == due
    mine = queries.Filters(tab=queries.Tab.MINE)
    for role, ids in ((Role.DISPATCHER, [case.id]), (Role.LIAISON, [])):
        assert [row.id for row in queries.work_list(viewer_of(role), mine, now=clock.now()).rows] == ids, role
    refused("已经申请过", service.ask_extension, case, viewer_of(Role.DEPT), **MORE)
    refused("您的岗位不能准予延期", service.grant_extension, case, viewer_of(Role.VILLAGE_HEAD))
    do(service.grant_extension, case, viewer_of(Role.DISPATCHER))
    assert case.due_at == datetime(2026, 12, 10, 2, 0, tzinfo=UTC)  # three working days, from the same start
    assert case.stage_due_at == case.due_at
    assert queries.clock_of(case, queries.steps(case.id)).start == case.registered_at
    request = db.session.scalars(select(CaseRequest)).one()
    assert (request.state, request.amount, request.decided_by_name) == ("granted", 24, viewer_of(Role.DISPATCHER).name)
    assert (None, world.posts[Role.DEPT]) in told("case.grant_extension")
    refused("只能延期 1 次", service.ask_extension, case, viewer_of(Role.DEPT), **MORE)
    assert queries.check() == []


def test_refusing_more_time_needs_a_reason_and_leaves_the_limit(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = signed(world, viewer_of)
    due = case.due_at
    refused("没有待答复的申请", service.refuse_extension, case, viewer_of(Role.DISPATCHER), note="不行")
    do(service.ask_extension, case, viewer_of(Role.DEPT), **MORE)
    assert refused("为什么不准", service.refuse_extension, case, viewer_of(Role.DISPATCHER), note="") == "note"
    do(service.refuse_extension, case, viewer_of(Role.DISPATCHER), note="人手够。")
    assert case.due_at == due
    assert [one.state for one in case.requests] == ["refused"]
    do(service.ask_extension, case, viewer_of(Role.DEPT), **MORE)  # a refusal does not use up the one


def test_more_time_is_never_more_than_the_limit_itself(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = signed(world, viewer_of)
    assert refused("至少为 1", service.ask_extension, case, viewer_of(Role.DEPT), **{**MORE, "amount": 0}) == "amount"
    assert refused("不能超过", service.ask_extension, case, viewer_of(Role.DEPT), **{**MORE, "amount": 11}) == "amount"


def test_nobody_grants_what_he_asked_for(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = signed(world, viewer_of)
    lead = viewer_of(Role.UNIT_LEAD)
    do(service.ask_extension, case, lead, **MORE)
    refused("由别人答复", service.grant_extension, case, lead)
    do(service.ask_pause, case, lead, **PAUSE)
    refused("由别人答复", service.suspend, case, lead, **PAUSE)
    do(service.grant_extension, case, viewer_of(Role.DISPATCHER))


def test_a_request_lapses_when_the_case_leaves_the_handlers_hands(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = signed(world, viewer_of)
    do(service.ask_extension, case, viewer_of(Role.DEPT), **MORE)
    do(service.give_back, case, viewer_of(Role.DEPT), reason=ReturnReason.NOT_OUR_DUTY)
    assert [one.state for one in case.requests] == ["lapsed"]


# -- pauses


def test_a_pause_asked_for_stops_nothing_until_it_is_granted(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    case = signed(world, viewer_of)
    due = case.due_at
    assert due is not None
    do(service.ask_pause, case, viewer_of(Role.DEPT), **PAUSE)
    assert (case.state, case.due_at) == ("in_progress", due)
    at("2026-11-24T10:00:00+08:00")
    do(service.suspend, case, viewer_of(Role.UNIT_LEAD), **PAUSE)
    assert [one.state for one in case.requests] == ["granted"]
    at("2026-11-25T10:00:00+08:00")
    do(service.resume, case, viewer_of(Role.UNIT_LEAD))
    assert case.due_at == due + timedelta(days=1)  # from the grant on, not from the asking


def test_a_refused_pause_leaves_the_clock_running(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = signed(world, viewer_of)
    due = case.due_at
    do(service.ask_pause, case, viewer_of(Role.DEPT), **PAUSE)
    do(service.refuse_pause, case, viewer_of(Role.UNIT_LEAD), note="可以先做排水。")
    assert (case.state, case.due_at) == ("in_progress", due)


def test_a_pause_and_more_time_add_up(ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]) -> None:
    case = signed(world, viewer_of)
    do(service.suspend, case, viewer_of(Role.UNIT_LEAD), **PAUSE)
    at("2026-11-24T10:00:00+08:00")
    do(service.resume, case, viewer_of(Role.UNIT_LEAD))
    do(service.ask_extension, case, viewer_of(Role.DEPT), **MORE)
    do(service.grant_extension, case, viewer_of(Role.DISPATCHER))
    assert case.due_at == datetime(2026, 12, 11, 2, 0, tzinfo=UTC)  # one day stood, three granted


# -- sending on, and helping


def test_a_transfer_sends_it_on_with_a_reason_and_tells_both(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = signed(world, viewer_of)
    due = case.due_at
    head, justice = viewer_of(Role.VILLAGE_HEAD), unit(world, "justice")
    assert refused("为什么转办", service.transfer, case, head, unit=justice, note="") == "note"
    assert refused("已经在那里了", service.transfer, case, head, unit=water(world), note="换") == "handler"
    refused("您的岗位不能转办", service.transfer, case, viewer_of(Role.DEPT), unit=justice, note="换")
    do(service.transfer, case, head, unit=justice, note="先调解，再修路。")
    assert (case.state, case.handler_unit_id, case.due_at) == ("dispatched", justice.id, due)
    assert set(told("case.transfer")) == {(justice.id, None), (world.units["water"], None)}
    refused("您的岗位不能签收", service.sign, case, viewer_of(Role.DEPT))  # out of its sight


def test_the_first_who_signs_is_the_lead(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = collected(world, viewer_of(Role.LIAISON))
    head = viewer_of(Role.VILLAGE_HEAD)
    do(service.accept, case, head)
    do(service.dispatch, case, head, unit=unit(world, "justice"))
    do(service.add_helper, case, head, unit=water(world))
    assert refused("已经在协办", service.add_helper, case, head, unit=water(world)) == "handler"
    assert refused("已经是主办", service.add_helper, case, head, unit=unit(world, "justice")) == "handler"
    do(service.sign, case, viewer_of(Role.DEPT))
    assert (case.state, case.handler_unit_id) == ("in_progress", world.units["water"])
    assert [one.unit_id for one in case.parties if one.ended_at is None] == [world.units["justice"]]
    do(service.submit_result, case, viewer_of(Role.DEPT), result="修好了。")


def test_who_is_sent_the_case_again_leads_and_does_not_help(ctx: Flask, world: World, viewer_of: Find) -> None:
    case, head = signed(world, viewer_of), viewer_of(Role.VILLAGE_HEAD)
    do(service.escalate, case, head, note="村里办不了", kind=WhistleKind.ROUTINE)  # the station helps from now on
    do(service.dispatch, case, viewer_of(Role.DISPATCHER), unit=water(world))
    assert case.handler_unit_id == world.units["water"]
    assert [one.kind for one in case.parties if one.ended_at is None and one.kind == "helper"] == []


def test_a_co_handler_reads_along_and_leaves_words_but_hands_in_nothing(
    ctx: Flask, world: World, viewer_of: Find
) -> None:
    case, head = collected(world, viewer_of(Role.LIAISON)), viewer_of(Role.VILLAGE_HEAD)
    do(service.accept, case, head)
    do(service.dispatch, case, head, post=post_of(world, Role.GRID_LEADER))
    do(service.sign, case, viewer_of(Role.GRID_LEADER))
    refused("您的岗位不能留言", service.comment, case, viewer_of(Role.DEPT), note="听说了")
    do(service.add_helper, case, head, unit=water(world), note="请看看水管。")
    assert (world.units["water"], None) in told("case.add_helper")
    assert queries.get_case(case.id, viewer=viewer_of(Role.DEPT)).id == case.id
    page = queries.work_list(viewer_of(Role.DEPT), queries.Filters(), now=clock.now())
    assert [row.id for row in page.rows] == [case.id]
    do(service.comment, case, viewer_of(Role.DEPT), note="水管没事。")
    refused("只有接到派单", service.submit_result, case, viewer_of(Role.DEPT), result="好了")
    refused("只有接到派单", service.give_back, case, viewer_of(Role.DEPT), reason=ReturnReason.DUPLICATE)


def test_a_restricted_case_goes_to_one_place_alone(ctx: Flask, world: World, viewer_of: Find) -> None:
    case, desk = collected(world, viewer_of(Role.LIAISON), code=MISSING_PERSON), viewer_of(Role.DISPATCHER)
    do(service.accept, case, desk)
    do(service.dispatch, case, desk, unit=water(world))
    refused("只派给一处", service.add_helper, case, desk, unit=unit(world, "justice"))
