"""Routes and objects of this part: registers."""

from __future__ import annotations

from datetime import date

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.exchange.rules.registers import REGISTERS
from gridcase.exchange.service import imports
from gridcase.users.models import User
from tests.factories.objects import Thing
from tests.factories.viewers import viewer_from
from tests.factories.world import World
from tests.house.roles import Row, names

IMPORTS = names("town_manager county_manager")
EXPORTS = IMPORTS | names("village_head")

TABLE: tuple[Row, ...] = (
    Row("exchange.index", EXPORTS),
    Row("exchange.upload", IMPORTS),
    Row("exchange.template", IMPORTS),
    Row("exchange.export", EXPORTS),
    *(
        Row(f"exchange.{name}", IMPORTS, "register_import", every=True)
        for name in ("show", "columns", "confirm", "drop", "marked")
    ),
)


def things(world: World) -> list[Thing]:
    """A file handed in by the town's manager, and one by the county's: each belongs to whom it is from."""
    return [_file(world, "town_manager", "own"), _file(world, "county_manager", "of the county's manager")]


def _file(world: World, role: str, name: str) -> Thing:
    actor = viewer_from(db.session.get_one(User, world.users[role]))
    with transaction():
        one = imports.begin(
            actor=actor, register=REGISTERS["households"], filename=f"{role}.xlsx", digest="0" * 64, datum="wgs84",
            on=date(2026, 11, 23), now=clock.now(),
        )  # fmt: skip
        imports.note_headers(one, ["甲", "乙"])
        import_id = one.id
    return Thing("register_import", name, import_id, posts=frozenset({role}))
