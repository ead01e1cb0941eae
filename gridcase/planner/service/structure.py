"""Cells that open and close in a change."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime

from gridcase.audit import service as audit
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid import service as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel, cell_code
from gridcase.households import service as households
from gridcase.planner.models import GridLineage
from gridcase.planner.queries import reorganise as queries
from gridcase.planner.queries import village as villages
from gridcase.planner.rules.reorganise import Plan

CELLS_MOST = 999


def still_there(plan: Plan, *, today: date) -> Plan:
    """A plan of some days ago with the homes of today: who has left is left out, who has come to a cell or circle that
    ends goes where the others go."""
    there = villages.grids_of(plan.homes(), on=today)
    cells = {home: ref for home, ref in plan.cells.items() if home in there}
    circles = {home: ref for home, ref in plan.circles.items() if home in there}
    if plan.ended_places:
        rows = villages.homes_in(plan.ended_places, on=today)
        cells = {row.id: plan.ended_places[row.grid_id] for row in rows}
    for post_id, ref in plan.ended_posts.items():
        circles |= {row.id: circles.get(row.id, ref) for row in villages.homes_of(post_id, on=today)}
    return replace(plan, cells=cells, circles=circles)


def open_places(plan: Plan, *, actor: Viewer, now: datetime) -> dict[str, Grid]:
    """The cells that come out of others, each with the next free code of its group; by reference."""
    opened: dict[str, Grid] = {}
    for one in plan.places:
        origin = db.session.get_one(Grid, one.origin_id)
        group = db.session.get_one(Grid, origin.parent_id)
        homes = [home for home, ref in plan.cells.items() if ref == one.key]
        lon, lat = _middle(homes) or (origin.lon, origin.lat)
        grid = grids.add_grid(
            actor=actor, level=GridLevel.CELL, code=_free_code(group), name=one.name, parent=group, now=now,
            valid_from=plan.on, lon=lon, lat=lat,
        )  # fmt: skip
        db.session.add(GridLineage(from_id=origin.id, to_id=grid.id, kind="split", on=plan.on, recorded_at=now))
        opened[one.key] = grid
    db.session.flush()
    return opened


def _free_code(group: Grid) -> str:
    db.session.refresh(group, with_for_update=True)
    taken = queries.codes_below(group.id)
    for number in range(1, CELLS_MOST + 1):
        if (code := cell_code(group.code, number)) not in taken:
            return code
    raise Refused(N_("%(group)s的网格编号用完了。", group=group.name))


def _middle(homes: list[int]) -> tuple[float, float] | None:
    spots = [spot for spot in villages.spots_of(homes).values() if spot is not None]
    if not spots:
        return None
    return sum(spot[0] for spot in spots) / len(spots), sum(spot[1] for spot in spots) / len(spots)


def close_places(plan: Plan, village: Grid, *, actor: Viewer, now: datetime) -> None:
    """Cells that went into others end; homes that were to come to them later come to what follows."""
    if not plan.ended_places:
        return
    late: dict[tuple[date, date | None], dict[int, Grid]] = defaultdict(dict)
    for row in queries.remaining_homes(plan.ended_places, after=plan.on):
        into = db.session.get_one(Grid, int(plan.ended_places[row.grid_id]))
        late[max(row.valid_from, plan.on), row.valid_to][row.household_id] = into
    for (start, end), homes in sorted(late.items(), key=str):
        households.move_homes(
            actor=actor, place=village.path, homes=homes, start=start, end=end, reason=plan.reason, now=now
        )  # fmt: skip
    for grid_id, ref in plan.ended_places.items():
        grid = db.session.get_one(Grid, grid_id)
        grid.valid_to = plan.on
        db.session.add(GridLineage(from_id=grid_id, to_id=int(ref), kind="merged", on=plan.on, recorded_at=now))
        audit.record(
            actor=actor, action="grid.end", subject_kind="grid", subject_id=grid_id, place_path=grid.path, now=now,
            detail={"into": int(ref), "on": plan.on.isoformat()},
        )  # fmt: skip
    db.session.flush()
