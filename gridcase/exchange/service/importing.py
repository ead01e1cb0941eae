"""Taking over a list of cases: checked whole without a lock, then written by one call, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gridcase.cases import service as cases
from gridcase.cases.rules import Channel
from gridcase.cases.rules.transfers import SOURCES
from gridcase.cases.service import HistoryRow
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.sheets import SheetProblem, problem_at
from gridcase.core.words import N_, Text
from gridcase.exchange.queries import cases as queries
from gridcase.exchange.rules import cases as rules
from gridcase.exchange.service.reading import CaseLine, CaseTable, Progress, read_cases
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel


@dataclass(frozen=True)
class ImportReport:
    """What came of a list. `lock_ms`: how long others had to wait for writing, in milliseconds; 0 when only checked."""

    total: int
    new: int
    known: int
    problems: tuple[SheetProblem, ...] = ()
    dry_run: bool = False
    lock_ms: float = 0.0
    switched_off: tuple[str, ...] = ()  # classes of the list that are not in use here

    @property
    def accepted(self) -> bool:
        """Whether the list was, or would be, taken over."""
        return not self.problems

    def texts(self) -> Iterator[Text]:
        """The report in sentences, for a page or a terminal."""
        if self.problems:
            yield N_(
                "共 %(total)s 行，有 %(count)s 处要改，没有导入任何内容。", total=self.total, count=len(self.problems)
            )
            yield from (problem.text for problem in self.problems[: rules.SHOWN_PROBLEMS])
            if len(self.problems) > rules.SHOWN_PROBLEMS:
                yield N_("还有 %(count)s 处没有列出。", count=len(self.problems) - rules.SHOWN_PROBLEMS)
        elif self.dry_run:
            yield N_("共 %(total)s 行，可以导入：新 %(new)s 件，已有 %(known)s 件。", **self._counts())
        else:
            yield N_("共 %(total)s 行：新登记 %(new)s 件，已有 %(known)s 件没有重复登记。", **self._counts())
            yield N_("写入占用数据库 %(ms)s 毫秒。", ms=round(self.lock_ms))
        if self.switched_off and not self.problems:
            yield N_("这些类别已停用，导入后进“待分类”：%(names)s。", names="、".join(self.switched_off))

    def lines(self) -> list[str]:
        """The same in Chinese, for the command line."""
        return [str(text) for text in self.texts()]

    def _counts(self) -> dict[str, int]:
        return {"total": self.total, "new": self.new, "known": self.known}


@dataclass(frozen=True)
class CheckedCases:
    """A list that was checked: the report so far, and what is to be written (nothing where `ready` is false)."""

    report: ImportReport
    system: str = ""
    rows: Sequence[HistoryRow] = ()
    town_id: int = 0
    village_id: int | None = None
    channel: Channel | None = None

    @property
    def ready(self) -> bool:
        """Whether there is something to write."""
        return bool(self.rows)


def check_cases(
    *,
    actor: Viewer,
    data: bytes | Path,
    town_code: str,
    village_code: str | None,
    dry_run: bool,
    now: datetime,
    progress: Progress | None = None,
    source: Channel | None = None,
) -> CheckedCases:
    """Check a list of cases for a town's tray (or a village's): all of it, or nothing when a cell is wrong.

    What the town has already is left alone, so the same list can be handed in again. `source` is the desk whose orders
    they are (12345, petitions, from above); without one the list's number column names the system.
    """
    town, village = _places(actor, town_code, village_code)
    table = read_cases(data, now=now, progress=progress)
    system = SOURCES[source] if source else table.system
    fresh, problems = _not_known(town, table, system, one_desk=source is not None)
    problems = sorted([*table.problems, *problems], key=lambda problem: problem.row)
    known = len(table.lines) - len(fresh)
    codes, off = queries.class_codes((village or town).path)
    switched_off = tuple(sorted(off & {line.category for line in fresh if line.category}))
    if problems or dry_run:
        new = 0 if problems else len(fresh)
        return CheckedCases(
            ImportReport(table.total, new, known, tuple(problems), dry_run=dry_run, switched_off=switched_off)
        )
    report = ImportReport(table.total, 0, known, switched_off=switched_off)
    if not fresh:
        return CheckedCases(report)
    place = village.id if village else None
    return CheckedCases(report, system, _history(fresh, codes), town.id, place, source)


def take_over(checked: CheckedCases, *, actor: Viewer, now: datetime) -> ImportReport:
    """Write a checked list: one call, one transaction of the caller's."""
    result = cases.import_history(
        actor=actor,
        town=db.session.get_one(Grid, checked.town_id),
        village=db.session.get_one(Grid, checked.village_id) if checked.village_id else None,
        source_system=checked.system,
        rows=checked.rows,
        now=now,
        channel=checked.channel,
    )
    report = checked.report
    return ImportReport(report.total, result.new, report.known + result.known, switched_off=report.switched_off)


def _places(actor: Viewer, town_code: str, village_code: str | None) -> tuple[Grid, Grid | None]:
    """The town, and the village in it; both within the actor's reach."""
    town = grids.by_code(town_code)
    village = grids.by_code(village_code) if village_code else None
    held = actor.grants_with(Permission.IMPORT_CASES)
    if town is None or town.level != GridLevel.TOWN:
        raise Refused(N_("没有编码为 %(code)s 的乡镇。", code=town_code), field="town")
    if not any(grant.path and town.path.startswith(grant.path) for grant in held):
        raise Refused(N_("没有编码为 %(code)s 的乡镇。", code=town_code), field="town")
    if village_code and (village is None or village.town_id != town.id or village.level != GridLevel.VILLAGE):
        raise Refused(N_("%(town)s没有编码为 %(code)s 的村。", town=town.name, code=village_code), field="village")
    return town, village


def _not_known(
    town: Grid, table: CaseTable, system: str, *, one_desk: bool
) -> tuple[list[CaseLine], list[SheetProblem]]:  # fmt: skip
    """The lines the town does not have yet. The same number with another time is another system's: that is asked. Of
    one desk a number is one matter: it may have been registered here by hand, at another time."""
    taken = queries.taken_over(town.id, [line.number for line in table.lines])
    fresh: list[CaseLine] = []
    problems: list[SheetProblem] = []
    for line in table.lines:
        before = taken.get(line.number, [])
        if any(at == line.registered_at or (one_desk and known == system) for known, at in before):
            continue
        fresh.append(line)
        if any(known == system for known, _at in before):
            problems.append(problem_at(line.row, table.columns["when"], rules.other_time(line.number)))
    return fresh, problems


def _history(lines: Sequence[CaseLine], codes: Mapping[str, str]) -> list[HistoryRow]:
    """As the cases room takes them; a class name that is not in use stays readable in the text."""
    return [
        HistoryRow(
            source_no=line.number,
            title=line.title,
            text=line.text
            if not line.category or line.category in codes
            else rules.with_category(line.text, line.category),
            happened_at=line.registered_at,
            reporter_name=line.reporter,
            reporter_phone=line.phone,
            class_code=codes.get(line.category or ""),
            address=line.address,
            answer_text=line.answer,
            answered_at=line.answered_at,
            cleaned=True,
        )
        for line in lines
    ]
