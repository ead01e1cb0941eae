"""How many came and how many were answered, by place and quarter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, or_, select

from gridcase.cases import queries as cases
from gridcase.cases.models import Case
from gridcase.cases.rules import Channel
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.reception.models import Visitor
from gridcase.reception.queries.days import readable
from gridcase.reception.queries.places import within
from gridcase.reception.rules import Outcome


@dataclass
class PlaceFigures:
    """A place in a quarter. A matter is answered on the spot, by saying where to go, or when its case is closed or has
    the villager's word."""

    place_id: int
    name: str
    total: int = 0
    on_the_spot: int = 0
    referred: int = 0
    raised: int = 0
    raised_answered: int = 0

    @property
    def answered(self) -> int:
        """How many were answered, in whatever way."""
        return self.on_the_spot + self.referred + self.raised_answered

    @property
    def percent(self) -> float | None:
        """Answered out of all, with one decimal."""
        return round(100 * self.answered / self.total, 1) if self.total else None


def by_place(viewer: Viewer, *, since: datetime, until: datetime) -> list[PlaceFigures]:
    """The figures of the viewer's places for a time, by the code of the place; those without visitors are left out."""
    found: dict[int, PlaceFigures] = {}
    for row in [*_visitors(viewer, since, until), *_direct(viewer, since, until)]:
        one = found.setdefault(row.id, PlaceFigures(row.id, row.name))
        one.total += row.total
        one.on_the_spot += row.on_the_spot
        one.referred += row.referred
        one.raised += row.raised
        one.raised_answered += row.raised_answered
    return [found[key] for key in sorted(found, key=lambda key: found[key].place_id)]


_done = or_(Case.closed_at.is_not(None), Case.answer.is_not(None))


def _sum(condition: Any, label: str) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0).label(label)


def _visitors(viewer: Viewer, since: datetime, until: datetime) -> Any:
    raised = Visitor.case_id.is_not(None)
    return db.session.execute(
        select(
            Grid.id, Grid.name, func.count().label("total"),
            _sum(and_(~raised, Visitor.outcome == Outcome.ANSWERED), "on_the_spot"),
            _sum(and_(~raised, Visitor.outcome == Outcome.REFERRED), "referred"),
            _sum(raised, "raised"), _sum(and_(raised, _done), "raised_answered"),
        )
        .join(Visitor, Visitor.place_id == Grid.id)
        .outerjoin(Case, Case.id == Visitor.case_id)
        .where(within(viewer, Visitor.path), Visitor.came_at >= since, Visitor.came_at < until)
        .where(readable(viewer))
        .group_by(Grid.id, Grid.name)
    )  # fmt: skip


def _direct(viewer: Viewer, since: datetime, until: datetime) -> Any:
    """Cases taken down at a reception without the register."""
    registered = select(Visitor.id).where(Visitor.case_id == Case.id)
    none = func.sum(case((Case.id.is_(None), 1), else_=0))
    return db.session.execute(
        select(
            Grid.id, Grid.name, func.count().label("total"), none.label("on_the_spot"), none.label("referred"),
            func.count().label("raised"), _sum(_done, "raised_answered"),
        )
        .join(Case, func.coalesce(Case.village_id, Case.town_id) == Grid.id)
        .where(Case.channel == Channel.RECEPTION, Case.registered_at >= since, Case.registered_at < until)
        .where(within(viewer, Case.path), cases.visible(viewer), ~registered.exists())
        .group_by(Grid.id, Grid.name)
    )  # fmt: skip
