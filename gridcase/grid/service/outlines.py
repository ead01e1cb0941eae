"""Writing outlines: drawn on the map, or taken over from a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from geoalchemy2 import WKTElement
from sqlalchemy import delete

from gridcase.audit import service as audit
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.geo import SRID, Ring
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid import queries
from gridcase.grid.models import Grid, GridOutline, OutlineDraft, OutlineOrigin
from gridcase.grid.queries.outlines import KEPT
from gridcase.grid.rules import Datum, GridLevel
from gridcase.grid.rules.datums import Polygon
from gridcase.grid.rules.shape_files import Polygons, ShapeFile
from gridcase.grid.rules.shapes import check_outline, closed


def wkt_of(polygons: Sequence[Polygon]) -> WKTElement:
    """An outline to store, holes included."""
    parts = [
        "(" + ",".join("(" + ",".join(f"{x:.7f} {y:.7f}" for x, y in closed(ring)) + ")" for ring in polygon) + ")"
        for polygon in polygons
    ]
    return WKTElement(f"MULTIPOLYGON({','.join(parts)})", srid=SRID)


def draw_outline(
    *, actor: Viewer, grid: Grid, rings: Sequence[Ring], source: str, synthetic: bool, now: datetime
) -> GridOutline:
    """Give a place its outline (WGS 84 degrees, outer rings), as it is."""
    return _store(actor, grid, [[ring] for ring in rings], source, synthetic, now, {})


def _store(
    actor: Viewer, grid: Grid, polygons: Sequence[Polygon], source: str, synthetic: bool, now: datetime,
    detail: Mapping[str, Any],
) -> GridOutline:  # fmt: skip
    outline = db.session.get(GridOutline, grid.id) or GridOutline(grid_id=grid.id)
    outline.geom, outline.source, outline.synthetic = wkt_of(polygons), source, synthetic
    db.session.add(outline)
    audit.record(
        actor=actor, action="grid.outline", subject_kind="grid", subject_id=grid.id, place_path=grid.path, now=now,
        detail={"source": source, "synthetic": synthetic, **detail},
    )  # fmt: skip
    db.session.flush()
    return outline


def set_outline(
    grid: Grid,
    *,
    actor: Viewer,
    polygons: Sequence[Polygon],
    source: str,
    datum: Datum,
    now: datetime,
    accuracy_m: int | None = None,
    file_name: str | None = None,
) -> None:
    """Give a place a checked outline; the polygons are WGS 84 already, `datum` says what they were before.

    `Refused` where it crosses itself, lies outside of the county or is of no sane size.
    """
    checked = check_outline(polygons, level=GridLevel(grid.level), box=queries.county_box(grid))
    if not queries.is_valid(wkt_of(checked)):
        raise Refused(N_("轮廓有重叠的部分或洞在外面，请检查后再存。"), field="outline")
    count = sum(len(ring) - 1 for polygon in checked for ring in polygon)
    _store(actor, grid, checked, source, False, now, {"corners": count, "datum": datum.value})
    origin = db.session.get(OutlineOrigin, grid.id) or OutlineOrigin(grid_id=grid.id)
    origin.datum, origin.accuracy_m, origin.file_name, origin.at = datum.value, accuracy_m, file_name, now
    db.session.add(origin)
    db.session.flush()


def keep_draft(*, actor: Viewer, place: Grid, file_name: str, found: ShapeFile, now: datetime) -> OutlineDraft:
    """Keep what a file says until somebody has looked at it; drafts of the day before go."""
    db.session.execute(delete(OutlineDraft).where(OutlineDraft.created_at < now - KEPT))
    content = {
        "datum": found.datum.value if found.datum else None,
        "notes": [note.as_json() for note in found.notes],
        "features": [{"columns": dict(one.columns), "polygons": one.polygons} for one in found.features],
    }
    draft = OutlineDraft(
        place_id=place.id, user_id=actor.user_id, created_at=now, file_name=file_name[:80], content=content
    )
    db.session.add(draft)
    db.session.flush()
    return draft


def take_over(
    draft: OutlineDraft,
    *,
    actor: Viewer,
    shapes: Sequence[tuple[Grid, Polygons]],
    datum: Datum,
    accuracy_m: int | None,
    now: datetime,
) -> int:
    """Give the places of a file their outlines, all of them or none; returns how many."""
    if not shapes:
        raise Refused(N_("没有选中图形，请至少勾选一个。"))
    if len({grid.id for grid, _ in shapes}) < len(shapes):
        raise Refused(N_("有两个图形对应同一个网格，请只选一个。"))
    for grid, polygons in shapes:
        try:
            set_outline(
                grid, actor=actor, polygons=polygons, source="file", datum=datum, now=now, accuracy_m=accuracy_m,
                file_name=draft.file_name,
            )  # fmt: skip
        except Refused as refusal:
            raise Refused(N_("%(place)s：%(why)s", place=grid.name, why=refusal.text)) from refusal
    db.session.delete(draft)
    return len(shapes)
