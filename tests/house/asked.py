"""Which arguments of its link a page asks for: what it never looks at cannot change it, and need not be tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

from flask import Flask
from werkzeug.datastructures import ImmutableMultiDict


class Asked:
    """What was asked for since `forget`."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.all = False

    def forget(self) -> None:
        """Before the next request."""
        self.names, self.all = set(), False

    def any_of(self, query: str) -> bool:
        """Whether a link with this query could have read otherwise. The way to the first argument that differs is the
        same with and without it; so a page that asked for none of them reads the same."""
        return self.all or not self.names.isdisjoint(parse_qs(query, keep_blank_values=True))


class _Noting(ImmutableMultiDict):  # type: ignore[type-arg]
    """The arguments of a link or the fields of a form, telling `asked` what is looked at."""

    asked = Asked()

    def __getitem__(self, key: str) -> Any:
        self.asked.names.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.asked.names.add(str(key))
        return super().__contains__(key)

    def getlist(self, key: str, *arguments: Any, **named: Any) -> list[Any]:
        self.asked.names.add(key)
        return super().getlist(key, *arguments, **named)


def _noting_all(name: str) -> Any:
    def method(self: _Noting, *arguments: Any, **named: Any) -> Any:
        self.asked.all = True
        return getattr(ImmutableMultiDict, name)(self, *arguments, **named)

    return method


for _name in ("__iter__", "__len__", "keys", "values", "items", "lists", "listvalues", "to_dict"):
    setattr(_Noting, _name, _noting_all(_name))


@contextmanager
def listening(app: Flask) -> Iterator[Asked]:
    """While it lasts, every request to this application notes what it asks for."""
    asked, before = Asked(), app.request_class
    noting = type("Noting", (_Noting,), {"asked": asked})
    app.request_class = type("NotingRequest", (before,), {"parameter_storage_class": noting})
    try:
        yield asked
    finally:
        app.request_class = before
