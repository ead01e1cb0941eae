"""Parts of a page that look the same for the same values are drawn once: what a macro said is kept by what it was given
and by the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache

from babel.support import NullTranslations
from flask import Flask, current_app, request
from markupsafe import Markup

from gridcase.web import filters

KEPT = 2048  # parts a process keeps, about 3 KiB each


def drawn_once(part: Callable[..., Markup], /, *values: Hashable) -> Markup:
    """`{{ drawn_once(macro, a, b) }}` says what `{{ macro(a, b) }}` says. The macro is one of a file imported without
    the page's context and uses nothing but its values and our own texts: no token, nonce, viewer or clock. Values are
    plain ones: a `Markup` equals the text it holds, and would come out for it."""
    if current_app.debug:  # files change under it
        return part(*values)
    return _kept(filters.catalogue(), request.script_root, part, *values)


@lru_cache(maxsize=KEPT)
def _kept(_texts: NullTranslations, _root: str, part: Callable[..., Markup], *values: Hashable) -> Markup:
    return part(*values)


def init_app(app: Flask) -> None:
    """Templates may draw."""
    app.jinja_env.globals["drawn_once"] = drawn_once
