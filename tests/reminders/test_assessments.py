"""A closed case of sudden hardship asks for another look at the home, once; a restricted one where it may be read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from gridcase.cases import service as cases
from gridcase.cases.rules import Answer
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid import service as grids
from gridcase.grid.models import Grid
from gridcase.households.models import TierTask
from gridcase.households.queries import tiers_lists
from gridcase.households.rules import Cause
from gridcase.notices.models import Notice
from gridcase.people.rules import Role
from gridcase.reminders import jobs
from gridcase.reminders.rules import TIMES_KEY, Times
from tests.factories.cases import collected, do
from tests.factories.world import MAKER, World

ViewerOf = Callable[[Role | str], Viewer]
HARDSHIP, FIVE_LOSS = "0702", "0302"


def closed(world: World, code: str) -> None:
    case = collected(world, MAKER, code=code, home=world.homes["circle"][0])
    do(cases.accept, case, MAKER)
    do(cases.self_solve, case, MAKER, result="已送去第一笔帮助", answer=Answer.SOLVED)


def tasks() -> list[tuple[int, str]]:
    return [(row.household_id, row.cause) for row in db.session.scalars(select(TierTask).order_by(TierTask.id))]


def told() -> list[int | None]:
    return list(db.session.scalars(select(Notice.post_id).where(Notice.rule == "tier_task").order_by(Notice.id)))


@pytest.mark.parametrize(
    ("code", "cause", "reader", "role"),
    [
        (HARDSHIP, Cause.CASE, Role.LIAISON, Role.LIAISON),
        (FIVE_LOSS, Cause.RESTRICTED, Role.VILLAGE_HEAD, Role.VILLAGE_HEAD),
    ],
)
def test_a_closed_case_asks_once(
    world: World, viewer_of: ViewerOf, code: str, cause: Cause, reader: Role, role: Role
) -> None:
    home = world.homes["circle"][0]
    viewer = viewer_of(reader)
    collected(world, MAKER, code=code, home=home, title="还在办的")
    jobs.sweep(actor=MAKER, now=clock.now())
    assert tasks() == [], "an open case asks for nothing yet"
    closed(world, code)
    for _ in range(2):
        jobs.sweep(actor=MAKER, now=clock.now())
    assert tasks() == [(home, cause)]
    assert told() == [world.posts[role]]
    assert [row.cause for row in tiers_lists.tasks(viewer).rows] == [cause]
    if cause is Cause.RESTRICTED:
        assert tiers_lists.tasks(viewer_of(Role.LIAISON)).rows == []


def test_at_night_nothing_is_asked(world: World, ctx: object, at: Callable[[str], None]) -> None:
    closed(world, HARDSHIP)
    at("2026-11-23T23:00:00+08:00")
    jobs.sweep(actor=MAKER, now=clock.now())
    assert (tasks(), told()) == ([], [])
    with transaction():  # another county has no quiet hours any more at six
        far = db.session.get_one(Grid, world.grids["far_county"])
        value = Times.from_json({"quiet_from": "21:00", "quiet_to": "06:00", "digest_at": "08:00"}).to_json()
        grids.set_setting(
            actor=MAKER, place=far, key=TIMES_KEY, value=value, valid_from=clock.now().date(), now=clock.now()
        )
    at("2026-11-24T06:30:00+08:00")
    jobs.sweep(actor=MAKER, now=clock.now())
    assert (tasks(), told()) == ([], []), "its morning is none here"
    at("2026-11-24T07:30:00+08:00")
    jobs.sweep(actor=MAKER, now=clock.now())
    assert len(tasks()) == len(told()) == 1
