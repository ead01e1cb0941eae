"""Routes of this part: the figures as a file, and the heads they stand under."""

from __future__ import annotations

from tests.factories.objects import Thing
from tests.factories.world import World
from tests.house.roles import SEES_FIGURES, Row, names

KEEPS = names("town_manager county_manager")

TABLE: tuple[Row, ...] = (
    Row("dashboard.figures.export", SEES_FIGURES),
    Row("dashboard.presets.show", SEES_FIGURES),
    Row("dashboard.presets.choose", KEEPS),
    Row("dashboard.areas.show", names("county_manager")),
    Row("dashboard.areas.edit", names("county_manager")),
    Row("dashboard.areas.change", names("county_manager")),
)


def things(_world: World) -> list[Thing]:
    """None of its routes names an object."""
    return []
