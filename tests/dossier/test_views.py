"""The page of a household: each part for those who may see it, names hidden until somebody says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from gridcase.audit.models import AuditRow
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.households import service as households
from gridcase.households.models import Household
from gridcase.households.rules import CareTier
from gridcase.people.rules import Role
from gridcase.points import service as points
from gridcase.users.models import User
from gridcase.visits import service as visits
from gridcase.visits.rules import Purpose, VisitMode, VisitState
from gridcase.visits.service import VisitRecord
from tests.factories.cases import MISSING_PERSON, ROAD, collected
from tests.factories.viewers import viewer_from
from tests.factories.world import World

ClientAs = Callable[[Role | str], FlaskClient]
REASON = {"reason": "visit"}


@contextmanager
def acting(app: Flask, world: World, role: Role) -> Iterator[Viewer]:
    """Inside an application context, as the account of a role."""
    with app.app_context():
        yield viewer_from(db.session.get_one(User, world.users[role]))
        db.session.remove()


@pytest.fixture
def home(world: World) -> int:
    """The home of the resident's card, in the liaison's circle."""
    return world.homes["circle"][0]


@pytest.fixture
def full(app: Flask, world: World, home: int) -> int:
    """The same home with a tier, visits, cases (one restricted) and points."""
    with acting(app, world, Role.LIAISON) as liaison:
        now = clock.now()
        collected(world, liaison, code=ROAD, home=home, title="门前路灯不亮")
        collected(world, liaison, code=MISSING_PERSON, home=home, title="老人走失")
        with transaction():
            found = db.session.get_one(Household, home)
            households.confirm_tier(found, actor=liaison, tier=CareTier.CONNECTED, reason="独居，行动不便", now=now)
        for number in range(7):
            with transaction():
                record = VisitRecord(
                    client_uuid=f"00000000-0000-4000-8000-00000000000{number}",
                    visited_at=now - timedelta(days=6 - number), mode=VisitMode.HOME, state=VisitState.SAFE,
                    purpose=Purpose.CARE, met=1, note=f"第{number}次都好",
                )  # fmt: skip
                visits.log_visit(actor=liaison, household=db.session.get_one(Household, home), record=record, now=now)
        with transaction():
            points.award_for_case(
                case_id=900, number="N", village_id=None, class_code="0202", reporter_rule="K3", helper_rule=None,
                reporter_household_id=home, helper_household_id=None, restricted=False, imported=False,
                actor=Viewer(kind="staff", name="核查人"), now=now,
            )  # fmt: skip
    return home


def page_of(client: FlaskClient, home: int) -> str:
    answer = client.get(f"/households/{home}")
    assert answer.status_code == 200
    return answer.text


def test_a_liaison_sees_the_whole_home(client_as: ClientAs, full: int) -> None:
    page = page_of(client_as(Role.LIAISON), full)
    for words in ("连心户", "独居，行动不便", "门前路灯不亮", "另有 10 分在公示", "第6次都好", "记走访", "登记诉求"):
        assert words in page, words
    assert f"/visits/log/{full}" in page
    assert f"household={full}" in page
    assert "第1次都好" not in page, "five visits are shown"
    assert "大三" not in page, "names are hidden at first"
    assert "139****0003" in page


def test_a_restricted_case_never_stands_on_a_households_page(client_as: ClientAs, full: int) -> None:
    """Not even for the one who collected it and may open it from the list of cases."""
    for role in (Role.LIAISON, Role.VILLAGE_HEAD, Role.DISPATCHER, Role.RESIDENT):
        assert "老人走失" not in page_of(client_as(role), full)


def test_a_villager_sees_the_own_home_without_tier_visits_and_reports(
    client_as: ClientAs, full: int, world: World
) -> None:
    resident = client_as(Role.RESIDENT)
    assert resident.get("/households/").headers["Location"].endswith(f"/households/{full}")
    page = page_of(resident, full)
    assert "大三" in page, "nobody has to say why to read the own name"
    assert "另有 10 分在公示" in page
    assert "大三" in page, "nobody has to say why to see the own name"
    assert f"/households/{full}/reveal" not in page
    for words in ("连心户", "独居", "门前路灯不亮", "最近走访", "记走访", "登记诉求", "下次走访"):
        assert words not in page, words
    assert resident.get(f"/households/{world.homes['circle'][1]}").status_code == 404


def test_the_duty_desk_sees_who_lives_there_and_no_more(client_as: ClientAs, full: int) -> None:
    desk = client_as(Role.DISPATCHER)
    page = page_of(desk, full)
    assert "门前路灯不亮" in page
    for words in ("连心户", "独居", "最近走访", "在公示", "下次走访", "记走访"):
        assert words not in page, words
    assert f"/households/{full}/reveal" not in page
    assert desk.post(f"/households/{full}/reveal", data=REASON).status_code == 403


def test_a_supervisor_sees_visits_but_no_tier(client_as: ClientAs, full: int) -> None:
    page = page_of(client_as(Role.VILLAGE_SUPERVISOR), full)
    assert "第6次都好" in page
    assert "连心户" not in page
    assert "下次走访" not in page


def test_names_are_shown_after_a_reason_for_ten_minutes(
    app: Flask, client_as: ClientAs, home: int, world: World, at: Callable[[str], None]
) -> None:
    liaison = client_as(Role.LIAISON)
    answer = liaison.post(f"/households/{home}/reveal", data=REASON, follow_redirects=True)
    assert "大三" in answer.text
    assert "10 分钟后自动隐去" in answer.text
    assert "大三" in page_of(liaison, home)
    assert "大四" not in page_of(liaison, world.homes["circle"][1]), "only the home one asked for"
    at("2026-11-23T10:11:00+08:00")
    assert "大三" not in page_of(liaison, home)
    with app.app_context():
        row = db.session.scalars(select(AuditRow).where(AuditRow.action == "household.reveal")).one()
        assert (row.subject_id, row.detail["reason"]) == (home, "visit")
        assert row.actor_user_id == world.users[Role.LIAISON]
        db.session.remove()


@pytest.mark.parametrize("data", [{}, {"reason": ""}, {"reason": "curious"}])
def test_without_a_reason_nothing_is_shown(app: Flask, client_as: ClientAs, home: int, data: dict[str, str]) -> None:
    answer = client_as(Role.LIAISON).post(f"/households/{home}/reveal", data=data, follow_redirects=True)
    assert "大三" not in answer.text
    assert "请选择为什么要看" in answer.text
    with app.app_context():
        assert db.session.scalars(select(AuditRow).where(AuditRow.action == "household.reveal")).all() == []
        db.session.remove()


def test_foreign_and_missing_homes_answer_alike(client_as: ClientAs, world: World) -> None:
    liaison = client_as(Role.LIAISON)
    for home in (world.homes["village_a"][0], world.homes["village_b"][0], world.homes["far_village"][0], 99999):
        assert liaison.get(f"/households/{home}").status_code == 404
        assert liaison.post(f"/households/{home}/reveal", data=REASON).status_code == 404
    assert client_as(Role.SYSTEM_ADMIN).get("/households/").status_code == 403


def test_the_list(client_as: ClientAs, full: int) -> None:
    liaison = client_as(Role.LIAISON)
    page = liaison.get("/households/").text
    assert "连心户" in page
    assert "*三" in page
    assert "大三" not in page
    assert "至少输入两个字" in liaison.get("/households/?q=大").text
    assert "没有找到" in liaison.get("/households/?q=没有这家").text
    assert f"/households/{full}" in liaison.get("/households/?tier=connected").text
    assert "没有找到" in liaison.get("/households/?tier=concerned").text
    assert liaison.get("/households/?tier=nonsense&due=nonsense&village=x&after=rubbish").status_code == 200
    supervisor = client_as(Role.VILLAGE_SUPERVISOR).get("/households/").text
    assert "连心户" not in supervisor
    assert "下次走访" not in supervisor


def test_the_list_in_english(client_as: ClientAs, full: int) -> None:
    client = client_as(Role.LIAISON)
    client.post("/preferences/locale", data={"locale": "en"})
    page = client.get("/households/").text
    assert "Next visit" in page
    assert "Care tier" in page


def test_a_page_costs_the_same_for_a_large_home(app: Flask, client_as: ClientAs, full: int, world: World) -> None:
    liaison = client_as(Role.LIAISON)

    def cost(home: int) -> int:
        seen: list[str] = []

        def note(*call: object) -> None:
            seen.append(str(call[2]))

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        page_of(liaison, home)
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    quiet = world.homes["circle"][1]
    cost(quiet)
    assert cost(full) - cost(quiet) <= 0
