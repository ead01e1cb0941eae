"""Statements of two threads that begin at once are whole."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Integer, MetaData, Table

import gridcase.core.db  # noqa: F401 - it repairs what is tried here


def asked_half_way(table: Table) -> tuple[Any, Any]:
    """An alias is asked for its last column, and by somebody else while it looks its columns through for the first
    time: what either is told."""
    alias, told = table.alias(), []

    class Looked(frozenset[Any]):
        """The ancestors of the second column: whoever reads them is half way."""

        def __iter__(self) -> Any:
            if not told:
                told.append(None)
                told[0] = alias.corresponding_column(table.c.last)
            return super().__iter__()

    middle = alias.c.middle
    middle.__dict__["_expanded_proxy_set"] = Looked(middle._expanded_proxy_set)
    return alias.corresponding_column(table.c.last), told[0]


def test_an_alias_asked_by_two_at_once_tells_both_of_its_column() -> None:
    table = Table("t", MetaData(), *(Column(name, Integer) for name in ("first", "middle", "last")))
    first, second = asked_half_way(table)
    assert first is not None
    assert second is first, "a column that is not found joins every row with every row"
