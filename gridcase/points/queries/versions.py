"""Versions of schemes for pages: who reads them, who sets them, their history."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select

from gridcase.audit import queries as audit
from gridcase.audit.models import AuditRow
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.people import queries as people
from gridcase.points.models import SchemeVersion
from gridcase.points.queries.pages import reads_board

PRESET_KEY = "points.preset"  # the preset that a county, town or village recommends


@dataclass(frozen=True)
class VersionRow:
    """One line of a village's history."""

    id: int
    number: int
    name: str
    valid_from: date
    valid_to: date | None


def _reads(viewer: Viewer) -> ColumnElement[bool]:
    return or_(
        reach(viewer, Permission.SEE_POINTS, path=Grid.path),
        reach(viewer, Permission.SET_SCHEME, path=Grid.path),
        reads_board(viewer, Permission.SEE_POINTS, Grid.id),
    )


def scheme_villages(viewer: Viewer, *, setting_only: bool = False) -> list[Grid]:
    """The villages whose scheme the viewer may read (or, `setting_only`, may set), by code."""
    asked = reach(viewer, Permission.SET_SCHEME, path=Grid.path) if setting_only else _reads(viewer)
    found = db.session.scalars(
        select(Grid).where(Grid.level == GridLevel.VILLAGE, Grid.valid_to.is_(None), asked).order_by(Grid.code)
    )
    return list(dict.fromkeys(found))  # SQLite may say a village once for every home that lets one read it


def village_to_set(village_id: int | None, *, viewer: Viewer) -> Grid:
    """The village asked for, else the first, among those whose scheme the viewer sets; `Missing` without one."""
    found = scheme_villages(viewer, setting_only=True)
    village = next((grid for grid in found if village_id in (None, grid.id)), None)
    if village is None:
        raise Missing
    return village


def version_for(version_id: int, *, viewer: Viewer) -> SchemeVersion:
    """A version that the viewer may read, else `Missing`."""
    found = db.session.scalar(
        select(SchemeVersion)
        .join(Grid, Grid.id == SchemeVersion.village_id)
        .where(SchemeVersion.id == version_id, version_reads(viewer))
    )
    if found is None:
        raise Missing
    return found


def version_reads(viewer: Viewer) -> ColumnElement[bool]:
    """The versions a viewer may read, joined with their villages: a draft is for those who set schemes there."""
    return or_(
        reach(viewer, Permission.SET_SCHEME, path=SchemeVersion.path),
        SchemeVersion.valid_from.is_not(None) & _reads(viewer),
    )


def draft_to_set(version_id: int, *, viewer: Viewer) -> SchemeVersion:
    """A draft that the viewer may edit; else `Missing`."""
    found = db.session.scalar(
        select(SchemeVersion).where(
            SchemeVersion.id == version_id,
            SchemeVersion.valid_from.is_(None),
            reach(viewer, Permission.SET_SCHEME, path=SchemeVersion.path),
        )
    )
    if found is None:
        raise Missing
    return found


@dataclass(frozen=True)
class LateChange:
    """What was done to a draft after a vote was recorded: by whom, when, to which item."""

    at: datetime
    by: str
    deed: str  # draft, edit, item, vetoes, weights
    code: str
    how: str  # of an item: added, dropped; else it was changed


def changes_since_vote(version_id: int, decision_ids: Collection[int]) -> dict[int, list[LateChange]]:
    """What was done to a draft after each decision's vote had been recorded; decisions without such changes are left
    out."""
    votes = people.voted_at(decision_ids)
    if not votes:
        return {}
    deeds = audit.deeds_since("scheme", version_id, min(votes.values()))
    late = {one: [_late(row) for row in deeds if row.at > moment] for one, moment in votes.items()}
    return {one: rows for one, rows in late.items() if rows}


def _late(row: AuditRow) -> LateChange:
    how = next((word for word in ("added", "dropped") if row.detail.get(word)), "")
    return LateChange(row.at, row.actor_name, row.action.removeprefix("scheme."), row.detail.get("code", ""), how)


def carrying(village_id: int) -> set[int]:
    """The decisions that already carry a version of a village."""
    query = select(SchemeVersion.decision_id).where(
        SchemeVersion.village_id == village_id, SchemeVersion.decision_id.is_not(None)
    )
    return {one for one in db.session.scalars(query) if one is not None}


def versions_of(village_id: int) -> list[VersionRow]:
    """The versions that were or will be in force, the newest first."""
    rows = db.session.execute(
        select(
            SchemeVersion.id, SchemeVersion.number, SchemeVersion.name, SchemeVersion.valid_from, SchemeVersion.valid_to
        )
        .where(SchemeVersion.village_id == village_id, SchemeVersion.valid_from.is_not(None))
        .order_by(SchemeVersion.valid_from.desc())
    )
    return [VersionRow(*row) for row in rows]  # type: ignore[arg-type]  # none without a first day


def recommended(path: str, *, on: date) -> str | None:
    """The preset that the nearest place above a village recommends; None where none does."""
    found = grids.setting(path, PRESET_KEY, on=on)
    return str(found[0].get("preset", "")) or None if found else None


def village(village_id: int) -> Grid:
    """A village by its id; who may see what of it was asked before."""
    return db.session.get_one(Grid, village_id)


def places_above(viewer: Viewer) -> list[Grid]:
    """The counties and towns for whose villages the viewer may recommend an example, by code."""
    reached = or_(
        and_(Grid.level == GridLevel.COUNTY, reach(viewer, Permission.MANAGE_COUNTY, path=Grid.path)),
        and_(
            Grid.level == GridLevel.TOWN,
            or_(
                reach(viewer, Permission.MANAGE_COUNTY, path=Grid.path),
                reach(viewer, Permission.MANAGE_TOWN, path=Grid.path),
            ),
        ),
    )
    return list(db.session.scalars(select(Grid).where(Grid.valid_to.is_(None), reached).order_by(Grid.code)))
