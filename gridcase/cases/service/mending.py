"""Counters put right: for `gridcase doctor --mend`, when they are not what a count says."""

from __future__ import annotations

from typing import Any

from sqlalchemy import column, delete, insert, select, table

from gridcase.cases.models import CaseMap, CaseTally
from gridcase.cases.queries.upkeep import map_off, tallies_off
from gridcase.cases.service.tallies import Key
from gridcase.core.db import db, hold_writers


def mend_counters() -> int:
    """Add to every counter what it lacks; returns how many were wrong. One transaction of the caller's."""
    hold_writers(CaseTally)
    rows = [
        {**Key(*place)._asdict(), "delta": live - kept} for place, (kept, live) in tallies_off().items()
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(CaseTally), rows)
    return len(rows)


def mend_map() -> int:
    """Write the map's rows that are wrong anew from the view; returns how many."""
    hold_writers(CaseMap)
    kept: Any = CaseMap.__table__
    names, mended = [each.name for each in kept.columns if each.name != "spot"], 0
    live = table("case_on_map", *(column(name) for name in names))
    while wrong := map_off():
        db.session.execute(delete(kept).where(kept.c.case_id.in_(wrong)))
        right = select(*(live.c[name] for name in names)).where(live.c.case_id.in_(wrong))
        db.session.execute(insert(kept).from_select(names, right))
        mended += len(wrong)
    return mended
