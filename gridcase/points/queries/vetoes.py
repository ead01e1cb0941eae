"""Vetoes: whether a home stands still today, the register for who reviews, a home's own with its reason."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.masking import mask_name
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.points.models import Veto

SEVERAL = 5  # homes named in a refusal


@dataclass(frozen=True)
class VetoRow:
    """One veto, masked; `ends` is the first day on which it no longer holds."""

    id: int
    household_id: int
    home: str
    place: str
    name: str
    valid_from: date
    ends: date
    lifted: bool
    objected_at: datetime | None
    answered_at: datetime | None

    def holds(self, on: date) -> bool:
        """Whether the home stands still on a day."""
        return self.valid_from <= on < self.ends

    @property
    def last_day(self) -> date:
        """The last day on which it holds."""
        return self.ends - timedelta(days=1)

    @property
    def waits(self) -> bool:
        """Whether an objection waits for its answer."""
        return self.objected_at is not None and self.answered_at is None


def holds(on: date) -> ColumnElement[bool]:
    """Vetoes in force on a day."""
    return and_(Veto.valid_from <= on, Veto.valid_to > on, or_(Veto.lifted_on.is_(None), Veto.lifted_on > on))


def frozen_until(household_id: int, *, on: date) -> date | None:
    """The first day on which a home may exchange points and receive honours again; None where nothing holds it up."""
    return frozen_homes([household_id], on=on).get(household_id)


def frozen_homes(household_ids: Collection[int], *, on: date) -> dict[int, date]:
    """Those of these homes that may not yet, with that day."""
    rows = db.session.execute(
        select(Veto.household_id, func.max(Veto.valid_to))
        .where(Veto.household_id.in_(household_ids), holds(on))
        .group_by(Veto.household_id)
    )
    return {row[0]: row[1] for row in rows}


def veto_list(viewer: Viewer, *, on: date, past: bool = False, after: str | None = None) -> Page[VetoRow]:
    """The vetoes in force (or `past`) of the homes that the viewer reviews, the newest first."""
    query = (
        select(Veto, Household.head_name, Grid.name)
        .join(Household, Household.id == Veto.household_id)
        .join(Grid, Grid.id == Household.grid_id)
        .where(households.visible(viewer, Permission.REVIEW_POINTS), ~holds(on) if past else holds(on))
        .order_by(Veto.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    if mark := read_mark(after, int):
        query = query.where(Veto.id < mark[0])
    return cut([_row(*found) for found in db.session.execute(query)], lambda row: [row.id])


def _row(veto: Veto, head_name: str, place: str) -> VetoRow:
    return VetoRow(
        id=veto.id, household_id=veto.household_id, home=mask_name(head_name), place=place, name=veto.name,
        valid_from=veto.valid_from, ends=min(veto.valid_to, veto.lifted_on or veto.valid_to),
        lifted=veto.lifted_on is not None, objected_at=veto.objected_at, answered_at=veto.answered_at,
    )  # fmt: skip


def vetoes_of(household_id: int, *, viewer: Viewer, on: date) -> list[VetoRow]:
    """The vetoes in force on a home, for the home itself and for those who watch or review; else none."""
    rows = db.session.execute(
        select(Veto, Household.head_name, Grid.name)
        .join(Household, Household.id == Veto.household_id)
        .join(Grid, Grid.id == Household.grid_id)
        .where(Veto.household_id == household_id, holds(on), _reads(viewer))
        .order_by(Veto.id)
    )
    return [_row(*found) for found in rows]


def _reads(viewer: Viewer) -> ColumnElement[bool]:
    """A reason for a veto is a paper of the law: for the home itself, for who may object, and for who reviews."""
    return or_(
        households.visible(viewer, Permission.OBJECT_POINTS), households.visible(viewer, Permission.REVIEW_POINTS)
    )


def veto_for(veto_id: int, *, viewer: Viewer, permission: Permission | None = None) -> tuple[Veto, VetoRow]:
    """One veto that the viewer may read, or use `permission` on; else `Missing`."""
    allowed = households.visible(viewer, permission) if permission else _reads(viewer)
    found = db.session.execute(
        select(Veto, Household.head_name, Grid.name)
        .join(Household, Household.id == Veto.household_id)
        .join(Grid, Grid.id == Household.grid_id)
        .where(Veto.id == veto_id, allowed)
    ).first()
    if found is None:
        raise Missing
    return found[0], _row(*found)


def home_to_veto(words: str, *, viewer: Viewer) -> Household:
    """The one home with this code or head among those the viewer reviews; `Refused` for none or several."""
    found = db.session.scalars(
        select(Household)
        .where(
            or_(Household.code == words.upper(), Household.head_name == words),
            households.visible(viewer, Permission.REVIEW_POINTS),
            households.standing(),
        )
        .order_by(Household.code)
        .limit(SEVERAL)
    ).all()
    if not found:
        raise Refused(N_("没有找到这一户，请核对户主姓名或户编号。"), field="home")
    if len(found) > 1:
        some = "、".join(f"{mask_name(home.head_name)} {home.code}" for home in found)
        raise Refused(N_("对得上的不止一户，请填户编号：%(some)s", some=some), field="home")
    return found[0]
