"""An import step by step: handed in, columns named, checked in pieces, confirmed, written, over.

Every function is one short write; `gridcase.exchange.jobs` strings them together, each in a transaction of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update

from gridcase.audit import service as audit
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.sheets import match_headers
from gridcase.core.words import Text
from gridcase.exchange import queries
from gridcase.exchange.models import ImportMapping, ImportRow, RegisterImport
from gridcase.exchange.rules import states
from gridcase.exchange.rules.columns import Register
from gridcase.exchange.rules.registers import REGISTERS
from gridcase.exchange.rules.states import WRITES, ImportState, RowState
from gridcase.exchange.service.lines import Line, packed
from gridcase.exchange.service.writing import WRITERS, Batch

COUNTED = (RowState.NEW, RowState.CHANGED, RowState.ENDED, RowState.SAME, RowState.WRONG)


def begin(
    *, actor: Viewer, register: Register, filename: str, digest: str, datum: str, on: date, now: datetime
) -> RegisterImport:
    """A file was handed in; nothing has looked into it yet."""
    path = _home_of(actor)
    made = RegisterImport(
        register=register.key, user_id=actor.user_id, place_path=path, filename=filename[:120], digest=digest,
        datum=datum, effective_on=on, state=ImportState.CHECKING, headers=[], mapping={}, counts={}, total=0, done=0,
        lock_ms=0.0, created_at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    audit.record(
        actor=actor, action="register.upload", subject_kind="import", subject_id=made.id, place_path=path, now=now,
        detail={"register": register.key, "digest": digest},
    )  # fmt: skip
    return made


def note_headers(one: RegisterImport, headers: Sequence[str]) -> bool:
    """What the file's columns are called. Where they are known, guessed all or remembered, the check can go on (true);
    else somebody is asked."""
    register = REGISTERS[one.register]
    one.headers = list(headers)
    one.mapping, sure = _guess(register, headers, one.place_path)
    if not sure:
        one.state, one.claimed_at = ImportState.MAPPING, None
    return sure


def _home_of(actor: Viewer) -> str:
    grant = actor.acting(Permission.IMPORT_REGISTERS)
    return (grant.path if grant else None) or "/"


def headers_digest(headers: Sequence[str]) -> str:
    """What a set of headers is remembered by, whatever their order."""
    return hashlib.sha256("\x1f".join(sorted(headers)).encode()).hexdigest()


def _guess(register: Register, headers: Sequence[str], path: str) -> tuple[dict[str, str], bool]:
    """Which column holds what, and whether nobody needs to look at it."""
    remembered = queries.imports.mapping(path, register.key, headers_digest(headers))
    if remembered is not None:
        return remembered, True
    found = match_headers(headers, register.aliases())
    complete = all(column.key in found for column in register.required)
    return found, complete and set(found.values()) == set(headers)


def name_columns(one: RegisterImport, *, mapping: Mapping[str, str], now: datetime) -> None:
    """The file's own columns as somebody matched them; remembered for files with the same headers."""
    register, headers = REGISTERS[one.register], set(one.headers)
    chosen = {key: header for key, header in mapping.items() if header}
    for column in register.required:
        if column.key not in chosen:
            raise Refused(_missing(column), field=column.key)
    used: dict[str, str] = {}
    for key, header in chosen.items():
        if header not in headers or used.setdefault(header, key) != key:
            raise Refused(states.COLUMN_TWICE, field=key)
    one.mapping, one.state, one.counts, one.done = chosen, ImportState.CHECKING, {}, 0
    _remember(one, now)


def missing(one: RegisterImport) -> list[Text]:
    """The required columns that no header of the file fits yet."""
    return [_missing(column) for column in REGISTERS[one.register].required if column.key not in one.mapping]


def _missing(column: Any) -> Text:
    return states.column_missing(column.header, "、".join(column.names[:3]) or column.header)


def _remember(one: RegisterImport, now: datetime) -> None:
    digest = headers_digest(one.headers)
    known = db.session.scalar(
        select(ImportMapping).where(
            ImportMapping.place_path == one.place_path, ImportMapping.register == one.register,
            ImportMapping.headers_digest == digest,
        )
    )  # fmt: skip
    if known is None:
        known = ImportMapping(place_path=one.place_path, register=one.register, headers_digest=digest)
        db.session.add(known)
    known.mapping, known.updated_at = dict(one.mapping), now
    db.session.flush()


def claim(import_id: int, *, now: datetime) -> bool:
    """Whether this worker has it now: nobody else's, or of somebody not heard of for long."""
    result: Any = db.session.execute(
        update(RegisterImport)
        .where(
            RegisterImport.id == import_id,
            RegisterImport.state.in_((ImportState.CHECKING, ImportState.WRITING)),
            or_(RegisterImport.claimed_at.is_(None), RegisterImport.claimed_at < now - states.STALE),
        )
        .values(claimed_at=now)
    )
    return bool(result.rowcount)


def forget_rows(import_id: int, *, limit: int = 20_000) -> int:
    """Take staged rows off again, some at a time; returns how many."""
    ids = select(ImportRow.id).where(ImportRow.import_id == import_id).limit(limit)
    result: Any = db.session.execute(delete(ImportRow).where(ImportRow.id.in_(ids)))
    return int(result.rowcount)


def stage(import_id: int, lines: Sequence[Line], *, done: int, now: datetime) -> None:
    """Keep a piece of checked rows, and say how far the check is."""
    if lines:
        db.session.execute(insert(ImportRow), [_row(import_id, line) for line in lines])
    heard(import_id, done=done, now=now)


def _row(import_id: int, line: Line) -> dict[str, Any]:
    return {
        "import_id": import_id, "number": line.number, "part": line.part, "state": line.state,
        "target_id": line.target_id, "data": data_of(line), "problems": line.problems,
    }  # fmt: skip


def data_of(line: Line) -> dict[str, Any]:
    """What is staged of a row: what the writer needs on top, what the cells held below `v`."""
    base = line.values if line.state in (RowState.NEW, RowState.JOINS) else {}
    return {**packed({**base, **line.ready}), "v": packed(line.values)}


def differs(line: Line, row: ImportRow) -> bool:
    """Whether a staged row would mean something else now."""
    staged = {key: value for key, value in row.data.items() if key != "initials"}
    return (line.state, line.part, data_of(line), line.problems) != (row.state, row.part, staged, row.problems)


def restage(rows: Sequence[tuple[Line, int]]) -> None:
    """Rows that mean something else than when they were checked."""
    for line, row_id in rows:
        row = db.session.get_one(ImportRow, row_id)
        row.state, row.part, row.data, row.problems = line.state, line.part, data_of(line), line.problems
        row.target_id = line.target_id


def written(import_id: int) -> bool:
    """Whether a part of it is in the register already."""
    return bool(
        db.session.scalar(
            select(ImportRow.id).where(ImportRow.import_id == import_id, ImportRow.state == RowState.WRITTEN).limit(1)
        )
    )


def heard(import_id: int, *, done: int, now: datetime) -> None:
    """The worker lives, and how far it is."""
    db.session.execute(update(RegisterImport).where(RegisterImport.id == import_id).values(done=done, claimed_at=now))


def count(one: RegisterImport) -> dict[str, int]:
    """How many rows are new, changed, ended, the same and wrong."""
    found = _by_state(ImportRow.import_id == one.id)
    counts = {str(state): found.get(state, 0) for state in COUNTED}
    counts[RowState.NEW] += found.get(RowState.JOINS, 0)
    return counts


def _by_state(condition: ColumnElement[bool]) -> dict[str, int]:
    rows = db.session.execute(select(ImportRow.state, func.count()).where(condition).group_by(ImportRow.state))
    return {row[0]: row[1] for row in rows}


def checked(one: RegisterImport, *, now: datetime) -> None:
    """The check is over: the import waits for its confirmation, or for a better file."""
    one.counts = count(one)
    one.total = sum(one.counts.values())
    one.claimed_at = None
    if one.total == 0:
        fail(one, states.NO_ROWS, now=now)
    elif one.counts[RowState.WRONG]:
        one.state, one.finished_at = ImportState.WRONG, now
    else:
        one.state = ImportState.READY


def confirm(one: RegisterImport, *, actor: Viewer, now: datetime) -> None:
    """Somebody looked at what would come of it and wants it; of two who say so at once one is told."""
    db.session.refresh(one, with_for_update=True)
    if one.state != ImportState.READY:
        raise Refused(states.NOT_READY)
    one.state, one.done = ImportState.WRITING, 0
    audit.record(
        actor=actor, action="register.confirm", subject_kind="import", subject_id=one.id, place_path=one.place_path,
        now=now, detail={"register": one.register, **one.counts},
    )  # fmt: skip


def write(one: RegisterImport, part: str | None, *, actor: Viewer, today: date, now: datetime) -> int:
    """Swap the staged rows of a part (or of all) into the register; returns how many. The caller's one transaction."""
    batch = Batch(one.id, part, actor, one.effective_on, today, now)
    WRITERS[one.register](batch)
    counts = _by_state(batch.rows(*WRITES))
    db.session.execute(
        update(ImportRow).where(batch.rows(*WRITES)).values(state=RowState.WRITTEN),
        execution_options={"synchronize_session": False},
    )
    total = sum(counts.values())
    one.done, one.claimed_at = one.done + total, now
    audit.record(
        actor=actor, action="register.import", subject_kind="import", subject_id=one.id,
        place_path=part or one.place_path, now=now, detail={"register": one.register, **counts},
    )  # fmt: skip
    return total


def note_lock(import_id: int, lock_ms: float) -> None:
    """The longest time others had to wait for writing."""
    db.session.execute(
        update(RegisterImport)
        .where(RegisterImport.id == import_id, RegisterImport.lock_ms < lock_ms)
        .values(lock_ms=lock_ms)
    )


def finish(one: RegisterImport, *, now: datetime) -> None:
    """All of it is in the register."""
    one.state, one.finished_at, one.claimed_at = ImportState.DONE, now, None


def fail(one: RegisterImport, why: Text, *, now: datetime) -> None:
    """Nothing (more) will come of it; says why."""
    one.state, one.message, one.finished_at, one.claimed_at = ImportState.FAILED, why.as_json(), now, None


def drop(one: RegisterImport, *, now: datetime) -> None:
    """Somebody does not want it any more; what runs is let run."""
    if ImportState(one.state).running or one.state == ImportState.DONE:
        raise Refused(states.NOT_READY)
    one.state, one.finished_at, one.claimed_at = ImportState.DROPPED, now, None
