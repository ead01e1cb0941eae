"""Every sentence of the interface is Chinese in the source and English in the catalogue, with the same places in it."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir

from gridcase.core.paths import PACKAGE, TEMPLATES
from gridcase.web.translations import merged

METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "N_": None}
PLACE = re.compile(r"%\((\w+)\)[sd]")
BOTH = {"演示 DEMO"}  # said in both languages on purpose
CHINESE = re.compile(r"[一-鿿]")
SIGNS = re.compile(r"[一-鿿、，。；：（）]")  # of an English sentence nothing stays Chinese, not the punctuation either


def sentences() -> dict[str, str]:
    """Every marked sentence and a file it stands in."""
    found: dict[str, str] = {}
    for folder in (PACKAGE, TEMPLATES):
        for name, _line, message, _comments, _context in extract_from_dir(str(folder), METHODS, keywords=KEYWORDS):
            for single in message if isinstance(message, tuple) else (message,):
                if single:
                    found.setdefault(single, name)
    return found


def test_every_sentence_has_its_english() -> None:
    english = merged("en")
    missing = {
        text: name
        for text, name in sentences().items()
        if SIGNS.search(text) and not (english.get(text) and english[text].string)
    }
    assert missing == {}


def test_english_names_the_same_places() -> None:
    wrong = []
    for message in merged("en"):
        if message.id and sorted(PLACE.findall(str(message.id))) != sorted(PLACE.findall(str(message.string))):
            wrong.append(message.id)
    assert wrong == []


def test_english_is_english() -> None:
    assert [m.id for m in merged("en") if m.id and SIGNS.search(str(m.string)) and m.id not in BOTH] == []


def test_templates_say_nothing_unmarked() -> None:
    """A Chinese character outside of `_()` and of comments would stay Chinese for an English reader."""
    found = {}
    for path in sorted(Path(TEMPLATES).rglob("*.html")):
        if path.parent.name == "web":
            continue  # the style guide shows invented Chinese content
        text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
        text = re.sub(
            r"\{%.*?%\}|\{\{.*?\}\}",
            lambda m: "" if "_(" in m.group() or "ngettext(" in m.group() else m.group(),
            text,
            flags=re.S,
        )
        rest = [line.strip() for line in text.splitlines() if CHINESE.search(line) and 'lang="zh' not in line]
        if rest:
            found[path.name] = rest
    assert found == {}
