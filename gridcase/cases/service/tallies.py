"""The counters: small signed rows appended by every move and folded by a job, so that no row is hot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select

from gridcase.cases.models import Case, CaseTally
from gridcase.core.db import db, dialect_name


class Key(NamedTuple):
    """What is counted."""

    town_id: int
    village_id: int | None
    class_id: int
    state: str


def key_of(case: Case) -> Key:
    """Where a case is counted now."""
    return Key(case.town_id, case.village_id, case.class_id, case.state)


def shift(before: Key, after: Key) -> None:
    """Take a case out of one count and into another; nothing where it stays."""
    if before != after:
        db.session.add_all(CaseTally(**key._asdict(), delta=delta) for key, delta in ((before, -1), (after, 1)))


def add(keys: Iterable[Key]) -> None:
    """Count many new cases with one row a key."""
    rows = [{**key._asdict(), "delta": count} for key, count in Counter(keys).items()]
    if rows:
        db.session.execute(insert(CaseTally), rows)


def fold_tallies() -> int:
    """Compact the counters to one row a key; returns how many rows fewer there are. Safe to run at any time, twice too.

    On PostgreSQL deleting and summing is one statement, because rows committed in between would else be lost; SQLite
    lets nobody write in between.
    """
    before = _rows()
    kept = ("town_id", "village_id", "class_id", "state")
    if dialect_name() == "postgresql":
        gone = delete(CaseTally).returning(*(getattr(CaseTally, name) for name in (*kept, "delta"))).cte("gone")
        key = [gone.c[name] for name in kept]
        sums = select(*key, func.sum(gone.c.delta)).group_by(*key).having(func.sum(gone.c.delta) != 0)
        db.session.execute(insert(CaseTally).from_select([*kept, "delta"], sums))
    else:
        newest = db.session.scalar(select(func.max(CaseTally.id))) or 0
        columns = [getattr(CaseTally, name) for name in kept]
        total = func.sum(CaseTally.delta)
        sums = select(*columns, total).where(CaseTally.id <= newest).group_by(*columns).having(total != 0)
        db.session.execute(insert(CaseTally).from_select([*kept, "delta"], sums))
        db.session.execute(delete(CaseTally).where(CaseTally.id <= newest))
    return before - _rows()


def _rows() -> int:
    return db.session.scalar(select(func.count()).select_from(CaseTally)) or 0
