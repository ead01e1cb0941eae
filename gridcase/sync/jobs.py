"""What the scheduler does for this room."""

from __future__ import annotations

from datetime import datetime, timedelta

from gridcase.core.db import transaction
from gridcase.core.permissions import Viewer
from gridcase.sync import service


def forget(*, actor: Viewer, now: datetime, keep_days: int) -> int:
    """Old answers, and bytes of photos nobody waits for."""
    with transaction():
        done = service.forget_answers(actor=actor, now=now, keep=timedelta(days=keep_days))
    return done + service.remove_unfinished(now=now)
