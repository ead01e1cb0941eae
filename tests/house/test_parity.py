"""The same tests on both databases, and none of them left out."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.pages import syntax_tree

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = {
    "skip",
    "skipif",
    "xfail",
    "importorskip",
    "skipTest",
    "expectedFailure",
    "skipUnless",
    "skipIf",
    "SkipTest",
}
SAME = "DATABASE"


@pytest.fixture(scope="module")
def collected() -> list[str]:
    """Every test id of the suite, whatever this run was asked to do."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    return [line for line in done.stdout.splitlines() if "::" in line]


def _on(ids: list[str], database: str) -> set[str]:
    """The ids that name a database among their parameters, with its name taken out."""
    pattern = re.compile(rf"(?<=[\[-]){database}(?=[\]-])")
    return {pattern.sub(SAME, one) for one in ids if pattern.search(one)}


def test_the_same_tests_run_on_both_databases(collected: list[str]) -> None:
    sqlite, postgresql = _on(collected, "sqlite"), _on(collected, "postgresql")
    assert sqlite == postgresql
    assert len(sqlite) > 25


def test_no_test_is_left_out() -> None:
    """No skip, no expected failure: a test that cannot run is a test that fails."""
    found = []
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(syntax_tree(path)):
            name = getattr(node, "attr", getattr(node, "id", ""))
            if isinstance(node, ast.Attribute | ast.Name) and name in LEFT_OUT:
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert found == []
