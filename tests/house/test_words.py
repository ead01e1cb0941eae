"""`docs/words.md`, the word list, agrees with the code: what it names exists, and both languages say what it says."""

from __future__ import annotations

import importlib
from collections import defaultdict
from typing import Any

from gridcase.core.paths import PACKAGE
from gridcase.core.words import Text
from gridcase.web.translations import merged
from tests.house.pages import DOCS, names_in, quoted, rows_under

LATER = "later"
ROWS = rows_under((DOCS / "words.md").read_text(encoding="utf-8"), "| 中文 |")


def defined() -> dict[str, list[str]]:
    """Every name that gridcase defines, with the modules it stands in."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        if "_bundled" not in path.parts:
            module = ".".join(("gridcase", *path.relative_to(PACKAGE).with_suffix("").parts))
            for name in names_in(path):
                found[name].append(module.removesuffix(".__init__"))
    return found


def labelled(name: str, modules: list[str]) -> Any:
    """The member of an enum behind `State.CLOSED` where it carries a word for the reader, else None."""
    owner, _, member = name.partition(".")
    for module in modules:
        found = getattr(getattr(importlib.import_module(module), owner, None), member, None)
        if isinstance(getattr(found, "label", None), Text):
            return found
    return None


def test_the_list_is_there() -> None:
    assert len(ROWS) > 100
    assert [row for row in ROWS if len(row) != 3 or not all(row)] == []


def test_no_word_is_listed_twice() -> None:
    claims = [name for row in ROWS for name in quoted(row[2])]
    assert [name for name in sorted(set(claims)) if claims.count(name) > 1] == []


def test_every_word_exists_or_is_marked_later() -> None:
    known = defined()
    wrong = {row[0]: row[2] for row in ROWS if not quoted(row[2]) and row[2] != LATER}
    wrong |= {row[0]: name for row in ROWS for name in quoted(row[2]) if name not in known}
    assert wrong == {}


def test_both_languages_say_what_the_list_says() -> None:
    known, english = defined(), merged("en")
    wrong = {}
    for chinese, meaning, code in ROWS:
        for name in quoted(code):
            member = labelled(name, known[name]) if "." in name else None
            if member is None:
                continue
            entry = english.get(member.label.msgid)
            said = (member.label.msgid, str(entry.string) if entry else "")
            if said != (chinese, meaning):
                wrong[name] = said
    assert wrong == {}, "the interface says: " + repr(wrong)
