"""The folder of contents: `files/ab/cd/<digest>`, written aside and renamed, so that a file is whole or absent."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from gridcase.core.config import current
from gridcase.core.errors import Missing, Refused
from gridcase.core.words import N_

DIGEST = re.compile(r"[0-9a-f]{64}")
FOLDER, ASIDE = "files", "unfinished"


def root() -> Path:
    """The folder of this installation."""
    return current().folder / FOLDER


def address(digest: str) -> Path:
    """Where a content lies; `Missing` for what is no digest, so that no path can be walked."""
    if not DIGEST.fullmatch(digest):
        raise Missing
    return root() / digest[:2] / digest[2:4] / digest


def put(content: bytes) -> str:
    """Store a content and give back its digest. Writing what is there already makes it young again, no more."""
    digest = hashlib.sha256(content).hexdigest()
    target = address(digest)
    try:
        with _locked(fcntl.LOCK_SH):
            _write(content, target)
    except OSError as error:
        raise Refused(N_("服务器现在存不下文件，请先不带照片提交，并告诉管理员。")) from error
    return digest


def _write(content: bytes, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = root() / ASIDE
    aside.mkdir(mode=0o700, exist_ok=True)
    draft = aside / f"{target.name}.{secrets.token_hex(8)}"
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    # The name must outlive a power cut as the content does, and so must folders made a moment ago.
    for folder in (target.parent, target.parent.parent, root()):
        _sync(folder)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _locked(how: int) -> Iterator[None]:
    """Writers share the folder; who removes has it alone, so that nothing written again a moment ago is removed."""
    root().mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(root() / "lock", os.O_RDWR | os.O_CREAT, 0o600), "rb") as handle:
        fcntl.flock(handle, how)
        yield


def size_of(digest: str) -> int | None:
    """Bytes of a stored content; None where it is missing."""
    try:
        return address(digest).stat().st_size
    except FileNotFoundError:
        return None


def walk() -> Iterator[tuple[str, datetime]]:
    """(digest, when it was last written) of every content in the folder."""
    for path in sorted(root().glob("??/??/*")):
        if DIGEST.fullmatch(path.name):
            with contextlib.suppress(FileNotFoundError):
                yield path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)


def remove(digest: str, *, older_than: datetime) -> bool:
    """Remove a content unless it was written again meanwhile."""
    with _locked(fcntl.LOCK_EX):
        path = address(digest)
        try:
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) >= older_than:
                return False
        except FileNotFoundError:
            return False
        path.unlink()
        return True


def remove_unfinished(*, older_than: datetime) -> int:
    """Remove what a stopped process left half written."""
    removed = 0
    for path in (root() / ASIDE).glob("*"):
        with contextlib.suppress(FileNotFoundError):
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < older_than:
                path.unlink()
                removed += 1
    return removed
