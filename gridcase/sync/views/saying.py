"""An item in words, for somebody who decides about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gridcase.core.words import N_, Text
from gridcase.sync.rules import CaseBody, ChangeBody, DeedBody, Item, VisitBody
from gridcase.web.filters import translate


@dataclass(frozen=True)
class Said:
    """What an item says: its kind, when it was noted down, and its lines."""

    kind: Text
    at: datetime
    home: int | None
    lines: tuple[Text | str, ...]


def said(item: Item) -> Said:
    """The item, line by line."""
    body = item.body
    at = body.visited_at if isinstance(body, VisitBody) else item.made_at
    return Said(item.kind.label, at, item.home, tuple(line for line in _lines(body) if line))


def _lines(body: object) -> list[Text | str]:
    if isinstance(body, VisitBody):
        seen = [body.mode.label, N_("见到 %(met)s 人", met=body.met), body.state.label, body.purpose.label]
        seen += [tick.label for tick in body.ticks]
        demand = _lines(body.demand) if body.demand else []
        return [_joined(seen), body.note or "", *demand]
    if isinstance(body, CaseBody):
        return [
            N_("诉求：%(title)s", title=body.title),
            body.text if body.text != body.title else "",
            body.result or "",
        ]
    if isinstance(body, ChangeBody):
        return [N_("%(what)s：%(who)s", what=body.kind.label, who=body.who), body.note]
    return [body.text] if isinstance(body, DeedBody) else []


def _joined(parts: Sequence[Text]) -> str:
    """Short facts on one line, in the reader's language."""
    return " · ".join(map(translate, parts))
