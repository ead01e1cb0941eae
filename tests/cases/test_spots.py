"""The map's own rows: exact whoever writes, found by cell, and looked at by the doctor."""

from __future__ import annotations

import random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from gridcase.cases import service as cases
from gridcase.cases.models import Case, CaseMap, CasePoint
from gridcase.cases.rules.spots import CELLS_MOST, Box, Cells, spot_of
from gridcase.core import clock
from gridcase.core.db import WRITE, db
from gridcase.core.geo import point
from tests.factories.map_cases import close, put
from tests.factories.world import World


def test_every_place_of_a_cell_lies_in_its_range() -> None:
    chance = random.Random(7)
    for _ in range(300):
        x, y, step = chance.randrange(-18_000_000, 18_000_001), chance.randrange(-9_000_000, 9_000_001), 4
        cells = Cells(Box(x, y, x, y), step + chance.randrange(20))
        assert len(cells) == 1
        (first,) = cells
        assert first <= spot_of(x, y) < first + cells.size


def test_cells_follow_the_zoom_and_are_never_too_many() -> None:
    town, county = Box(11_260_000, 2_845_000, 11_262_000, 2_846_000), Box(11_200_000, 2_800_000, 11_300_000, 2_900_000)
    assert Cells.over(town, 16).step == 7
    assert all(len(Cells.over(county, zoom)) <= CELLS_MOST for zoom in range(20))
    assert Cells.over(county, 18).step > 5
    inside = Cells.over(county, 10)
    assert len(set(inside)) == len(inside)


@pytest.mark.parametrize("text", ["", "1,2,3", "a,b,c,d", "3,1,1,2", "nan,1,2,3", "inf,1,2,3", "1,2,3,4,5"])
def test_what_is_no_box_is_none(text: str) -> None:
    assert Box.read(text) is None
    assert Box.read("112.1,28.4,112.9,28.8") == Box(11_210_000, 2_840_000, 11_290_000, 2_880_000)


def kept() -> list[int]:
    return list(db.session.scalars(select(CaseMap.case_id).order_by(CaseMap.case_id)))


def by_hand(*statements: Any) -> None:
    """Writes past every service."""
    db.session.rollback()
    with db.engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        for statement in statements:
            connection.execute(statement)
    db.session.expire_all()


def test_the_row_follows_its_case(ctx: Flask, world: World) -> None:
    case_id, secret, nowhere, done = put(
        world, {"kind": "0503"}, {"kind": "0301"}, {"spot": None}, {"state": "closed", "closed_at": clock.now()}
    )
    assert kept() == [case_id, nowhere]
    row = db.session.get_one(CaseMap, case_id)
    case = db.session.get_one(Case, case_id)
    assert (row.path, row.due_at, row.spot) == (case.path, case.due_at, spot_of(row.x, row.y))
    close(case_id, at=clock.now())
    assert kept() == [nowhere]
    by_hand(
        update(Case).where(Case.id.in_([case_id, done, secret])).values(closed_at=None),
        update(CasePoint).values(geom=point(112.5, 28.5)),
        update(Case).where(Case.id == done).values(channel="phone"),
    )
    assert kept() == [case_id, nowhere, done]
    assert db.session.get_one(CaseMap, case_id).x == 11_250_000
    assert db.session.get_one(CaseMap, done).channel == "phone"
    by_hand(update(Case).where(Case.id == case_id).values(restricted=True))
    assert kept() == [nowhere, done]
    assert db.session.get_one(CaseMap, nowhere).spot is None
    assert [line for line in cases.check() if "map" in line] == []


def test_the_doctor_sees_a_wrong_and_a_lost_row(ctx: Flask, world: World) -> None:
    first, second = put(world, {}, {})
    by_hand(
        update(CaseMap).where(CaseMap.case_id == first).values(channel="phone"),
        delete(CaseMap).where(CaseMap.case_id == second),
    )
    assert db.session.scalar(select(func.count()).select_from(CaseMap)) == 1
    assert [line for line in cases.check() if "map" in line] == [
        f"case {one}: its row on the map is not what the case says" for one in (first, second)
    ]
