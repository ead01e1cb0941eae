"""Texts that know no HTTP: a room's rules and services name what a user reads, the web layer says it.

A `Text` is a Chinese source sentence with its values. `str(text)` is the Chinese sentence (command line, logs);
`gridcase.web.filters.translate` says it in the reader's language. Translation tools look for `N_("...")`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from gridcase.core.clock import TOWN_ZONE


@dataclass(frozen=True)
class Text:
    """A source sentence (`msgid`, Chinese, with `%(name)s` places) and its values."""

    msgid: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return (
            self.msgid % {key: in_chinese(value) for key, value in self.params.items()} if self.params else self.msgid
        )

    def __hash__(self) -> int:
        return hash(self.msgid)

    def as_json(self) -> dict[str, Any]:
        """The form kept in a database: values become their Chinese text."""
        return {"msgid": self.msgid, "params": {key: _kept(value) for key, value in self.params.items()}}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Text:
        """Read back what `as_json` wrote."""
        return cls(stored["msgid"], {key: _read(value) for key, value in stored.get("params", {}).items()})


@dataclass(frozen=True)
class Both:
    """What is kept in both languages, as the name of a class is."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh


def in_chinese(value: Any) -> str:
    """A value of a sentence as Chinese has it: days and moments (in the town's time) written out, names joined."""
    if isinstance(value, datetime):
        local = value.astimezone(TOWN_ZONE)
        return f"{in_chinese(local.date())} {local:%H:%M}"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return "、".join(map(in_chinese, value)) if isinstance(value, list | tuple) else str(value)


def _kept(value: Any) -> Any:
    if isinstance(value, Text):
        return value.as_json()
    if isinstance(value, Both):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return [_kept(one) for one in value] if isinstance(value, list | tuple) else value


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [_read(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    if "zh" in value:
        return Both(value["zh"], value["en"])
    if "moment" in value:
        return datetime.fromisoformat(value["moment"])
    return date.fromisoformat(value["day"]) if "day" in value else Text.from_json(value)


def N_(msgid: str, **params: Any) -> Text:
    """Mark a Chinese sentence for translation and carry its values along."""
    return Text(msgid, params)
