"""A county is planned village by village; what a run that was killed has done is left alone by the next."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.grid.models import Grid
from gridcase.planner import jobs
from gridcase.planner.models.proposals import Plan
from gridcase.planner.rules.states import PlanState
from gridcase.planner.rules.work import Kind
from gridcase.planner.service import proposals as service
from tests.factories.world import World
from tests.planner import ground

JOB = job("county")


def test_a_county_is_planned_once_and_a_killed_run_goes_on(
    ctx: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = ground.settle(world, homes=50)
    ground.lead(world, homes[0], homes[:20])
    path = db.session.get_one(Grid, world.grids["town"]).path
    kept: list[int] = []
    keep = service.make_at_once

    def dies_after_one(*args: object, **kwargs: object) -> Plan:
        if kept:
            raise KeyboardInterrupt
        plan = keep(*args, **kwargs)  # type: ignore[arg-type]
        kept.append(plan.id)
        return plan

    with monkeypatch.context() as patch:
        patch.setattr(service, "make_at_once", dies_after_one)
        with pytest.raises(KeyboardInterrupt):
            jobs.plan_county(path, actor=JOB, progress=lambda _done, _total: None, processes=1)
    heard: list[tuple[int, int]] = []
    rest = jobs.plan_county(path, actor=JOB, progress=lambda *now: heard.append(now), processes=1)
    assert heard[0] == (0, 4)
    assert heard[-1] == (4, 4)
    plans = list(db.session.execute(select(Plan.village_id, Plan.kind, Plan.state).order_by(Plan.id)))
    assert len(plans) == rest.planned + len(kept) == 3  # two villages' cells, one village's circles
    assert {plan.state for plan in plans} == {PlanState.DRAFT}
    again = jobs.plan_county(path, actor=JOB, progress=lambda *_: None, processes=1)
    assert (again.planned, again.skipped) == (0, 4)


def test_waiting_proposals_are_made_by_whoever_looks_first(ctx: Flask, world: World, at: Callable[[str], None]) -> None:
    ground.settle(world, homes=25)
    with transaction():
        place = db.session.get_one(Grid, world.grids["village_a"])
        service.ask(actor=JOB, place=place, kind=Kind.CELLS, seconds=5, now=clock.now())
    assert jobs.make_waiting(actor=JOB) == 1
    assert jobs.make_waiting(actor=JOB) == 0
