"""A list of cases read and checked: every problem named by row and column, none after the first one missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.errors import Refused
from gridcase.core.sheets import (
    Row,
    Sheet,
    SheetProblem,
    match_headers,
    parse_number_id,
    parse_when,
    problem_at,
    read_table,
)
from gridcase.core.text import clean, clean_line, excerpt
from gridcase.core.words import Text
from gridcase.exchange.rules import cases as rules

Progress = Callable[[int, int], None]
_REPORT_EVERY = 200


@dataclass(frozen=True)
class CaseLine:
    """One row of a list, checked. Times are UTC."""

    row: int
    number: str
    title: str
    text: str
    registered_at: datetime
    reporter: str | None = None
    phone: str | None = None
    address: str | None = None
    category: str | None = None
    answer: str | None = None
    answered_at: datetime | None = None


@dataclass
class CaseTable:
    """What a file holds and what is wrong with it."""

    lines: list[CaseLine] = field(default_factory=list)
    problems: list[SheetProblem] = field(default_factory=list)
    columns: Mapping[str, str] = field(default_factory=dict)
    total: int = 0

    @property
    def system(self) -> str:
        """The list's number column names the system it comes from: "留言编号" of a mailbox is no "工单编号"."""
        return self.columns.get("number", "")[:40]  # without the column the list is refused anyway


def read_cases(source: Path | bytes, *, now: datetime, progress: Progress | None = None) -> CaseTable:
    """Read a list of cases. `Refused` only where the file cannot be read as a table at all."""
    sheet = read_table(source)
    columns = match_headers(sheet.headers, rules.CASE_COLUMNS)
    table = CaseTable(columns=columns, total=len(sheet.rows), problems=list(_missing(sheet, columns)))
    used = set(columns.values())
    table.problems += [problem for problem in sheet.problems if problem.column in used]
    if any(name not in columns for name in rules.REQUIRED):
        return table
    known_bad = {(problem.row, problem.column) for problem in table.problems}
    first_row: dict[str, int] = {}
    for done, row in enumerate(sheet.rows, start=1):
        reader = _RowReader(row, columns, known_bad)
        line = reader.line(now, first_row)
        table.problems += reader.problems
        if line is not None:
            table.lines.append(line)
        if progress and (done % _REPORT_EVERY == 0 or done == len(sheet.rows)):
            progress(done, len(sheet.rows))
    table.problems.sort(key=lambda problem: problem.row)
    return table


def _missing(sheet: Sheet, columns: Mapping[str, str]) -> Iterator[SheetProblem]:
    header_row = sheet.rows[0].number - 1 if sheet.rows else 1
    for name in rules.REQUIRED:
        if name not in columns:
            yield SheetProblem(header_row, rules.CASE_COLUMNS[name][0], rules.column_missing(name))


class _RowReader:
    """One row, its cells by what they mean, and what is wrong with them."""

    def __init__(self, row: Row, columns: Mapping[str, str], known_bad: set[tuple[int, str]]) -> None:
        self.problems: list[SheetProblem] = []
        self._row, self._columns, self._known_bad = row, columns, known_bad

    def line(self, now: datetime, first_row: dict[str, int]) -> CaseLine | None:
        """The row as a case; None when something is wrong with it."""
        number = self._number(first_row)
        registered_at = self._when("when", now)
        title, text = self._said()
        answer, answered_at = self._answer(registered_at, now)
        line = CaseLine(
            row=self._row.number,
            number=number or "",
            title=title,
            text=text,
            registered_at=registered_at or now,
            reporter=self._short("reporter"),
            phone=self._short("phone", parse_number_id),
            address=self._short("address"),
            category=self._short("category"),
            answer=answer,
            answered_at=answered_at,
        )
        bad = self.problems or any((self._row.number, column) in self._known_bad for column in self._columns.values())
        return None if bad else line

    def _cell(self, name: str) -> Any:
        return self._row.cells.get(self._columns.get(name, ""))

    def _wrong(self, name: str, why: Text) -> None:
        column = self._columns.get(name, rules.CASE_COLUMNS[name][0])
        if (self._row.number, column) not in self._known_bad:  # a formula has no value to complain about
            self.problems.append(problem_at(self._row.number, column, why))

    def _short(self, name: str, read: Callable[[Any], str] = lambda value: clean_line(str(value))) -> str | None:
        """A cell of one line, never cut in silence."""
        value = self._cell(name)
        if value is None:
            return None
        try:
            text = clean_line(read(value))
        except Refused as refusal:
            self._wrong(name, refusal.text)
            return None
        limit = rules.LONGEST[name]
        if len(text) > limit:
            self._wrong(name, rules.too_long(limit))
        return text or None

    def _number(self, first_row: dict[str, int]) -> str | None:
        number = self._short("number", parse_number_id)
        if number is None:
            if not self.problems:
                self._wrong("number", rules.EMPTY)
        elif first_row.setdefault(number, self._row.number) != self._row.number:
            self._wrong("number", rules.twice(first_row[number]))
        return number

    def _when(self, name: str, now: datetime) -> datetime | None:
        value = self._cell(name)
        if value is None:
            self._wrong(name, rules.EMPTY)
            return None
        try:
            at = parse_when(value, TOWN_ZONE)
        except Refused as refusal:
            self._wrong(name, refusal.text)
            return None
        if at > now:
            self._wrong(name, rules.FUTURE)
        return at

    def _said(self) -> tuple[str, str]:
        """Title and text; one stands in for the other, and a title too long for the list stays whole in the text."""
        title = clean_line(str(self._cell("title") or ""))
        text = clean(str(self._cell("text") or ""))
        if not title and not text:
            self._wrong("text", rules.TWO_EMPTY)
        if len(title) > rules.TITLE_LENGTH:
            text = f"{title}\n{text}".strip()
        short = 0 < len(title) <= rules.TITLE_LENGTH
        return title if short else excerpt(title or text, length=rules.TITLE_LENGTH), text or title

    def _answer(self, registered_at: datetime | None, now: datetime) -> tuple[str | None, datetime | None]:
        """The answer given in the other system, with its day; an answer without a day is asked for."""
        answer = clean(str(self._cell("answer") or "")) or None
        if self._cell("answered") is None:
            if answer is not None:
                self._wrong("answered", rules.ANSWER_WITHOUT_TIME)
            return answer, None
        answered_at = self._when("answered", now)
        if answered_at and registered_at and answered_at < registered_at:
            self._wrong("answered", rules.ANSWERED_EARLIER)
        return answer, answered_at
