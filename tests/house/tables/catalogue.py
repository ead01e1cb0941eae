"""Routes and objects of this part: the catalogue of classes, reply templates."""

from __future__ import annotations

from gridcase.cases import service as cases
from gridcase.cases.rules.replies import ReplyKind
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from tests.factories.objects import Thing
from tests.factories.world import MAKER, World
from tests.house.roles import Row, names

KEEPS = names("county_manager town_manager village_head")

TABLE: tuple[Row, ...] = (
    Row("cases.class_list", KEEPS),
    Row("cases.class_terms", KEEPS),
    Row("cases.class_back", KEEPS),
    Row("cases.class_new", names("county_manager")),
    Row("cases.reply_list", KEEPS),
    Row("cases.reply_new", KEEPS),
    Row("cases.reply_edit", KEEPS, "reply"),
    Row("cases.reply_retire", KEEPS, "reply"),
)

PLACES = {
    "own": "village_a", "sibling village": "village_b", "other town": "other_village", "other county": "far_village",
}  # fmt: skip


def things(world: World) -> list[Thing]:
    """A reply template of a village of every place."""
    made = []
    with transaction():
        for name, village in PLACES.items():
            mark = f"记号（{name}）的答复"
            row = cases.add_template(
                actor=MAKER, place=db.session.get_one(Grid, world.grids[village]), kind=ReplyKind.RESULT,
                case_class=None, title=mark[:30], text=mark, now=clock.now(),
            )  # fmt: skip
            made.append(Thing("reply", name, row.id, mark=mark, village=village))
    return made
