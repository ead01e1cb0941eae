"""Statements of two threads that begin at once are whole."""

from __future__ import annotations

import threading
import time
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


class Slow(Column[int]):
    """A column that takes its time to come into an alias, in the thread that is to be slow."""

    inherit_cache = True
    begun, go_on = threading.Event(), threading.Event()

    def _make_proxy(self, *args: Any, **values: Any) -> Any:
        if threading.current_thread().name == "slow":
            self.begun.set()
            self.go_on.wait(10)
        return super()._make_proxy(*args, **values)


def test_two_threads_see_the_same_columns_of_an_alias() -> None:
    table = Table("t", MetaData(), Column("first", Integer), Slow("last", Integer))
    alias, seen = table.alias(), {}

    def look() -> None:
        seen[threading.current_thread().name] = alias.c.last

    slow, quick = (threading.Thread(target=look, name=name) for name in ("slow", "quick"))
    slow.start()
    assert Slow.begun.wait(10)
    quick.start()
    time.sleep(0.1)  # without a lock it is done by now
    Slow.go_on.set()
    for thread in (slow, quick):
        thread.join(10)
    assert seen["slow"] is seen["quick"] is alias.c.last
