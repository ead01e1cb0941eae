"""A run that takes too long fails, says so per room, and leaves pytest's summary as the last line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def _run(folder: Path, minutes: str) -> tuple[int, list[str]]:
    """A suite of one room, with the plugin of this one."""
    (folder / "tests/kitchen").mkdir(parents=True, exist_ok=True)
    (folder / "tests/kitchen/test_one.py").write_text("def test_one():\n    pass\n", encoding="ascii")
    plugin = "from tests.timing import register as pytest_configure\n"
    (folder / "conftest.py").write_text(plugin, encoding="ascii")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", "tests"],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT), "GRIDCASE_TEST_MINUTES": minutes},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.strip().splitlines()


def test_a_run_within_its_budget_passes_and_shows_its_rooms(tmp_path: Path) -> None:
    code, lines = _run(tmp_path, "15")
    assert code == 0, lines
    assert any(re.search(r"\d s +1 +kitchen$", line) for line in lines)
    assert re.match(r"1 passed in ", lines[-1])


def test_a_run_beyond_its_budget_fails(tmp_path: Path) -> None:
    code, lines = _run(tmp_path, "0")
    assert code == 1
    assert any("OVER THE BUDGET" in line for line in lines)
    assert re.match(r"1 passed in ", lines[-1])
