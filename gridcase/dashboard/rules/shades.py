"""How many cases make a place darker: four steps at most, from what there is. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass

STEPS = 4


@dataclass(frozen=True)
class Shade:
    """One step of the fill and the numbers it stands for; `most` None: and more."""

    step: int
    least: int
    most: int | None


def shades(counts: Collection[int]) -> tuple[Shade, ...]:
    """The steps for these counts, of about as many places each, where there is more than nothing to show."""
    found = sorted(count for count in counts if count)
    if not found:
        return ()
    limits = sorted({_even(found[len(found) * part // STEPS]) for part in range(1, STEPS)})
    limits = [limit for limit in limits if limit < found[-1]]
    least = [1, *(limit + 1 for limit in limits)]
    most: list[int | None] = [*limits, None]
    return tuple(Shade(step, low, high) for step, (low, high) in enumerate(zip(least, most, strict=True), 1))


def step_of(count: int, steps: Collection[Shade]) -> int:
    """The step of one count; 0 for a place without any."""
    limits = [shade.most for shade in steps if shade.most is not None]
    return 1 + bisect_left(limits, count) if count else 0


def _even(count: int) -> int:
    """A number people like to read: two figures at most."""
    unit = 10 ** max(len(str(count)) - 2, 0)
    return count // unit * unit
