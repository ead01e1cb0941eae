"""What `docs/tour.md` and the other pages point at exists: files, folders, functions, and the table of moves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gridcase.cases.rules import MOVES, OPEN_STATES, State
from tests.house.pages import DOCS, ROOT, names_in, quoted, rows_under

TOUR = (DOCS / "tour.md").read_text(encoding="utf-8")
PLACES = re.compile(r"(?:gridcase|tests|docs|templates|migrations|seed_data|deploy|benchmarks)/[\w./-]*")
NAMED = re.compile(r"([\w./-]+\.py):([\w.]+)")
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *ROOT.glob("seed_data/*.md")])


def test_every_function_named_exists() -> None:
    named = [match.groups() for match in map(NAMED.fullmatch, quoted(TOUR)) if match]
    assert len(named) > 40
    wrong = [
        f"{path}:{name}" for path, name in named if not (ROOT / path).is_file() or name not in names_in(ROOT / path)
    ]
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_named_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    paths = [name.split(":")[0] for name in quoted(text) if PLACES.fullmatch(name.split(":")[0])]
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    wrong = [path for path in paths if not (ROOT / path).exists()]
    wrong += [link for link in links if link and not (page.parent / link).exists()]
    assert wrong == []


def sources_said(states: frozenset[State]) -> str:
    """Where a move starts, in few words."""
    short = {frozenset(State): "any", OPEN_STATES: "any open"}
    return short.get(states) or ", ".join(sorted(str(state) for state in states))


def test_the_table_of_moves_is_the_table_of_the_code() -> None:
    wanted = [
        [
            f"`{move.name}`",
            str(move.label),
            sources_said(move.sources),
            str(move.target or "–"),
            move.needs.value,
        ]
        for move in MOVES
    ]
    listed = rows_under(TOUR, "| move |")
    assert listed == wanted, "the table should read:\n" + "\n".join(f"| {' | '.join(row)} |" for row in wanted)
