"""What a year's table of days may hold, and how it differs from the one in force. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gridcase.core.errors import Refused
from gridcase.core.words import N_, Text
from gridcase.core.worktime import DayKind

FIRST_YEAR, LAST_YEAR = 2004, 2099
NAME_LENGTH, SOURCE_LENGTH = 40, 60
SATURDAY = 5
SEPARATOR = "|"


@dataclass(frozen=True, order=True)
class Day:
    """A day that differs from Monday to Friday, or is named though it does not (a holiday on a Sunday)."""

    day: date
    kind: DayKind
    name: str = ""


@dataclass(frozen=True)
class Difference:
    """A day that becomes another: `before` and `after` are None where the weekday alone decides."""

    day: date
    before: DayKind | None
    after: DayKind | None


def why_wrong(day: Day, year: int) -> Text | None:
    """What is wrong with a day of a year's table; None when nothing is."""
    if day.day.year != year:
        return N_("%(day)s不在 %(year)s 年。", day=day.day, year=year)
    if day.kind is DayKind.MAKEUP and day.day.weekday() < SATURDAY:
        return N_("%(day)s是工作日，本来就上班，不用调休。", day=day.day)
    if len(day.name) > NAME_LENGTH or SEPARATOR in day.name or "\n" in day.name:
        return N_("%(day)s的名称最多 %(n)s 个字，不能有竖线和换行。", day=day.day, n=NAME_LENGTH)
    return None


def checked(days: Iterable[Day], year: int) -> tuple[Day, ...]:
    """The days in order, or `Refused` naming the first that is wrong or stands twice."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused(N_("年份须在 %(first)s 到 %(last)s 之间。", first=FIRST_YEAR, last=LAST_YEAR), field="year")
    seen: dict[date, Day] = {}
    for one in sorted(days):
        if problem := why_wrong(one, year):
            raise Refused(problem)
        if one.day in seen:
            raise Refused(N_("%(day)s出现了两次，请只留一行。", day=one.day))
        seen[one.day] = one
    return tuple(seen.values())


def with_day(days: Iterable[Day], day: date, kind: DayKind | None, name: str) -> tuple[Day, ...]:
    """A year's days with one of them set, or given back to its weekday (`kind` None)."""
    rest = [one for one in days if one.day != day]
    return tuple(sorted([*rest, Day(day, kind, name)] if kind else rest))


def differences(before: Iterable[Day], after: Iterable[Day]) -> tuple[Difference, ...]:
    """The days on which two tables differ in kind, in order; names alone move no deadline."""
    old, new = ({one.day: one.kind for one in days} for days in (before, after))
    return tuple(
        Difference(day, old.get(day), new.get(day)) for day in sorted({*old, *new}) if old.get(day) != new.get(day)
    )


def as_lines(days: Iterable[Day]) -> str:
    """The days as text, a line each, for a hidden field between the look and the saving."""
    return "\n".join(SEPARATOR.join((one.day.isoformat(), one.kind.value, one.name)) for one in sorted(days))


def from_lines(text: str) -> tuple[Day, ...]:
    """Read back what `as_lines` wrote; `Refused` when it was tampered with."""
    days = []
    for line in text.replace("\r", "").split("\n") if text.strip() else []:
        try:
            day, kind, name = line.split(SEPARATOR)
            days.append(Day(date.fromisoformat(day), DayKind(kind), name.strip()))
        except ValueError as wrong:
            raise Refused(N_("内容不完整，请重新打开这一页再填。")) from wrong
    return tuple(days)


def digest(days: Sequence[Day]) -> str:
    """What two tables are told apart by, names included."""
    return hashlib.sha256(as_lines(days).encode()).hexdigest()


def table(days: Iterable[Day], others: Mapping[date, DayKind], year: int) -> dict[date, DayKind]:
    """The whole calendar with this year's days replaced."""
    return {day: kind for day, kind in others.items() if day.year != year} | {one.day: one.kind for one in days}
