"""Imports and exports from end to end, each step in a transaction of its own; what was begun is finished after a stop.

A register's import is worked on by whoever claims it: the request that handed in a small file, a thread of the web
process for a large one, the command line, or the scheduler for one whose worker died.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from gridcase.cases.rules import Channel
from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.config import current
from gridcase.core.db import db, dialect_name, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission, Viewer, job
from gridcase.core.words import N_, Text
from gridcase.exchange import queries, service
from gridcase.exchange.models import RegisterImport
from gridcase.exchange.rules import states
from gridcase.exchange.rules.columns import Register
from gridcase.exchange.rules.registers import REGISTERS
from gridcase.exchange.rules.states import ImportState
from gridcase.exchange.service import files, imports
from gridcase.exchange.service.checking import CHECKS, Check
from gridcase.exchange.service.importing import ImportReport
from gridcase.exchange.service.lines import Line, open_file, read_lines, unpacked
from gridcase.exchange.service.reading import Progress
from gridcase.users import queries as users
from gridcase.users.models import User

log = logging.getLogger(__name__)
BREATH = 0.01  # seconds between two parts, so that others who wait for the write lock get it


def import_cases(
    *,
    actor: Viewer,
    data: bytes | Path,
    town_code: str,
    village_code: str | None,
    dry_run: bool,
    now: datetime,
    progress: Progress | None = None,
    source: Channel | None = None,
) -> ImportReport:
    """Take over a list of cases: checked whole without a lock, then written in one short transaction, or not at all."""
    checked = service.check_cases(
        actor=actor, data=data, town_code=town_code, village_code=village_code, dry_run=dry_run, now=now,
        progress=progress, source=source,
    )  # fmt: skip
    if not checked.ready:
        return checked.report
    with transaction():
        begun = time.perf_counter()
        report = service.take_over(checked, actor=actor, now=now)
    lock_ms = (time.perf_counter() - begun) * 1000
    return replace(report, lock_ms=lock_ms)


def export_cases(*, actor: Viewer, path: Path, town_code: str, since: date | None, now: datetime) -> int:
    """Write a town's cases to .xlsx or .csv; returns how many. The audit row comes first."""
    with transaction():
        rows = service.town_cases(actor=actor, town_code=town_code, since=since, now=now)
    return service.write_cases(path, rows)


def export_register(
    *, actor: Viewer, register: Register, place_code: str, on: date, purpose: str, kind: str, now: datetime
) -> bytes:
    """A register of a place as a file, with the audit row that says so."""
    with transaction():
        return files.export(register, actor=actor, place_code=place_code, on=on, purpose=purpose, kind=kind, now=now)


@dataclass(frozen=True)
class RegisterReport:
    """What came of a register's file, in Chinese sentences for a terminal."""

    accepted: bool
    lines: tuple[str, ...]


def import_register(
    *, actor: Viewer, register: Register, path: Path, on: date, dry_run: bool, now: datetime,
    progress: Progress | None = None,
) -> RegisterReport:  # fmt: skip
    """Check a register's file and, unless it is a dry run, take it over: all or nothing."""
    import_id = hand_in(
        actor=actor, register=register, data=path.read_bytes(), filename=path.name, datum="wgs84", on=on, now=now
    )
    work(import_id, actor=actor, progress=progress)
    one = db.session.get_one(RegisterImport, import_id)
    if one.state == ImportState.READY and not dry_run:
        with transaction():
            imports.confirm(db.session.get_one(RegisterImport, import_id), actor=actor, now=now)
        work(import_id, actor=actor, progress=progress)
    one = db.session.get_one(RegisterImport, import_id)
    report = RegisterReport(one.state in (ImportState.READY, ImportState.DONE), tuple(_said(one)))
    if one.state not in (ImportState.DONE, ImportState.FAILED):
        with transaction():
            imports.drop(db.session.get_one(RegisterImport, import_id), now=now)
        _forget(import_id)
    return report


def _said(one: RegisterImport) -> Iterator[str]:
    register = REGISTERS[one.register]
    if one.state == ImportState.MAPPING:
        yield from (str(text) for text in imports.missing(one) or [states.ODD_COLUMNS])
    elif one.state == ImportState.FAILED:
        yield str(Text.from_json(one.message or {}))
    elif one.state == ImportState.WRONG:
        wrong = queries.imports.wrong_rows(one.id, limit=states.SHOWN_PROBLEMS)
        yield from (str(text) for _, text in files.problem_texts(wrong, register, one.mapping))
        yield str(N_("%(count)s 行有错，没有导入任何内容。", count=one.counts["wrong"]))
    else:
        yield str(N_("新 %(new)s 行，改 %(changed)s 行，注销 %(ended)s 行，相同 %(same)s 行。", **one.counts))
        if one.state == ImportState.DONE:
            yield str(N_("写入占用数据库最长 %(ms)s 毫秒。", ms=round(one.lock_ms)))


def folder() -> Path:
    """Where files wait: in the instance folder, readable by the server alone."""
    path = current().folder / "incoming"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def file_of(import_id: int) -> Path:
    """The file of an import."""
    return folder() / f"register-{import_id}"


def hand_in(
    *, actor: Viewer, register: Register, data: bytes, filename: str, datum: str, on: date, now: datetime
) -> int:
    """Keep a file and begin its import; returns the import's id. `work` looks into it."""
    with transaction():
        one = imports.begin(
            actor=actor, register=register, filename=filename, digest=hashlib.sha256(data).hexdigest(), datum=datum,
            on=on, now=now,
        )  # fmt: skip
        import_id = one.id
        path = file_of(import_id)
        path.touch(mode=0o600)
        path.write_bytes(data)
    return import_id


def work(import_id: int, *, actor: Viewer | None = None, progress: Progress | None = None) -> None:
    """Bring an import to its next rest: checked and waiting, or over. `actor` None: whoever handed it in, as of now."""
    with transaction():
        if not imports.claim(import_id, now=clock.now()):
            return
    one = db.session.get_one(RegisterImport, import_id)
    try:
        whom = actor or _handed_in_by(one)
        if one.state == ImportState.CHECKING:
            _check(one, whom, progress)
        else:
            _write(one, whom, progress)
    except Refused as refusal:
        _fail(import_id, refusal.text)
    except Exception:  # whatever it was: an import that is not over would be tried again for ever
        log.exception("import %s failed", import_id)
        _fail(import_id, states.BROKEN)
    _tidy(import_id)


def start(app: Any, import_id: int) -> None:
    """Work on it in a thread of this process, while its page shows how far it is."""

    def run() -> None:
        with app.app_context():
            try:
                work(import_id)
            finally:
                db.session.remove()

    threading.Thread(target=run, name=f"import-{import_id}", daemon=True).start()


def resume(*, now: datetime) -> int:
    """Finish what a stopped worker began, and forget files nobody confirmed; returns how many were finished."""
    ids = queries.imports.abandoned(now)
    for import_id in ids:
        work(import_id)
    for import_id in [one.id for one in queries.imports.expired(now)]:
        with transaction():
            one = db.session.get_one(RegisterImport, import_id)
            if one.state in (ImportState.MAPPING, ImportState.READY):
                imports.drop(one, now=now)
        _forget(import_id)
    return len(ids)


def _handed_in_by(one: RegisterImport) -> Viewer:
    """The account as it stands now: rights that were taken away meanwhile do not count."""
    user = db.session.get(User, one.user_id) if one.user_id is not None else None
    if one.user_id is None:
        return job("command line")
    found = users.viewer_of(user, now=clock.now()) if user is not None and users.may_enter(user) else None
    if found is None or not found.may(Permission.IMPORT_REGISTERS):
        raise Refused(states.NO_RIGHT)
    return found


def _fail(import_id: int, why: Any) -> None:
    with transaction():
        imports.fail(db.session.get_one(RegisterImport, import_id), why, now=clock.now())


def _new_check(one: RegisterImport, actor: Viewer) -> Check:
    return CHECKS[one.register](REGISTERS[one.register], actor, one.effective_on, town_day(clock.now()))


def _check(one: RegisterImport, actor: Viewer, progress: Progress | None) -> None:
    """Read the file and stage its rows, a piece at a time; a check that was stopped begins again."""
    register, import_id, datum, check = REGISTERS[one.register], one.id, one.datum, _new_check(one, actor)
    path = file_of(import_id)
    if not path.exists():
        raise Refused(states.FILE_GONE)
    table = open_file(path, register)
    mapping = _columns(import_id, table.headers)
    if mapping is None:
        return
    _forget_rows(import_id)
    done = 0
    for piece in _pieces(read_lines(table, register, mapping, datum=datum), whole=not register.large):
        check.run(piece)
        check.dress(piece)
        done += len(piece)
        for at in range(0, len(piece), states.CHUNK):
            with transaction():
                imports.stage(import_id, piece[at : at + states.CHUNK], done=done, now=clock.now())
        if progress:
            progress(done, done)
    with transaction():
        imports.checked(db.session.get_one(RegisterImport, import_id), now=clock.now())


def _columns(import_id: int, headers: Sequence[str]) -> dict[str, str] | None:
    """Which column holds what; None where somebody has to say so first."""
    one = db.session.get_one(RegisterImport, import_id)
    if not one.mapping or list(one.headers) != list(headers):
        with transaction():
            if not imports.note_headers(db.session.get_one(RegisterImport, import_id), headers):
                return None
    return dict(db.session.get_one(RegisterImport, import_id).mapping)


def _pieces(lines: Iterable[Line], *, whole: bool) -> Iterator[list[Line]]:
    piece: list[Line] = []
    for line in lines:
        piece.append(line)
        if len(piece) == states.CHUNK and not whole:
            yield piece
            piece = []
    if piece:
        yield piece


def _write(one: RegisterImport, actor: Viewer, progress: Progress | None) -> None:
    """Look once more, then swap: everything in one transaction, or on SQLite a large file village by village."""
    import_id, total, large = one.id, one.total, REGISTERS[one.register].large
    parts: Sequence[str | None] = queries.imports.parts_left(import_id)
    if not imports.written(import_id) and not _still_so(one, actor, progress):
        return
    if dialect_name() != "sqlite" or total <= states.AT_ONCE or not large:
        parts = [None] if parts else []
        if total > states.AT_ONCE:  # nobody hears of its worker before all of it is in: it is not dead for that
            with transaction():
                imports.heard(import_id, done=0, now=clock.now() + states.LONGEST)
    done = 0
    for part in parts:
        done += _swap(import_id, part, actor)
        if progress:
            progress(done, total)
    with transaction():
        imports.finish(db.session.get_one(RegisterImport, import_id), now=clock.now())


def _swap(import_id: int, part: str | None, actor: Viewer) -> int:
    with transaction():
        begun = time.perf_counter()
        now = clock.now()
        count = imports.write(
            db.session.get_one(RegisterImport, import_id), part, actor=actor, today=town_day(now), now=now
        )
    lock_ms = (time.perf_counter() - begun) * 1000
    time.sleep(BREATH)
    with transaction():
        imports.note_lock(import_id, lock_ms)
    return count


def _still_so(one: RegisterImport, actor: Viewer, progress: Progress | None) -> bool:
    """The staged rows against the registers as they are now; where something else comes out, it is shown again."""
    register, check, import_id, total = REGISTERS[one.register], _new_check(one, actor), one.id, one.total
    size = states.CHUNK if register.large else states.WHOLE.rows + 1
    after = done = changed = 0
    while rows := queries.imports.rows_after(import_id, after, size):
        after, done = rows[-1].id, done + len(rows)
        pairs = [(Line(row.number, unpacked(row.data["v"], register), id=row.id), row) for row in rows]
        check.run([line for line, _ in pairs])
        changed += _restage(check, pairs, import_id)
        db.session.expunge_all()
        if progress:
            progress(done, total)
    if changed:
        with transaction():
            again = db.session.get_one(RegisterImport, import_id)
            again.message = states.CHANGED_SINCE.as_json()
            imports.checked(again, now=clock.now())
    return not changed


def _restage(check: Check, pairs: Sequence[tuple[Line, Any]], import_id: int) -> int:
    """Only rows that came out otherwise are written; usually none."""
    unlike = [(line, row.id) for line, row in pairs if imports.differs(line, row)]
    check.dress([line for line, _ in unlike])
    with transaction():
        imports.heard(import_id, done=0, now=clock.now())
        imports.restage(unlike)
    return len(unlike)


def _forget_rows(import_id: int) -> None:
    left = 1
    while left:
        with transaction():
            left = imports.forget_rows(import_id)


def _tidy(import_id: int) -> None:
    """An import that is over keeps neither rows nor file; one with mistakes keeps both for its marked copy."""
    db.session.rollback()
    if db.session.get_one(RegisterImport, import_id).state in (ImportState.DONE, ImportState.FAILED):
        _forget(import_id)


def _forget(import_id: int) -> None:
    _forget_rows(import_id)
    file_of(import_id).unlink(missing_ok=True)
