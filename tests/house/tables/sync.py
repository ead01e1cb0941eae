"""Routes and objects of this part: the phone's door for who is signed in."""

from __future__ import annotations

from tests.factories.objects import Thing
from tests.factories.world import World
from tests.house.roles import EVERYBODY, Row

TABLE: tuple[Row, ...] = (Row("sync.session", EVERYBODY), Row("sync.add_device", EVERYBODY))


def things(_world: World) -> list[Thing]:
    """Nothing yet."""
    return []
