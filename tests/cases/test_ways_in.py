"""The ways by which a list looks for a viewer's cases find exactly those that the rule for one case lets him read."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, false, or_, select

from gridcase.audit import service as audit
from gridcase.cases import queries
from gridcase.cases.models import Case, CaseParty
from gridcase.cases.queries.sight import places_to_look, ways_in
from gridcase.cases.rules import PartyKind
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Permission, Viewer
from gridcase.people.models import Post, Unit
from gridcase.people.rules import Role
from tests.factories.cases import COMPLAINT, ROAD, RUBBISH, collected
from tests.factories.world import MAKER, World

Find = Callable[[Role], Viewer]
CASES = 24


def strew(world: World, viewer_of: Find, random: Random) -> None:
    """Cases of any kind, anywhere, collected by and sent to anybody, with others taking part."""
    homes = [*world.homes["circle"], *world.homes["village_b"]]
    for _ in range(CASES):
        collected(
            world, viewer_of(Role.DISPATCHER), code=random.choice([COMPLAINT, ROAD, RUBBISH]), home=random.choice(homes)
        )
    posts, units = list(db.session.scalars(select(Post.id))), list(db.session.scalars(select(Unit.id)))
    with transaction():
        audit.record(actor=MAKER, action="test", subject_kind="case", subject_id=None, now=clock.now())
        for case in db.session.scalars(select(Case)):
            case.handler_post_id = random.choice([None, *posts])
            case.handler_unit_id = random.choice([None, *units])
            case.collector_post_id = random.choice(posts)
            case.collector_user_id = random.choice(list(world.users.values()))
            who = {"post_id": random.choice(posts)} if random.random() < 0.5 else {"unit_id": random.choice(units)}
            ended = clock.now() if random.random() < 0.2 else None
            kind = random.choice([*PartyKind, PartyKind.DESK])
            db.session.add(CaseParty(case_id=case.id, kind=kind, since=clock.now(), ended_at=ended, **who))
    db.session.expire_all()


def ids(condition: ColumnElement[bool]) -> set[int]:
    return set(db.session.scalars(select(Case.id).where(condition)))


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_every_way_brings_what_may_be_read_and_nothing_else(
    ctx: Flask, world: World, viewer_of: Find, seed: int
) -> None:
    random = Random(seed)
    strew(world, viewer_of, random)
    cases, hidden = db.session.scalars(select(Case)).all(), 0
    for role in Role:
        one, other = viewer_of(role), viewer_of(random.choice(list(Role)))
        both = Viewer(kind="staff", name="两岗", user_id=one.user_id, grants=one.grants + other.grants)
        for viewer in (one, both):
            may_read = {case.id for case in cases if Permission.SEE_CASE in queries.permissions_over(case, viewer)}
            for newest in (True, False):
                reached = ids(or_(false(), *ways_in(viewer, newest=newest)))
                assert reached == may_read, (role, newest)
                hidden += len(ids(or_(false(), *places_to_look(viewer, newest=newest))) - reached)
    assert hidden, "some restricted case lay on somebody's way"
