"""Rules about the code itself: they hold for every room, whoever wrote it."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.house.pages import syntax_tree

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sorted((ROOT / "gridcase").rglob("*.py"))
MOST_LINES = 400
BANNED_NAMES = {"utils.py", "util.py", "helpers.py", "common.py", "misc.py"}


def tracked() -> list[str]:
    """The files of the repository (or of a source tree without git)."""
    answer = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    return answer.stdout.splitlines() or [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file()]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_long() -> None:
    sources = [
        path
        for folder in ("gridcase", "tests", "migrations", "benchmarks", "deploy")
        for path in (ROOT / folder).rglob("*.py")
    ]
    sources += [
        path
        for pattern in ("*.css", "*.js")
        for path in (ROOT / "gridcase/web/static").rglob(pattern)
        if "vendor" not in path.parts
    ]
    sources += list((ROOT / "templates").rglob("*.html"))
    long = {
        named(path): lines
        for path in sources
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}


def test_no_attic() -> None:
    assert [named(path) for path in PYTHON if path.name in BANNED_NAMES] == []


def test_the_clock_is_read_in_one_place() -> None:
    pattern = re.compile(r"datetime\.now\(|date\.today\(|utcnow\(|time\.time\(")
    found = [
        named(path) for path in PYTHON if path.name != "clock.py" and pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_one_sqlite_in_a_process() -> None:
    """Two libraries on one file do not see each other's locks: when one closes, what the other commits is lost."""
    folders = ("gridcase", "tests", "benchmarks", "migrations")
    sources = {path for folder in folders for path in (ROOT / folder).rglob("*.py")} - {Path(__file__)}
    pattern = re.compile(r"^\s*(import|from) sqlite3", re.MULTILINE)
    assert [named(path) for path in sources if pattern.search(path.read_text(encoding="utf-8"))] == [
        "gridcase/core/db.py"
    ]


def test_one_commit() -> None:
    """`core.db.transaction()` commits, and what was only read ends there; PostgreSQL's connection set-up ends its own
    first transaction."""
    found = {
        named(path): count
        for path in PYTHON
        if (count := len(re.findall(r"\.commit\(\)", path.read_text(encoding="utf-8"))))
    }
    assert found == {"gridcase/core/db.py": 3}


def test_templates_keep_values_in_quotes_and_pass_nothing_unescaped() -> None:
    bad = []
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if (
            re.search(r"\|\s*safe\b", text)
            or re.search(r"<[^>{]*\s[\w-]+=\{\{", text)
            or re.search(r"<[^>]*\sstyle=", text)
        ):
            bad.append(named(path))
        if re.search(r"<[^>]*\son[a-z]+=", text) or re.search(r"<script(?![^>]*(nonce|src))", text):
            bad.append(named(path))
    assert bad == []


def test_no_markup_from_values() -> None:
    """`Markup(...)` takes constants or what was escaped; `render_template_string` is not used."""
    found = []
    for path in PYTHON:
        for node in ast.walk(syntax_tree(path)):
            called = getattr(getattr(node, "func", None), "id", "")
            if called == "render_template_string" or (called == "Markup" and isinstance(node.args[0], ast.JoinedStr)):
                found.append(named(path))
    assert found == []


@pytest.mark.parametrize(
    "pattern",
    [r"https?://[^/ \"']*(jsdelivr|unpkg|cdnjs|googleapis|gstatic|bootcdn|cloudflare)", r"(?<![\w.])/(work|farm)/"],
)
def test_nothing_from_elsewhere_is_named(pattern: str) -> None:
    found = []
    for name in tracked():
        path = ROOT / name
        if path.suffix in {".lock", ".png", ".jpg", ".svg"} or not path.is_file() or name.startswith("tests/house"):
            continue
        if re.search(pattern, path.read_text(encoding="utf-8", errors="ignore")):
            found.append(name)
    assert found == []


def test_no_foreign_or_minified_file_is_kept() -> None:
    found = [name for name in tracked() if re.search(r"\.min\.(js|css)$|node_modules|/vendor/", name)]
    assert found == []


def test_rooms_look_alike() -> None:
    """Every room says in both languages what it is; its files carry the names of architecture.md."""
    allowed = {
        "__init__",
        "rules",
        "models",
        "queries",
        "service",
        "forms",
        "views",
        "api",
        "jobs",
        "session",
        "marks",
        "trial",
    }
    rooms = [
        path
        for path in (ROOT / "gridcase").iterdir()
        if path.is_dir() and path.name not in {"core", "web", "seed", "translations", "__pycache__", "_bundled"}
    ]
    strange = {
        f"{room.name}/{entry.name}"
        for room in rooms
        for entry in room.iterdir()
        if entry.stem not in allowed and entry.name != "__pycache__"
    }
    assert strange == set()
    for room in rooms:
        words = ast.get_docstring(syntax_tree(room / "__init__.py")) or ""
        assert re.search(r"[a-z]{4}.*[一-鿿]", words, re.S), f"{room.name} does not say what it is"
