"""What is drawn once and kept says nothing of the one it was drawn for."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from jinja2 import Environment, nodes

from gridcase.core.paths import TEMPLATES

PAGES = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
DRAWN = re.compile(r"drawn_(?:once|lately)\((\w+)")
# A token, a nonce, an address of one page, the reader, the clock: never the same for the next one.
NEVER = frozenset({
    "csrf_token", "csp_nonce", "request", "session", "g", "viewer", "current_user", "url_for", "alerts",
    "get_flashed_messages", "inbox_count", "now", "today", "locale", "elder", "demo",
})  # fmt: skip


def used() -> list[tuple[str, str]]:
    """(template, macro) of everything that is drawn once."""
    files = sorted(TEMPLATES.rglob("*.html"))
    return [
        (str(file.relative_to(TEMPLATES)), name) for file in files for name in DRAWN.findall(file.read_text("utf-8"))
    ]


def names_in(template: str, macro: str, seen: set[tuple[str, str]]) -> Iterator[str]:
    """Every name a macro reads, with those of the macros it calls."""
    if (template, macro) in seen:
        return
    seen.add((template, macro))
    tree = PAGES.parse((TEMPLATES / template).read_text("utf-8"))
    own = {one.name: one for one in tree.find_all(nodes.Macro)}
    of_others = {}  # as it is called here -> (template, macro)
    for one in tree.find_all(nodes.FromImport):
        assert isinstance(one.template, nodes.Const)
        for name in one.names:
            there, here = (name, name) if isinstance(name, str) else name
            of_others[here] = (str(one.template.value), there)
    body = own[macro].find_all(nodes.Name) if macro in own else ()
    for name in {one.name for one in body}:
        yield name
        if name in own:
            yield from names_in(template, name, seen)
        if name in of_others:
            yield from names_in(*of_others[name], seen)


@pytest.mark.parametrize(("template", "macro"), used())
def test_what_is_drawn_once_depends_on_what_it_is_given(template: str, macro: str) -> None:
    source = PAGES.parse((TEMPLATES / template).read_text("utf-8"))
    imports = [one for one in source.find_all(nodes.FromImport) if macro in one.names]
    assert [one.with_context for one in imports] == [False], (
        "drawn_once wants a macro of a file imported without context"
    )
    assert isinstance(imports[0].template, nodes.Const)
    names = set(names_in(str(imports[0].template.value), macro, set()))
    assert names, "the macro was not found"
    assert not names & NEVER, f"{macro} would show one reader what belongs to another"
