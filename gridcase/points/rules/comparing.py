"""What one version of a scheme says otherwise than another. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gridcase.core.labels import Labelled
from gridcase.core.words import N_
from gridcase.points.rules.schemes import Item, Scheme

SAID = (
    "name", "board", "points", "at_most", "unit", "criteria", "evidence", "who", "approval", "cap", "cap_per",
    "document", "account", "case_rule",
)  # fmt: skip
SETTINGS = ("name", "base_points", "at_year_end", "expire_months", "notice_days", "council_from", "month_budget")


class Difference(Labelled):
    """What became of an item."""

    ADDED = "added", N_("新增")
    DROPPED = "dropped", N_("取消")
    CHANGED = "changed", N_("调整")


@dataclass(frozen=True)
class ItemChange:
    """One item that differs; `fields` are those said otherwise."""

    kind: Difference
    item: Item
    before: Item | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class WeightChange:
    """A class that weighs otherwise; `before` None: the class is new."""

    name: str
    before: int | None
    after: int


@dataclass(frozen=True)
class Comparison:
    """Two versions side by side: the settings said otherwise, the weights, and the items, in the order of the card."""

    settings: Mapping[str, tuple[object, object]]
    items: tuple[ItemChange, ...]
    weights: tuple[WeightChange, ...] = ()

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.settings and not self.items and not self.weights


def compare(old: Scheme, new: Scheme) -> Comparison:
    """How `new` differs from `old`; items are the same where their codes are."""
    settings = {
        name: (getattr(old, name), getattr(new, name)) for name in SETTINGS if getattr(old, name) != getattr(new, name)
    }
    changes = [change for item in new.items.values() if (change := _change(old.items.get(item.code), item))]
    dropped = [ItemChange(Difference.DROPPED, item, item) for code, item in old.items.items() if code not in new.items]
    return Comparison(settings, tuple(changes + dropped), _weights(old, new))


def _weights(old: Scheme, new: Scheme) -> tuple[WeightChange, ...]:
    before = {code: board.weight for code, board in old.boards.items()}
    return tuple(
        WeightChange(board.name, before.get(code), board.weight)
        for code, board in new.boards.items()
        if before.get(code) != board.weight
    )


def _change(before: Item | None, item: Item) -> ItemChange | None:
    if before is None:
        return ItemChange(Difference.ADDED, item)
    fields = tuple(name for name in SAID if getattr(before, name) != getattr(item, name))
    return ItemChange(Difference.CHANGED, item, before, fields) if fields else None
