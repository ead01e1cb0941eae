"""Reading the pages of `docs/`: their tables, and what they name in backticks."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
_CELL_END = re.compile(r"(?<!\\)\|")


def syntax_tree(path: Path) -> ast.Module:
    """The parsed source of a file.

    CPython before 3.12 counts the depth of the conversion in one place for all threads and now and then complains of a
    mismatch where nothing is wrong (python/cpython#106905): then it is asked again.
    """
    source = path.read_text(encoding="utf-8")
    for _ in range(5):
        try:
            return ast.parse(source)
        except SystemError:
            continue
    return ast.parse(source)


def cells(line: str) -> list[str]:
    """The cells of one line of a table, `\\|` taken as the sign it stands for."""
    return [cell.strip().replace("\\|", "|") for cell in _CELL_END.split(line.strip())[1:-1]]


def rows_under(text: str, header: str) -> list[list[str]]:
    """The rows of every table whose header line begins with `header`."""
    found: list[list[str]] = []
    inside = False
    for line in text.splitlines():
        if line.startswith(header):
            inside = True
        elif not line.startswith("|"):
            inside = False
        elif inside and not line.startswith("|---"):
            found.append(cells(line))
    return found


def quoted(text: str) -> list[str]:
    """What stands in backticks, blocks of code left out."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M))


@cache
def names_in(path: Path) -> frozenset[str]:
    """What a Python file defines: `submit`, `Viewer`, `Viewer.may`, `MOVES`."""
    found: set[str] = set()
    _collect(syntax_tree(path), "", found)
    return frozenset(found)


def _collect(node: ast.AST, prefix: str, found: set[str]) -> None:
    for child in getattr(node, "body", []):
        if isinstance(child, ast.ClassDef | ast.FunctionDef):
            found.add(prefix + child.name)
            if isinstance(child, ast.ClassDef):
                _collect(child, f"{child.name}.", found)
        elif isinstance(child, ast.Assign):
            found.update(prefix + target.id for target in child.targets if isinstance(target, ast.Name))
        elif isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name):
            found.add(prefix + child.target.id)
