"""Keyset paging: a list continues after the last row seen, never at an offset."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")
PAGE_SIZE = 25


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows and the mark that asks for the next one (None at the end)."""

    rows: Sequence[Row]
    after: str | None


def encode_mark(values: Sequence[Any]) -> str:
    """A place in a sorted list as opaque text for a link."""
    return base64.urlsafe_b64encode(json.dumps(values, default=str).encode()).decode().rstrip("=")


def decode_mark(mark: str | None) -> list[Any] | None:
    """Read a mark; what cannot be read starts the list from its beginning."""
    if not mark:
        return None
    try:
        value = json.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
    except (ValueError, UnicodeDecodeError):
        return None
    return value if isinstance(value, list) else None


def read_mark(mark: str | None, *kinds: Callable[[Any], Any]) -> list[Any] | None:
    """Read a mark whose values have these kinds (`int`, `str`, `date.fromisoformat`); one of another shape starts the
    list from its beginning too, for links are typed, cut and changed by hand."""
    values = decode_mark(mark)
    if values is None or len(values) != len(kinds):
        return None
    try:
        return [kind(value) for kind, value in zip(kinds, values, strict=True)]
    except (TypeError, ValueError, OverflowError):
        return None


def instant(text: str) -> datetime:
    """A moment in a mark; one without a zone was not made here."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment


def cut(rows: Sequence[Row], key: Callable[[Row], Sequence[Any]], *, size: int = PAGE_SIZE) -> Page[Row]:
    """Turn `size + 1` fetched rows into a page."""
    more = len(rows) > size
    kept = rows[:size]
    return Page(kept, encode_mark(key(kept[-1])) if more else None)
