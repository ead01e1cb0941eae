"""Homes of a village beside what they signed and what they say of themselves."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from gridcase.core.db import db
from gridcase.core.paging import Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.people.models import Covenant, CovenantSignature, FamilyMotto

HOMES_SHOWN = 50


@dataclass(frozen=True)
class SignRow:
    """A home and the day it signed, if it did."""

    id: int
    code: str
    head_name: str
    address: str
    signed_on: date | None


def signers(covenant: Covenant, *, viewer: Viewer, signed: bool, after: str | None = None) -> Page[SignRow]:
    """The viewer's homes of the covenant's village that signed it, or did not, by code."""
    query = (
        select(Household.id, Household.code, Household.head_name, Household.address, CovenantSignature.signed_on)
        .outerjoin(
            CovenantSignature,
            (CovenantSignature.household_id == Household.id) & (CovenantSignature.covenant_id == covenant.id),
        )
        .where(
            Household.village_id == covenant.village_id, households.standing(), households.visible(viewer),
            CovenantSignature.covenant_id.is_not(None) if signed else CovenantSignature.covenant_id.is_(None),
        )
    )  # fmt: skip
    if mark := read_mark(after, str):
        query = query.where(Household.code > mark[0])
    rows = db.session.execute(query.order_by(Household.code).limit(HOMES_SHOWN + 1))
    return cut([SignRow(*row) for row in rows], lambda row: [row.code], size=HOMES_SHOWN)


def sign_counts(covenant: Covenant, *, viewer: Viewer) -> tuple[int, int]:
    """How many of the viewer's homes of the village signed, of how many."""
    row = db.session.execute(
        select(func.count(CovenantSignature.household_id), func.count())
        .select_from(Household)
        .outerjoin(
            CovenantSignature,
            (CovenantSignature.household_id == Household.id) & (CovenantSignature.covenant_id == covenant.id),
        )
        .where(Household.village_id == covenant.village_id, households.standing(), households.visible(viewer))
    ).one()
    return row[0], row[1]


def speaks_for(viewer: Viewer, household_ids: Collection[int], *, village_id: int) -> list[int]:
    """Those of these homes of a village for which the viewer may write something down."""
    return list(
        db.session.scalars(
            select(Household.id).where(
                Household.id.in_(household_ids), Household.village_id == village_id, households.standing(),
                households.visible(viewer, Permission.DECLARE_POINTS),
            )
        )
    )  # fmt: skip


def mottoes(village_id: int, *, on: date, after: str | None = None) -> Page[tuple[int, str, str]]:
    """(home, its head's name, motto) of the homes of a village that let the others read it; of a home a child leads
    without a name."""
    query = (
        select(Household.id, Household.head_name, FamilyMotto.text)
        .join(FamilyMotto, FamilyMotto.household_id == Household.id)
        .where(Household.village_id == village_id, households.standing(), FamilyMotto.shown.is_(True))
    )
    if mark := read_mark(after, int):
        query = query.where(Household.id > mark[0])
    rows = db.session.execute(query.order_by(Household.id).limit(HOMES_SHOWN + 1)).all()
    nameless = households.child_led([row[0] for row in rows], on=on)
    found = [(row[0], "" if row[0] in nameless else row[1], row[2]) for row in rows]
    return cut(found, lambda row: [row[0]], size=HOMES_SHOWN)
