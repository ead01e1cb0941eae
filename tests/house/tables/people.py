"""Routes and objects of this part: people."""

from __future__ import annotations

from tests.factories.objects import Thing
from tests.factories.world import World
from tests.house.roles import Row

TABLE: tuple[Row, ...] = ()


def things(world: World) -> list[Thing]:
    """One object of each kind of this part for every place."""
    del world
    return []
