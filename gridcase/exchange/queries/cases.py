"""What an import asks before it writes, and what an export reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from gridcase.cases import queries as cases
from gridcase.cases.models import Case, CaseClass
from gridcase.core.db import db
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel

ASKED_AT_ONCE = 5000


def towns_of(viewer: Viewer) -> Sequence[Any]:
    """(code, name, path) of the towns the viewer may import for."""
    return db.session.execute(
        select(Grid.code, Grid.name, Grid.path)
        .where(
            Grid.level == GridLevel.TOWN,
            Grid.valid_to.is_(None),
            reach(viewer, Permission.IMPORT_CASES, path=Grid.path),
        )
        .order_by(Grid.code)
    ).all()


def taken_over(town_id: int, numbers: Sequence[str]) -> dict[str, list[tuple[str, datetime]]]:
    """Of these numbers of other systems, those that the town has: by number, the systems and registration times."""
    found: dict[str, list[tuple[str, datetime]]] = {}
    for start in range(0, len(numbers), ASKED_AT_ONCE):
        rows = db.session.execute(
            select(Case.source_no, Case.source_system, Case.registered_at).where(
                Case.town_id == town_id,
                Case.source_system.is_not(None),
                Case.source_no.in_(numbers[start : start + ASKED_AT_ONCE]),
            )
        )
        for row in rows:
            found.setdefault(row.source_no, []).append((row.source_system, row.registered_at))
    return found


def class_codes(path: str) -> tuple[dict[str, str], frozenset[str]]:
    """The codes of the classes in use at a place by code and by Chinese name; and the names of those switched off."""
    known = cases.catalogue(path=path, disabled_too=True)
    in_use = [one.case_class for one in known if one.terms.enabled]
    off = [one.case_class for one in known if not one.terms.enabled]
    return (
        {name: row.code for row in in_use for name in (row.code, row.zh)},
        frozenset(name for row in off for name in (row.code, row.zh)),
    )


def cases_of(town: Grid, *, since: datetime | None) -> Iterator[Any]:
    """A town's cases by number, without the restricted ones and without who reported; streamed."""
    village, place = aliased(Grid), aliased(Grid)
    query = (
        select(
            Case.number, CaseClass.code, CaseClass.zh, Case.title, Case.text, Case.state, Case.urgency, Case.channel,
            village.name.label("village"), place.name.label("place"), Case.registered_at, Case.due_at,
            Case.closed_at, Case.result, Case.answer, Case.source_system, Case.source_no,
        )
        .join(CaseClass, CaseClass.id == Case.class_id)
        .join(place, place.id == Case.grid_id)
        .outerjoin(village, village.id == Case.village_id)
        .where(Case.town_id == town.id, Case.restricted.is_(False))
        .order_by(Case.registered_at, Case.id)
        .execution_options(yield_per=1000)
    )  # fmt: skip
    if since is not None:
        query = query.where(Case.registered_at >= since)
    yield from db.session.execute(query)
