"""Cases of the small world, made through the service by the account of a role."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from gridcase.cases import queries, service
from gridcase.cases.models import Case, CaseStep
from gridcase.cases.rules import Answer, Channel, Rating
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.people.models import Post, Unit
from gridcase.people.rules import Role
from gridcase.points.models import Account
from tests.factories.world import World

RUBBISH, ROAD, MISSING_PERSON, COMPLAINT = "0401", "0503", "0304", "1004"


def collected(
    world: World, actor: Viewer, *, code: str = ROAD, home: int | None = None, now: datetime | None = None, **more: Any
) -> Case:
    """A case registered for a home of village A (by default the first of the circle), or for `grid`."""
    grid_id = more.pop("grid_id", world.grids["village_a"])
    household = None if "nobody" in more else db.session.get_one(Household, home or world.homes["circle"][0])
    more.pop("nobody", None)
    case_class = queries.class_by_code(code)
    assert case_class is not None
    with transaction():
        return service.collect(
            actor=actor, case_class=case_class, title=more.pop("title", "桥边的路塌了一块"), now=now or clock.now(),
            text=more.pop("text", "下雨以后路面塌了一块，三轮车过不去。"), channel=more.pop("channel", Channel.VISIT),
            grid=db.session.get_one(Grid, grid_id), household=household, **more,
        )  # fmt: skip


def do(function: Any, case: Case, actor: Viewer, **more: Any) -> Any:
    """One move, in a transaction of its own, now."""
    with transaction():
        return function(case, actor=actor, now=more.pop("now", None) or clock.now(), **more)


def water(world: World) -> Unit:
    """The water station of the town, where the accounts `dept` and `unit_lead` work."""
    return db.session.get_one(Unit, world.units["water"])


def post_of(world: World, role: Role) -> Post:
    """The post of a role's account."""
    return db.session.get_one(Post, world.posts[role])


def handled(world: World, viewer_of: Any, **more: Any) -> Case:
    """A case that stands at feedback: collected by the liaison, dispatched by the head, handled by the station."""
    case = collected(world, viewer_of(Role.LIAISON), **more)
    do(service.accept, case, viewer_of(Role.VILLAGE_HEAD))
    do(service.dispatch, case, viewer_of(Role.VILLAGE_HEAD), unit=water(world))
    do(service.sign, case, viewer_of(Role.DEPT))
    do(service.submit_result, case, viewer_of(Role.DEPT), result="路面已修补，三轮车能过了。")
    return case


def closed(world: World, viewer_of: Any, **more: Any) -> Case:
    """The whole way: the villager is content, the head has checked."""
    case = handled(world, viewer_of, **more)
    do(service.record_answer, case, viewer_of(Role.LIAISON), answer=Answer.SOLVED, rating=Rating.SATISFIED)
    do(service.verify, case, viewer_of(Role.VILLAGE_HEAD))
    return case


def solved(world: World, actor: Viewer, *, code: str = RUBBISH, percent: int = 0, **more: Any) -> Case:
    """A case registered and closed in one form."""
    case_class = queries.class_by_code(code)
    assert case_class is not None
    with transaction():
        return service.collect_and_solve(
            actor=actor, now=more.pop("now", None) or clock.now(), result="当场清理干净了。", answer=Answer.SOLVED,
            rating=Rating.SATISFIED, policy=service.ClosingPolicy(second_check_percent=percent), case_class=case_class,
            title="路口堆了垃圾", text="", channel=Channel.VISIT,
            grid=db.session.get_one(Grid, world.grids["village_a"]),
            household=db.session.get_one(Household, more.pop("home", world.homes["circle"][0])), **more,
        )  # fmt: skip


def refused(match: str, function: Callable[..., object], case: Case, actor: Viewer, **more: object) -> str | None:
    """The move is refused in these words and leaves nothing behind; returns the field it names."""
    before = (case.state, db.session.scalar(select(func.count()).select_from(CaseStep)))
    with pytest.raises(Refused, match=match) as found:
        do(function, case, actor, **more)
    assert (case.state, db.session.scalar(select(func.count()).select_from(CaseStep))) == before
    return found.value.field


def pending(home: int) -> int:
    """Points of a home still in their public notice."""
    return db.session.scalar(
        select(func.coalesce(func.sum(Account.balance), 0)).where(
            Account.household_id == home, Account.kind == "pending"
        )
    )
