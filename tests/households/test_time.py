"""A home moves on 1 March; on 5 March it turns out that it was 15 February.

Reports of February agree, and a report asked as it was known at an earlier moment stays what it was.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from gridcase.core.dated import in_force
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Permission
from gridcase.dossier import queries as dossier
from gridcase.grid.models import Grid
from gridcase.households import queries, service
from gridcase.households.models import CirclePlace, Household, HouseholdPlace
from gridcase.households.rules import Why
from gridcase.people.models import Post
from tests.factories.world import MAKER, World

MARCH_1, MARCH_5 = (datetime(2026, 3, day, 2, tzinfo=UTC) for day in (1, 5))
FEB_28, MARCH_2, MARCH_6 = (datetime(2026, month, day, 12, tzinfo=UTC) for month, day in ((2, 28), (3, 2), (3, 6)))
OLD, NEW = "village_a_cell_1", "village_a_cell_4"


@pytest.fixture
def home(ctx: Flask, world: World) -> int:
    """Moved from cell 1 into cell 4 and out of the liaison's circle, twice told."""
    home = world.homes["circle"][0]
    for now, start in ((MARCH_1, date(2026, 3, 1)), (MARCH_5, date(2026, 2, 15))):
        with transaction():
            found = db.session.get_one(Household, home)
            grid = db.session.get_one(Grid, world.grids[NEW])
            service.relocate(found, actor=MAKER, grid=grid, on=start, now=now)
            post = db.session.get_one(Post, world.posts["village_head"])
            post_homes: dict[int, Post | None] = {home: None}
            service.change_circles(
                actor=MAKER, place=post.place_path, homes=post_homes, role="liaison", start=start, reason="", now=now
            )
    return home


def listed(world: World, on: date, known_at: datetime | None) -> Counter[str]:
    """The list of households as of a day, cell by cell."""
    filters = dossier.Filters(village_id=world.grids["village_a"], on=on, known_at=known_at)
    return Counter(row.place for row in dossier.page(MAKER, filters).rows)


def counted(world: World, on: date, known_at: datetime | None) -> Counter[str]:
    """Homes by cell, as a report counts them."""
    path = db.session.get_one(Grid, world.grids["village_a"]).path
    homes = queries.homes_on(path, on=on, known_at=known_at).subquery()
    rows = db.session.execute(
        select(Grid.name, func.count()).join(homes, homes.c.grid_id == Grid.id).group_by(Grid.name)
    )
    return Counter({row[0]: row[1] for row in rows})


def covered(world: World, on: date, known_at: datetime | None) -> Counter[str]:
    """Homes by cell that were in a liaison's circle."""
    path = db.session.get_one(Grid, world.grids["village_a"]).path
    homes = queries.homes_on(path, on=on, known_at=known_at).subquery()
    rows = db.session.execute(
        select(Grid.name, func.count())
        .join(homes, homes.c.grid_id == Grid.id)
        .join(CirclePlace, CirclePlace.household_id == homes.c.household_id)
        .where(CirclePlace.role == "liaison", in_force(CirclePlace, on, known_at=known_at))
        .group_by(Grid.name)
    )
    return Counter({row[0]: row[1] for row in rows})


def cell(world: World, key: str) -> str:
    return db.session.get_one(Grid, world.grids[key]).name


@pytest.mark.parametrize(
    ("known_at", "on", "moved"),
    [
        (None, date(2026, 2, 14), False),
        (None, date(2026, 2, 15), True),
        (None, date(2026, 2, 28), True),
        (None, date(2026, 3, 3), True),
        (FEB_28, date(2026, 2, 20), False),
        (FEB_28, date(2026, 3, 3), False),
        (MARCH_2, date(2026, 2, 20), False),
        (MARCH_2, date(2026, 3, 1), True),
        (MARCH_6, date(2026, 2, 14), False),
        (MARCH_6, date(2026, 2, 20), True),
    ],
)
def test_three_reports_agree(home: int, world: World, known_at: datetime | None, on: date, moved: bool) -> None:
    by_list, by_count = listed(world, on, known_at), counted(world, on, known_at)
    assert by_list == by_count
    assert sum(by_list.values()) == 16, "a home is counted once, wherever it lay"
    old, new = cell(world, OLD), cell(world, NEW)
    assert (by_list[old], by_list[new]) == ((3, 5) if moved else (4, 4))
    circle = covered(world, on, known_at)
    assert circle[old] == (1 if moved else 2)
    assert sum(circle.values()) == (5 if moved else 6)


def test_today_says_the_same(home: int, world: World) -> None:
    found = db.session.get_one(Household, home)
    assert found.grid_id == world.grids[NEW]
    assert found.section_id is None
    assert queries.check() == []
    rows = {row.id: row for row in dossier.page(MAKER, dossier.Filters(village_id=world.grids["village_a"])).rows}
    assert rows[home].place == cell(world, NEW)


def test_a_home_that_ended_is_in_the_lists_of_its_time(ctx: Flask, world: World) -> None:
    home = world.homes["village_a"][0]
    with transaction():
        found = db.session.get_one(Household, home)
        everybody = [m.person_id for m in queries.members_of(home, on=date(2026, 6, 1))]
        service.left(
            found, actor=MAKER, person_ids=everybody, why=Why.MOVE, on=date(2026, 5, 1), now=MARCH_5.replace(month=6)
        )
    village = world.grids["village_a"]
    assert home not in {row.id for row in dossier.page(MAKER, dossier.Filters(village_id=village)).rows}
    then = dossier.page(MAKER, dossier.Filters(village_id=village, on=date(2026, 4, 30))).rows
    assert home in {row.id for row in then}
    after = dossier.page(MAKER, dossier.Filters(village_id=village, on=date(2026, 5, 1))).rows
    assert home not in {row.id for row in after}
    assert Permission.SEE_HOUSEHOLD in MAKER.permissions


def test_a_circle_that_runs_out_takes_the_section_along(ctx: Flask, world: World) -> None:
    """Who leads the section reads the homes of its circles, and no others."""
    home = db.session.get_one(Household, world.homes["circle"][1])
    liaison = db.session.get_one(Post, world.posts["liaison"])
    assert home.section_id == liaison.section_id is not None
    with transaction():
        service.change_circles(
            actor=MAKER, place=home.path, homes={home.id: None}, role="liaison", start=date(2026, 3, 5), reason="",
            now=MARCH_1,
        )  # fmt: skip
    assert home.section_id == liaison.section_id
    with transaction():
        assert service.settle_day(actor=MAKER, today=date(2026, 3, 5), now=MARCH_5) == 1
    assert home.section_id is None


def test_the_database_keeps_one_row_that_holds_until_further_notice(ctx: Flask, world: World) -> None:
    home, post = world.homes["circle"][0], world.posts["liaison"]
    again = {"valid_from": date(2026, 4, 1), "valid_to": None, "reason": "", "household_id": home}
    for model, more in (
        (HouseholdPlace, {"grid_id": world.grids[NEW]}),
        (CirclePlace, {"post_id": post, "role": "liaison"}),
    ):
        with pytest.raises(IntegrityError), transaction():
            db.session.execute(insert(model), [again | more])
