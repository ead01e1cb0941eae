"""The list of the long tests names tests that exist and that do have a full figure."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.pages import syntax_tree
from tests.soak.__main__ import COLUMNS, passed
from tests.soak.figures import SOAKS, Soak

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("soak", SOAKS, ids=lambda soak: soak.test.split("::")[-1])
def test_a_soak_is_a_test_with_a_full_figure(soak: Soak) -> None:
    path, name = soak.test.split("::")
    source = (ROOT / path).read_text(encoding="utf-8")
    names = {node.name for node in ast.walk(syntax_tree(ROOT / path)) if isinstance(node, ast.FunctionDef)}
    assert name in names
    assert "GRIDCASE_FULL" in source


def test_only_what_passed_at_this_very_commit_is_left_out(tmp_path: Path) -> None:
    results = tmp_path / "soak.csv"
    lines = [
        ",".join(COLUMNS),
        "2026-11-21,aaa,tests/x.py::test_a,sqlite,passed,3,figure",
        "2026-11-21,aaa,tests/x.py::test_a,postgresql,failed,3,figure",
        "2026-11-21,bbb,tests/x.py::test_b,sqlite,passed,3,figure",
    ]
    results.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert passed(results, "aaa") == {("tests/x.py::test_a", "sqlite")}
    assert passed(results, "aaa+") == set()
    assert passed(tmp_path / "none.csv", "aaa") == set()
