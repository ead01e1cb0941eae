"""Keeping the words that things are found by."""

from __future__ import annotations

from collections.abc import Callable

from gridcase.cases import service as cases
from gridcase.core.db import transaction


def rebuild(*, progress: Callable[[int, int], None]) -> int:
    """Write the words of every case anew, a thousand a transaction; returns how many. Others may go on meanwhile."""
    total, done, last = cases.searching.count_cases(), 0, 0
    while True:
        with transaction():
            found = cases.searching.rebuild_part(after=last)
        if found is None:
            return total
        last, done = found, min(total, done + cases.searching.BATCH)
        progress(done, total)
