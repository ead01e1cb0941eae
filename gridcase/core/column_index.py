"""Two repairs of SQLAlchemy (seen in 2.1.9): how an alias finds its columns, where threads share it.

An alias makes its columns, and the index by which it finds them, when it is first asked for one. The index grows entry
by entry: a second thread that asks meanwhile finds an index, though half of it, is told that its column is none of the
alias's, and the statement it makes joins every row with every row, for as long as it is kept. One process in a hundred
began so when two requests came at once. Here the index is filled beside and put in place in one step: whoever asks
finds all of it or nothing. The columns are made under a lock only where Python has none of its own, so two threads can
make them twice, and one goes on with columns that are not the alias's; here the lock is always there.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

from sqlalchemy import util
from sqlalchemy.sql.base import WriteableColumnCollection
from sqlalchemy.util import OrderedSet

_entry_by_entry = WriteableColumnCollection._init_proxy_index


def _in_one_step(columns: Any) -> None:
    beside = SimpleNamespace(_collection=columns._collection, _proxy_index=defaultdict(OrderedSet))
    _entry_by_entry(beside)  # type: ignore[arg-type]
    # one call of C: no other thread runs in between, and those who ask hold this very dict
    columns._proxy_index.update(beside._proxy_index)


def hold_together() -> None:
    """From here on, for every selectable of the process."""
    util.mini_gil = threading.RLock()
    WriteableColumnCollection._init_proxy_index = _in_one_step  # type: ignore[assignment,method-assign]
