"""Taking over another system's list: one batch, a handful of statements, nothing doubled on a second run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import InitVar, dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import String, Table, any_, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from gridcase.audit import service as audit
from gridcase.cases import queries
from gridcase.cases.models import Case, CaseClass, CaseStep
from gridcase.cases.rules import Channel, State
from gridcase.cases.rules.majors import UNSORTED_CLASS
from gridcase.cases.rules.searching import words_said
from gridcase.cases.rules.transfers import channel_of
from gridcase.cases.service import searching, tallies
from gridcase.cases.service.numbers import reserve
from gridcase.core.clock import town_day
from gridcase.core.db import db, dialect_name
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.text import clean, clean_line, excerpt
from gridcase.core.words import N_
from gridcase.grid.models import Grid

TITLE_LENGTH, NAME_LENGTH, PHONE_LENGTH, ADDRESS_LENGTH, NO_LENGTH = 120, 60, 20, 120, 60
KNOWN_BATCH = 5000  # source numbers asked for in one statement


@dataclass(frozen=True)
class HistoryRow:
    """One matter as the other system had it; `happened_at` is kept, an answer makes it a closed one.

    Texts are cleaned and their words found when a row is made: that takes longer than writing it, and must not happen
    under the write lock. `cleaned`: the texts are clean and short enough already.
    """

    source_no: str
    title: str
    text: str
    happened_at: datetime
    reporter_name: str | None = None
    reporter_phone: str | None = None
    class_code: str | None = None
    address: str | None = None
    answer_text: str | None = None
    answered_at: datetime | None = None
    cleaned: InitVar[bool] = False
    words: str = field(init=False, repr=False)  # with blanks between: a tenth of the memory of a list

    def __post_init__(self, cleaned: bool) -> None:
        if not cleaned:
            self._clean()
        object.__setattr__(self, "words", " ".join(words_said((self.title, self.text, self.address))))

    def _clean(self) -> None:
        text = clean(self.text)
        for name, value in (
            ("source_no", clean_line(self.source_no)[:NO_LENGTH]),
            ("title", excerpt(clean_line(self.title) or text or clean_line(self.source_no), length=TITLE_LENGTH)),
            ("text", text),
            ("reporter_name", _line(self.reporter_name, NAME_LENGTH)),
            ("reporter_phone", _line(self.reporter_phone, PHONE_LENGTH)),
            ("address", _line(self.address, ADDRESS_LENGTH)),
            ("answer_text", clean(self.answer_text or "") or None),
        ):
            object.__setattr__(self, name, value)


def _line(text: str | None, length: int) -> str | None:
    return clean_line(text or "")[:length] or None


@dataclass(frozen=True)
class ImportResult:
    """How many were new, and how many had been taken over before."""

    new: int
    known: int


def import_history(
    *,
    actor: Viewer,
    town: Grid,
    village: Grid | None,
    source_system: str,
    rows: Sequence[HistoryRow],
    now: datetime,
    channel: Channel | None = None,
) -> ImportResult:
    """Take over the rows not known yet. Answered ones are closed history; the others wait in the tray, without clocks,
    reminders or points, until somebody sorts them. (town, source system, source number) decides what is new.
    """
    grant = actor.acting(Permission.IMPORT_CASES, path=town.path)
    if grant is None or not (grant.path and town.path.startswith(grant.path)):
        raise Refused(N_("这个乡镇不在您的工作范围内，不能导入。"))
    day = town_day(now)
    reserve(town.id, day, 0)  # holds the town's counter: a second import waits here and then sees these rows
    known = _known(town, source_system, [row.source_no for row in rows])
    fresh = {row.source_no: row for row in reversed(rows)}
    new = [row for no, row in reversed(fresh.items()) if no not in known]
    if new:
        classes = _classes({row.class_code or UNSORTED_CLASS for row in new})
        numbers = reserve(town.id, day, len(new))
        place = village or town
        catalogue = queries.catalogue(path=place.path, disabled_too=True)
        hidden = frozenset(one.code for one in catalogue if one.terms.restricted)
        values = [
            _values(row, number, classes, town, place, source_system)
            | {"channel": channel or channel_of(source_system), "restricted": row.class_code in hidden}
            for row, number in zip(new, numbers, strict=True)
        ]
        ids = _insert(values, actor=actor, post_id=grant.post_id, role=grant.role, now=now)
        hidden |= {code for code, one in classes.items() if one.restricted}
        told = [
            searching.NewCase(ids[number], number, row.source_no, classes[code].zh, row.words)
            for row, number in zip(new, numbers, strict=True)
            if (code := row.class_code or UNSORTED_CLASS) not in hidden
        ]
        searching.put_new_list(told, place)
    audit.record(
        actor=actor, action="case.import", subject_kind="grid", subject_id=(village or town).id, place_path=town.path,
        post_id=grant.post_id, now=now,
        detail={"source": source_system, "new": len(new), "known": len(rows) - len(new)},
    )  # fmt: skip
    return ImportResult(new=len(new), known=len(rows) - len(new))


def _known(town: Grid, source_system: str, numbers: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(numbers), KNOWN_BATCH):
        batch = numbers[start : start + KNOWN_BATCH]
        found.update(
            no
            for no in db.session.scalars(
                select(Case.source_no).where(
                    Case.town_id == town.id, Case.source_system == source_system, Case.source_no.in_(batch)
                )
            )
            if no
        )
    return found


def _classes(codes: set[str]) -> dict[str, CaseClass]:
    found = {row.code: row for row in db.session.scalars(select(CaseClass).where(CaseClass.code.in_(codes)))}
    missing = sorted(codes - found.keys())
    if missing:
        raise Refused(N_("目录里没有类别 %(code)s。", code=missing[0]), field="class_code")
    return found


def _values(
    row: HistoryRow, number: str, classes: dict[str, CaseClass], town: Grid, place: Grid, source_system: str
) -> dict[str, Any]:
    case_class, answered = classes[row.class_code or UNSORTED_CLASS], bool(row.answer_text)
    return {
        "number": number,
        "class_id": case_class.id,
        "title": row.title,
        "text": row.text,
        "state": State.CLOSED if answered else State.REGISTERED,
        "urgency": case_class.urgency,
        "county_id": town.county_id,
        "town_id": town.id,
        "village_id": place.village_id,
        "grid_id": place.id,
        "path": place.path,
        "address": row.address,
        "reporter_name": row.reporter_name,
        "reporter_phone": row.reporter_phone,
        "anonymous": False,
        "unsorted": not answered,
        "registered_at": row.happened_at,
        "due_provisional": False,
        "closed_at": (row.answered_at or row.happened_at) if answered else None,
        "closed_late": False,
        "result": row.answer_text,
        "answer_attempts": 0,
        "self_solved": False,
        "source_system": source_system,
        "source_no": row.source_no,
    }


def _insert(
    values: list[dict[str, Any]], *, actor: Viewer, post_id: int | None, role: str, now: datetime
) -> dict[str, int]:
    """The cases, their first steps taken from the rows just written, and their counters; returns the ids by number."""
    ids = _write(values)
    step = {
        "seq": 1, "move": "import", "actor_user_id": actor.user_id, "actor_post_id": post_id, "actor_name": actor.name,
        "actor_role": role, "at": now, "detail": {},
    }  # fmt: skip
    same = [literal(value, CaseStep.__table__.c[name].type).label(name) for name, value in step.items()]
    wanted = sorted(ids.values())
    for start in range(0, len(wanted), KNOWN_BATCH):
        taken = select(Case.id, Case.state, *same).where(Case.id.in_(wanted[start : start + KNOWN_BATCH]))
        db.session.execute(insert(CaseStep).from_select(["case_id", "to_state", *step], taken.order_by(Case.id)))
    tallies.add(tallies.Key(v["town_id"], v["village_id"], v["class_id"], v["state"]) for v in values)
    return ids


def _write(values: list[dict[str, Any]]) -> dict[str, int]:
    """The cases themselves, a thousand a statement, on PostgreSQL by COPY: what the database does once a statement
    (plan, triggers) is half of the work where every case has its own."""
    kept = cast(Table, Case.__table__)
    if dialect_name() == "sqlite":
        born = db.session.execute(insert(kept).returning(kept.c.number, kept.c.id), values)
    else:
        cursor: Any = db.session.connection().connection.cursor()
        columns = ", ".join(values[0])
        with cursor, cursor.copy(f'COPY "case" ({columns}) FROM STDIN') as copy:
            for value in values:
                copy.write_row(list(value.values()))
        numbers = literal([value["number"] for value in values], ARRAY(String()))
        born = db.session.execute(select(kept.c.number, kept.c.id).where(kept.c.number == any_(numbers)))
    return {row.number: row.id for row in born}
