"""One repair of SQLAlchemy (seen in 2.1.9): how an alias finds its columns, where threads share it.

An alias fills the index of its columns entry by entry when it is first asked for one. A second thread that asks
meanwhile finds an index, though half of it, is told that its column is none of the alias's, and the statement it makes
joins every row with every row, for as long as it is kept. One process in a hundred began so when two requests came at
once. Here the index is filled beside and put in place in one step: whoever asks finds all of it or nothing.
"""

from __future__ import annotations

from collections import defaultdict
from types import SimpleNamespace
from typing import Any

from sqlalchemy.sql.base import WriteableColumnCollection
from sqlalchemy.util import OrderedSet

_entry_by_entry = WriteableColumnCollection._init_proxy_index


def _in_one_step(columns: Any) -> None:
    beside = SimpleNamespace(_collection=columns._collection, _proxy_index=defaultdict(OrderedSet))
    _entry_by_entry(beside)  # type: ignore[arg-type]
    # one call of C: no other thread runs in between, and those who ask hold this very dict
    columns._proxy_index.update(beside._proxy_index)


def fill_in_one_step() -> None:
    """From here on, for every selectable of the process."""
    WriteableColumnCollection._init_proxy_index = _in_one_step  # type: ignore[assignment,method-assign]
