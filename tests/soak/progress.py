"""How far a long test has come at this commit, so that a run that was stopped goes on where it was."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.soak.__main__ import ROOT, commit


@dataclass
class Progress:
    """What is done; kept in a file of its own unless nothing is to be kept."""

    done: int = 0
    file: Path | None = None

    @classmethod
    def of(cls, name: str, database: str) -> Progress:
        """The progress at this commit; changed files keep none."""
        at = commit()
        if at.endswith("+"):
            return cls()
        file = ROOT / ".test" / f"{name}-{database}-{at}.txt"
        return cls(int(file.read_text(encoding="ascii")) if file.exists() else 0, file)

    def add(self, some: int) -> None:
        """So many more have passed."""
        self.done += some
        if self.file is not None:
            self.file.parent.mkdir(exist_ok=True)
            self.file.write_text(str(self.done), encoding="ascii")
