"""`python -m tests.mutants [NAME ...]`: plant one fault after the other in a copy of the tree and run its test.

A mutant is `tests/mutants/NAME.patch`: a unified diff against the tree, below header lines of the form
`# what: ...` (the fault in one sentence) and `# test: <test id>` (what must turn red; `-k` words may follow).
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests import provision

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LEFT = shutil.ignore_patterns(
    ".git", ".venv", ".test", ".gridcase", "instance", "__pycache__", "node_modules", ".*_cache", "*.egg-info", "dist"
)
RED = 1  # pytest: some failed. An error (the world could not be built) or no test at all is no catch


@dataclass(frozen=True)
class Mutant:
    """One planted fault."""

    name: str
    what: str
    test: tuple[str, ...]
    patch: Path


def read(patch: Path) -> Mutant:
    """A patch with its header."""
    header = dict(re.findall(r"^# (what|test): (.+)$", patch.read_text(encoding="utf-8"), re.M))
    return Mutant(patch.stem, header["what"], tuple(shlex.split(header["test"])), patch)


def all_mutants() -> list[Mutant]:
    """Every planted fault, by name."""
    return [read(patch) for patch in sorted(HERE.glob("*.patch"))]


def plant(mutant: Mutant, tree: Path) -> None:
    """Apply the fault; one that no longer fits the code is an error, not a catch."""
    command = ["git", "apply", "-p1", str(mutant.patch)]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{mutant.name} no longer fits the code: {done.stdout}{done.stderr}")


def caught(mutant: Mutant, tree: Path) -> tuple[bool, str]:
    """Whether the named test is red in this tree, and the last line it said."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *mutant.test],
        cwd=tree, env={**os.environ, "PYTHONPATH": str(tree)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = done.stdout.strip().splitlines() or [done.stderr.strip()[-300:]]
    return done.returncode == RED and " failed" in f" {lines[-1]}", lines[-1]


def main(*names: str) -> int:
    """Plant them one by one; 1 if any stays unseen."""
    mutants = [mutant for mutant in all_mutants() if not names or mutant.name in names]
    seen = 0
    with provision.running() as cluster, tempfile.TemporaryDirectory(prefix="gridcase-mutants-") as folder:
        os.environ[provision.ENVIRONMENT] = cluster.superuser_url
        for mutant in mutants:
            tree = Path(folder) / mutant.name
            shutil.copytree(ROOT, tree, ignore=LEFT)
            plant(mutant, tree)
            red, said = caught(mutant, tree)
            seen += red
            print(f"{'caught' if red else 'NOT CAUGHT'}  {mutant.name}: {mutant.what} ({said})", flush=True)
            shutil.rmtree(tree)
    print(f"caught {seen}/{len(mutants)}")
    return 0 if seen == len(mutants) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
