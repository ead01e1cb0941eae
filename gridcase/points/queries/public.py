"""What a whole village reads of others: masked names, no child's name, deductions of the past as kinds and counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select

from gridcase.core.db import db
from gridcase.core.masking import mask_name
from gridcase.core.permissions import Permission, Viewer
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.people.rules import Role
from gridcase.points.models import PointNotice, SchemeItem, Transfer
from gridcase.points.rules import NoticeOutcome, TransferKind

NO_NAME = "*"  # of a home that a child leads


@dataclass(frozen=True)
class Taken:
    """How many deductions of one kind there were, of whomever."""

    rule: str
    item: str
    count: int


def head_name(on: Any) -> Any:
    """The column of a home's head as a public page reads it: empty where a child leads."""
    return case((households.child_leads(Household.id, on), ""), else_=Household.head_name)


def masked(name: str) -> str:
    """What `head_name` gave, masked."""
    return mask_name(name) if name else NO_NAME


def homes_of_villager(viewer: Viewer) -> frozenset[int] | None:
    """The own homes of who reads as a villager only; None for who reads from a post."""
    grants = viewer.grants_with(Permission.SEE_POINTS)
    if any(grant.role != Role.RESIDENT for grant in grants):
        return None
    return frozenset().union(*(grant.household_ids or () for grant in grants))


def own_homes(viewer: Viewer) -> frozenset[int]:
    """The homes the viewer lives in, whatever posts besides: nobody's own name is hidden from him."""
    grants = (grant for grant in viewer.grants if grant.role == Role.RESIDENT)
    return frozenset().union(*(grant.household_ids or () for grant in grants))


def named_to(viewer: Viewer) -> list[ColumnElement[bool]]:
    """Which entries of the past are listed one by one: to a villager no deduction of another home."""
    own = homes_of_villager(viewer)
    return [] if own is None else [or_(Transfer.kind != TransferKind.DEDUCT, Transfer.household_id.in_(own))]


def taken(viewer: Viewer, its_item: ColumnElement[bool], where: Iterable[ColumnElement[bool]]) -> list[Taken]:
    """The deductions that `named_to` leaves out, as kinds and counts, without those taken back."""
    own = homes_of_villager(viewer)
    if own is None:
        return []
    rows = db.session.execute(
        select(Transfer.rule, SchemeItem.name, func.count())
        .join(PointNotice, PointNotice.transfer_id == Transfer.id)
        .outerjoin(SchemeItem, its_item)
        .where(
            *where, Transfer.kind == TransferKind.DEDUCT, Transfer.household_id.not_in(own),
            or_(PointNotice.outcome.is_(None), PointNotice.outcome != NoticeOutcome.REVERSED),
        )
        .group_by(Transfer.rule, SchemeItem.name)
        .order_by(Transfer.rule)
    )  # fmt: skip
    return [Taken(row[0], row[1] or "", row[2]) for row in rows]
