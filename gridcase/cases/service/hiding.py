"""What follows when cases become restricted: they are found by no word, stand in no hot issue and have no voices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gridcase.cases.service import hot, searching, voices


def hidden(case_ids: Sequence[int], *, now: datetime) -> None:
    """These cases have just become restricted. More voices than follow at once are parted by the job."""
    searching.forget(case_ids)
    hot.forget(case_ids, now=now)
    voices.part(among=case_ids, now=now)
