"""Routes of this part: photos and papers of cases. Their objects hang on the cases of `tests.factories.objects`."""

from __future__ import annotations

from tests.factories.objects import Thing
from tests.factories.world import World
from tests.house.roles import SEES_CASES, Row

TABLE: tuple[Row, ...] = (
    Row("cases.paper", SEES_CASES, "paper", every=True),
    Row("cases.paper_small", SEES_CASES, "paper", every=True),
)


def things(_world: World) -> list[Thing]:
    """Nothing besides the photos of the cases."""
    return []
