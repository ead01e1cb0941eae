"""The conduct file of a home: what was posted, why, what the home says to it, and what was put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.masking import mask_name
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.grid.models import Grid
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.points.models import Correction, Declaration, PointNotice, Reply, SchemeItem, Transfer
from gridcase.points.queries.awards import SECOND_LEG
from gridcase.points.queries.pages import its_item
from gridcase.points.rules import NoticeOutcome, TransferKind

PRINTED_MOST = 500


@dataclass(frozen=True)
class Posted:
    """One entry of the conduct file with all that led to it."""

    id: int
    at: datetime
    household_id: int
    rule: str
    item: str
    points: int
    opens_on: date
    closes_on: date
    outcome: NoticeOutcome | None
    objected: bool
    answered: bool
    answer: str
    evidence: str
    declaration_id: int | None
    happened_on: date | None
    votes_for: int | None
    votes_against: int | None
    recused: int | None
    reply: str
    asked: str
    granted: bool | None
    correction_answer: str
    correcting: bool

    @property
    def last_day(self) -> date:
        """The last day of its public notice."""
        return self.closes_on - timedelta(days=1)

    @property
    def may_be_corrected(self) -> bool:
        """Whether its notice is over, it stands, and nobody is asking already."""
        return self.outcome is NoticeOutcome.MERIT and not self.correcting


def posted_entries() -> Select[*tuple[Any, ...]]:
    """Every entry that has a notice, with what led to it; who may see which is the caller's to say."""
    second, newest = aliased(Transfer), aliased(Correction)
    last = select(func.max(newest.id)).where(newest.transfer_id == Transfer.id).correlate(Transfer).scalar_subquery()
    columns: tuple[Any, ...] = (
        Transfer, func.coalesce(second.amount, 0), PointNotice, SchemeItem.name, SchemeItem.evidence, Declaration,
        Reply.text, Correction,
    )  # fmt: skip
    return (
        select(*columns)
        .join(PointNotice, PointNotice.transfer_id == Transfer.id)
        .join(Household, Household.id == Transfer.household_id)
        .outerjoin(second, second.key == Transfer.key + SECOND_LEG)
        .outerjoin(SchemeItem, its_item())
        .outerjoin(Declaration, Declaration.transfer_id == Transfer.id)
        .outerjoin(Reply, Reply.transfer_id == Transfer.id)
        .outerjoin(Correction, Correction.id == last)
    )


def posted_from(row: Any) -> Posted:
    """A row of `posted_entries`."""
    transfer, more, notice, item, evidence, declaration, reply, correction = row
    gives = transfer.kind == TransferKind.AWARD
    return Posted(
        id=transfer.id, at=transfer.at, household_id=transfer.household_id, rule=transfer.rule, item=item or "",
        points=transfer.amount if gives else -(transfer.amount + more), opens_on=notice.opens_on,
        closes_on=notice.closes_on, outcome=NoticeOutcome(notice.outcome) if notice.outcome else None,
        objected=notice.objected_at is not None, answered=notice.answered_at is not None, answer=notice.answer or "",
        evidence=evidence or "", declaration_id=declaration.id if declaration else None,
        happened_on=declaration.happened_on if declaration else None,
        votes_for=declaration.votes_for if declaration else None,
        votes_against=declaration.votes_against if declaration else None,
        recused=declaration.recused if declaration else None, reply=reply or "",
        asked=correction.reason if correction else "", granted=correction.granted if correction else None,
        correction_answer=correction.answer if correction else "",
        correcting=bool(correction and correction.answered_at is None),
    )  # fmt: skip


def conduct(household_id: int, *, viewer: Viewer, after: str | None = None, size: int = PAGE_SIZE) -> Page[Posted]:
    """The posted entries of a home of the viewer's, the newest first."""
    query = (
        posted_entries()
        .where(Transfer.household_id == household_id, households.visible(viewer, Permission.SEE_POINTS))
        .order_by(Transfer.id.desc())
        .limit(size + 1)
    )
    if mark := read_mark(after, int):
        query = query.where(Transfer.id < mark[0])
    return cut([posted_from(row) for row in db.session.execute(query)], lambda row: [row.id], size=size)


def entry(transfer_id: int, *, viewer: Viewer, permission: Permission = Permission.DECLARE_POINTS) -> Posted:
    """One posted entry of a home the viewer speaks for, else `Missing`."""
    row = db.session.execute(
        posted_entries().where(Transfer.id == transfer_id, households.visible(viewer, permission))
    ).first()
    if row is None:
        raise Missing
    return posted_from(row)


def totals(household_id: int, *, viewer: Viewer) -> tuple[int, int, int]:
    """Of what stands after its notice: points given, points taken, entries put right."""
    gives = Transfer.kind == TransferKind.AWARD
    own = (Transfer.household_id == household_id, households.visible(viewer, Permission.SEE_POINTS))
    rows = db.session.execute(
        select(gives, PointNotice.outcome, func.sum(Transfer.amount), func.count())
        .join(PointNotice, PointNotice.transfer_id == Transfer.id)
        .join(Household, Household.id == Transfer.household_id)
        .where(*own)
        .group_by(gives, PointNotice.outcome)
    ).all()
    stands = [row for row in rows if row[1] == NoticeOutcome.MERIT]
    given = sum(row[2] for row in stands if row[0])
    taken = sum(row[2] for row in stands if not row[0])
    return given, taken, sum(row[3] for row in rows if row[1] == NoticeOutcome.REVERSED)


# --- requests for correction


@dataclass(frozen=True)
class Request:
    """A request to put an entry right, the home masked."""

    id: int
    name: str
    grid_name: str
    reason: str
    asked_at: datetime
    transfer_id: int


def _requests(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    columns: tuple[Any, ...] = (Correction, Household.head_name, Grid.name)
    return (
        select(*columns)
        .join(Household, Household.id == Correction.household_id)
        .join(Grid, Grid.id == Household.grid_id)
        .where(Correction.answered_at.is_(None), households.visible(viewer, Permission.REVIEW_POINTS))
    )


def _request(row: Any) -> Request:
    one, head, grid = row
    return Request(one.id, mask_name(head), grid, one.reason, one.asked_at, one.transfer_id)


def corrections(viewer: Viewer, *, after: str | None = None) -> Page[Request]:
    """Requests nobody has answered, oldest first, for those who review."""
    query = _requests(viewer).order_by(Correction.id).limit(PAGE_SIZE + 1)
    if mark := read_mark(after, int):
        query = query.where(Correction.id > mark[0])
    return cut([_request(row) for row in db.session.execute(query)], lambda row: [row.id])


def correction(correction_id: int, *, viewer: Viewer) -> tuple[Correction, Request, Posted]:
    """One open request with the entry it is about, else `Missing`."""
    row = db.session.execute(_requests(viewer).where(Correction.id == correction_id)).first()
    if row is None:
        raise Missing
    about = entry(row[0].transfer_id, viewer=viewer, permission=Permission.REVIEW_POINTS)
    return row[0], _request(row), about


def count_corrections(viewer: Viewer) -> int:
    """How many requests wait for the viewer's review."""
    found: int | None = db.session.scalar(select(func.count()).select_from(_requests(viewer).subquery()))
    return found or 0


def correction_for_update(transfer_id: int) -> Sequence[Correction]:
    """The requests about an entry, locked, oldest first."""
    return db.session.scalars(
        select(Correction).where(Correction.transfer_id == transfer_id).order_by(Correction.id).with_for_update()
    ).all()
