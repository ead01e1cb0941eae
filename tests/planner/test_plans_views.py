"""The pages of proposals: asked for, waited for, looked at, decided; and closed to others."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.grid.models import Grid
from gridcase.people.rules import Role
from gridcase.planner import jobs
from gridcase.planner.models.proposals import Plan
from gridcase.planner.rules.states import PlanState
from gridcase.planner.rules.work import Kind
from gridcase.planner.service import proposals as service
from tests.factories.world import World
from tests.planner import ground

As = Callable[[Role | str], FlaskClient]


def _plan(app: Flask) -> tuple[int, str]:
    with app.app_context():
        plan = db.session.scalar(select(Plan).order_by(Plan.id.desc()))
        assert plan is not None
        found = plan.id, plan.state
        db.session.remove()
        return found


def _worked(app: Flask) -> int:
    with app.app_context():
        made = jobs.make_waiting(actor=job("planner"))
        db.session.remove()
        return made


def _settled(app: Flask, world: World, village: str = "village_a") -> None:
    with app.app_context():
        ground.settle(world, homes=50, village=village)
        db.session.remove()


def test_from_asking_to_confirming(app: Flask, world: World, client_as: As, at: Callable[[str], None]) -> None:
    _settled(app, world)
    head = client_as(Role.VILLAGE_HEAD)
    assert "上河村" in head.get("/planner/").get_data(as_text=True)
    village = f"/planner/villages/{world.grids['village_a']}"
    assert "20 至 30 户" in head.get(village).get_data(as_text=True)
    asked = head.post(village, data={"kind": "cells", "place": world.grids["planned_group"], "seconds": "5"})
    assert asked.status_code == 302
    plan_id, state = _plan(app)
    assert state == PlanState.WAITING
    waiting = head.get(f"/planner/plans/{plan_id}").get_data(as_text=True)
    assert "正在排队" in waiting
    assert 'http-equiv="refresh"' in waiting
    at("2026-11-23T10:02:00+08:00")
    assert "后台计算可能没有运行" in head.get(f"/planner/plans/{plan_id}").get_data(as_text=True)
    assert _worked(app) == 1
    page = head.get(f"/planner/plans/{plan_id}").get_data(as_text=True)
    assert "2 个在限度内" in page
    assert "简单办法" in page
    assert "测试10之0" not in page  # names are masked
    assert "测***0" in page or "测**" in page
    points = head.get(f"/planner/plans/{plan_id}/points.json").get_json()
    assert len(points["x"]) == 50
    assert sum(points["m"]) > 0
    assert head.post(f"/planner/plans/{plan_id}/show").status_code == 302
    refused = head.post(f"/planner/plans/{plan_id}/confirm", data={"record": "", "start": "2026-12-01"})
    assert "请写明会议的日期和决定" in refused.get_data(as_text=True)
    done = head.post(f"/planner/plans/{plan_id}/confirm", data={"record": "11月25日会议通过", "start": "2026-12-01"})
    assert done.status_code == 302
    assert "已确认" in head.get(f"/planner/plans/{plan_id}").get_data(as_text=True)


def test_refusing_keeps_why(app: Flask, world: World, client_as: As) -> None:
    _settled(app, world)
    plan_id = _made(app, world)
    head = client_as(Role.VILLAGE_HEAD)
    assert "不采用" in head.get(f"/planner/plans/{plan_id}/refuse").get_data(as_text=True)
    assert head.post(f"/planner/plans/{plan_id}/refuse", data={"why": "路还没有修好"}).status_code == 302
    assert "路还没有修好" in head.get(f"/planner/plans/{plan_id}").get_data(as_text=True)


def _made(app: Flask, world: World, kind: Kind = Kind.CELLS) -> int:
    with app.app_context():
        place = world.grids["planned_group"] if kind is Kind.CELLS else world.grids["village_a"]
        with transaction():
            grid = db.session.get_one(Grid, place)
            plan_id = service.ask(actor=job("t"), place=grid, kind=kind, seconds=5, now=clock.now()).id
        jobs.work_out(plan_id, actor=job("t"))
        db.session.remove()
    return plan_id


def test_a_town_proposes_and_the_village_confirms(app: Flask, world: World, client_as: As) -> None:
    _settled(app, world)
    plan_id = _made(app, world)
    town = client_as(Role.TOWN_MANAGER)
    page = town.get(f"/planner/plans/{plan_id}").get_data(as_text=True)
    assert "提交村里讨论" in page
    assert "不采用" not in page
    assert town.post(f"/planner/plans/{plan_id}/show").status_code == 302
    assert town.get(f"/planner/plans/{plan_id}/confirm").status_code == 403
    assert town.post(f"/planner/plans/{plan_id}/refuse", data={"why": "不行不行"}).status_code == 403


def test_a_village_of_others_and_roles_without_planning_find_nothing(app: Flask, world: World, client_as: As) -> None:
    _settled(app, world, "village_b")
    plan_id = _made(app, world)
    head = client_as(Role.VILLAGE_HEAD)
    for path in (f"plans/{plan_id}", f"plans/{plan_id}/points.json", f"plans/{plan_id}/confirm"):
        assert head.get(f"/planner/{path}").status_code == 404
    assert head.get(f"/planner/villages/{world.grids['village_b']}").status_code == 404
    assert head.post(f"/planner/plans/{plan_id}/show").status_code == 404
    assert client_as(Role.LIAISON).get("/planner/").status_code == 403


def test_stale_homes_are_told_on_the_page(app: Flask, world: World, client_as: As) -> None:
    _settled(app, world)
    plan_id = _made(app, world)
    with app.app_context():
        ground.settle_one_more(world)
        db.session.remove()
    page = client_as(Role.VILLAGE_HEAD).get(f"/planner/plans/{plan_id}").get_data(as_text=True)
    assert "不能再生效" in page
    assert "提交村里讨论" not in page


def test_circles_page_says_who_and_how_much(app: Flask, world: World, client_as: As) -> None:
    with app.app_context():
        homes = ground.settle(world, homes=40)
        ground.lead(world, homes[0], homes[:20])
        ground.wish({home: [ground.head_of(homes[39])] for home in homes[20:35]})
        db.session.remove()
    plan_id = _made(app, world, Kind.CIRCLES)
    page = client_as(Role.VILLAGE_HEAD).get(f"/planner/plans/{plan_id}").get_data(as_text=True)
    assert "已证明没有别的选法更合大家的意愿" in page
    assert "测试39之0" not in page
    assert "测试0之0" in page  # holds the post today: that is public


def test_rules_of_a_village_are_kept_and_checked(app: Flask, world: World, client_as: As) -> None:
    head, path = client_as(Role.VILLAGE_HEAD), f"/planner/villages/{world.grids['village_a']}/rules"
    values = {
        "stay_metres": "350",
        "first": "5",
        "second": "2",
        "third": "1",
        "change_metres": "0",
        "uneven_metres": "9",
    }
    assert "200" in head.get(path).get_data(as_text=True)
    wrong = head.post(path, data={**values, "third": "9"}).get_data(as_text=True)
    assert "不能比第三小" in wrong
    assert head.post(path, data=values).status_code == 302
    village = head.get(f"/planner/villages/{world.grids['village_a']}").get_data(as_text=True)
    assert "相当于多走 350 米" in village
    assert "在别人的圈里" in village  # the box was not ticked
    assert client_as(Role.GRID_LEADER).get(path).status_code == 403
