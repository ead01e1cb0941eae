"""How far a long test has come, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.soak.__main__ import ROOT


@dataclass
class Progress:
    """What is done; kept in a file of its own unless nothing is to be kept."""

    done: int = 0
    file: Path | None = None

    @classmethod
    def of(cls, name: str, database: str, *parts: str) -> Progress:
        """The progress with these folders and files as they are now (all of them where none is named). While one of
        them differs from its commit none is kept: nobody could say afterwards what it was that held."""
        at = _content(parts or (".", ":!docs/soak.csv"))
        if at is None:
            return cls()
        file = ROOT / ".test" / f"{name}-{database}-{at}.txt"
        return cls(int(file.read_text(encoding="ascii")) if file.exists() else 0, file)

    def add(self, some: int) -> None:
        """So many more have passed."""
        self.done += some
        if self.file is not None:
            self.file.parent.mkdir(exist_ok=True)
            self.file.write_text(str(self.done), encoding="ascii")


def _content(parts: tuple[str, ...]) -> str | None:
    """The name of what these paths hold at the commit; None while files differ from it."""
    differ = ["git", "diff", "--quiet", "HEAD", "--", *parts]
    listed = ["git", "ls-tree", "-r", "HEAD", "--", *parts]
    if subprocess.run(differ, cwd=ROOT, check=False).returncode:
        return None
    held = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout
    return hashlib.sha256(held).hexdigest()[:12]
