"""Climbing from the grid to the county, the whistle, and the case that follows an ended one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from gridcase.cases import queries, service
from gridcase.cases.models import Case, Whistle
from gridcase.cases.rules import Answer, Rating, State, WhistleKind
from gridcase.core import clock
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Viewer
from gridcase.notices.models import Notice
from gridcase.people.models import Unit
from gridcase.people.rules import Role
from tests.factories.cases import MISSING_PERSON, closed, collected, do, refused, water
from tests.factories.world import World

Find = Callable[[Role], Viewer]
WHY = "本级解决不了。"


def unit(world: World, name: str) -> Unit:
    return db.session.get_one(Unit, world.units[name])


def waiting(viewer: Viewer) -> list[int]:
    page = queries.work_list(viewer, queries.Filters(tab=queries.Tab.MINE), now=clock.now())
    return [row.id for row in page.rows]


def accepted(world: World, viewer_of: Find) -> Case:
    case = collected(world, viewer_of(Role.LIAISON))
    do(service.accept, case, viewer_of(Role.GRID_LEADER))
    return case


def climbed(world: World, viewer_of: Find) -> Case:
    """At the county, with the county's water office called."""
    case = accepted(world, viewer_of)
    do(service.escalate, case, viewer_of(Role.GRID_LEADER), note=WHY)
    do(service.escalate, case, viewer_of(Role.VILLAGE_HEAD), note=WHY, kind=WhistleKind.ROUTINE)
    do(
        service.escalate, case, viewer_of(Role.DISPATCHER), note=WHY, kind=WhistleKind.ENFORCEMENT,
        units=[unit(world, "county_water")],
    )  # fmt: skip
    return case


def test_the_whole_ladder(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = accepted(world, viewer_of)
    due = case.due_at
    do(service.escalate, case, viewer_of(Role.GRID_LEADER), note=WHY)
    assert (case.state, case.level, case.whistle) == ("accepted", "village", None)
    refused("已提到村级", service.escalate, case, viewer_of(Role.GRID_LEADER), note=WHY)
    refused("已提到村级", service.self_solve, case, viewer_of(Role.LIAISON), result="好了", answer=Answer.SOLVED)
    head = viewer_of(Role.VILLAGE_HEAD)
    assert refused("要吹哨", service.escalate, case, head, note=WHY) == "whistle_kind"
    do(service.escalate, case, head, note=WHY, kind=WhistleKind.ROUTINE)
    assert case.level == "town"
    assert waiting(head) == [], "what has climbed waits for the desk above"
    assert waiting(viewer_of(Role.DISPATCHER)) == [case.id]
    refused("已提到镇级", service.dispatch, case, head, unit=water(world))
    with pytest.raises(Missing):
        queries.get_case(case.id, viewer=viewer_of(Role.COUNTY_DISPATCHER))
    do(service.escalate, case, viewer_of(Role.DISPATCHER), note=WHY, kind=WhistleKind.ENFORCEMENT)
    assert (case.level, case.state, case.due_at) == ("county", "accepted", due), "the citizen's clock goes on"
    assert db.session.scalar(select(func.count()).select_from(Whistle)) == 1, "one matter, one whistle"
    assert (case.whistle.from_level, case.whistle.to_level, case.whistle.kind) == ("village", "county", "enforcement")
    desk = viewer_of(Role.COUNTY_DISPATCHER)
    assert queries.get_case(case.id, viewer=desk).id == case.id
    assert waiting(desk) == [case.id]
    do(service.dispatch, case, desk, unit=unit(world, "county_water"))
    do(service.sign, case, viewer_of(Role.COUNTY_DEPT))
    do(service.submit_result, case, viewer_of(Role.COUNTY_DEPT), result="县里协调解决了。")
    do(service.record_answer, case, viewer_of(Role.LIAISON), answer=Answer.SOLVED, rating=Rating.SATISFIED)
    do(service.verify, case, desk)
    assert (case.state, case.resolved_level) == ("closed", "county")
    assert queries.check() == []


def test_climbing_takes_it_from_the_handler_who_helps_from_now_on(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = accepted(world, viewer_of)
    do(service.dispatch, case, viewer_of(Role.VILLAGE_HEAD), unit=water(world))
    do(service.sign, case, viewer_of(Role.DEPT))
    do(service.escalate, case, viewer_of(Role.VILLAGE_HEAD), note=WHY, kind=WhistleKind.ROUTINE)
    assert (case.state, case.handler_unit_id) == ("accepted", None)
    assert [(one.kind, one.unit_id) for one in case.parties if one.unit_id == world.units["water"]] == [
        ("helper", world.units["water"])
    ]
    assert queries.get_case(case.id, viewer=viewer_of(Role.DEPT)).id == case.id


@pytest.mark.parametrize(
    ("kind", "by"),
    [
        (WhistleKind.EMERGENCY, datetime(2026, 11, 23, 2, 30, tzinfo=UTC)),
        (WhistleKind.ENFORCEMENT, datetime(2026, 11, 24, 2, 0, tzinfo=UTC)),
        (WhistleKind.ROUTINE, datetime(2026, 11, 25, 2, 0, tzinfo=UTC)),
    ],
)
def test_when_a_called_unit_reports_in(
    ctx: Flask, world: World, viewer_of: Find, kind: WhistleKind, by: datetime
) -> None:
    case = accepted(world, viewer_of)
    do(service.escalate, case, viewer_of(Role.VILLAGE_HEAD), note=WHY, kind=kind, units=[water(world)])
    assert [one.report_by for one in case.whistle.units] == [by]


def test_a_called_unit_reports_in_once_and_late_is_said(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    case = accepted(world, viewer_of)
    station = viewer_of(Role.DEPT)
    do(service.escalate, case, viewer_of(Role.VILLAGE_HEAD), note=WHY, kind=WhistleKind.EMERGENCY, units=[water(world)])
    notice = db.session.scalars(select(Notice).where(Notice.unit_id == world.units["water"])).one()
    assert "报到" in str(notice.text)
    at("2026-11-23T11:00:00+08:00")
    assert waiting(station) == [case.id], "a called unit finds it among what waits for it"
    step = do(service.report_in, case, station)
    assert step.detail["late"] is True
    assert waiting(station) == []
    assert case.whistle.units[0].arrived_at == clock.now()
    refused("没有等您报到的哨", service.report_in, case, station)


def test_both_sides_rate_each_other_after_the_closing(ctx: Flask, world: World, viewer_of: Find) -> None:
    case = climbed(world, viewer_of)
    do(service.report_in, case, viewer_of(Role.COUNTY_DEPT))
    refused("已受理的事件不能评价部门", service.rate_units, case, viewer_of(Role.VILLAGE_HEAD), rating=Rating.SATISFIED)
    do(service.dispatch, case, viewer_of(Role.COUNTY_DISPATCHER), unit=unit(world, "county_water"))
    do(service.sign, case, viewer_of(Role.COUNTY_DEPT))
    do(service.submit_result, case, viewer_of(Role.COUNTY_DEPT), result="解决了。")
    do(service.record_answer, case, viewer_of(Role.LIAISON), answer=Answer.SOLVED)
    do(service.verify, case, viewer_of(Role.VILLAGE_HEAD))
    refused("没有待您评价的部门", service.rate_units, case, viewer_of(Role.DISPATCHER), rating=Rating.SATISFIED)
    do(service.rate_units, case, viewer_of(Role.VILLAGE_HEAD), rating=Rating.SATISFIED)
    do(service.rate_whistle, case, viewer_of(Role.COUNTY_DEPT), rating=Rating.BASICALLY)
    refused("没有待您评价的哨", service.rate_whistle, case, viewer_of(Role.COUNTY_DEPT), rating=Rating.BASICALLY)
    rated = case.whistle.units[0]
    assert (rated.unit_rating, rated.whistle_rating) == ("satisfied", "basically")


def test_a_restricted_case_climbs_without_calling_units(ctx: Flask, world: World, viewer_of: Find) -> None:
    case, desk = collected(world, viewer_of(Role.LIAISON), code=MISSING_PERSON), viewer_of(Role.DISPATCHER)
    do(service.accept, case, desk)
    do(service.dispatch, case, desk, unit=water(world))
    county = [unit(world, "county_water")]
    kind = WhistleKind.EMERGENCY
    assert refused("不点名单位", service.escalate, case, desk, note=WHY, kind=kind, units=county) == "units"
    do(service.escalate, case, desk, note=WHY, kind=kind)
    assert {one.kind for one in case.parties} == {"desk"}
    assert queries.get_case(case.id, viewer=viewer_of(Role.COUNTY_DISPATCHER)).restricted
    with pytest.raises(Missing):
        queries.get_case(case.id, viewer=viewer_of(Role.DEPT))


def test_only_units_of_the_level_above_are_called(ctx: Flask, world: World, viewer_of: Find) -> None:
    case, head = accepted(world, viewer_of), viewer_of(Role.VILLAGE_HEAD)
    for name in ("other_station", "county_water", "zongzhi"):
        call = [unit(world, name)]
        assert (
            refused("不管事件", service.escalate, case, head, note=WHY, kind=WhistleKind.ROUTINE, units=call) == "units"
        )


# -- after the end


def test_an_ended_case_is_followed_by_a_linked_new_one(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    case, liaison = closed(world, viewer_of), viewer_of(Role.LIAISON)
    refused("请直接重启", service.follow_up, case, liaison, note="又塌了")
    at("2026-12-20T10:00:00+08:00")
    refused("请作为新事件登记", service.reopen, case, liaison, note="又塌了")
    step = do(service.follow_up, case, liaison, note="又塌了。")
    new = db.session.get_one(Case, step.detail["case_id"])
    assert (new.state, new.title, new.household_id) == (State.REGISTERED, case.title, case.household_id)
    assert new.registered_at == clock.now()
    assert queries.linked(new)[0].id == case.id
    assert [row.id for row in queries.linked(case)[1]] == [new.id]
    refused(f"后续事件 {new.number} 还在办", service.follow_up, case, liaison, note="又塌了。")
    assert queries.check() == []
