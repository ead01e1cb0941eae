"""Vetoes: whether a home stands still today, and the register for who reviews."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select

from gridcase.core.db import db
from gridcase.points.models import Veto


def holds(on: date) -> ColumnElement[bool]:
    """Vetoes in force on a day."""
    return and_(Veto.valid_from <= on, Veto.valid_to > on, or_(Veto.lifted_on.is_(None), Veto.lifted_on > on))


def frozen_until(household_id: int, *, on: date) -> date | None:
    """The first day on which a home may exchange points and receive honours again; None where nothing holds it up."""
    found: date | None = db.session.scalar(
        select(func.max(Veto.valid_to)).where(Veto.household_id == household_id, holds(on))
    )
    return found
