"""Time lines against the plainest model there is: a value a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from gridcase.audit import service as audit
from gridcase.core.dated import Span, free, in_force, known, rewritten, write
from gridcase.core.db import db, transaction
from gridcase.households.models import HouseholdPlace
from tests.factories.world import MAKER, World

FIRST, DAYS = date(2026, 1, 1), 40
Edit = tuple[int, int | None, str | None]


def _day(number: int) -> date:
    return FIRST + timedelta(days=number)


def _edits() -> st.SearchStrategy[list[Edit]]:
    length = st.one_of(st.none(), st.integers(1, DAYS))
    return st.lists(st.tuples(st.integers(0, DAYS - 1), length, st.sampled_from(["a", "b", "c", None])), max_size=12)


class Line:
    """A time line kept as the table keeps it: rows by id, some superseded."""

    def __init__(self) -> None:
        self.rows: dict[int, Span] = {}
        self.gone: set[int] = set()

    def known(self) -> list[Span]:
        standing = (row for number, row in self.rows.items() if number not in self.gone)
        return sorted(standing, key=lambda span: span.start)

    def apply(self, edit: Edit) -> None:
        start, length, value = edit
        end = None if length is None else _day(start + length)
        values = None if value is None else {"cell": value}
        change = rewritten(self.known(), start=_day(start), end=end, values=values)
        self.gone |= set(change.superseded)
        for span in change.written:
            number = len(self.rows)
            self.rows[number] = Span(span.start, span.end, span.values, number)

    def on(self, day: date) -> list[str]:
        return [s.values["cell"] for s in self.known() if s.start <= day and (s.end is None or s.end > day)]


def _naive(edits: list[Edit]) -> dict[date, list[str]]:
    days: dict[date, list[str]] = {_day(number): [] for number in range(3 * DAYS)}
    for start, length, value in edits:
        for day in days:
            if day >= _day(start) and (length is None or day < _day(start + length)):
                days[day] = [] if value is None else [value]
    return days


@given(_edits())
def test_a_time_line_says_what_a_diary_would(edits: list[Edit]) -> None:
    line = Line()
    for edit in edits:
        line.apply(edit)
    assert {day: line.on(day) for day in _naive(edits)} == _naive(edits)


@given(_edits())
def test_known_rows_never_overlap_and_never_are_empty(edits: list[Edit]) -> None:
    line = Line()
    for edit in edits:
        line.apply(edit)
        spans = line.known()
        assert all(span.end is None or span.start < span.end for span in spans)
        assert all(a.end is not None and a.end <= b.start for a, b in pairwise(spans))


@given(_edits(), st.integers(0, DAYS), st.one_of(st.none(), st.integers(1, DAYS)))
def test_free_days_are_those_without_a_row(edits: list[Edit], start: int, length: int | None) -> None:
    line = Line()
    for edit in edits:
        line.apply(edit)
    end = None if length is None else _day(start + length)
    parts = free(line.known(), start=_day(start), end=end)
    inside = [d for d in _naive(edits) if d >= _day(start) and (end is None or d < end)]
    said = {d: any(a <= d and (b is None or d < b) for a, b in parts) for d in inside}
    assert said == {d: not line.on(d) for d in inside}


def test_the_table_answers_for_a_day_as_known_at_a_moment(ctx: Flask, world: World) -> None:
    """Written on 1 March for 1 March, corrected on 5 March for 15 February."""
    home, cells = world.homes["village_a"][0], [world.grids[f"village_a_cell_{n}"] for n in (2, 3)]
    for month, day, start, cell in ((3, 1, date(2026, 3, 1), cells[0]), (3, 5, date(2026, 2, 15), cells[1])):
        with transaction():
            _move(home, cell, start, datetime(2026, month, day, 4, tzinfo=UTC))
    first = world.grids["village_a_cell_1"]

    def lay(on: date, known_at: datetime | None = None) -> list[int]:
        return list(
            db.session.scalars(
                select(HouseholdPlace.grid_id).where(
                    HouseholdPlace.household_id == home, in_force(HouseholdPlace, on, known_at=known_at)
                )
            )
        )

    assert lay(date(2026, 2, 20)) == [cells[1]]
    assert lay(date(2026, 2, 20), datetime(2026, 3, 2, tzinfo=UTC)) == [first]
    assert lay(date(2026, 3, 2), datetime(2026, 3, 2, tzinfo=UTC)) == [cells[0]]
    assert lay(date(2026, 2, 14)) == [first]


def _move(home: int, cell: int, start: date, now: datetime) -> None:
    rows = db.session.scalars(select(HouseholdPlace).where(HouseholdPlace.household_id == home, known(HouseholdPlace)))
    line = [
        Span(row.valid_from, row.valid_to, {"household_id": home, "grid_id": row.grid_id, "reason": ""}, row.id)
        for row in rows
    ]
    values = {"household_id": home, "grid_id": cell, "reason": "test"}
    write(HouseholdPlace, [rewritten(line, start=start, end=None, values=values)], now=now)
    audit.record(actor=MAKER, action="test", subject_kind="test", subject_id=None, now=now)
