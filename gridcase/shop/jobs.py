"""What the clock does in the shop."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from gridcase.core.clock import town_day
from gridcase.core.db import transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.shop import queries, service

BATCH = 100


def release_unfetched(*, actor: Viewer, now: datetime) -> int:
    """What nobody fetched goes back to the shelf and its points to the home; returns how many reservations.

    One transaction each; one that the ledger refuses to give back holds up no other. Run twice it is done once.
    """
    done = after = 0
    while due := queries.redemptions.ran_out(on=town_day(now), after=after, limit=BATCH):
        after = due[-1]
        for redemption_id in due:
            with suppress(Refused), transaction():
                done += service.redemptions.expire(redemption_id, actor=actor, now=now)
    return done
