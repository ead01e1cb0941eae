"""Routes and objects of this part: photos and papers of cases."""

from __future__ import annotations

from gridcase.cases import queries, service
from gridcase.cases.rules import Channel
from gridcase.cases.service import Papers
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.files import service as files
from gridcase.grid.models import Grid
from tests.factories.objects import ORDINARY, RESTRICTED, Thing
from tests.factories.world import MAKER, World
from tests.files.corpus import jpeg
from tests.house.roles import SEES_CASES, Row

TABLE: tuple[Row, ...] = (
    Row("cases.paper", SEES_CASES, "paper", every=True),
    Row("cases.paper_small", SEES_CASES, "paper", every=True),
)
PLACES = {
    "own": "village_a", "sibling village": "village_b", "other town": "other_village", "other county": "far_village",
}  # fmt: skip


def things(world: World) -> list[Thing]:
    """A photo of a case of every place, and of a restricted one; its address is the case's, and number 1."""
    found = [Thing("paper", name, _case(world, village, ORDINARY), village=village) for name, village in PLACES.items()]
    hidden = _case(world, "village_a", RESTRICTED)
    return [*found, Thing("paper", "restricted", hidden, village="village_a", restricted=True)]


def _case(world: World, village: str, code: str) -> int:
    photo = files.prepare(jpeg())
    case_class = queries.class_by_code(code)
    assert case_class is not None
    with transaction():
        now = clock.now()
        case = service.collect(
            actor=MAKER, case_class=case_class, title="有照片的事", text="", channel=Channel.PATROL,
            grid=db.session.get_one(Grid, world.grids[village]), now=now,
        )  # fmt: skip
        service.attach(case, Papers((photo,)), actor=MAKER, now=now)
        return case.id
