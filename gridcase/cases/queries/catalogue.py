"""The catalogue: common classes first, found by word or by the first letters of its pinyin; places to register for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import or_, select

from gridcase.cases.models import CaseClass
from gridcase.cases.rules.majors import UNSORTED_CLASS
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import under
from gridcase.core.text import clean_line
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel


def catalogue(words: str = "") -> list[CaseClass]:
    """The classes in use, the common ones first; `words` is part of a name, a code, or letters of the pinyin."""
    query = select(CaseClass).where(CaseClass.enabled.is_(True), CaseClass.code != UNSORTED_CLASS)
    words = clean_line(words)
    if words:
        ways = [
            CaseClass.zh.contains(words, autoescape=True),
            CaseClass.en.icontains(words, autoescape=True),
            CaseClass.open_condition.contains(words, autoescape=True),
            CaseClass.department.contains(words, autoescape=True),
            CaseClass.code == words,
        ]
        if words.isascii() and words.isalpha():
            ways.append(CaseClass.initials.contains(words.lower(), autoescape=True))
            query = query.order_by(CaseClass.initials.startswith(words.lower(), autoescape=True).desc())
        query = query.where(or_(*ways))
    return list(db.session.scalars(query.order_by(CaseClass.common.desc(), CaseClass.code)))


def class_by_code(code: str) -> CaseClass | None:
    """One class."""
    return db.session.scalar(select(CaseClass).where(CaseClass.code == clean_line(code)))


def class_in_use(code: str) -> CaseClass:
    """One class a case may be registered under, else `Missing`."""
    found = class_by_code(code)
    if found is None or not found.enabled or found.code == UNSORTED_CLASS:
        raise Missing
    return found


def home_village(path: str) -> str:
    """The path of the village a place lies in; a place above the villages stays as it is."""
    parts = [part for part in path.split("/") if part]
    return "/" + "".join(f"{part}/" for part in parts[:3])


def register_roots(viewer: Viewer) -> list[str]:
    """The paths a viewer may register under: liaisons and cell leaders anywhere in their village."""
    grants = viewer.grants_with(Permission.REGISTER_CASE)
    return sorted({"/" if grant.path == "/" else home_village(grant.path) for grant in grants if grant.path})


def may_register(viewer: Viewer, *, path: str, household_id: int | None) -> bool:
    """Whether a viewer may register a case of this place or household."""
    if any(path.startswith(root) for root in register_roots(viewer)):
        return True
    own = (grant.household_ids or () for grant in viewer.grants_with(Permission.REGISTER_CASE))
    return household_id is not None and any(household_id in ids for ids in own)


def register_places(viewer: Viewer) -> Sequence[Any]:
    """(id, name, level, path) of the places to choose from: the villages of a town, or the grids of one's village."""
    roots = register_roots(viewer)
    if not roots:
        return []
    wide = any(root.count("/") <= 3 for root in roots)
    levels = [GridLevel.VILLAGE] if wide else [GridLevel.VILLAGE, GridLevel.GROUP, GridLevel.CELL]
    inside = or_(*(Grid.path >= "/" if root == "/" else under(Grid.path, root) for root in roots))
    return db.session.execute(
        select(Grid.id, Grid.name, Grid.level, Grid.path)
        .where(Grid.level.in_(levels), Grid.valid_to.is_(None), inside)
        .order_by(Grid.code)
    ).all()
