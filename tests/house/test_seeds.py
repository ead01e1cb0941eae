"""`docs/seeds.md` has every row of the five places' practice once, and claims only what is there.

A row is claimed by a page (an endpoint of the URL map) and a test (a function of the tests tree), or it says "later".
"""

from __future__ import annotations

import re
from pathlib import Path

from gridcase.app import create_app
from gridcase.core.config import Config
from tests.house.pages import DOCS, ROOT, names_in, quoted, rows_under

COUNTS = {"A": 37, "B": 28, "C": 26, "D": 31, "E": 28}
ROWS = [f"{place}{number}" for place, count in COUNTS.items() for number in range(1, count + 1)]
LATER = re.compile(r"later(?: \(issue [3-7]\))?")
PAGE = (DOCS / "seeds.md").read_text(encoding="utf-8")
LISTED = rows_under(PAGE, "| row |")
CLAIMED = [row for row in LISTED if not LATER.fullmatch(row[2])]


def test_every_row_is_there_once() -> None:
    assert len(ROWS) == 150
    assert [row[0] for row in LISTED] == ROWS
    assert [row[0] for row in LISTED if len(row) != 5 or not row[1]] == []


def test_later_claims_nothing() -> None:
    assert [row[0] for row in LISTED if LATER.fullmatch(row[2]) and row[3:] != ["", ""]] == []


def test_claimed_pages_exist(tmp_path: Path) -> None:
    app = create_app(Config(env="test", instance=str(tmp_path), secret_key="test"))
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    wrong = {row[0]: name for row in CLAIMED for name in quoted(row[2]) if name not in endpoints}
    wrong |= {row[0]: "names no page" for row in CLAIMED if not quoted(row[2])}
    assert wrong == {}


def test_claimed_tests_exist() -> None:
    wrong = {}
    for row in CLAIMED:
        for name in quoted(row[3]) or ["names no test"]:
            path, _, function = name.partition("::")
            file = ROOT / path
            if not file.is_file() or not function.startswith("test_") or function not in names_in(file):
                wrong[row[0]] = name
    assert wrong == {}


def test_what_is_thin_says_so() -> None:
    """The last column is "whole", or "part:" and what is missing."""
    assert [row[0] for row in CLAIMED if row[4] != "whole" and not row[4].startswith("part: ")] == []


def test_the_page_counts_right() -> None:
    whole = sum(row[4] == "whole" for row in CLAIMED)
    said = f"{len(CLAIMED)} rows are claimed, {whole} of them whole; {len(ROWS) - len(CLAIMED)} come later"
    assert said in " ".join(PAGE.split())
