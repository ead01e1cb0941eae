"""Who is in a case besides the lead: written on the way of a move, never on its own."""

from __future__ import annotations

from datetime import datetime

from gridcase.cases.models import Case, CaseParty
from gridcase.cases.rules import PartyKind
from gridcase.core.db import db
from gridcase.core.permissions import Viewer


def join(case: Case, kind: PartyKind, *, now: datetime, post_id: int | None = None, unit_id: int | None = None) -> None:
    """Let a post or unit in; one that is in already as the same stays as it is."""
    if post_id is None and unit_id is None:
        return
    known = [(one.kind, one.post_id, one.unit_id) for one in case.parties if one.ended_at is None]
    if (kind, post_id, unit_id) not in known:
        case.parties.append(CaseParty(kind=kind, post_id=post_id, unit_id=unit_id, since=now))
        db.session.flush()


def leave(case: Case, *, now: datetime, post_id: int | None = None, unit_id: int | None = None) -> None:
    """Who becomes the lead helps no more."""
    for party in helping(case):
        if (party.post_id, party.unit_id) == (post_id, unit_id):
            party.ended_at = now


def helping(case: Case) -> list[CaseParty]:
    """The co-handlers of now."""
    return [party for party in case.parties if party.kind == PartyKind.HELPER and party.ended_at is None]


def works_for(actor: Viewer, party: CaseParty) -> bool:
    """Whether somebody sits in this post or works for this unit."""
    return party.post_id in actor.post_ids() or party.unit_id in actor.unit_ids()
