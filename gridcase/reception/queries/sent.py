"""Rows of a door by the mark their form was sent under."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import select

from gridcase.core.db import db
from gridcase.reception.models import Meeting, PatrolRun, QuickAnswer, Visitor

Sent = TypeVar("Sent", Visitor, QuickAnswer, Meeting, PatrolRun)


def under_mark(model: type[Sent], client_uuid: str) -> Sent | None:
    """The row that was sent under a mark before."""
    return db.session.scalar(select(model).where(model.client_uuid == client_uuid))
