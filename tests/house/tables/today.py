"""Routes of this part: good deeds, and what only named roles read."""

from __future__ import annotations

from tests.factories.objects import Thing
from tests.factories.world import World
from tests.house.roles import GRID, WATCH, Row, names

READS_RESTRICTED = names("village_head dispatcher")

TABLE: tuple[Row, ...] = (
    Row("visits.deeds", GRID | WATCH),
    Row("visits.new_deed", GRID),
    Row("visits.signs", READS_RESTRICTED),
    Row("visits.confirm_signs", READS_RESTRICTED, "household"),
    Row("visits.drop_signs", READS_RESTRICTED, "household"),
)


def things(_world: World) -> list[Thing]:
    """Homes are there already."""
    return []
