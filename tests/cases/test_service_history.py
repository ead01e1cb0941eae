"""Taking over other systems' lists, and sorting what came from there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from gridcase.audit.models import AuditRow
from gridcase.cases import queries, service
from gridcase.cases.models import Case
from gridcase.cases.rules import Channel, State, Urgency
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.people.rules import Role
from tests.factories.cases import (
    ROAD,
    collected,
    do,
    refused,
)
from tests.factories.world import World

Find = Callable[[Role], Viewer]


# -- history of other systems


def rows(count: int) -> list[service.HistoryRow]:
    return [
        service.HistoryRow(
            source_no=f"M{n}", title=f"反映问题 {n}", text="原文", happened_at=datetime(2020, 5, 1, tzinfo=UTC),
            reporter_name="某人", answer_text="已答复" if n % 3 == 0 else None,
            answered_at=datetime(2020, 5, 9, tzinfo=UTC) if n % 3 == 0 else None,
        )
        for n in range(1, count + 1)
    ]  # fmt: skip


def take_over(world: World, actor: Viewer, history: list[service.HistoryRow], village: str | None = None) -> object:
    with transaction():
        return service.import_history(
            actor=actor, town=db.session.get_one(Grid, world.grids["town"]), source_system="市长信箱", rows=history,
            village=db.session.get_one(Grid, world.grids[village]) if village else None, now=clock.now(),
        )  # fmt: skip


def test_history_comes_in_once_with_its_own_dates(ctx: Flask, world: World, viewer_of: Find) -> None:
    manager = viewer_of(Role.TOWN_MANAGER)
    assert take_over(world, manager, rows(30)) == service.ImportResult(new=30, known=0)
    assert take_over(world, manager, rows(32)) == service.ImportResult(new=2, known=30)
    tray = db.session.scalars(select(Case).where(Case.unsorted).order_by(Case.id)).all()
    assert len(tray) == 22
    assert {(c.state, c.village_id, c.due_at, c.stage_due_at) for c in tray} == {("registered", None, None, None)}
    assert tray[0].registered_at == datetime(2020, 5, 1, tzinfo=UTC)
    answered = db.session.scalars(select(Case).where(Case.state == "closed")).first()
    assert answered is not None
    assert (answered.closed_at, answered.result) == (datetime(2020, 5, 9, tzinfo=UTC), "已答复")
    numbers = db.session.scalars(select(Case.number)).all()
    assert len(set(numbers)) == 32
    assert all(re.fullmatch(r"GC20261123-990101100-\d{4}", number) for number in numbers)
    assert db.session.scalar(select(func.count()).where(AuditRow.action == "case.import")) == 2
    assert queries.check() == []


def test_history_only_by_who_may_import_there(ctx: Flask, world: World, viewer_of: Find) -> None:
    with pytest.raises(Refused, match="不在您的工作范围内"):
        take_over(world, viewer_of(Role.DISPATCHER), rows(1))


def test_sorting_takes_history_up_and_starts_the_clocks_now(ctx: Flask, world: World, viewer_of: Find) -> None:
    take_over(world, viewer_of(Role.TOWN_MANAGER), rows(1))
    case, desk = db.session.scalars(select(Case)).one(), viewer_of(Role.DISPATCHER)
    village = db.session.get_one(Grid, world.grids["village_a"])
    road = queries.class_by_code(ROAD)
    refused("还没有分类", service.accept, case, desk)
    assert refused("具体的类别", service.sort, case, desk, case_class=case.case_class, grid=village) == "case_class"
    town = db.session.get_one(Grid, world.grids["town"])
    assert refused("请选本镇的一个村", service.sort, case, desk, case_class=road, grid=town) == "grid"
    do(service.sort, case, desk, case_class=road, grid=village, urgency=Urgency.URGENT)
    assert (case.state, case.unsorted, case.village_id, case.urgency) == ("accepted", False, village.id, 2)
    assert case.due_at == datetime(2026, 12, 7, 2, 0, tzinfo=UTC)
    assert case.registered_at == datetime(2020, 5, 1, tzinfo=UTC)
    clock_ = queries.clock_of(case, queries.steps(case.id))
    assert clock_.start == clock.now()
    assert queries.check() == []
    refused("已经分过类", service.sort, case, desk, case_class=road, grid=village)


def test_one_imported_case_by_hand_starts_no_clock(ctx: Flask, world: World, viewer_of: Find) -> None:
    source = service.ImportedFrom("12345", "X-1", datetime(2026, 10, 1, tzinfo=UTC))
    case = collected(world, viewer_of(Role.VILLAGE_HEAD), imported=source, channel=Channel.HOTLINE)
    assert (case.unsorted, case.due_at, case.state) == (True, None, State.REGISTERED)
    assert queries.steps(case.id)[0].move == "import"
