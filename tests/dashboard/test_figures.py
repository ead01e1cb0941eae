"""The figures against a count by hand, the lists behind them, and what a map is about."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from gridcase.cases.models import Case, CaseClass
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.dashboard import queries
from gridcase.dashboard.rules import Filters, Listed, month_start
from gridcase.grid import service as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.people.rules import Role
from tests.dashboard.test_points import statements
from tests.factories.map_cases import put
from tests.factories.world import MAKER, ORIGIN, World

ViewerOf = Callable[[Role | str], Viewer]
PLACES = ("village_a_cell_1", "village_a_cell_4", "village_b_cell_1", "other_village_cell_1", "town")
CLASSES = ("0401", "0503", "0801", "0301", "1004", "0000")


def many(rng: random.Random, now: datetime, amount: int) -> list[dict[str, Any]]:
    """Cases of every sort, open and closed, around the beginning of the month and the due times."""
    made = []
    for _number in range(amount):
        wanted: dict[str, Any] = {"place": rng.choice(PLACES), "kind": rng.choice(CLASSES)}
        wanted["due"] = rng.choice([None, -200, -1, 0, 3, 8, 9, 100])
        if rng.random() < 0.5:
            wanted |= {
                "state": rng.choice(["closed", "closed", "closed", "voided"]),
                "closed_at": rng.choice([now, now - timedelta(3), month_start(now), month_start(now) - timedelta(1)]),
                "closed_late": rng.random() < 0.3,
                "resolved_level": rng.choice(["grid", "village", None]),
            }  # fmt: skip
        made.append(wanted)
    return made


def by_hand(path: str, now: datetime) -> dict[Listed, set[int]]:
    """What each list must hold, told apart in Python."""
    found: dict[Listed, set[int]] = {listed: set() for listed in Listed}
    for case, kind in db.session.execute(select(Case, CaseClass).join(CaseClass, CaseClass.id == Case.class_id)):
        if case.restricted or kind.restricted or not case.path.startswith(path):
            continue
        if case.closed_at is None:
            found[Listed.OPEN].add(case.id)
            if case.due_at is not None and case.due_at < now:
                found[Listed.LATE].add(case.id)
            elif case.soon_at is not None and case.soon_at <= now:
                found[Listed.SOON].add(case.id)
        elif case.state == "closed" and month_start(now) <= case.closed_at <= now:
            found[Listed.CLOSED].add(case.id)
            if not case.closed_late:
                found[Listed.ON_TIME].add(case.id)
            if case.resolved_level == "grid":
                found[Listed.IN_GRID].add(case.id)
    return found


def all_of(viewer: Viewer, filters: Filters, now: datetime) -> list[int]:
    """A list, page by page to its end."""
    ids: list[int] = []
    after = None
    while True:
        page = queries.listed(viewer, filters, now=now, after=after, permission=Permission.SEE_DASHBOARD)
        ids += [line.id for line in page.rows]
        after = page.after
        if after is None:
            return ids


@pytest.mark.parametrize("role", [Role.VILLAGE_HEAD, Role.DISPATCHER])
def test_every_figure_is_the_length_of_its_list_and_a_count_by_hand(
    ctx: Flask, world: World, viewer_of: ViewerOf, role: Role
) -> None:
    now = clock.now()
    put(world, *many(random.Random(20261123), now, 300))
    viewer = viewer_of(role)
    home = world.grids["village_a" if role is Role.VILLAGE_HEAD else "town"]
    truth = by_hand(db.session.get_one(Grid, home).path, now)
    figures = queries.figures(viewer, now=now)
    assert all(truth.values()), "the chance made an empty list: nothing would be tested"
    for listed in Listed:
        ids = all_of(viewer, Filters(listed=listed), now)
        assert len(ids) == len(set(ids))
        assert set(ids) == truth[listed]
        assert getattr(figures, listed.name.lower()) == len(truth[listed])
    on_time = len(truth[Listed.ON_TIME]) / (len(truth[Listed.CLOSED]) + len(truth[Listed.LATE]))
    assert figures.on_time_rate == on_time
    assert figures.in_grid_rate == len(truth[Listed.IN_GRID]) / len(truth[Listed.CLOSED])


def test_slices_add_up_and_lead_to_lists_of_their_size(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    now, town = clock.now(), viewer_of(Role.DISPATCHER)
    put(world, *many(random.Random(7), now, 120))
    figures = queries.figures(town, now=now)
    majors, villages = queries.by_major(town, now=now), queries.by_village(town, now=now)
    assert sum(part.open for part in majors) == figures.open
    assert sum(part.late for part in majors) == figures.late
    assert sum(part.soon for part in majors) == figures.soon
    assert {part.name for part in villages} == {"上河村", "下河村"}
    for part in (*majors, *villages):
        assert len(all_of(town, part.filters, now)) == part.open
        assert part.calm + part.late + part.soon == part.open


def test_nothing_to_measure_is_said_so(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    figures = queries.figures(viewer_of(Role.DISPATCHER), now=clock.now())
    assert (figures.open, figures.closed) == (0, 0)
    assert figures.on_time_rate is None
    assert figures.in_grid_rate is None


def test_an_open_late_case_costs_the_on_time_rate(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    done = {"state": "closed", "closed_at": clock.now()}
    put(world, done, done, done, {"due": -1})
    assert queries.figures(viewer_of(Role.DISPATCHER), now=clock.now()).on_time_rate == 0.75


def test_a_countys_manager_has_the_numbers_but_no_list(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    put(world, {}, {"place": "other_village_cell_1"}, {"place": "far_village_cell_1"})
    manager, now = viewer_of(Role.COUNTY_MANAGER), clock.now()
    assert queries.figures(manager, now=now).open == 2
    assert all_of(manager, Filters(), now) == []


def test_figures_and_slices_cost_the_same_for_any_number_of_cases(
    ctx: Flask, world: World, viewer_of: ViewerOf
) -> None:

    town, now = viewer_of(Role.DISPATCHER), clock.now()
    counts = []
    for amount in (2, 60):
        put(world, *many(random.Random(amount), now, amount))
        with statements() as sent:
            queries.figures(town, now=now)
            queries.by_village(town, now=now)
            queries.by_major(town, now=now)
            queries.listed(town, Filters(), now=now)
        counts.append(len([one for one in sent if "SELECT" in one.upper()]))
    assert counts == [5, 5]


# --- lists


def test_a_list_goes_by_due_time_and_ends_with_those_without(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    wanted = [{"due": due} for due in (*range(40, 0, -1), None, None)]
    ids = put(world, *wanted, {"due": 5}, {"due": 5})
    found = all_of(viewer_of(Role.DISPATCHER), Filters(), clock.now())
    assert len(found) == 44
    due = {case.id: case.due_at for case in db.session.scalars(select(Case).where(Case.id.in_(ids)))}
    far = datetime.max.replace(tzinfo=clock.TOWN_ZONE)
    assert found == sorted(ids, key=lambda case_id: (due[case_id] or far, case_id))


@pytest.mark.parametrize("after", ["", "x", "e30", "WzFd", "WyJhIiwgImIiXQ"])
def test_a_broken_mark_starts_the_list_anew(ctx: Flask, world: World, viewer_of: ViewerOf, after: str) -> None:
    (case_id,) = put(world, {})
    page = queries.listed(viewer_of(Role.DISPATCHER), Filters(), now=clock.now(), after=after)
    assert [line.id for line in page.rows] == [case_id]


# --- what the map is about


def root(viewer: Viewer, village_id: int | None = None) -> tuple[str, GridLevel | None]:
    found = queries.root_of(viewer, village_id)
    return found.name, found.level


def test_the_root_is_the_town_of_a_town_and_the_village_of_a_cell(
    ctx: Flask, world: World, viewer_of: ViewerOf
) -> None:
    assert root(viewer_of(Role.DISPATCHER)) == ("青溪镇", GridLevel.TOWN)
    for role in (Role.GRID_LEADER, Role.SECTION_LEADER, Role.VILLAGE_HEAD):
        assert root(viewer_of(role)) == ("上河村", GridLevel.VILLAGE)
    assert root(viewer_of(Role.DISPATCHER), world.grids["village_b"]) == ("下河村", GridLevel.VILLAGE)


def test_a_foreign_village_is_not_there(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    for role, place in (
        (Role.DISPATCHER, "other_village"),
        (Role.VILLAGE_HEAD, "village_b"),
        (Role.DISPATCHER, "town"),
    ):
        with pytest.raises(Missing):
            queries.root_of(viewer_of(role), world.grids[place])
    with pytest.raises(Missing):
        queries.root_of(viewer_of(Role.DISPATCHER), 999_999)


def test_two_villages_are_shown_without_the_third(ctx: Flask, world: World) -> None:
    paths = [db.session.get_one(Grid, world.grids[name]).path for name in ("village_a", "other_village")]
    grants = tuple(Grant("x", frozenset({Permission.SEE_MAP}), path=path) for path in paths)
    both = Viewer("staff", "x", grants=grants)
    about = queries.root_of(both)
    assert (about.name, about.level) == ("试点县", GridLevel.COUNTY)
    shown = {key for shapes in queries.outlines(both, about).values() for key, _shape in shapes}
    assert shown == {world.grids["village_a"], world.grids["other_village"]}


def test_outlines_and_names_are_of_the_own_place(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    town = viewer_of(Role.DISPATCHER)
    about = queries.root_of(town)
    shapes = queries.outlines(town, about)
    assert [key for key, _shape in shapes[GridLevel.VILLAGE]] == [world.grids["village_a"], world.grids["village_b"]]
    assert [(one.id, one.name) for one in queries.named(town, about)] == [
        (world.grids["village_a"], "上河村"),
        (world.grids["village_b"], "下河村"),
    ]
    head = viewer_of(Role.VILLAGE_HEAD)
    # the groups have no outline: the cells carry the names
    assert [one.name for one in queries.named(head, queries.root_of(head))] == [
        f"第{number}网格" for number in range(1, 5)
    ]
    cells = queries.outlines(head, queries.root_of(head))[GridLevel.CELL]
    assert {key for key, _shape in cells} == {world.grids[f"village_a_cell_{number}"] for number in range(1, 5)}


def test_a_drawing_is_kept_until_a_shape_changes(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    town = viewer_of(Role.DISPATCHER)
    about = queries.root_of(town)
    before = queries.drawing_of(town, about)
    assert before.synthetic
    assert queries.drawing_of(town, about) == before
    with transaction():
        village = db.session.get_one(Grid, world.grids["village_b"])
        west, south = ORIGIN
        ring = [(west, south), (west + 0.01, south), (west + 0.01, south + 0.02)]
        grids.draw_outline(actor=MAKER, grid=village, rings=[ring], source="test", synthetic=True, now=clock.now())
    assert queries.drawing_of(town, about).version != before.version


def test_outlines_lose_what_no_screen_shows(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    with transaction():
        village = db.session.get_one(Grid, world.grids["village_b"])
        west, south = ORIGIN
        edge = [(west + 0.0001 * step, south + 0.000_001 * (step % 2)) for step in range(100)]
        grids.draw_outline(
            actor=MAKER, grid=village, rings=[[*edge, (west + 0.01, south + 0.02)]], source="test", synthetic=True,
            now=clock.now(),
        )  # fmt: skip
    town = viewer_of(Role.DISPATCHER)
    shapes = dict(queries.outlines(town, queries.root_of(town))[GridLevel.VILLAGE])
    assert shapes[village.id].count("],[") <= 5
