"""Villages without a full-time worker, leaders without one of the three lines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.people import queries, service
from gridcase.people.models import Post
from gridcase.people.rules import LINE_ROLES, Role, ThreeLine
from tests.factories.world import SINCE, World

pytestmark = pytest.mark.usefixtures("ctx")
TODAY = date(2026, 11, 23)
ViewerOf = Callable[[Role], Viewer]


def place(world: World, key: str) -> Grid:
    return db.session.get_one(Grid, world.grids[key])


@pytest.mark.parametrize("line", list(ThreeLine))
def test_a_leader_without_a_line_is_named_until_one_is_held(world: World, viewer_of: ViewerOf, line: ThreeLine) -> None:
    village = place(world, "village_a")
    rows = queries.leaders_without_line(village.path, on=TODAY)
    assert [(row.name, row.title) for row in rows] == [("测试网格长", "网格长")]
    now, actor = clock.now(), viewer_of(Role.TOWN_MANAGER)
    with transaction():
        post = service.add_post(
            actor=actor, code="X1", role=LINE_ROLES[line], title="线", place=village, now=now, valid_from=SINCE
        )
        service.appoint(actor=actor, post=post, person_id=rows[0].person_id, valid_from=date(2026, 11, 10), now=now)
    assert queries.leaders_without_line(village.path, on=TODAY) == []
    assert len(queries.leaders_without_line(village.path, on=date(2026, 11, 9))) == 1


def test_only_what_lies_below_counts(world: World) -> None:
    assert queries.leaders_without_line(place(world, "village_b").path, on=TODAY) == []
    assert db.session.get_one(Post, world.posts[Role.GRID_LEADER]).role == Role.GRID_LEADER
