"""A group big enough to be planned, in the world's second village: homes along a road, invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random

from gridcase.core.db import db, transaction
from gridcase.grid import service as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel, cell_code, group_code, household_code
from gridcase.households import service as households
from gridcase.households.models import Household, Member, Nomination
from gridcase.households.service import HouseholdRow, MemberRow
from gridcase.people import service as people
from gridcase.people.models import Post
from gridcase.people.rules import Role
from tests.factories.world import MAKER, SINCE, START, World


def settle(world: World, *, homes: int = 50, village: str = "village_a", persons: Sequence[int] = ()) -> list[int]:
    """A third group with two cells, the first holding two thirds of `homes`; returns the households."""
    draw = Random(7)
    with transaction():
        place = db.session.get_one(Grid, world.grids[village])
        group = grids.add_grid(
            actor=MAKER, level=GridLevel.GROUP, code=group_code(place.code, 9), name="9组", parent=place, now=START,
            valid_from=SINCE, lon=place.lon, lat=place.lat,
        )  # fmt: skip
        cells = [
            grids.add_grid(
                actor=MAKER, level=GridLevel.CELL, code=cell_code(group.code, 90 + number), name=f"第{90 + number}网格",
                parent=group, now=START, valid_from=SINCE,
            )
            for number in (1, 2)
        ]  # fmt: skip
        rows = []
        for number in range(homes):
            cell = cells[number >= homes * 2 // 3]
            size = persons[number] if persons else 3 + number % 3
            rows.append(HouseholdRow(
                code=household_code(group.code + "-900", number), grid=cell, address=f"{number}号",
                members=tuple(MemberRow(f"测试{number}之{one}", "head" if one == 0 else "other", "f", date(1970, 1, 1))
                              for one in range(size)),
                lon=(place.lon or 0) + 0.0002 * number + draw.uniform(0, 0.0002),
                lat=(place.lat or 0) + draw.uniform(0, 0.001),
            ))  # fmt: skip
        ids = households.register_households(actor=MAKER, village=place, rows=rows, since=SINCE, now=START)
    world.grids["planned_group"] = group.id
    world.grids["planned_cell_1"], world.grids["planned_cell_2"] = cells[0].id, cells[1].id
    return ids


def head_of(household_id: int) -> int:
    """The person who heads a household."""
    found = db.session.query(Member.person_id).filter(Member.household_id == household_id).order_by(Member.id).first()
    assert found is not None
    return int(found[0])


def wish(homes: dict[int, Sequence[int]]) -> None:
    """Homes name persons, first choice first."""
    with transaction():
        for home, named in homes.items():
            for rank, person in enumerate(named, start=1):
                db.session.add(Nomination(household_id=home, person_id=person, rank=rank, at=START))
        grids.set_setting(
            actor=MAKER, place=db.session.get_one(Grid, 1), key="trace", value={}, valid_from=SINCE, now=START
        )


def lead(world: World, household_id: int, circle: Sequence[int], *, village: str = "village_a") -> int:
    """The head of a household leads a circle as liaison today; returns the post."""
    with transaction():
        place = db.session.get_one(Grid, world.grids[village])
        post = people.add_post(
            actor=MAKER, code=f"L-{household_id}", role=Role.LIAISON, title="联户代表", place=place, now=START,
            valid_from=SINCE,
        )  # fmt: skip
        people.appoint(actor=MAKER, post=post, person_id=head_of(household_id), valid_from=SINCE, now=START)
        households.join_circle(
            actor=MAKER, post=post, household_ids=list(circle), valid_from=SINCE, reason="test", now=START
        )
    return post.id


def cell_of(household_id: int) -> int:
    """The cell of a home today."""
    return db.session.get_one(Household, household_id, populate_existing=True).grid_id


def post_title(post_id: int) -> str:
    """The title of a post."""
    return db.session.get_one(Post, post_id).title


def settle_one_more(world: World) -> None:
    """One home of the planned group moves to its second cell."""
    with transaction():
        cell = db.session.get_one(Grid, world.grids["planned_cell_2"])
        home = db.session.query(Household).filter(Household.grid_id == world.grids["planned_cell_1"]).first()
        assert home is not None
        households.move_homes(
            actor=MAKER, place=cell.path, homes={home.id: cell}, start=date(2026, 11, 20), reason="test", now=START
        )
