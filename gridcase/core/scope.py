"""The one rule that turns a viewer's posts into a condition on rows. Default is deny."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, and_, bindparam, false, or_, true

from gridcase.core.db import unseen
from gridcase.core.permissions import Grant, Permission, Viewer

Column = Any


def under(column: Column, path: str) -> ColumnElement[bool]:
    """Rows whose path lies in the subtree of `path` ("/3/17/"), as a range that a plain index serves."""
    return and_(column >= path, column < _end(path))


def under_given(column: Column, place: str) -> ColumnElement[bool]:
    """The same for a statement that is made once: `given` hands it the path under the same name."""
    first, last = (unseen(bindparam(f"{place}_{end}", type_=String())) for end in ("from", "to"))
    return and_(column >= first, column < last)


def given(place: str, path: str | None) -> dict[str, str]:
    """The values of `under_given`; None: no place at all."""
    return {f"{place}_from": path or "", f"{place}_to": _end(path) if path else ""}


def _end(path: str) -> str:
    return path[:-1] + "0"  # "0" follows "/" in ASCII


def outside(column: Column, paths: Collection[str]) -> ColumnElement[bool]:
    """Rows whose path lies under none of these."""
    return and_(true(), *(~under(column, path) for path in paths))


def reach(
    viewer: Viewer,
    permission: Permission,
    *,
    path: Column | None = None,
    section_id: Column | None = None,
    unit_id: Column | None = None,
    post_id: Column | None = None,
    household_id: Column | None = None,
) -> ColumnElement[bool]:
    """The union over the viewer's grants that hold `permission`; each column left out closes that way in."""
    return reach_of(
        viewer.grants_with(permission), path=path, section_id=section_id, unit_id=unit_id, post_id=post_id,
        household_id=household_id,
    )  # fmt: skip


def reach_of(
    grants: Sequence[Grant],
    *,
    path: Column | None = None,
    section_id: Column | None = None,
    unit_id: Column | None = None,
    post_id: Column | None = None,
    household_id: Column | None = None,
) -> ColumnElement[bool]:
    """The same of grants that are known to hold what is asked."""
    ways: list[ColumnElement[bool]] = []
    for grant in grants:
        ways.extend(_ways(grant, path, section_id, unit_id, household_id))
        if post_id is not None and grant.post_id is not None:
            ways.append(post_id == grant.post_id)
    return or_(*ways) if ways else false()


def _ways(
    grant: Grant,
    path: Column | None,
    section_id: Column | None,
    unit_id: Column | None,
    household_id: Column | None,
) -> list[ColumnElement[bool]]:
    """A grant narrows to its sharpest anchor: named households, else a section, else a unit, else a subtree."""
    if grant.household_ids is not None:
        return [household_id.in_(grant.household_ids)] if household_id is not None and grant.household_ids else []
    if grant.section_id is not None:
        return [section_id == grant.section_id] if section_id is not None else []
    if grant.unit_id is not None:
        return [unit_id == grant.unit_id] if unit_id is not None else []
    if grant.path is not None and path is not None:
        return [under(path, grant.path)] if grant.path != "/" else [path >= "/"]
    return []


def covers(grant: Grant, *, path: str | None, section_id: int | None, household_id: int | None) -> bool:
    """The same rule for one row already loaded: whether this grant reaches it."""
    if grant.household_ids is not None:
        return household_id in grant.household_ids
    if grant.section_id is not None:
        return section_id == grant.section_id
    if grant.unit_id is not None:
        return False
    return bool(path and grant.path and path.startswith(grant.path))
