"""Care tiers and visit intervals. Source: domain.md 4; intervals are defaults of a county.

A tier says how much care a home gets. It is never public and has nothing to do with points or benefits.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from gridcase.core.words import N_, Text


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
        """Days between two visits by default; a county may set its own (`TierRules.interval`)."""
        return {CareTier.REASSURED: 90, CareTier.CONCERNED: 30, CareTier.CONNECTED: 7}[self]


_TIER_LABELS = {
    CareTier.REASSURED: N_("放心户"),
    CareTier.CONCERNED: N_("关心户"),
    CareTier.CONNECTED: N_("连心户"),
}


def next_visit_on(tier: CareTier, last: date) -> date:
    """The day the next visit is due after a visit on `last`."""
    return last + timedelta(days=tier.interval_days)
