"""An item in words, for somebody who decides about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gridcase.core.words import N_, Text
from gridcase.sync.rules import CaseBody, ChangeBody, DeedBody, Item, VisitBody


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
        how = N_("%(mode)s，见到 %(met)s 人，%(state)s", mode=body.mode.label, met=body.met, state=body.state.label)
        demand = _lines(body.demand) if body.demand else []
        return [how, body.purpose.label, *(tick.label for tick in body.ticks), body.note or "", *demand]
    if isinstance(body, CaseBody):
        return [
            N_("诉求：%(title)s", title=body.title),
            body.text if body.text != body.title else "",
            body.result or "",
        ]
    if isinstance(body, ChangeBody):
        return [N_("%(what)s：%(who)s", what=body.kind.label, who=body.who), body.note]
    return [body.text] if isinstance(body, DeedBody) else []
