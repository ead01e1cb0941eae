"""Writing circles and nominations."""

from __future__ import annotations

from datetime import date
from typing import Any

from gridcase.core import dated
from gridcase.core.dated import Rewrite
from gridcase.core.db import db
from gridcase.exchange.rules.states import RowState
from gridcase.exchange.service.writing.base import Batch, day, day_of, moment, text, update_rows, whole
from gridcase.households import service as households
from gridcase.households.models import CirclePlace, Nomination
from gridcase.households.queries import circles as circle_queries


def write_circles(batch: Batch) -> None:
    """New circles, changes from their first day on; then the homes' section of today follows."""
    batch.insert(
        CirclePlace, RowState.NEW, household_id=whole("household_id"), post_id=whole("post_id"), role=text("role"),
        reason=text("reason"), valid_from=day("start"), valid_to=day("end"),
        recorded_at=moment(batch.now, CirclePlace.recorded_at),
    )  # fmt: skip
    rows = batch.data(RowState.CHANGED, RowState.ENDED)
    for role in sorted({data["role"] for _, data in rows}):
        homes = {home_id: data for home_id, data in rows if data["role"] == role}
        lines = circle_queries.lines_of(list(homes), role=role)
        dated.write(CirclePlace, [_rewritten(lines.get(home, []), data) for home, data in homes.items()], now=batch.now)
    every = [home_id for home_id, _ in (*batch.data(RowState.NEW), *rows)]
    households.settle(every, today=batch.today)


def _rewritten(line: list[dated.Span], data: dict[str, Any]) -> Rewrite:
    """The line with this circle; where the same post goes on, its former stretch is replaced."""
    start, end = date.fromisoformat(data["start"]), day_of(data["end"])
    values = {key: data[key] for key in ("household_id", "post_id", "role", "reason")}
    if "old_start" not in data:
        return dated.rewritten(line, start=start, end=end, values=values)
    old = next(span for span in line if span.start == date.fromisoformat(data["old_start"]))
    rest = [span for span in line if span is not old]
    change = dated.rewritten(rest, start=start, end=end, values=values)
    return Rewrite((*change.superseded, *([old.row_id] if old.row_id else [])), change.written)


def write_nominations(batch: Batch) -> None:
    """New nominations; another person at a rank takes the place of the one before."""
    for _, data in batch.data(RowState.NEW):
        db.session.add(Nomination(**{key: data[key] for key in ("household_id", "person_id", "rank")}, at=batch.now))
    changed = batch.data(RowState.CHANGED)
    update_rows(Nomination, [(row_id, {"person_id": data["person_id"], "at": batch.now}) for row_id, data in changed])
