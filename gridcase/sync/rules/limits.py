"""How often one phone may ask: a plain count by minute, in this process alone. It spares the server, no more."""

from __future__ import annotations

import threading

MINUTE = 60


class Counter:
    """Requests by phone in the running minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = 0
        self._counts: dict[int, int] = {}

    def wait(self, who: int, *, seconds: float, most: int) -> int:
        """Count one request at a moment (seconds of any clock); 0 to go on, else the seconds to wait."""
        minute = int(seconds // MINUTE)
        with self._lock:
            if minute != self._minute:
                self._minute, self._counts = minute, {}
            self._counts[who] = count = self._counts.get(who, 0) + 1
        return 0 if count <= most else max(1, int((minute + 1) * MINUTE - seconds))
