"""The month's budget of a village: what was given, and what lies beyond it. It warns; it never stops an award."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import func, or_, select

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.db import db
from gridcase.points.models import PointNotice, Transfer
from gridcase.points.queries.schemes import scheme_of
from gridcase.points.rules import NoticeOutcome, Period, TransferKind, window_of


@dataclass(frozen=True)
class Budget:
    """`limit` points a month, `issued` of them so far, under notice included, less what was taken back."""

    limit: int
    issued: int

    @property
    def over(self) -> int:
        """Points beyond the limit."""
        return max(0, self.issued - self.limit)


def budget_of(village_id: int, *, on: date) -> Budget | None:
    """The month's budget of a village as it stands on a day; None where its scheme sets none."""
    scheme = scheme_of(village_id, on=on)
    if scheme is None or scheme.month_budget is None:
        return None
    begins, ends = (datetime.combine(day, time(), TOWN_ZONE) for day in window_of(Period.MONTH, on))
    issued: int | None = db.session.scalar(
        select(func.sum(Transfer.amount))
        .join(PointNotice, PointNotice.transfer_id == Transfer.id)
        .where(
            Transfer.village_id == village_id,
            Transfer.kind == TransferKind.AWARD,
            Transfer.at >= begins,
            Transfer.at < ends,
            or_(PointNotice.outcome.is_(None), PointNotice.outcome != NoticeOutcome.REVERSED),
        )
    )
    return Budget(scheme.month_budget, issued or 0)
