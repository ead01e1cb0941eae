"""One measure, and counting what a request sends to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from benchmarks.ground import Ground
from benchmarks.timing import Pair
from gridcase.core.db import db


@dataclass(frozen=True)
class Line:
    """One measure. `ratio`: the floor's time by ours, 1 is as fast as the floor; None where nothing is compared."""

    measure: str
    value: float
    unit: str
    floor: float | None = None
    ratio: float | None = None


def compared(measure: str, pair: Pair, *, each: float = 1) -> Line:
    """A job beside its floor, which did it `each` times."""
    return Line(measure, pair.job_ms / each, "ms", pair.floor_ms / each, pair.ratio)


@contextmanager
def statements(ground: Ground) -> Iterator[list[str]]:
    """The SQL statements sent meanwhile, BEGIN and savepoints left out."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            sent.append(statement)

    with ground.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
