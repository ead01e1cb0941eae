"""Routes of this part: reading cases as JSON, the list as CSV."""

from __future__ import annotations

from tests.factories.objects import Thing
from tests.factories.world import World
from tests.house.roles import SEES_CASES, Row

TABLE: tuple[Row, ...] = (
    Row("cases_api.listed", SEES_CASES),
    Row("cases_api.one", SEES_CASES, "plain case", every=True),
    Row("cases.export_csv", SEES_CASES),
)


def things(_world: World) -> list[Thing]:
    """Cases are tried by their own pages' objects."""
    return []
