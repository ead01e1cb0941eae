"""Who looks after whom: circles of about fifteen homes that know one another; they cross groups and cells."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random

from gridcase.seed.families import Home
from gridcase.seed.places import share

STRIPS = 5
FRIENDS = 3  # homes that each circle takes over from its neighbour
FEWEST, MOST = 6, 23  # a few circles lie outside of 8 to 20: reported, never blocked


def draw(homes: Sequence[Home], count: int, *, rng: Random) -> list[list[int]]:
    """Share all homes out over `count` circles; each circle lists places in `homes`."""
    order = _walk(homes, rng)
    sizes = share(len(homes), [rng.choice((0.85, 0.95, 1.0, 1.0, 1.05, 1.15)) for _ in range(count)])
    if count > 6:
        _uneven(sizes, rng)
    circles, at = [], 0
    for size in sizes:
        circles.append(order[at : at + size])
        at += size
    for one, other in pairwise(circles):
        _swap(one, other, rng)
    return circles


def _walk(homes: Sequence[Home], rng: Random) -> list[int]:
    """Home after home along strips over the village, as one would walk; the lines of cells play no part."""
    west = min(home.lon for home in homes)
    width = (max(home.lon for home in homes) - west) / STRIPS or 1.0
    strips = [min(STRIPS - 1, int((home.lon - west) / width + rng.uniform(-0.1, 0.1))) for home in homes]

    def place(i: int) -> tuple[int, float]:
        return strips[i], homes[i].lat if strips[i] % 2 == 0 else -homes[i].lat

    return sorted(range(len(homes)), key=place)


def _uneven(sizes: list[int], rng: Random) -> None:
    """One circle too small and one too large, as it comes about when people move away."""
    few, many = rng.sample(range(len(sizes)), 2)
    moved = min(sizes[few] - FEWEST, MOST - sizes[many])
    if moved > 0:
        sizes[few] -= moved
        sizes[many] += moved


def _swap(one: list[int], other: list[int], rng: Random) -> None:
    """Friends and kin next door: some homes change places between neighbouring circles."""
    for _ in range(min(FRIENDS, len(one), len(other))):
        i, k = rng.randrange(len(one)), rng.randrange(len(other))
        one[i], other[k] = other[k], one[i]
