"""Sizes of circles: soft limits of a county (domain.md 3.1; decisions.md 2), reported and never blocked. Pure."""

from __future__ import annotations

from dataclasses import dataclass

CIRCLE_TARGET, CIRCLE_FEW, CIRCLE_MANY = 15, 8, 20


@dataclass(frozen=True)
class CircleLimits:
    """How many homes a liaison looks after: the aim, and where it is reported as few or many."""

    target: int = CIRCLE_TARGET
    few: int = CIRCLE_FEW
    many: int = CIRCLE_MANY


def circle_size_word(size: int, limits: CircleLimits = CircleLimits()) -> str:
    """`few`, `fair` or `many`: reported, never blocked."""
    if size < limits.few:
        return "few"
    return "many" if size > limits.many else "fair"
