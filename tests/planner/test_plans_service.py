"""Proposals from asking to confirming: nothing moves before, everything at once then, and never on stale homes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from gridcase.audit.models import AuditRow
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer, job
from gridcase.grid.models import Grid
from gridcase.households import service as households
from gridcase.households.models import CirclePlace, Household, Member
from gridcase.people.models import Holding, Post
from gridcase.people.rules import Role
from gridcase.planner import jobs
from gridcase.planner.models.proposals import Plan, PlanRow, PlanTarget
from gridcase.planner.queries import proposals as queries
from gridcase.planner.queries import today
from gridcase.planner.rules.states import PlanState
from gridcase.planner.rules.work import Kind
from gridcase.planner.service import proposals as service
from tests.factories.world import World
from tests.planner import ground

JOB = job("planner")


def proposed(place_id: int, kind: Kind, actor: Viewer = JOB) -> Plan:
    """A plan, worked out."""
    with transaction():
        place = db.session.get_one(Grid, place_id)
        plan_id = service.ask(actor=actor, place=place, kind=kind, seconds=5, now=clock.now()).id
    assert jobs.work_out(plan_id, actor=JOB)
    return db.session.get_one(Plan, plan_id, populate_existing=True)


def shown(plan: Plan) -> Plan:
    with transaction():
        service.show(plan, actor=JOB, now=clock.now())
    return plan


def confirmed(plan: Plan, start: date = date(2026, 12, 1)) -> int:
    with transaction():
        return service.confirm(plan, actor=JOB, record="11月25日村民代表会议通过", start=start, now=clock.now())


def _targets(plan: Plan) -> list[PlanTarget]:
    return list(db.session.scalars(select(PlanTarget).where(PlanTarget.plan_id == plan.id)))


def test_a_proposal_keeps_both_limits_and_moves_nobody_yet(ctx: Flask, world: World) -> None:
    homes = ground.settle(world, homes=50)
    before = {home: ground.cell_of(home) for home in homes}
    plan = proposed(world.grids["planned_group"], Kind.CELLS)
    assert plan.state == PlanState.DRAFT
    sizes = [
        (one.homes, one.persons) for one in db.session.scalars(select(PlanTarget).where(PlanTarget.plan_id == plan.id))
    ]
    assert sorted(home for home, _ in sizes) == [20, 30] or all(20 <= home <= 30 for home, _ in sizes)
    assert all(70 <= persons <= 120 for _, persons in sizes)
    assert plan.figures["best"]["within"] == 2
    assert plan.figures["today"]["within"] == 0
    rows = list(db.session.scalars(select(PlanRow.household_id).where(PlanRow.plan_id == plan.id)))
    assert sorted(rows) == sorted(homes)
    assert {home: ground.cell_of(home) for home in homes} == before


def test_confirming_moves_the_homes_on_the_day_and_not_before(
    ctx: Flask, world: World, at: Callable[[str], None]
) -> None:
    homes = ground.settle(world, homes=50)
    plan = shown(proposed(world.grids["planned_group"], Kind.CELLS))
    changed = confirmed(plan)
    assert changed == plan.figures["best"]["moves"] > 0
    assert plan.state == PlanState.CONFIRMED
    target = dict(
        db.session.execute(
            select(PlanRow.household_id, PlanTarget.grid_id)
            .join(PlanTarget, PlanTarget.id == PlanRow.target_id)
            .where(PlanRow.plan_id == plan.id)
        ).all()
    )
    assert any(ground.cell_of(home) != target[home] for home in homes)
    at("2026-12-01T08:00:00+08:00")
    with transaction():
        households.settle_day(actor=JOB, today=date(2026, 12, 1), now=clock.now())
    assert {home: ground.cell_of(home) for home in homes} == target
    november = today.read_village(f"{db.session.get_one(Grid, plan.place_id).path}", on=date(2026, 11, 30))
    assert {home.cell for _, home in november.homes} == {world.grids["planned_cell_1"], world.grids["planned_cell_2"]}
    last = db.session.scalar(select(AuditRow).where(AuditRow.action == "plan.confirm"))
    assert last is not None
    assert last.detail["homes"] == changed


def test_new_cells_get_the_next_numbers_of_the_village(ctx: Flask, world: World) -> None:
    ground.settle(world, homes=70, persons=[3] * 70)
    plan = shown(proposed(world.grids["planned_group"], Kind.CELLS))
    assert plan.figures["best"]["cells"] == 3
    confirmed(plan)
    new = db.session.scalars(
        select(Grid).where(Grid.parent_id == plan.place_id, Grid.valid_from == date(2026, 12, 1))
    ).all()
    assert [cell.name for cell in new] == ["第93网格"]


@pytest.mark.parametrize("change", ["moved", "born", "closed"])
def test_a_plan_of_homes_that_have_changed_is_refused(ctx: Flask, world: World, change: str) -> None:
    homes = ground.settle(world, homes=50)
    plan = shown(proposed(world.grids["planned_group"], Kind.CELLS))
    cell = db.session.get_one(Grid, world.grids["planned_cell_2"])
    with transaction():
        if change == "moved":
            households.move_homes(
                actor=JOB, place=cell.path, homes={homes[0]: cell}, start=date(2026, 11, 23), reason="test",
                now=clock.now(),
            )  # fmt: skip
        elif change == "born":
            _a_child(homes[0])
        else:
            elsewhere = db.session.get_one(Grid, world.grids["village_a_cell_1"])
            households.move_homes(
                actor=JOB, place=cell.path, homes={homes[0]: elsewhere}, start=date(2026, 11, 23), reason="test",
                now=clock.now(),
            )  # fmt: skip
    where = {home: ground.cell_of(home) for home in homes}
    with pytest.raises(Refused, match="不能再生效"):
        confirmed(plan)
    assert db.session.get_one(Plan, plan.id, populate_existing=True).state == PlanState.SHOWN
    assert {home: ground.cell_of(home) for home in homes} == where


def _a_child(home: int) -> None:
    person = ground.head_of(home)
    db.session.add(Member(household_id=home, person_id=person, relation="child", valid_from=date(2026, 11, 20)))
    households.note_reveal(db.session.get_one(Household, home), actor=JOB, reason="测试一下", now=clock.now())


def test_confirming_asks_for_a_record_and_a_day_to_come(ctx: Flask, world: World) -> None:
    ground.settle(world, homes=50)
    plan = shown(proposed(world.grids["planned_group"], Kind.CELLS))
    with pytest.raises(Refused) as refused, transaction():
        service.confirm(plan, actor=JOB, record="好", start=date(2026, 12, 1), now=clock.now())
    assert refused.value.field == "record"
    with pytest.raises(Refused) as refused, transaction():
        service.confirm(plan, actor=JOB, record="11月25日会议通过", start=date(2026, 11, 1), now=clock.now())
    assert refused.value.field == "start"


def test_a_draft_must_be_shown_and_a_decided_plan_stays_decided(ctx: Flask, world: World) -> None:
    ground.settle(world, homes=50)
    plan = proposed(world.grids["planned_group"], Kind.CELLS)
    with pytest.raises(Refused):
        confirmed(plan)
    with transaction():
        service.refuse(plan, actor=JOB, why="路还没有修好", now=clock.now())
    with pytest.raises(Refused):
        shown(plan)
    assert plan.record == "路还没有修好"


def test_a_newer_proposal_sets_the_open_one_aside(ctx: Flask, world: World) -> None:
    ground.settle(world, homes=50)
    first = proposed(world.grids["planned_group"], Kind.CELLS)
    second = proposed(world.grids["planned_group"], Kind.CELLS)
    assert db.session.get_one(Plan, first.id, populate_existing=True).state == PlanState.OUTDATED
    assert second.state == PlanState.DRAFT
    assert second.figures["best"] == first.figures["best"]


def test_one_at_a_time_and_a_plan_left_behind_is_taken_up_again(
    ctx: Flask, world: World, at: Callable[[str], None]
) -> None:
    ground.settle(world, homes=50)
    place = db.session.get_one(Grid, world.grids["planned_group"])
    with transaction():
        plan = service.ask(actor=JOB, place=place, kind=Kind.CELLS, seconds=5, now=clock.now())
    with pytest.raises(Refused), transaction():
        service.ask(actor=JOB, place=place, kind=Kind.CELLS, seconds=5, now=clock.now())
    with transaction():
        assert service.claim(plan.id, actor=JOB, now=clock.now())  # and then the process dies
    assert jobs.work_out(plan.id, actor=JOB) is False
    at("2026-11-23T10:20:00+08:00")
    with transaction():
        assert service.take_up_forgotten(actor=JOB, now=clock.now()) == 1
    assert jobs.work_out(plan.id, actor=JOB)


def test_circles_honour_the_homes_and_bring_new_liaisons_their_posts(ctx: Flask, world: World) -> None:
    homes = ground.settle(world, homes=40, village="village_b")
    post = ground.lead(world, homes[0], homes[:20], village="village_b")
    ground.wish({home: [ground.head_of(homes[39])] for home in homes[25:35]})
    plan = shown(proposed(world.grids["village_b"], Kind.CIRCLES))
    everybody = len(plan.figures and list(db.session.scalars(select(PlanRow.id).where(PlanRow.plan_id == plan.id))))
    assert everybody == 44
    assert plan.figures["honoured"] == plan.figures["bound"] == 30
    confirmed(plan, start=date(2026, 11, 23))
    fresh = db.session.scalar(
        select(Post).join(Holding, Holding.post_id == Post.id).where(Holding.person_id == ground.head_of(homes[39]))
    )
    assert fresh is not None
    assert fresh.role == Role.LIAISON
    circle = set(db.session.scalars(
        select(CirclePlace.household_id).where(
            CirclePlace.post_id == fresh.id, CirclePlace.superseded_at.is_(None), CirclePlace.valid_to.is_(None))
    ))  # fmt: skip
    assert {*homes[25:35], homes[39]} <= circle
    count = db.session.scalar(
        select(func.count()).select_from(CirclePlace).where(
            CirclePlace.household_id.in_(homes), CirclePlace.superseded_at.is_(None), CirclePlace.valid_to.is_(None),
            CirclePlace.role == Role.LIAISON,
        )
    )  # fmt: skip
    assert count == len(homes)
    assert post in set(db.session.scalars(select(PlanTarget.post_id).where(PlanTarget.plan_id == plan.id)))


def test_without_candidates_the_page_can_say_why(ctx: Flask, world: World) -> None:
    ground.settle(world, homes=20, village="far_village")
    plan = proposed(world.grids["far_village"], Kind.CIRCLES)
    assert plan.state == PlanState.FAILED
    assert plan.figures["candidates"] == 0


def test_a_plan_belongs_to_its_village(ctx: Flask, world: World, viewer_of: Callable[[Role], Viewer]) -> None:
    ground.settle(world, homes=50, village="village_b")
    plan = proposed(world.grids["planned_group"], Kind.CELLS)
    with pytest.raises(Missing):
        queries.get_plan(plan.id, viewer=viewer_of(Role.VILLAGE_HEAD))
    assert queries.get_plan(plan.id, viewer=viewer_of(Role.TOWN_MANAGER)).id == plan.id
