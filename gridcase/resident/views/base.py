"""The blueprint, and what its pages share: who knocks, and which case is open on this device."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, current_app, request, session

from gridcase.cases.models import Case
from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.resident import queries, service
from gridcase.resident.rules import STAYS_OPEN
from gridcase.web.frame import NavItem

bp = Blueprint("resident", __name__)
NAV = (
    NavItem(
        key="doors",
        label=N_("群众码"),
        endpoint="resident.sheets",
        icon="print",
        needs=frozenset({Permission.MANAGE_POSTS}),
        order=49,
        group="registers",
        pages=frozenset({"resident.sheets", "resident.poster"}),
    ),
)
OWN = "own_case"  # in the session: case, mark of its code, until when


def key() -> bytes:
    """The installation's key: what is kept of codes is keyed with it."""
    return str(current_app.secret_key).encode()


def keys() -> list[bytes]:
    """This key and the former ones, so that codes outlive a change of keys."""
    return [key(), *(str(one).encode() for one in current_app.config["SECRET_KEY_FALLBACKS"])]


def from_where(now: datetime) -> str:
    """Who knocks, for counting alone."""
    return service.address_digest(request.remote_addr or "", key=key(), now=now)


def keep_open(case: Case, now: datetime) -> None:
    """This device may look at the case for half an hour."""
    session[OWN] = [case.id, queries.mark_of(case.id), (now + STAYS_OPEN).isoformat()]


def own_case() -> Case | None:
    """The case opened on this device, while the half hour runs; each look extends it."""
    case_id, mark, until = session.get(OWN) or (0, "", "")
    now = clock.now()
    if not case_id or datetime.fromisoformat(until) < now:
        session.pop(OWN, None)
        return None
    case = queries.still_open(case_id, mark)
    if case is None:
        session.pop(OWN, None)
    else:
        session[OWN] = [case_id, mark, (now + STAYS_OPEN).isoformat()]
    return case
