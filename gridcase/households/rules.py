"""Care tiers, visit intervals and circle sizes. Source: domain.md 3.1 and 4; intervals are defaults of a county.

A tier says how much care a home gets. It is never public and has nothing to do with points or benefits.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from gridcase.core.words import N_, Text

CIRCLE_TARGET, CIRCLE_FEW, CIRCLE_MANY = 15, 8, 20


class CareTier(StrEnum):
    """Green, yellow, red: a word and a mark stand beside every colour."""

    REASSURED = "reassured"
    CONCERNED = "concerned"
    CONNECTED = "connected"

    @property
    def label(self) -> Text:
        """The field's word."""
        return _TIER_LABELS[self]

    @property
    def mark(self) -> str:
        """The shape that tells without colour."""
        return {CareTier.REASSURED: "●", CareTier.CONCERNED: "▲", CareTier.CONNECTED: "■"}[self]

    @property
    def interval_days(self) -> int:
        """Days between two visits."""
        return {CareTier.REASSURED: 90, CareTier.CONCERNED: 30, CareTier.CONNECTED: 7}[self]


_TIER_LABELS = {
    CareTier.REASSURED: N_("放心户"),
    CareTier.CONCERNED: N_("关心户"),
    CareTier.CONNECTED: N_("连心户"),
}

RELATIONS: dict[str, Text] = {
    "head": N_("户主"),
    "spouse": N_("配偶"),
    "child": N_("子女"),
    "child_in_law": N_("儿媳或女婿"),
    "parent": N_("父母"),
    "grandchild": N_("孙辈"),
    "grandparent": N_("祖辈"),
    "sibling": N_("兄弟姐妹"),
    "other": N_("其他"),
}


def next_visit_on(tier: CareTier, last: date) -> date:
    """The day the next visit is due after a visit on `last`."""
    return last + timedelta(days=tier.interval_days)


def circle_size_word(size: int) -> str:
    """`few`, `fair` or `many`: reported, never blocked."""
    if size < CIRCLE_FEW:
        return "few"
    return "many" if size > CIRCLE_MANY else "fair"
