"""Closing a month or a quarter: its figures as they stand are published and stay."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid import service as grids
from gridcase.grid.models import Grid
from gridcase.points import queries
from gridcase.points.models import Close
from gridcase.points.rules.periods import BOARDS_KEY, Period
from gridcase.points.service import ledger


def close_period(village: Grid, period: Period, *, actor: Viewer, now: datetime) -> Close:
    """Close and publish a month or quarter that has ended; again is as once. What is still waiting for a decision then
    counts in the period it is decided in."""
    if not period.over(town_day(now)):
        raise Refused(N_("%(period)s还没有结束，结束后再结账。", period=period.label))
    ledger.hold([village.id])
    already = queries.close_of(village.id, period)
    if already is not None:
        return already
    figures = asdict(queries.figures(village.id, period))
    row = Close(
        village_id=village.id, path=village.path, kind=period.kind, starts_on=period.starts_on, ends_on=period.ends_on,
        user_id=actor.user_id, closed_at=now, **figures,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor=actor, action="points.close", subject_kind="grid", subject_id=village.id, place_path=village.path,
        now=now, detail={"kind": period.kind.value, "starts_on": period.starts_on.isoformat()} | figures,
    )  # fmt: skip
    return row


def show_homes_on_boards(village: Grid, *, shown: bool, actor: Viewer, on: date, now: datetime) -> None:
    """Whether the village's quarter boards name homes, masked."""
    grids.set_setting(actor=actor, place=village, key=BOARDS_KEY, value={"homes": shown}, valid_from=on, now=now)
