"""The rows behind each number of the coverage report, from the very conditions that count them; in code order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select

from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import SizeLimits
from gridcase.households import queries as households
from gridcase.households.models import Household, Member
from gridcase.planner.queries import coverage
from gridcase.planner.queries import village as villages
from gridcase.planner.queries.coverage import AsOf
from gridcase.planner.rules.coverage import Listed

OF_HOMES = (Listed.HOMES, Listed.NO_LIAISON, Listed.NOT_VISITED)


@dataclass(frozen=True)
class Line:
    """One row: a home (name to be masked; None where the viewer sees no homes), a cell, a circle, a village, a leader.
    `homes`, `persons`: its size, where the list is about sizes."""

    id: int
    code: str
    name: str | None
    place: str
    homes: int | None = None
    persons: int | None = None
    village_id: int | None = None
    opens: bool = False  # of a home, whether its own page opens to the viewer; of a circle, whether somebody holds it


def rows(
    listed: Listed,
    viewer: Viewer,
    at: AsOf,
    *,
    today: date,
    village_id: int | None = None,
    after: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[Line]:
    """One page of a list."""
    if listed in OF_HOMES:
        return _homes(listed, viewer, at, today=today, village_id=village_id, after=after, size=size)
    every = _sorted_out(listed, viewer, at, village_id)
    mark = read_mark(after, str, int)
    rest = [line for line in every if mark is None or (line.code, line.id) > (mark[0], mark[1])]
    return cut(rest[: size + 1], lambda line: [line.code, line.id], size=size)


def _homes(
    listed: Listed, viewer: Viewer, at: AsOf, *, today: date, village_id: int | None, after: str | None, size: int
) -> Page[Line]:
    here = coverage.homes(viewer, at, village_id)
    persons = (
        select(func.count())
        .where(Member.household_id == Household.id, in_force(Member, at.on, known_at=at.known_at))
        .correlate(Household)
        .scalar_subquery()
    )
    query = (
        select(
            Household.id, Household.code, Household.head_name, Grid.name.label("place"), persons.label("persons"),
            households.visible(viewer, Permission.SEE_HOUSEHOLD).label("opens"),
        )
        .join(here, here.c.household_id == Household.id)
        .join(Grid, Grid.id == here.c.grid_id)
        .order_by(Household.code)
        .limit(size + 1)
    )  # fmt: skip
    if listed is Listed.NO_LIAISON:
        query = query.where(Household.id.not_in(coverage.looked_after(at)))
    if listed is Listed.NOT_VISITED:
        query = query.where(coverage.not_visited(viewer, at, today=today))
    mark = read_mark(after, str)
    if mark is not None:
        query = query.where(Household.code > mark[0])
    lines = [
        Line(
            row.id, row.code, row.head_name if row.opens else None, row.place, None, row.persons, opens=bool(row.opens)
        )
        for row in db.session.execute(query)
    ]
    return cut(lines, lambda line: [line.code], size=size)


def _sorted_out(listed: Listed, viewer: Viewer, at: AsOf, village_id: int | None) -> list[Line]:
    """The lists that are short: cells, circles, villages, leaders."""
    find: dict[Listed, Callable[[Viewer, AsOf, int | None], Sequence[Line]]] = {
        Listed.NO_FULLTIME: _villages,
        Listed.NO_LINE: _leaders,
        Listed.SECTIONS: _sections,
        Listed.LIAISONS: _circles,
        Listed.CIRCLE_FEW: _circles,
        Listed.CIRCLE_MANY: _circles,
    }
    lines = find.get(listed, _cells)(viewer, at, village_id)
    if listed in (Listed.NO_FULLTIME, Listed.NO_LINE, Listed.CELLS, Listed.SECTIONS):
        return list(lines)
    limits = _limits(viewer, at, village_id)
    return [line for line in lines if _asks_attention(listed, line, limits)]


def _limits(viewer: Viewer, at: AsOf, village_id: int | None) -> dict[int | None, SizeLimits]:
    seen = coverage.villages_seen(viewer, at, village_id)
    limits = grids.size_limits_of([row.path for row in seen], on=at.on)
    return {row.id: limits[row.path] for row in seen}


def _asks_attention(listed: Listed, line: Line, limits: dict[int | None, SizeLimits]) -> bool:
    limit, homes, persons = limits.get(line.village_id, SizeLimits()), line.homes or 0, line.persons or 0
    return {
        Listed.LIAISONS: line.opens,
        Listed.CIRCLE_FEW: homes < limit.circle_few,
        Listed.CIRCLE_MANY: homes > limit.circle_many,
        Listed.CELL_HOMES: not coverage.within(homes, limit.households),
        Listed.CELL_PERSONS: not coverage.within(persons, limit.persons),
    }[listed]


def _cells(viewer: Viewer, at: AsOf, village_id: int | None) -> list[Line]:
    sizes = {row.grid_id: row for row in db.session.execute(coverage.place_sizes(viewer, at, village_id))}
    found = []
    for row in db.session.execute(coverage.cells(viewer, at, village_id)):
        size = sizes.get(row.id)
        homes, persons = (size.homes, size.persons) if size else (0, 0)
        found.append(Line(row.id, row.code, row.name, "", homes, persons, row.village_id))
    return _placed(found)


def _sections(viewer: Viewer, at: AsOf, village_id: int | None) -> list[Line]:
    """The sections with the homes of their circles."""
    homes: Counter[int | None] = Counter()
    for row in db.session.execute(coverage.circles(viewer, at, village_id)):
        homes[row.section_id] += row.homes
    found = [
        Line(row.id, row.code, row.name, "", homes[row.id], None, row.village_id)
        for row in db.session.execute(coverage.sections(viewer, at, village_id))
    ]
    return sorted(_placed(found), key=lambda line: (line.code, line.id))


def _circles(viewer: Viewer, at: AsOf, village_id: int | None) -> list[Line]:
    found = [
        Line(row.id, row.code, row.title, "", row.homes, None, row.village_id, bool(row.held))
        for row in db.session.execute(coverage.circles(viewer, at, village_id))
    ]
    return _placed(found)


def _villages(viewer: Viewer, at: AsOf, village_id: int | None) -> list[Line]:
    found = db.session.execute(coverage.without_fulltime(viewer, at))
    return [Line(row.id, row.code, row.name, "", village_id=row.id) for row in found if village_id in (None, row.id)]


def _leaders(viewer: Viewer, at: AsOf, village_id: int | None) -> list[Line]:
    found = list(db.session.execute(coverage.without_line(viewer, at)))
    names, limits = villages.persons_named([row.person_id for row in found]), _limits(viewer, at, village_id)
    lines = [
        Line(row.id, row.code, f"{row.name} · {names[row.person_id]}", "", village_id=row.village_id)
        for row in found
        if row.village_id in limits and limits[row.village_id].three_lines  # where the place asks for it
    ]
    return _placed(lines)


def _placed(lines: Sequence[Line]) -> list[Line]:
    """With the name of the village of each."""
    names = grids.names_of([line.village_id for line in lines])
    return [replace(line, place=names.get(line.village_id or 0, "")) for line in lines]
