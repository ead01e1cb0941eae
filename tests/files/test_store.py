"""The folder of files: whole or absent, one copy, swept after a day; rows and folder agree."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from gridcase.cases import queries, service
from gridcase.cases.models import CaseFile
from gridcase.cases.rules.papers import MOST_FILES, PaperKind
from gridcase.cases.service import Papers
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.files import service as files
from gridcase.files.models import StoredFile
from gridcase.files.service import store
from gridcase.people.rules import Role
from tests.factories.cases import collected, do, water
from tests.factories.world import World
from tests.files.corpus import jpeg, pdf, picture

As = Callable[[Role], Viewer]


def attach(case: object, papers: Papers, actor: Viewer) -> list[CaseFile]:
    with transaction():
        return service.attach(case, papers, actor=actor, now=clock.now())  # type: ignore[arg-type]


def grown_old(digest: str) -> None:
    """As if it had been written two days ago."""
    then = clock.now().timestamp() - 2 * 86_400
    os.utime(store.address(digest), (then, then))


def test_the_same_photo_of_two_cases_is_stored_once(world: World, viewer_of: As) -> None:
    liaison = viewer_of(Role.LIAISON)
    one, two = collected(world, liaison), collected(world, liaison)
    first = attach(one, Papers([files.prepare(jpeg())]), liaison)[0]
    second = attach(two, Papers([files.prepare(jpeg())]), liaison)[0]
    assert first.file_id == second.file_id
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 1
    assert len([path for path in store.root().glob("??/??/*") if path.is_file()]) == 2, "the photo and its small one"
    path = files.open_file(first.stored.digest)
    assert path.parts[-3:] == (path.name[:2], path.name[2:4], path.name)
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("address", ["../../gridcase.sqlite3", "a" * 63, "A" * 64, "0" * 64])
def test_what_is_no_digest_has_no_address(ctx: Flask, address: str) -> None:
    with pytest.raises(Missing):
        files.open_file(address)


def test_rows_and_folder_are_compared_and_swept(world: World, viewer_of: As) -> None:
    liaison = viewer_of(Role.LIAISON)
    now = clock.now()
    kept = attach(collected(world, liaison), Papers([files.prepare(jpeg())]), liaison)[0].stored
    grown_old(kept.digest)
    lost = files.prepare(jpeg(picture((400, 300))))
    assert files.check(now=now) == [], "a form may still hold it"
    for digest in (lost.digest, lost.small or ""):
        grown_old(digest)
    assert "2 files without a row" in files.check(now=now)[0]
    assert files.sweep(now=now) == 2
    assert files.check(now=now) == []
    assert files.open_file(kept.digest)
    store.address(kept.digest).write_bytes(b"cut")
    assert "cut short" in files.check(now=now)[0]
    store.address(kept.digest).unlink()
    with pytest.raises(Missing):
        files.open_file(kept.digest)


def test_what_is_sent_again_is_not_swept(ctx: Flask) -> None:
    one = files.prepare(jpeg())
    grown_old(one.digest)
    files.prepare(jpeg())
    assert not store.remove(one.digest, older_than=clock.now() - timedelta(days=30_000))
    assert store.size_of(one.digest) == one.size


def _write_for_ever(folder: str) -> None:
    n = 0
    while True:
        n += 1
        content = str(n).encode() * 200_000
        store._write(content, Path(folder) / "files" / "aa" / "bb" / f"{n:064d}")


def test_a_killed_writer_leaves_no_half_file(ctx: Flask, config: object, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = str(store.root().parent)
    store.root().mkdir(exist_ok=True)
    for round_ in range(5):
        writer = multiprocessing.get_context("fork").Process(target=_inside, args=(ctx, folder))
        writer.start()
        time.sleep(0.2 + 0.03 * round_)
        assert writer.pid is not None
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
    written = list(store.root().glob("aa/bb/*"))
    assert written
    for path in written:
        n = int(path.name)
        assert path.stat().st_size == len(str(n)) * 200_000
    assert store.remove_unfinished(older_than=clock.now() + timedelta(days=30_000)) <= 5


def _inside(app: Flask, folder: str) -> None:
    with app.app_context():
        _write_for_ever(folder)


def test_a_refused_move_leaves_no_row(world: World, viewer_of: As) -> None:
    liaison = viewer_of(Role.LIAISON)
    case = collected(world, liaison)
    many = Papers([files.prepare(pdf(f"/N{n} {n}".encode())) for n in range(MOST_FILES + 1)])
    with pytest.raises(Refused, match="最多存"):
        attach(case, many, liaison)
    assert db.session.scalar(select(func.count()).select_from(CaseFile)) == 0
    rows = attach(case, Papers(many.files[:2], caption=" 调解  协议 "), liaison)
    assert [(row.seq, row.kind, row.caption) for row in rows] == [(1, "paper", "调解 协议"), (2, "paper", "调解 协议")]


def test_a_letter_opens_to_those_who_may_read_who_reported(world: World, viewer_of: As) -> None:
    liaison, head = viewer_of(Role.LIAISON), viewer_of(Role.VILLAGE_HEAD)
    case = collected(world, liaison)
    attach(case, Papers([files.prepare(jpeg())], PaperKind.LETTER), liaison)
    attach(case, Papers([files.prepare(jpeg(picture((90, 60))))]), liaison)
    do(service.accept, case, head)
    do(service.dispatch, case, head, unit=water(world))
    assert queries.get_paper(case.id, 1, viewer=liaison)[1].kind == PaperKind.LETTER
    watcher = viewer_of(Role.VILLAGE_SUPERVISOR)
    assert queries.get_paper(case.id, 2, viewer=watcher)
    with pytest.raises(Missing):
        queries.get_paper(case.id, 1, viewer=watcher)
    shown = queries.papers_by_step(case, reads_letters=False)
    assert [row.seq for rows in shown.values() for row in rows] == [2]
    assert [len(rows) for rows in queries.papers_by_step(case, reads_letters=True).values()] == [2]


def test_no_room_on_the_disk_is_said(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(Refused, match="存不下"):
        files.prepare(jpeg())
    assert list((store.root() / "unfinished").glob("*")) == []
