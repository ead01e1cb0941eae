"""Names shown in full for ten minutes, in this browser, after somebody said why."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import session

from gridcase.households.models import Household

REVEALED, REVEAL_TIME = "revealed", timedelta(minutes=10)


def reveal(home: Household, *, now: datetime) -> None:
    """Remember that this browser may show the names of a home; who looked and why stands in the audit."""
    session[REVEALED] = {"household": home.id, "until": (now + REVEAL_TIME).isoformat()}


def revealed(home: Household, *, now: datetime) -> bool:
    """Whether this browser asked for this home in the last ten minutes, and said why."""
    known = session.get(REVEALED) or {}
    return known.get("household") == home.id and now < datetime.fromisoformat(known["until"])
