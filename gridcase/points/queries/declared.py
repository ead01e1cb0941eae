"""Declarations as pages show them: to the home itself and to those who serve it, in plain words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.masking import mask_name
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.files.models import StoredFile
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.people.models import Decision, Person
from gridcase.people.rules import Role
from gridcase.points.models import Declaration, DeclarationPhoto, PointNotice, SchemeItem
from gridcase.points.queries import public
from gridcase.points.rules import DeclarationState, NoticeOutcome
from gridcase.points.rules.declarations import OPEN
from gridcase.points.rules.schemes import Declarer

SHOWN_HOMES = 60  # of a helper who need not search


@dataclass(frozen=True)
class Declared:
    """One declaration and how it stands."""

    id: int
    household_id: int
    name: str
    grid_name: str
    code: str
    item: str
    points: int
    happened_on: date
    text: str
    state: DeclarationState
    how: Declarer
    declared_at: datetime
    closes_on: date | None
    outcome: NoticeOutcome | None
    objected: bool

    @property
    def open(self) -> bool:
        """Whether it may still be withdrawn."""
        return self.state in OPEN

    @property
    def last_day(self) -> date | None:
        """The last day of its public notice."""
        return self.closes_on - timedelta(days=1) if self.closes_on else None


@dataclass(frozen=True)
class Explained:
    """Why a home got what it got: the whole way of one declaration."""

    row: Declared
    criteria: str
    evidence: str
    document_no: str
    person: str
    votes_for: int | None
    votes_against: int | None
    recused: int | None
    reason: str
    talked_on: date | None
    decision: str
    decision_id: int | None
    decided_at: datetime | None
    opens_on: date | None
    answer: str
    transfer_id: int | None
    photo: bool
    may_withdraw: bool  # the reader


def _columns() -> tuple[Any, ...]:
    return (Declaration, Household.head_name, Grid.name, SchemeItem, PointNotice)


def _all(viewer: Viewer, permission: Permission) -> Select[*tuple[Any, ...]]:
    return (
        select(*_columns())
        .join(SchemeItem, SchemeItem.id == Declaration.item_id)
        .join(Household, Household.id == Declaration.household_id)
        .join(Grid, Grid.id == Household.grid_id)
        .outerjoin(PointNotice, PointNotice.transfer_id == Declaration.transfer_id)
        .where(_seen(viewer, permission))
    )


def _seen(viewer: Viewer, permission: Permission) -> ColumnElement[bool]:
    return households.visible(viewer, permission)


def _declared(row: Any, own: Collection[int] = ()) -> Declared:
    one, head, grid, item, notice = row
    name = head if one.household_id in own else mask_name(head)
    return Declared(
        id=one.id, household_id=one.household_id, name=name, grid_name=grid, code=item.code, item=item.name,
        points=one.points, happened_on=one.happened_on, text=one.text, state=DeclarationState(one.state),
        how=Declarer(one.how), declared_at=one.declared_at, closes_on=notice.closes_on if notice else None,
        outcome=NoticeOutcome(notice.outcome) if notice and notice.outcome else None,
        objected=bool(notice and notice.objected_at and not notice.answered_at),
    )  # fmt: skip


def declared(viewer: Viewer, *, open_only: bool = False, after: str | None = None) -> Page[Declared]:
    """The declarations of the viewer's homes, the newest first."""
    query = _all(viewer, Permission.DECLARE_POINTS).order_by(Declaration.id.desc()).limit(PAGE_SIZE + 1)
    if open_only:
        query = query.where(Declaration.state.in_(OPEN))
    if mark := read_mark(after, int):
        query = query.where(Declaration.id < mark[0])
    own = public.own_homes(viewer)
    return cut([_declared(row, own) for row in db.session.execute(query)], lambda row: [row.id])


def declaration(declaration_id: int, *, viewer: Viewer, permission: Permission = Permission.SEE_POINTS) -> Declaration:
    """One declaration for a home of the viewer's, else `Missing`."""
    found = db.session.scalar(
        select(Declaration)
        .join(Household, Household.id == Declaration.household_id)
        .where(Declaration.id == declaration_id, _seen(viewer, permission))
    )
    if found is None:
        raise Missing
    return found


def explained(declaration_id: int, *, viewer: Viewer) -> Explained:
    """One declaration of a home of the viewer's with everything that led to its points, else `Missing`."""
    row = db.session.execute(_all(viewer, Permission.SEE_POINTS).where(Declaration.id == declaration_id)).first()
    if row is None:
        raise Missing
    one, _head, _grid, item, notice = row
    by = db.session.get(Decision, one.decision_id) if one.decision_id else None
    person = db.session.get(Person, one.person_id) if one.person_id else None
    own = public.own_homes(viewer)
    who = person.name if person and one.household_id in own else mask_name(person.name) if person else ""
    return Explained(
        row=_declared(row, own), criteria=item.criteria, evidence=item.evidence, document_no=one.document_no,
        person=who, votes_for=one.votes_for, votes_against=one.votes_against,
        recused=one.recused, reason=one.reason, talked_on=one.talked_on, decision=by.title if by else "",
        decision_id=by.id if by else None, decided_at=one.decided_at, opens_on=notice.opens_on if notice else None,
        answer=(notice.answer or "") if notice else "", transfer_id=one.transfer_id,
        photo=has_photo(one.id), may_withdraw=may_withdraw(one, viewer),
    )  # fmt: skip


def may_withdraw(declaration: Declaration, viewer: Viewer) -> bool:
    """Whether the viewer may take an open declaration back: who declared it, or the home itself what was declared by it
    or on its behalf. The village's word about a home, a deduction above all, is not the home's to take back."""
    if declaration.state not in OPEN:
        return False
    if viewer.user_id is not None and viewer.user_id == declaration.user_id:
        return True
    own = any(
        grant.role == Role.RESIDENT and declaration.household_id in (grant.household_ids or ())
        for grant in viewer.grants_with(Permission.DECLARE_POINTS)
    )
    return own and declaration.points > 0 and declaration.how in {Declarer.SELF, Declarer.LIAISON}


def has_photo(declaration_id: int) -> bool:
    """Whether a photo goes with a declaration."""
    return db.session.get(DeclarationPhoto, declaration_id) is not None


def photo(declaration_id: int, *, viewer: Viewer) -> StoredFile:
    """The photo of a declaration that the viewer may see, else `Missing`."""
    found = db.session.scalar(
        select(StoredFile)
        .join(DeclarationPhoto, DeclarationPhoto.file_id == StoredFile.id)
        .join(Declaration, Declaration.id == DeclarationPhoto.declaration_id)
        .join(Household, Household.id == Declaration.household_id)
        .where(DeclarationPhoto.declaration_id == declaration_id, _seen(viewer, Permission.SEE_POINTS))
    )
    if found is None:
        raise Missing
    return found


def homes_served(viewer: Viewer) -> Sequence[Any]:
    """The homes the viewer declares for, by code; more than one screen is searched by name instead."""
    return db.session.execute(
        select(Household.id, Household.head_name, Household.address, Household.village_id, Household.code)
        .where(_seen(viewer, Permission.DECLARE_POINTS), households.standing())
        .order_by(Household.code)
        .limit(SHOWN_HOMES + 1)
    ).all()


def cells_of(viewer: Viewer) -> list[Grid]:
    """The cells whose homes the viewer may declare for together, by code."""
    return list(
        db.session.scalars(
            select(Grid)
            .where(
                Grid.level == GridLevel.CELL, Grid.valid_to.is_(None),
                reach(viewer, Permission.BATCH_POINTS, path=Grid.path),
            )
            .order_by(Grid.code)
        )
    )  # fmt: skip


def homes_of_cell(viewer: Viewer, cell: Grid) -> Sequence[Any]:
    """The homes of a cell, by code."""
    return db.session.execute(
        select(Household.id, Household.head_name, Household.code)
        .where(
            Household.grid_id == cell.id, households.standing(), households.visible(viewer, Permission.BATCH_POINTS)
        )
        .order_by(Household.code)
    ).all()  # fmt: skip
