"""A case goes from a post that closes, or whose home has another one now, to the post that follows: one step a case,
and no clock changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gridcase.cases.models import Case, CaseStep
from gridcase.cases.rules import State
from gridcase.cases.service.door import _move, lock
from gridcase.cases.service.requests import recount
from gridcase.cases.service.telling import tell_dispatcher
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.people.models import Post


def hand_over(case: Case, *, actor: Viewer, giver: Post, to: Post, reason: str, now: datetime) -> CaseStep:
    """What `giver` has of this case is `to`'s from now on: handling it, and bringing the villager's word.

    A restricted case keeps to whom it was sent: only the villager's word passes on, to a duty desk (see `hand_back`).
    """
    lock(case)
    changes: dict[str, Any] = {}
    if case.handler_post_id == giver.id:
        changes["handler_post_id"] = None if case.restricted else to.id
    if case.collector_post_id == giver.id:
        changes["collector_post_id"] = to.id
    detail = {"from": giver.title, "to": to.title, "from_id": giver.id, "to_id": to.id, "what": sorted(changes)}
    return _move(case, "hand_over", actor=actor, now=now, note=reason, detail=detail, changes=changes)


def hand_back(case: Case, *, actor: Viewer, reason: str, now: datetime) -> CaseStep:
    """Nobody is left who may handle it: back to who sent it, to be sent anew; the citizen's clock goes on."""
    lock(case)
    stood = case.state == State.SUSPENDED
    changes = {"handler_post_id": None, "handler_unit_id": None}
    step = _move(case, "hand_back", actor=actor, now=now, note=reason or str(N_("岗位调整")), changes=changes)
    if stood:
        recount(case)
    tell_dispatcher(case, step, now=now)
    return step
