"""One item as a phone sends it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridcase.core.labels import Labelled
from gridcase.core.words import N_
from gridcase.sync.rules.bodies import Body, read_case, read_change, read_deed, read_told, read_visit
from gridcase.sync.rules.reading import MISSING, BadFields, Reader

__all__ = ["FORMS", "BadFields", "Item", "Kind", "content_hash", "read_item"]

FORMS = frozenset({1})  # the shapes of the body that are understood; a phone that was away long sends an older one


class Kind(Labelled):
    """What can be handed in."""

    VISIT = "visit", N_("走访")
    CASE = "case", N_("诉求")
    TOLD = "told", N_("告知")
    CHANGE = "change", N_("家庭变化")
    DEED = "deed", N_("好人好事")


AT_HOME = frozenset({Kind.VISIT, Kind.CHANGE})  # what speaks of one home
_READ: Mapping[Kind, Callable[[Reader], Body]] = {
    Kind.VISIT: read_visit,
    Kind.CASE: read_case,
    Kind.TOLD: read_told,
    Kind.CHANGE: read_change,
    Kind.DEED: read_deed,
}


@dataclass(frozen=True)
class Item:
    """An item, understood. `body` is None where its form is not: that is refused, not complained about. `sent` is what
    came over the line, for who has to keep it whole."""

    uuid: str
    kind: Kind
    form: int
    made_at: datetime
    sent_at: datetime
    home: int | None
    body: Body | None
    hash: str
    sent: Mapping[str, Any]


def read_item(source: Any, *, sent_at: datetime | None = None) -> Item:
    """An item out of JSON; raises `BadFields`. `sent_at` stands in where a sealed item says none."""
    read = Reader(source)
    uuid, kind = read.uuid("id"), read.choice("kind", Kind)
    form = read.number("form", least=1) or 0
    made_at = read.moment("made_at")
    sent = read.moment("sent_at") if sent_at is None or read.has("sent_at") else sent_at
    home = read.number("home", least=1, needed=False)
    if kind in AT_HOME and not read.has("home"):
        read.complain("home", MISSING)
    inner = read.inner("body")
    body = _READ[kind](inner) if form in FORMS else None
    read.done()
    return Item(uuid, kind, form, made_at, sent, home, body, content_hash(source), source)


def content_hash(source: Mapping[str, Any]) -> str:
    """SHA-256 over what an item says, whenever it is sent: kind, home, when it was made, body."""
    said = [source.get("kind"), source.get("home"), source.get("made_at"), source.get("body")]
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
