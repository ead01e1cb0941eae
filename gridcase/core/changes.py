"""Editing a row of a register: what changed goes into the history, and nobody overwrites what he has not seen."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

from gridcase.core.errors import Refused
from gridcase.core.words import N_

CHANGED_MEANWHILE = N_("这一页打开以后，别人已经改过这条记录。请重新打开，看过新的内容再改。")


def change(entity: Any, values: Mapping[str, Any], *, personal: Collection[str] = ()) -> dict[str, Any]:
    """Set attributes; returns {name: [old, new]} of those that differ, {name: None} for personal ones.

    The answer is meant for the `changes` of an audit row, which never holds names or numbers of villagers.
    """
    changes: dict[str, Any] = {}
    for name, new in values.items():
        old = getattr(entity, name)
        if old != new:
            setattr(entity, name, new)
            changes[name] = None if name in personal else [_plain(old), _plain(new)]
    return changes


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def fingerprint(entity: Any, names: Collection[str]) -> str:
    """What the reader of an edit form saw; goes into the form's hidden field `seen`."""
    text = "\x1f".join(f"{name}={_plain(getattr(entity, name))}" for name in sorted(names))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def check_seen(entity: Any, names: Collection[str], seen: str | None) -> None:
    """Refuse an edit made on a page that is no longer true."""
    if seen and seen != fingerprint(entity, names):
        raise Refused(CHANGED_MEANWHILE)
