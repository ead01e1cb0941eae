"""What somebody else has decided meanwhile: who opens the page in a second tab is told, not turned away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from gridcase.audit import queries as audit
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.core.words import N_, Text
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.points.models import Declaration, PointNotice, SchemeItem, Transfer
from gridcase.points.queries.review import WAITS
from gridcase.points.rules import DeclarationState, NoticeOutcome


@dataclass(frozen=True)
class Done:
    """What was decided, by whom (as the history has it) and when."""

    what: str
    result: Text
    by: str
    at: datetime | None
    declaration_id: int | None = None
    household_id: int | None = None
    note: str = ""  # the answer to an objection


def declaration_done(declaration_id: int, state: DeclarationState, *, viewer: Viewer) -> Done:
    """A declaration that waited for the viewer in this state and no longer does; else `Missing`."""
    allowed = (
        households.visible(viewer, Permission.REVIEW_POINTS)
        if state is DeclarationState.DECLARED
        else reach(viewer, WAITS[state], path=Declaration.path)
    )
    row = db.session.execute(
        select(Declaration, SchemeItem.name)
        .join(SchemeItem, SchemeItem.id == Declaration.item_id)
        .join(Household, Household.id == Declaration.household_id)
        .where(Declaration.id == declaration_id, Declaration.state != state, allowed)
    ).first()
    if row is None:
        raise Missing
    one = row[0]
    by, at = _last("declaration", one.id)
    return Done(row[1], DeclarationState(one.state).label, by, at or one.decided_at, one.id, one.household_id)


def objection_done(transfer_id: int, *, viewer: Viewer) -> Done:
    """An objection that the viewer could have answered and that has its answer; else `Missing`."""
    row = db.session.execute(
        select(PointNotice, Transfer.household_id)
        .join(Transfer, Transfer.id == PointNotice.transfer_id)
        .join(Household, Household.id == Transfer.household_id)
        .where(
            PointNotice.transfer_id == transfer_id, PointNotice.answered_at.is_not(None),
            households.visible(viewer, Permission.REVIEW_POINTS),
        )
    ).first()  # fmt: skip
    if row is None:
        raise Missing
    notice, household_id = row
    upheld = notice.outcome == NoticeOutcome.REVERSED
    result = N_("异议成立，积分已冲回") if upheld else N_("异议不成立，公示期满后照常生效")
    by, _at = _last("points_transfer", transfer_id, action="points.settle")
    return Done("", result, by, notice.answered_at, household_id=household_id, note=notice.answer or "")


def _last(kind: str, subject_id: int, *, action: str = "points.decide") -> tuple[str, datetime | None]:
    for deed in audit.history_of(kind, subject_id):
        if deed.action == action:
            return deed.actor_name, deed.at
    return "", None
