"""Posts belong to a level of the grid; a list of posts or certificates is looked at as a single one is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.people import service
from gridcase.people.models import Certificate, Holding, Post
from gridcase.people.rules import Role, misplaced
from gridcase.people.rules.levels import WHERE
from gridcase.people.service import PostRow
from tests.factories.world import MAKER, SINCE, World
from tests.people.test_certificates import ELECTION

ViewerOf = Callable[[Role], Viewer]
ClientAs = Callable[[Role], FlaskClient]


def place(world: World, key: str = "village_a") -> Grid:
    return db.session.get_one(Grid, world.grids[key])


def test_every_role_belongs_somewhere() -> None:
    assert set(WHERE) == set(Role)
    assert misplaced(Role.VILLAGE_HEAD, GridLevel.VILLAGE) is None
    for level in (GridLevel.COUNTY, GridLevel.TOWN, GridLevel.CELL):
        assert "总网格长是村的岗位" in str(misplaced(Role.VILLAGE_HEAD, level))
    assert misplaced(Role.DISPATCHER, GridLevel.TOWN) is None
    assert misplaced(Role.DISPATCHER, GridLevel.VILLAGE) is not None
    assert misplaced(Role.LIAISON, GridLevel.COUNTY) is not None
    assert misplaced(Role.COUNTY_MANAGER, GridLevel.TOWN) is not None


def test_a_post_is_set_up_at_its_level_alone(ctx: Flask, world: World) -> None:
    before = db.session.scalar(select(func.count()).select_from(Post))
    rows = [PostRow("A", Role.LIAISON, "甲", place(world)), PostRow("B", Role.TOWN_MANAGER, "乙", place(world))]
    with pytest.raises(Refused, match="镇业务管理员是乡镇的岗位"), transaction():
        service.add_posts(actor=MAKER, place=place(world), rows=rows, valid_from=SINCE, now=clock.now())
    with pytest.raises(Refused, match="总网格长是村的岗位") as found, transaction():
        service.add_post(
            actor=MAKER, code="C", role=Role.VILLAGE_HEAD, title="丙", place=place(world, "town"), now=clock.now(),
            valid_from=SINCE,
        )  # fmt: skip
    assert found.value.field == "role"
    assert db.session.scalar(select(func.count()).select_from(Post)) == before


def test_the_page_says_it_beside_the_role(world: World, client_as: ClientAs) -> None:
    head, village = client_as(Role.VILLAGE_HEAD), world.grids["village_a"]
    data = {"role": "village_head", "place": world.grids["village_a_cell_2"], "title": "又一个", "start": "2026-11-23"}
    answer = head.post(f"/people/posts/new?at={village}", data=data | {"section": "", "unit": ""})
    assert answer.status_code == 200
    assert "总网格长是村的岗位，不能设在这一级" in answer.text


def two_liaisons(world: World) -> list[Post]:
    with transaction():
        rows = [PostRow(f"N{n}", Role.LIAISON, "联户代表", place(world)) for n in range(2)]
        return service.add_posts(actor=MAKER, place=place(world), rows=rows, valid_from=SINCE, now=clock.now())


def appoint(world: World, rows: list[tuple[Post, int]], *, actor: Viewer = MAKER, start: date = SINCE) -> None:
    with transaction():
        service.appoint_many(actor=actor, place=place(world), rows=rows, valid_from=start, now=clock.now())


def test_a_list_of_appointments_is_looked_at_as_a_single_one(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    one, two = two_liaisons(world)
    manager = viewer_of(Role.TOWN_MANAGER)
    before = db.session.scalar(select(func.count()).select_from(Holding))
    mine, other = manager.person_id or 0, viewer_of(Role.DEPUTY).person_id or 0
    with pytest.raises(Refused, match="不能安排自己任职"):
        appoint(world, [(one, other), (two, mine)], actor=manager)
    with pytest.raises(Refused, match="才设立"):
        appoint(world, [(one, other)], start=SINCE - timedelta(days=1))
    watch = db.session.get_one(Post, world.posts[Role.AUDITOR])
    with pytest.raises(Missing):
        appoint(world, [(watch, other)])
    assert db.session.scalar(select(func.count()).select_from(Holding)) == before, "all of a list or nothing"
    appoint(world, [(one, other)], actor=manager)
    with pytest.raises(Refused, match="不能安排自己任职"), transaction():
        service.appoint(actor=manager, post=two, person_id=mine, valid_from=SINCE, now=clock.now())


def test_a_list_of_certificates_is_looked_at_as_a_single_one(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    one, two = two_liaisons(world)
    person = viewer_of(Role.DEPUTY).person_id or 0

    def certify(*numbers: str | None, posts: tuple[Post, ...] = (one, two)) -> None:
        rows = [
            (post, person, dataclasses.replace(ELECTION, number=number))
            for post, number in zip(posts, numbers, strict=True)
        ]
        with transaction():
            service.certify_many(actor=MAKER, village=place(world), rows=rows, now=clock.now())

    with pytest.raises(Refused, match="已有编号 X-1") as found:
        certify("X-1", "X-1")
    assert found.value.field == "number"
    certify("X-1", None)
    with pytest.raises(Refused, match="已有编号 X-1"):
        certify(None, "X-1")
    with pytest.raises(Missing):
        certify(None, posts=(db.session.get_one(Post, world.posts[Role.DISPATCHER]),))
    numbers = db.session.scalars(select(Certificate.number).order_by(Certificate.id)).all()
    assert list(numbers) == ["X-1", "LH2026-990101100201-001"]
