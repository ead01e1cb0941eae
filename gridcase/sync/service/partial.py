"""Photos on their way: `uploads/<uuid>` in the instance folder grows as bytes arrive. How long it is, is the truth."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from gridcase.core.config import current
from gridcase.sync.rules.reading import UUID

FOLDER, PART = "uploads", 64 * 1024


class Busy(Exception):
    """Another request writes this upload at the moment."""


def _path(uuid: str) -> Path:
    assert UUID.fullmatch(uuid)
    return current().folder / FOLDER / uuid


def size(uuid: str) -> int:
    """How many bytes have arrived."""
    try:
        return _path(uuid).stat().st_size
    except FileNotFoundError:
        return 0


def content(uuid: str) -> bytes:
    """What has arrived."""
    return _path(uuid).read_bytes()


def digest_of(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


@contextlib.contextmanager
def held(uuid: str) -> Iterator[IO[bytes]]:
    """The file alone, to write to; raises `Busy` while an older connection still holds it."""
    path = _path(uuid)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy from error
        yield file


def append(file: IO[bytes], stream: IO[bytes], *, offset: int, most: int) -> int:
    """Write what arrives behind `offset`, at most up to `most` bytes in all; what came before a cut stays. Returns the
    new length."""
    file.seek(offset)
    file.truncate()
    place = offset
    try:
        while place < most and (part := stream.read(min(PART, most - place))):
            file.write(part)
            place += len(part)
    finally:
        file.flush()
        os.fsync(file.fileno())
    return place


def remove(uuid: str) -> None:
    """Forget what has arrived."""
    _path(uuid).unlink(missing_ok=True)


def lying() -> Iterator[tuple[str, datetime]]:
    """(uuid, when it last grew) of everything in the folder."""
    for path in sorted((current().folder / FOLDER).glob("*")):
        with contextlib.suppress(FileNotFoundError):
            if UUID.fullmatch(path.name):
                yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)
