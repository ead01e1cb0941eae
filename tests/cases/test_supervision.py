"""Supervision sheets: drafted once for what is five working days late, worth nothing until a person signs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from gridcase.cases import queries, service
from gridcase.cases.models import Case, SupervisionSheet
from gridcase.cases.rules import ExtensionReason, SheetState
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer, job
from gridcase.notices.models import Notice
from gridcase.people.rules import Role
from gridcase.reminders import jobs
from tests.factories.cases import MISSING_PERSON, collected, do, water
from tests.factories.pages import body
from tests.factories.world import World

Find = Callable[[Role], Viewer]
As = Callable[[Role], FlaskClient]
DUE_AND_FIVE = "2026-12-14T10:00:00+08:00"  # due on Monday 7 December 10:00


def with_the_station(world: World, viewer_of: Find) -> Case:
    case = collected(world, viewer_of(Role.LIAISON))
    do(service.accept, case, viewer_of(Role.VILLAGE_HEAD))
    do(service.dispatch, case, viewer_of(Role.VILLAGE_HEAD), unit=water(world))
    do(service.sign, case, viewer_of(Role.DEPT))
    return case


def drafted() -> int:
    with transaction():
        return service.draft_sheets(actor=job("test"), now=clock.now())


def test_a_sheet_is_drafted_five_working_days_late_and_once(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    case = with_the_station(world, viewer_of)
    at("2026-12-14T09:59:00+08:00")
    assert drafted() == 0
    at(DUE_AND_FIVE)
    assert drafted() == 1
    assert drafted() == 0
    sheet = db.session.scalars(select(SupervisionSheet)).one()
    assert (sheet.case_id, sheet.state, sheet.due_at) == (case.id, "drafted", case.due_at)
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 1, (
        "a draft tells nobody: only the dispatch did"
    )


def test_the_sweep_drafts(ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]) -> None:
    with_the_station(world, viewer_of)
    at(DUE_AND_FIVE)
    jobs.sweep(actor=job("test"), now=clock.now())
    assert db.session.scalar(select(func.count()).select_from(SupervisionSheet)) == 1


def test_neither_a_paused_nor_a_restricted_case_is_supervised(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    case = with_the_station(world, viewer_of)
    collected(world, viewer_of(Role.LIAISON), code=MISSING_PERSON)
    reason = ExtensionReason.FUNDING
    do(service.suspend, case, viewer_of(Role.UNIT_LEAD), reason=reason, until=date(2026, 11, 24))
    at("2026-12-31T10:00:00+08:00")
    assert drafted() == 0


def test_signing_puts_the_demand_on_the_timeline_and_tells_the_handler(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    case, manager = with_the_station(world, viewer_of), viewer_of(Role.TOWN_MANAGER)
    at(DUE_AND_FIVE)
    drafted()
    sheet, _case = queries.get_sheet(db.session.scalars(select(SupervisionSheet.id)).one(), viewer=manager)

    def sign(who: Viewer, day: date) -> None:
        with transaction():
            service.sign_sheet(sheet, actor=who, now=clock.now(), demand="三天内修好。", answer_by=day)

    with pytest.raises(Refused, match="今天或以后"):
        sign(manager, date(2026, 12, 13))
    with pytest.raises(Refused, match="您的岗位不能督办"):
        sign(viewer_of(Role.DISPATCHER), date(2026, 12, 17))
    sign(manager, date(2026, 12, 17))
    assert (sheet.state, sheet.decided_by_name) == ("signed", manager.name)
    step = queries.steps(case.id)[-1]
    assert (step.move, step.note) == ("supervise", "三天内修好。")
    assert db.session.scalars(select(Notice.unit_id).where(Notice.rule.startswith("case.supervise"))).all() == [
        world.units["water"]
    ]
    with pytest.raises(Refused, match="已经处理过"):
        sign(manager, date(2026, 12, 18))
    assert queries.check() == []


def test_a_draft_for_what_has_ended_waits_for_nobody(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    case, manager = with_the_station(world, viewer_of), viewer_of(Role.TOWN_MANAGER)
    at(DUE_AND_FIVE)
    drafted()
    assert len(queries.supervision_sheets(manager, state=SheetState.DRAFTED).rows) == 1
    do(service.void, case, manager, note="登记错了")
    assert list(queries.supervision_sheets(manager, state=SheetState.DRAFTED).rows) == []


def test_a_sheet_is_for_the_towns_manager_alone(
    ctx: Flask, world: World, viewer_of: Find, at: Callable[[str], None]
) -> None:
    with_the_station(world, viewer_of)
    at(DUE_AND_FIVE)
    drafted()
    key = db.session.scalars(select(SupervisionSheet.id)).one()
    with pytest.raises(Missing):
        queries.get_sheet(key, viewer=viewer_of(Role.VILLAGE_HEAD))


def test_the_pages_of_a_sheet(app: Flask, world: World, client_as: As, at: Callable[[str], None]) -> None:
    manager = client_as(Role.TOWN_MANAGER)
    assert "这里没有督办单" in body(manager.get("/cases/supervision"))
    assert client_as(Role.DISPATCHER).get("/cases/supervision").status_code == 403
    with app.app_context():
        collected(world, job("test"))
        at(DUE_AND_FIVE)
        drafted()
        key = db.session.scalars(select(SupervisionSheet.id)).one()
        db.session.remove()
    manager = client_as(Role.TOWN_MANAGER)
    assert "桥边的路塌了一块" in body(manager.get("/cases/supervision"))
    words = body(manager.get(f"/cases/supervision/{key}"))
    assert "系统拟稿，签发后生效" in words
    url = f"/cases/supervision/{key}"
    assert "请写明督办要求。" in body(manager.post(f"{url}/sign", data={"sign-answer_by": "2026-12-20"}))
    data = {"sign-demand": "三天内修好。", "sign-answer_by": "2026-12-20"}
    words = body(manager.get(manager.post(f"{url}/sign", data=data).location))
    assert "三天内修好。" in words
    assert "签发人" in words
    assert "已经处理过" in body(manager.post(f"{url}/drop", data={"drop-demand": "重复"}))
