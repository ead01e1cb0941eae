"""Parts of a page that look the same for the same values are drawn once: what a macro said is kept by what it was given
and by the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache

from babel.support import NullTranslations
from flask import Flask, current_app, request
from markupsafe import Markup

from gridcase.web import filters

KEPT = 2048  # parts a process keeps that come again all day: rows of a list, the frame; about 3 KiB each
LATELY = 384  # of those that change with every case: figures, fields of a move; up to 30 KiB each, most of them 2


def drawn_once(part: Callable[..., Markup], /, *values: Hashable) -> Markup:
    """`{{ drawn_once(macro, a, b) }}` says what `{{ macro(a, b) }}` says. The macro is one of a file imported without
    the page's context and uses nothing but its values and our own texts: no token, nonce, viewer or clock. What stands
    within a value is plain text: a `Markup` there equals the text it holds, and would come out for it."""
    if current_app.debug:  # files change under it
        return part(*values)
    return _kept(filters.catalogue(), request.script_root, part, *values)


def drawn_lately(part: Callable[..., Markup], /, *values: Hashable) -> Markup:
    """The same for parts that come again only for a while, so that they do not push out the others."""
    if current_app.debug:
        return part(*values)
    return _kept_lately(filters.catalogue(), request.script_root, part, *values)


def _draw(_texts: NullTranslations, _root: str, part: Callable[..., Markup], *values: Hashable) -> Markup:
    return part(*values)


_kept, _kept_lately = (lru_cache(maxsize=most, typed=True)(_draw) for most in (KEPT, LATELY))


def init_app(app: Flask) -> None:
    """Templates may draw."""
    app.jinja_env.globals["drawn_once"] = drawn_once
    app.jinja_env.globals["drawn_lately"] = drawn_lately
