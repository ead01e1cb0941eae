"""Working time: when something is due, in office hours, with holidays, make-up days and pauses. Pure.

Units of a limit: N natural hours (the clock, 24 a day), W working hours, D calendar days. One working day
always counts 8 W, whatever its office hours are: 1 W is an eighth of the office day, so that 40 W is five
working days in every town. Datetimes come in aware and go out in UTC. Days off come from a table of days; a
year of which the table knows nothing counts Monday to Friday and makes the result provisional (the make-up
days of a year are published only in the November before).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property
from itertools import pairwise

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.errors import SetupProblem
from gridcase.core.labels import Labelled
from gridcase.core.words import N_

HOURS_A_DAY = 8
SOON_HOURS = 8  # due-soon comes at min(8 working hours, a quarter of the limit): decisions 8
SOON_SHARE = 0.25
ONE_DAY = timedelta(days=1)
ZERO = timedelta(0)
BAD_OFFICE_HOURS = N_("办公时间须按先后填写，例如 08:30-12:00,14:00-17:30。")

Span = tuple[datetime, datetime]


class DayKind(Labelled):
    """Why a day differs from its weekday."""

    HOLIDAY = "holiday", N_("法定节假日")
    MAKEUP = "makeup", N_("调休上班")
    LOCAL_OFF = "local_off", N_("本地停办")


class LimitUnit(Labelled):
    """What a limit is counted in."""

    NATURAL = "N", N_("小时")
    WORKING = "W", N_("工作小时")
    DAYS = "D", N_("天")


@dataclass(frozen=True)
class Limit:
    """How long something may take: `Limit(40, LimitUnit.WORKING)` is five working days."""

    amount: float
    unit: LimitUnit

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError("a limit is never negative")

    def share(self, part: float) -> Limit:
        """This part of the limit, in the same unit."""
        return Limit(self.amount * part, self.unit)


@dataclass(frozen=True)
class Deadline:
    """A moment in UTC, and whether it rests on a year whose make-up days are not known yet."""

    at: datetime
    provisional: bool = False


@dataclass(frozen=True)
class OfficeHours:
    """The open spans of a working day, in local time, in order, not crossing midnight."""

    spans: tuple[tuple[time, time], ...] = ((time(8, 30), time(12)), (time(14), time(17, 30)))

    def __post_init__(self) -> None:
        edges = [edge for span in self.spans for edge in span]
        if not edges or any(earlier >= later for earlier, later in pairwise(edges)):
            raise SetupProblem(BAD_OFFICE_HOURS)

    @classmethod
    def parse(cls, text: str) -> OfficeHours:
        """Read the setting `08:30-12:00,14:00-17:30`; raises `SetupProblem` for anything else."""
        try:
            spans = [part.split("-") for part in text.replace(" ", "").split(",")]
            return cls(tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in spans))
        except ValueError as wrong:
            raise SetupProblem(BAD_OFFICE_HOURS) from wrong

    @cached_property
    def day(self) -> timedelta:
        """The open time of one whole day, which is 8 W."""
        base = date(2000, 1, 1)
        lengths = (datetime.combine(base, b) - datetime.combine(base, a) for a, b in self.spans)
        return sum(lengths, ZERO)


@dataclass(frozen=True)
class CountedDay:
    """A day that counted, with its working hours; `makeup` when it is a weekend worked in exchange."""

    day: date
    hours: float
    makeup: bool


@dataclass(frozen=True)
class SkippedDay:
    """A day that did not count; `kind` is None for a plain weekend, `name` the holiday's name where known."""

    day: date
    kind: DayKind | None
    name: str


@dataclass(frozen=True)
class Explanation:
    """Why a deadline is where it is. `pauses` are merged and cut to the time between start and due."""

    limit: Limit
    start: datetime
    counts_from: datetime
    due: Deadline
    counted: tuple[CountedDay, ...]
    skipped: tuple[SkippedDay, ...]
    pauses: tuple[Span, ...]


@dataclass(frozen=True, eq=False)
class WorkCalendar:
    """Which days are worked and when: the table of days, the years it covers, office hours and time zone.

    `known_years` are the years whose holidays are loaded; left out, it is every year with a row.
    """

    days: Mapping[date, DayKind] = field(default_factory=dict)
    known_years: frozenset[int] | None = None
    office_hours: OfficeHours = OfficeHours()
    tz: tzinfo = TOWN_ZONE
    names: Mapping[date, str] = field(default_factory=dict)

    @cached_property
    def _years(self) -> frozenset[int]:
        return frozenset(day.year for day in self.days) if self.known_years is None else self.known_years

    # -- days

    def is_workday(self, day: date) -> bool:
        """Whether the office is open on this day: the table first, else Monday to Friday."""
        kind = self.days.get(day)
        return day.weekday() < 5 if kind is None else kind == DayKind.MAKEUP

    def provisional(self, day: date) -> bool:
        """Whether this day lies in a year without data."""
        return day.year not in self._years

    def local_day(self, at: datetime) -> date:
        """The date on the office's wall at this moment."""
        return _aware(at).astimezone(self.tz).date()

    def next_workday(self, day: date) -> date:
        """This day when it is worked, else the first worked day after it."""
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def next_opening(self, at: datetime) -> datetime:
        """This moment when the office is open, else the next opening (at closing time it is closed)."""
        return self.add_hours(at, 0).at

    # -- forward and back

    def add(self, start: datetime, limit: Limit, *, pauses: Sequence[Span] = ()) -> Deadline:
        """When a limit that begins at `start` is due, whatever its unit."""
        if limit.unit == LimitUnit.WORKING:
            return self.add_hours(start, limit.amount, pauses=pauses)
        if limit.unit == LimitUnit.NATURAL:
            return self.add_natural(start, limit.amount, pauses=pauses)
        return self.add_days(start, int(limit.amount), pauses=pauses)

    def add_hours(self, start: datetime, hours: float, *, pauses: Sequence[Span] = ()) -> Deadline:
        """`hours` W after `start`; out of hours begins at the next opening, a due time at closing stays."""
        start, left, holes = _aware(start), self._open_time(hours), merged(pauses)
        first = day = self.local_day(start)
        last_pause = self.local_day(holes[-1][1]) if holes else first
        while True:
            if self.is_workday(day):
                if left > self.office_hours.day and day > first and day > last_pause:
                    left -= self.office_hours.day
                else:
                    for opens, closes in self._free(day, holes, after=start):
                        if left <= closes - opens:
                            return Deadline(opens + left, self._guessed(first, day))
                        left -= closes - opens
            day += ONE_DAY

    def subtract_hours(self, due: datetime, hours: float, *, pauses: Sequence[Span] = ()) -> datetime:
        """The moment from which `hours` W remain until `due`."""
        due, left, holes = _aware(due), self._open_time(hours), merged(pauses)
        last = day = self.local_day(due)
        first_pause = self.local_day(holes[0][0]) if holes else last
        while True:
            if self.is_workday(day):
                if left > self.office_hours.day and day < last and day < first_pause:
                    left -= self.office_hours.day
                else:
                    for opens, closes in reversed(list(self._free(day, holes, before=due))):
                        if left <= closes - opens:
                            return closes - left
                        left -= closes - opens
            day -= ONE_DAY

    def hours_between(self, a: datetime, b: datetime, *, pauses: Sequence[Span] = ()) -> float:
        """Working hours from `a` to `b` (negative when `b` comes first): the inverse of `add_hours`."""
        a, b = _aware(a), _aware(b)
        if b < a:
            return -self.hours_between(b, a, pauses=pauses)
        holes, total = merged(pauses), ZERO
        day, last = self.local_day(a), self.local_day(b)
        edges = {day, last}
        while day <= last:
            if self.is_workday(day):
                whole = day not in edges and not holes
                total += self.office_hours.day if whole else self._open_on(day, holes, a, b)
            day += ONE_DAY
        return self._hours(total)

    def add_natural(self, start: datetime, hours: float, *, pauses: Sequence[Span] = ()) -> Deadline:
        """`hours` by the clock, paused time not counted."""
        start = _aware(start)
        due = start + timedelta(hours=hours)
        for begins, ends in merged(pauses):
            if ends > start and begins < due:
                due += ends - max(begins, start)
        return Deadline(due)

    def add_days(self, start: datetime, days: int, *, pauses: Sequence[Span] = ()) -> Deadline:
        """Calendar days as the Civil Code has them (arts. 201, 203): the first day does not count, the last
        ends with the office hours, and a last day that is a day off moves to the next working day."""
        start = _aware(start)
        last = self.local_day(start) + timedelta(days=days)
        for begins, ends in merged(pauses):
            begins = max(begins, start)
            if begins < ends and self.local_day(begins) <= last:
                last += timedelta(days=-((begins - ends) // ONE_DAY))  # a pause of part of a day gives a whole one
        due_on = self.next_workday(last)
        closes = datetime.combine(due_on, self.office_hours.spans[-1][1], tzinfo=self.tz)
        return Deadline(closes.astimezone(UTC), self._guessed(last, due_on))

    def soon_at(
        self,
        start: datetime,
        due: datetime,
        limit: Limit,
        *,
        pauses: Sequence[Span] = (),
        hours: float = SOON_HOURS,
        share: float = SOON_SHARE,
    ) -> datetime:
        """When due-soon begins: `due` minus the shorter of `hours` W and this share of the limit."""
        start, due = _aware(start), _aware(due)
        by_hours = self.subtract_hours(due, hours, pauses=pauses)
        part = limit.share(share)
        if part.unit == LimitUnit.WORKING:
            by_share = self.subtract_hours(due, part.amount, pauses=pauses)
        else:
            by_share = due - timedelta(hours=part.amount * (1 if part.unit == LimitUnit.NATURAL else 24))
        return max(start, by_hours, by_share)

    def explain(self, start: datetime, limit: Limit, *, pauses: Sequence[Span] = ()) -> Explanation:
        """The deadline of `add` with everything that led to it, for the sentence beside a case."""
        start, due = _aware(start), self.add(start, limit, pauses=pauses)
        holes = tuple(_cut(merged(pauses), start, due.at))
        if limit.unit == LimitUnit.NATURAL:
            return Explanation(limit, start, start, due, (), (), holes)
        counted: list[CountedDay] = []
        skipped: list[SkippedDay] = []
        day, last = self.local_day(start), self.local_day(due.at)
        if limit.unit == LimitUnit.DAYS:  # only the days the end was moved over
            return Explanation(limit, start, start, due, (), tuple(self._moved_over(last)), holes)
        while day <= last:
            if not self.is_workday(day):
                skipped.append(self._skipped(day))
            elif hours := self._hours(self._open_on(day, holes, start, due.at)):
                counted.append(CountedDay(day, hours, self.days.get(day) == DayKind.MAKEUP))
            day += ONE_DAY
        opens = self.add_hours(start, 0, pauses=pauses).at
        return Explanation(limit, start, min(opens, due.at), due, tuple(counted), tuple(skipped), holes)

    # -- inside

    def _open_time(self, hours: float) -> timedelta:
        if hours < 0:
            raise ValueError("working hours are counted forward; use subtract_hours to go back")
        return self.office_hours.day * hours / HOURS_A_DAY

    def _hours(self, open_time: timedelta) -> float:
        return open_time / self.office_hours.day * HOURS_A_DAY

    def _guessed(self, first: date, last: date) -> bool:
        return any(year not in self._years for year in range(first.year, last.year + 1))

    def _free(
        self,
        day: date,
        holes: Sequence[Span],
        *,
        after: datetime | None = None,
        before: datetime | None = None,
    ) -> Iterator[Span]:
        """The open spans of a worked day, in UTC, within the bounds and outside the pauses."""
        for opens_at, closes_at in self.office_hours.spans:
            opens = datetime.combine(day, opens_at, tzinfo=self.tz).astimezone(UTC)
            closes = datetime.combine(day, closes_at, tzinfo=self.tz).astimezone(UTC)
            opens = max(opens, after) if after else opens
            closes = min(closes, before) if before else closes
            for begins, ends in holes:
                if begins < closes and ends > opens:
                    if opens < begins:
                        yield opens, begins
                    opens = ends
            if opens < closes:
                yield opens, closes

    def _open_on(self, day: date, holes: Sequence[Span], after: datetime, before: datetime) -> timedelta:
        spans = self._free(day, holes, after=after, before=before)
        return sum((closes - opens for opens, closes in spans), ZERO)

    def _skipped(self, day: date) -> SkippedDay:
        return SkippedDay(day, self.days.get(day), self.names.get(day, ""))

    def _moved_over(self, due_on: date) -> list[SkippedDay]:
        days: list[SkippedDay] = []
        day = due_on - ONE_DAY
        while not self.is_workday(day):
            days.append(self._skipped(day))
            day -= ONE_DAY
        return days[::-1]


def merged(pauses: Sequence[Span]) -> list[Span]:
    """The pauses in order, in UTC, overlapping ones joined and empty ones left out."""
    joined: list[Span] = []
    for begins, ends in sorted((_aware(begins), _aware(ends)) for begins, ends in pauses):
        if begins >= ends:
            continue
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(ends, joined[-1][1]))
        else:
            joined.append((begins, ends))
    return joined


def _cut(spans: Sequence[Span], after: datetime, before: datetime) -> Iterator[Span]:
    for begins, ends in spans:
        if begins < before and ends > after:
            yield max(begins, after), min(ends, before)


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("working time needs aware datetimes")
    return at.astimezone(UTC)
