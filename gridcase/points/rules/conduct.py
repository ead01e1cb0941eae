"""The conduct file and the supervisors' look at it. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date

from gridcase.core.labels import Labelled
from gridcase.core.words import N_

SPOT_SIZE = 10  # entries of a month that are looked at
LEAST_WORDS, MOST_WORDS = 4, 300


class Finding(Labelled):
    """What a supervisor found of one drawn entry."""

    RIGHT = "right", N_("属实")
    WRONG = "wrong", N_("不属实")
    UNCLEAR = "unclear", N_("还要再核")


def drawn(ids: Iterable[int], *, seed: str, size: int = SPOT_SIZE) -> list[int]:
    """The entries a seed draws: those whose SHA-256 of "seed:number" comes first. Anybody can draw them again."""
    return sorted(ids, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).hexdigest())[:size]


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)
