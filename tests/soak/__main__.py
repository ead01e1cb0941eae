"""`python -m tests.soak [WORD ...]`: run what has not passed at this commit yet; stop it any time and start it again.

With words: only the tests whose id holds one of them.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.soak.figures import SOAKS, Soak

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "docs" / "soak.csv"
COLUMNS = ("date", "commit", "test", "database", "result", "seconds", "figure")
NONE = "-"


@dataclass(frozen=True)
class Run:
    """One soak on one database."""

    soak: Soak
    database: str

    @property
    def key(self) -> tuple[str, str]:
        """What a line of the results is found by, besides its commit."""
        return self.soak.test, self.database


def main(*words: str) -> int:
    """Run what is left; 1 if anything failed."""
    wanted = [soak for soak in SOAKS if not words or any(word in soak.test for word in words)]
    here, runs = commit(), [Run(soak, one) for soak in wanted for one in soak.databases or (NONE,)]
    left = [run for run in runs if run.key not in passed(RESULTS, here)]
    print(f"{len(runs) - len(left)} of {len(runs)} passed at {here}; {len(left)} to run", flush=True)
    failed = 0
    for run in left:
        failed += not _run(run, here)
    print(f"{len(runs) - failed} of {len(runs)} passed at {here}")
    return 1 if failed else 0


def passed(results: Path, here: str) -> set[tuple[str, str]]:
    """What has passed at this commit. Changed files give the commit a plus sign: such a line counts for nothing."""
    if here.endswith("+") or not results.exists():
        return set()
    with results.open(encoding="utf-8", newline="") as file:
        return {
            (row["test"], row["database"])
            for row in csv.DictReader(file)
            if row["commit"] == here and row["result"] == "passed"
        }


def commit() -> str:
    """The short name of the commit, with a plus sign when files differ from it (the results aside)."""
    name = _git("rev-parse", "--short=12", "HEAD") or "unknown"
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", f":!{RESULTS.relative_to(ROOT)}")
    return f"{name}+" if changed or name == "unknown" else name


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def _run(run: Run, here: str) -> bool:
    chosen = [] if run.database == NONE else ["-k", run.database]
    print(f"… {run.soak.test} {run.database}", flush=True)
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", run.soak.test, *chosen],
        cwd=ROOT, env={**os.environ, "GRIDCASE_FULL": "1", "GRIDCASE_TEST_MINUTES": "100000"}, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - began
    result = "passed" if done.returncode == 0 else "failed"
    _write(RESULTS, (time.strftime("%Y-%m-%d"), here, *run.key, result, f"{seconds:.0f}", run.soak.figure))
    print(f"{result} in {seconds:.0f} s", flush=True)
    return result == "passed"


def _write(results: Path, line: tuple[str, ...]) -> None:
    """One line at the end of the file, which a stop in between cannot cut in two."""
    new = not results.exists()
    with results.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([COLUMNS, line] if new else [line])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
