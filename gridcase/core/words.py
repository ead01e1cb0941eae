"""Texts that know no HTTP: a room's rules and services name what a user reads, the web layer says it.

A `Text` is a Chinese source sentence with its values. `str(text)` is the Chinese sentence (command line, logs);
`gridcase.web.filters.translate` says it in the reader's language. Translation tools look for `N_("...")`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Text:
    """A source sentence (`msgid`, Chinese, with `%(name)s` places) and its values."""

    msgid: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.msgid % {key: str(value) for key, value in self.params.items()} if self.params else self.msgid

    def __hash__(self) -> int:
        return hash(self.msgid)

    def as_json(self) -> dict[str, Any]:
        """The form kept in a database: values become their Chinese text."""
        params = {k: v.as_json() if isinstance(v, Text) else v for k, v in self.params.items()}
        return {"msgid": self.msgid, "params": params}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Text:
        """Read back what `as_json` wrote."""
        params = {
            key: cls.from_json(value) if isinstance(value, Mapping) and "msgid" in value else value
            for key, value in stored.get("params", {}).items()
        }
        return cls(stored["msgid"], params)


def N_(msgid: str, **params: Any) -> Text:
    """Mark a Chinese sentence for translation and carry its values along."""
    return Text(msgid, params)
