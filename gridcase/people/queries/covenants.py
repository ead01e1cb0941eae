"""The village covenant: the version in force, the earlier ones, who signed; mottoes of homes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, or_, select

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Viewer
from gridcase.people.models import Covenant, CovenantSignature, FamilyMotto
from gridcase.people.queries.decisions import villagers_too


def covenant_for(covenant_id: int, *, viewer: Viewer) -> Covenant:
    """One version, for everybody of its village; else `Missing`."""
    found = db.session.scalar(select(Covenant).where(Covenant.id == covenant_id, villagers_too(viewer, Covenant.path)))
    if found is None:
        raise Missing
    return found


def covenant_on(village_id: int, *, on: date) -> Covenant | None:
    """The version in force on a day."""
    return db.session.scalar(
        select(Covenant).where(
            Covenant.village_id == village_id, Covenant.valid_from <= on,
            or_(Covenant.valid_to.is_(None), Covenant.valid_to > on),
        )
    )  # fmt: skip


def covenants_of(village_id: int) -> list[Covenant]:
    """All versions of a village, the newest first."""
    query = select(Covenant).where(Covenant.village_id == village_id).order_by(Covenant.number.desc())
    return list(db.session.scalars(query))


def signatures(covenant_id: int) -> int:
    """How many homes signed a version."""
    query = select(func.count()).where(CovenantSignature.covenant_id == covenant_id)
    return db.session.scalar(query) or 0


def signed_among(covenant_id: int, household_ids: Collection[int]) -> dict[int, date]:
    """Which of these homes signed a version, and when."""
    rows = db.session.execute(
        select(CovenantSignature.household_id, CovenantSignature.signed_on).where(
            CovenantSignature.covenant_id == covenant_id, CovenantSignature.household_id.in_(household_ids)
        )
    )
    return {row[0]: row[1] for row in rows}


def motto_of(household_id: int) -> FamilyMotto | None:
    """The motto of a home."""
    return db.session.get(FamilyMotto, household_id)
