"""Routes of this part: what the map's script asks for beside its points, and the map on paper."""

from __future__ import annotations

from tests.factories.objects import Thing
from tests.factories.world import World
from tests.house.roles import SEES_MAP, Row

TABLE: tuple[Row, ...] = tuple(
    Row(f"dashboard.map.{page}", SEES_MAP) for page in ("clusters", "homes", "paper", "tile")
)


def things(_world: World) -> list[Thing]:
    """None of its own."""
    return []
