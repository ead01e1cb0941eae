"""`docs/operations.md` lists every setting and every check of doctor, as the code has them."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields

from gridcase import doctor
from gridcase.cli import main
from gridcase.core.config import PREFIX, Config
from tests.house.pages import DOCS, ROOT, quoted, rows_under

PAGE = (DOCS / "operations.md").read_text(encoding="utf-8")


def said(default: object) -> str:
    """A default as the page shows it: what one would write into the environment."""
    if isinstance(default, bool):
        return "`1`" if default else "`0`"
    return f"`{default}`" if default != "" else ""


def test_every_setting_is_listed_as_it_is() -> None:
    wanted = [[f"`{PREFIX}{item.name.upper()}`", said(item.default), item.metadata["doc"]] for item in fields(Config)]
    listed = rows_under(PAGE, "| name | default |")
    assert listed == wanted, "the table should read:\n" + "\n".join(f"| {' | '.join(row)} |" for row in wanted)


def test_no_setting_is_named_that_does_not_exist() -> None:
    known = {PREFIX + item.name.upper() for item in fields(Config)}
    named = {name.split("=")[0] for name in quoted(PAGE) if name.startswith(PREFIX)}
    assert named - known == set()


def test_every_check_of_doctor_is_listed_as_it_is() -> None:
    wanted = [[f"`{check.__name__}`", (inspect.getdoc(check) or "").rstrip(".")] for check in doctor.CHECKS]
    listed = [row[:2] for row in rows_under(PAGE, "| check |")]
    assert listed == wanted, "the table should read:\n" + "\n".join(f"| {' | '.join(row)} | |" for row in wanted)


def test_every_command_named_exists() -> None:
    """`gridcase user add ...` in the text is a command of the program."""
    wrong = []
    for words in (name.split() for name in quoted(PAGE) if name.startswith("gridcase ")):
        group = main
        for word in words[1:]:
            command = getattr(group, "commands", {}).get(word.split("|")[0])
            if command is None:
                if hasattr(group, "commands") and not word.startswith("-"):
                    wrong.append(" ".join(words))
                break
            group = command
    assert wrong == []


def test_every_setting_does_something() -> None:
    """A setting nobody reads would be a promise not kept."""
    own = (ROOT / "gridcase/core/config.py").read_text(encoding="utf-8")
    others = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "gridcase").rglob("*.py") if path.name != "config.py"
    )
    idle = [
        item.name
        for item in fields(Config)
        if not re.search(rf"\.{item.name}\b", others) and not re.search(rf"self\.{item.name}\b", own)
    ]
    assert idle == []
