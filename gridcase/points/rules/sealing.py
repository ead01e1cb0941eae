"""What a seal covers. Pure."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

# Every column of a movement, in this order: what a seal does not cover could be changed unseen.
SEALED_COLUMNS = (
    "id", "key", "kind", "debit_id", "credit_id", "amount", "rule", "source_kind", "source_id", "village_id",
    "household_id", "reverses_id", "version_id", "target", "actor_user_id", "at",
)  # fmt: skip


def digest_of(movement: Any, before: str) -> str:
    """SHA-256 over a movement in canonical JSON and the seal before it in the village's chain."""
    values = [before, *(_plain(getattr(movement, name)) for name in SEALED_COLUMNS)]
    canonical = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value


def short(digest: str) -> str:
    """The first letters of a seal, as people compare them: 4 by 4."""
    return f"{digest[:4]} {digest[4:8]} {digest[8:12]}".upper()
