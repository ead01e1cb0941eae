"""The work list as a file of any length: the columns made by the database, the newest first, no restricted case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select
from sqlalchemy.orm import aliased

from gridcase.cases.models import Case, CaseClass
from gridcase.cases.queries.lists import Filters, conditions_of
from gridcase.cases.queries.sight import visible
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.core.streams import shown_name, shown_text, shown_time
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.people.models import Post, Unit

FIRST, PART = 1000, 100_000  # ids read by the first statement, whose rows are waited for, and by each of the others


@dataclass(frozen=True)
class Wording:
    """How stored values are said to this reader."""

    states: Mapping[str, str]
    urgencies: Mapping[int, str]
    yes: str
    no: str
    english: bool


def whole_list_parts(viewer: Viewer, filters: Filters, wording: Wording, *, now: datetime) -> Iterator[Select[Any]]:
    """The statements that together give every row of the list, each in the order of the file and short in itself: one
    for all would sort a million rows before the first is seen."""
    conditions = [*conditions_of(viewer, filters), Case.restricted.is_(False), visible(viewer)]
    columns, upper = _columns(wording, now), db.session.scalar(select(func.max(Case.id))) or 0
    size = FIRST
    while upper > 0:
        lower, between = upper - size, literal(upper)
        yield columns.where(Case.id > lower, Case.id <= between, *conditions).order_by(Case.id.desc()).params(now=now)
        upper, size = lower, PART


def _columns(wording: Wording, now: datetime) -> Select[Any]:
    village, place = aliased(Grid), aliased(Grid)
    late = case((Case.closed_at.is_not(None), Case.closed_late), else_=Case.due_at < now)
    return (
        select(
            Case.number, shown_text(Case.title), CaseClass.en if wording.english else CaseClass.zh,
            _said(Case.state, wording.states), _said(Case.urgency, wording.urgencies), village.name, place.name,
            shown_name(Household.head_name), shown_time(Case.registered_at), shown_time(Case.due_at),
            shown_time(Case.closed_at), case((late, wording.yes), else_=wording.no),
            shown_text(func.coalesce(Unit.name, Post.title)),
        )
        .select_from(Case)
        .join(CaseClass, CaseClass.id == Case.class_id)
        .join(place, place.id == Case.grid_id)
        .outerjoin(village, village.id == Case.village_id)
        .outerjoin(Household, Household.id == Case.household_id)
        .outerjoin(Post, Post.id == Case.handler_post_id)
        .outerjoin(Unit, Unit.id == Case.handler_unit_id)
    )  # fmt: skip


def _said(column: Any, words: Mapping[Any, str]) -> ColumnElement[Any]:
    return case({key: literal(word) for key, word in words.items()}, value=column)
