"""From what somebody sends to a stored file, and whether rows and folder agree."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.dialects import postgresql, sqlite

from gridcase.core.db import db, dialect_name
from gridcase.core.errors import Missing, Refused
from gridcase.core.words import N_
from gridcase.files import queries
from gridcase.files.models import StoredFile
from gridcase.files.rules import LARGEST, ORPHAN_AGE, FileType, Source, kind_of, masked_as_two, pdf_refusal
from gridcase.files.service import store
from gridcase.files.service.pictures import drawn_anew

SHOWN = 20


@dataclass(frozen=True)
class Prepared:
    """A content that was checked and lies in the folder; no row speaks of it yet."""

    digest: str
    small: str | None
    type: FileType
    size: int
    width: int | None = None
    height: int | None = None


def prepare(content: bytes) -> Prepared:
    """Check what was sent by its content, draw pictures anew and put it into the folder: the slow part, done before any
    transaction. `Refused` says what to do instead."""
    if len(content) > LARGEST:
        raise Refused(N_("文件超过 %(n)s MB。请拍照或压缩后再传。", n=LARGEST // 1024 // 1024))
    source = kind_of(content)
    if source is None:
        raise Refused(N_("只收照片（JPG、PNG、WebP、HEIC）和 PDF。其他文件请截图，或打印成 PDF 再传。"))
    if masked_as_two(content, source):
        raise Refused(N_("这个文件里夹带了网页、程序或压缩包。请重新拍照，或打印成 PDF 再传。"))
    if source is Source.PDF:
        return _paper(content)
    picture = drawn_anew(content, source)
    return Prepared(
        store.put(picture.content), store.put(picture.small), picture.type, len(picture.content), picture.width,
        picture.height,
    )  # fmt: skip


def _paper(content: bytes) -> Prepared:
    refusal = pdf_refusal(content)
    if refusal is not None:
        raise Refused(refusal)
    return Prepared(store.put(content), None, FileType.PDF, len(content))


def keep(prepared: Prepared, *, now: datetime) -> StoredFile:
    """The row of a content, made where there is none. The content must lie in the folder."""
    found = queries.by_digest(prepared.digest)
    if found is not None:
        return found
    if store.size_of(prepared.digest) is None:
        raise Refused(N_("文件已经不在了，请重新选择。"))
    # Two people may send the same content at the same moment: the second finds the row of the first.
    insert = postgresql.insert if dialect_name() == "postgresql" else sqlite.insert
    values = {**dataclasses.asdict(prepared), "stored_at": now}
    db.session.execute(insert(StoredFile).values(values).on_conflict_do_nothing())
    row = queries.by_digest(prepared.digest)
    if row is None:
        raise Missing
    return row


def open_file(digest: str) -> Path:
    """The path of a stored content, for the room that has checked who asks; `Missing` where the folder lost it."""
    path = store.address(digest)
    if not path.is_file():
        raise Missing
    return path


def check(*, now: datetime) -> list[str]:
    """Rows without files, and files of more than a day without rows."""
    problems = []
    for file_id, digest, small, size in queries.addresses():
        if store.size_of(digest) != size:
            problems.append(f"stored file {file_id} is missing or cut short in the folder: restore {digest}")
        if small and store.size_of(small) is None:
            problems.append(f"small picture of stored file {file_id} is missing: restore {small}")
    orphans = _orphans(now - ORPHAN_AGE)
    if orphans:
        problems.append(f"{len(orphans)} files without a row: the scheduler removes them within the hour")
    return problems[:SHOWN]


def sweep(*, now: datetime) -> int:
    """Remove what no row speaks of after a day: forms that were never finished, writes that were stopped."""
    before = now - ORPHAN_AGE
    removed = store.remove_unfinished(older_than=before)
    return removed + sum(store.remove(digest, older_than=before) for digest in _orphans(before))


def _orphans(before: datetime) -> list[str]:
    old = [digest for digest, written in store.walk() if written < before.astimezone(UTC)]
    spoken_of = queries.known(old)
    return [digest for digest in old if digest not in spoken_of]
