"""Changing the calendar with everything that hangs on it: what would move is shown first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from gridcase.calendar import queries as calendar
from gridcase.calendar import service as calendar_service
from gridcase.calendar.models import CalendarVersion
from gridcase.calendar.rules import Day, Difference, checked, differences, why_wrong
from gridcase.cases import service as cases
from gridcase.core.clock import TOWN_ZONE
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.sheets import SheetProblem, match_headers, parse_when, problem_at, read_table, refuse_if
from gridcase.core.words import N_
from gridcase.core.worktime import DayKind, WorkCalendar

COLUMNS = {
    "day": ("日期", "date", "day"), "kind": ("安排", "类型", "kind", "type"), "name": ("名称", "节日", "name"),
}  # fmt: skip
KIND_WORDS = {
    DayKind.HOLIDAY: ("法定节假日", "节假日", "放假", "休", "休息", "holiday", "off"),
    DayKind.MAKEUP: ("调休上班", "补班", "上班", "班", "makeup", "work"),
    DayKind.LOCAL_OFF: ("本地停办", "停办", "local_off", "local"),
}


@dataclass(frozen=True)
class Draft:
    """A year's table that is being looked at: what differs, and what it does to open cases."""

    year: int
    days: tuple[Day, ...]
    changed: tuple[Difference, ...]
    first_time: bool
    seen: str
    new_calendar: WorkCalendar
    recount: cases.Recount

    @property
    def empty(self) -> bool:
        """Whether saving would change nothing at all."""
        return not self.first_time and self.days == calendar.days_of(self.year)


def draft(year: int, days: Iterable[Day]) -> Draft:
    """What a table of a year would change. Writes nothing."""
    wanted, before, now = checked(days, year), calendar.days_of(year), calendar.work_calendar()
    changed, first_time = differences(before, wanted), year not in (now.known_years or ())
    new = calendar.with_year(now, year, wanted)
    since = date(year, 1, 1) if first_time else changed[0].day if changed else None
    recount = cases.look_at_deadlines(new, since=_opens(since)) if since else cases.Recount(())
    return Draft(year, wanted, changed, first_time, seen_now(), new, recount)


def save(looked_at: Draft, *, actor: Viewer, source: str, seen: str, now: datetime) -> CalendarVersion:
    """Put a table in force and move the open cases' deadlines with it, in one transaction; refused when the calendar
    has changed since it was looked at."""
    if seen != seen_now():
        raise Refused(N_("刚才有人改过日历，请重新核对再保存。"))
    if looked_at.empty:
        raise Refused(N_("和现在的日历完全相同，不用保存。"))
    moved = cases.move_deadlines(looked_at.recount, looked_at.new_calendar)
    return calendar_service.set_year(
        actor=actor, year=looked_at.year, days=looked_at.days, source=source, now=now, moved=moved
    )


def seen_now() -> str:
    """The mark of the version in force."""
    version = calendar.version()
    return f"{version.id}:{version.digest[:16]}" if version else "0"


def _opens(day: date) -> datetime:
    return datetime.combine(day, time(), TOWN_ZONE).astimezone(UTC)


def read_year(data: bytes, year: int) -> tuple[Day, ...]:
    """A year's days out of an .xlsx or CSV with the columns 日期, 安排 and 名称; `Refused` names every bad cell."""
    sheet = read_table(data)
    columns = match_headers(sheet.headers, COLUMNS)
    if missing := [COLUMNS[name][0] for name in ("day", "kind") if name not in columns]:
        raise Refused(N_("表格缺少列：%(names)s。", names="、".join(missing)), field="file")
    days, problems = [], list(sheet.problems)
    for row in sheet.rows:
        found = _day_of(row.cells, columns, row.number, year)
        if isinstance(found, SheetProblem):
            problems.append(found)
        else:
            days.append(found)
    refuse_if(problems)
    return checked(days, year)


def _day_of(cells: dict[str, Any], columns: dict[str, str], number: int, year: int) -> Day | SheetProblem:
    try:
        day = parse_when(cells[columns["day"]], TOWN_ZONE).astimezone(TOWN_ZONE).date()
    except Refused as refusal:
        return problem_at(number, columns["day"], refusal.text)
    words = str(cells[columns["kind"]] or "").strip().lower()
    kind = next((kind for kind, known in KIND_WORDS.items() if words in known), None)
    if kind is None:
        return problem_at(number, columns["kind"], N_("请写“放假”“调休上班”或“本地停办”。"))
    one = Day(day, kind, str(cells[columns["name"]] or "").strip() if "name" in columns else "")
    wrong = why_wrong(one, year)
    return problem_at(number, columns["day"], wrong) if wrong else one
