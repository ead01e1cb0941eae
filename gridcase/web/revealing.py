"""Names and numbers shown in full for ten minutes, in this browser, after somebody said why; who looked and why stands
in the audit, which the rooms write themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import session

REVEALED, REVEAL_TIME = "revealed", timedelta(minutes=10)


def reveal(kind: str, subject_id: int, *, now: datetime) -> None:
    """Remember that this browser may show the particulars of one subject of a kind: the last it asked for."""
    session[REVEALED] = {**(session.get(REVEALED) or {}), kind: [subject_id, (now + REVEAL_TIME).isoformat()]}


def revealed(kind: str, subject_id: int, *, now: datetime) -> bool:
    """Whether this browser asked for this subject in the last ten minutes, and said why."""
    known = (session.get(REVEALED) or {}).get(kind)
    return isinstance(known, list) and known[0] == subject_id and now < datetime.fromisoformat(known[1])
