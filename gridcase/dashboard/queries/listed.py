"""The same cases as a list, and the card of one pin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import aliased

from gridcase.cases import queries as cases
from gridcase.cases.models import Case, CaseClass, CasePoint
from gridcase.cases.rules import Light, State
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, instant, read_mark
from gridcase.core.worktime import LimitUnit
from gridcase.dashboard.queries.ground import Ground, light_of
from gridcase.dashboard.rules import LIGHTS
from gridcase.grid.models import Grid
from gridcase.people.models import Post, Unit


@dataclass(frozen=True)
class CaseLine:
    """What a list and a card say of a case: no title, no name, no text of anybody."""

    id: int
    number: str
    class_zh: str
    class_en: str
    place: str
    state: State
    light: Light
    due_at: datetime | None
    closed_at: datetime | None
    limit_unit: LimitUnit
    placed: bool
    handler: str  # the unit or post that has it in hand, empty while it waits


Village = aliased(Grid)


def _past(after: str | None, due_at: Any, key: Any) -> list[ColumnElement[bool]]:
    mark = read_mark(after, _moment, int)
    if mark is None:
        return []
    moment, case_id = mark
    if moment is None:
        return [due_at.is_(None), key > case_id]
    return [or_(due_at > moment, and_(due_at == moment, key > case_id), due_at.is_(None))]


def _moment(text: str | None) -> datetime | None:
    """When a row is due or ended; imported cases nobody has taken up have no deadline."""
    return None if text is None else instant(text)


def open_listed(ground: Ground, *, after: str | None = None, most: int = PAGE_SIZE) -> Page[CaseLine]:
    """One page of what stands on the map, by due time, those without one last; with what has no place."""
    rows = ground.rows
    keys = ground.read(ground.key).where(*_past(after, rows.due_at, ground.key))
    keys = keys.order_by(rows.due_at.asc().nulls_last(), ground.key).limit(most + 1)
    order = (Case.due_at.asc().nulls_last(), Case.id)
    found = db.session.execute(_lines(ground.moment).where(Case.id.in_(keys)).order_by(*order))
    return cut([_line(row) for row in found], lambda line: (line.due_at, line.id), size=most)


def point_card(case_id: int, ground: Ground) -> CaseLine:
    """What is told about one pin; `Missing` for whatever is not on this viewer's map (any more)."""
    wanted = Case.id.in_(ground.read(ground.key).where(ground.key == case_id))
    row = db.session.execute(_lines(ground.moment).where(wanted)).one_or_none()
    if row is None:
        raise Missing
    return _line(row)


def _lines(now: datetime) -> Any:
    return (
        select(
            Case.id,
            Case.number,
            CaseClass.zh,
            CaseClass.en,
            Village.name.label("village"),
            Grid.name.label("grid"),
            Case.state,
            light_of(Case, now).label("light"),
            Case.due_at,
            Case.closed_at,
            cases.unit_of_limit(),
            CasePoint.case_id.label("placed"),
            func.coalesce(Unit.name, Post.title, "").label("handler"),
        )
        .select_from(Case)
        .join(CaseClass, CaseClass.id == Case.class_id)
        .join(Grid, Grid.id == Case.grid_id)
        .outerjoin(Village, Village.id == Case.village_id)
        .outerjoin(CasePoint, CasePoint.case_id == Case.id)
        .outerjoin(Unit, Unit.id == Case.handler_unit_id)
        .outerjoin(Post, Post.id == Case.handler_post_id)
    )


def _line(row: Row[Any]) -> CaseLine:
    return CaseLine(
        id=row.id,
        number=row.number,
        class_zh=row.zh,
        class_en=row.en,
        place=row.grid if row.village in (None, row.grid) else f"{row.village} {row.grid}",
        state=State(row.state),
        light=Light.CLOSED if row.closed_at else LIGHTS[row.light],
        due_at=row.due_at,
        closed_at=row.closed_at,
        limit_unit=LimitUnit(row.limit_unit),
        placed=row.placed is not None,
        handler=row.handler,
    )
