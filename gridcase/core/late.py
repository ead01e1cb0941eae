"""Large libraries that few requests need are imported at their first use: a worker that never prints holds no fonts.

Where one is used, `if TYPE_CHECKING:` imports it for the reader, the types and the contracts; `else:` it is late.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Late:
    """A module that is imported when something of it is first asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, part: str) -> Any:
        return getattr(import_module(self._name), part)
