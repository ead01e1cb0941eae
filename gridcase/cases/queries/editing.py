"""For the pages on which a place keeps its catalogue and its reply templates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, or_, select

from gridcase.cases.models import Case, CaseClass, ClassVersion, ReplyTemplate
from gridcase.cases.queries.catalogue import place_ids
from gridcase.cases.queries.sight import open_condition
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import under
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel


def may_set(viewer: Viewer, place: Grid) -> bool:
    """Whether the catalogue or the templates of this very place are the viewer's to keep."""
    held = viewer.grants_with(Permission.SET_CATALOGUE)
    return any(grant.path and place.path.startswith(grant.path) for grant in held)


def places_to_set(viewer: Viewer, *, levels: Sequence[GridLevel]) -> Sequence[Grid]:
    """The places of these levels that are the viewer's to keep, a county before its towns and villages."""
    held = [grant.path for grant in viewer.grants_with(Permission.SET_CATALOGUE) if grant.path]
    if not held:
        return []
    inside = or_(*(Grid.path >= "/" if path == "/" else under(Grid.path, path) for path in held))
    return db.session.scalars(
        select(Grid).where(Grid.level.in_(levels), Grid.valid_to.is_(None), inside).order_by(Grid.code)
    ).all()


def place_to_set(viewer: Viewer, place_id: int | None, *, levels: Sequence[GridLevel]) -> Grid:
    """The place asked for, else the first of the viewer's; `Missing` for a foreign one."""
    if place_id is None:
        places = places_to_set(viewer, levels=levels)
        found = places[0] if places else None
    else:
        found = grids.by_ids([place_id]).get(place_id)
    if found is None or found.level not in levels or not may_set(viewer, found):
        raise Missing
    return found


def class_of(code: str, place: Grid) -> CaseClass:
    """A class that a place's county knows, switched off or not; `Missing` else."""
    found = db.session.scalar(select(CaseClass).where(CaseClass.code == code))
    if found is None or found.county_id not in (None, place.county_id):
        raise Missing
    return found


def village_versions(case_class: CaseClass, county: Grid) -> Sequence[Any]:
    """(version, village) of the villages of a county that have rules of their own for a class."""
    return db.session.execute(
        select(ClassVersion, Grid)
        .join(Grid, Grid.id == ClassVersion.place_id)
        .where(ClassVersion.class_id == case_class.id, ClassVersion.superseded_at.is_(None))
        .where(Grid.county_id == county.id, Grid.level == GridLevel.VILLAGE)
        .order_by(Grid.code)
    ).all()


def versions_of(case_class: CaseClass, place: Grid) -> Sequence[ClassVersion]:
    """What a place has set for a class, the newest first."""
    return db.session.scalars(
        select(ClassVersion)
        .where(ClassVersion.class_id == case_class.id, ClassVersion.place_id == place.id)
        .order_by(ClassVersion.number.desc())
    ).all()


def running_of(case_class: CaseClass, path: str) -> int:
    """How many cases of a class are open under a place."""
    counted = select(func.count()).select_from(Case).where(open_condition(), under(Case.path, path))
    return db.session.scalar(counted.where(Case.class_id == case_class.id)) or 0


def open_to_all(case_class: CaseClass, path: str) -> Select[Any]:
    """The ids of the cases of a class under a place that are not restricted, running or not."""
    return select(Case.id).where(under(Case.path, path), Case.class_id == case_class.id, Case.restricted.is_(False))


_TEMPLATES = (  # made once: most pages of a case ask
    select(ReplyTemplate)
    .where(ReplyTemplate.place_id.in_(bindparam("place_ids", expanding=True)), ReplyTemplate.retired_at.is_(None))
    .where(or_(ReplyTemplate.class_id.is_(None), ReplyTemplate.class_id == bindparam("class_id")))
    .order_by(
        ReplyTemplate.class_id.is_(None), func.length(ReplyTemplate.path).desc(), ReplyTemplate.title, ReplyTemplate.id
    )
)


def has_templates() -> ColumnElement[bool]:
    """Whether any template could be offered for the case of the row."""
    over = ReplyTemplate.place_id.in_([Case.county_id, Case.town_id, Case.village_id])
    of_its_class = or_(ReplyTemplate.class_id.is_(None), ReplyTemplate.class_id == Case.class_id)
    return exists().where(over, of_its_class, ReplyTemplate.retired_at.is_(None))


def templates_for(case: Case) -> Sequence[ReplyTemplate]:
    """The templates offered on the page of a case: those of its class first, then of the nearest place."""
    return db.session.scalars(_TEMPLATES, {"place_ids": place_ids(case.path), "class_id": case.class_id}).all()


def templates_of(place: Grid) -> Sequence[Any]:
    """(template, class or None, place) in force at a place, its own first; then what stands there from above."""
    return db.session.execute(
        select(ReplyTemplate, CaseClass, Grid)
        .outerjoin(CaseClass, CaseClass.id == ReplyTemplate.class_id)
        .join(Grid, Grid.id == ReplyTemplate.place_id)
        .where(ReplyTemplate.place_id.in_(place_ids(place.path)))
        .where(or_(ReplyTemplate.retired_at.is_(None), ReplyTemplate.place_id == place.id))
        .order_by(
            ReplyTemplate.retired_at.is_not(None), func.length(ReplyTemplate.path).desc(), ReplyTemplate.kind,
            ReplyTemplate.title, ReplyTemplate.id,
        )
    ).all()  # fmt: skip


def get_template(template_id: int, *, viewer: Viewer) -> tuple[ReplyTemplate, Grid]:
    """A template that is the viewer's to keep, and its place; `Missing` else."""
    row = db.session.execute(
        select(ReplyTemplate, Grid).join(Grid, Grid.id == ReplyTemplate.place_id).where(ReplyTemplate.id == template_id)
    ).first()
    if row is None or not may_set(viewer, row[1]):
        raise Missing
    return row[0], row[1]
