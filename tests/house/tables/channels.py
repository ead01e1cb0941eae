"""Routes and objects of this part: the own channels, and those of places."""

from __future__ import annotations

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.notices import service as notices
from gridcase.notices.models import NoticeChannel
from gridcase.notices.rules import ROBOTS, Channel, What
from gridcase.users.models import User
from tests.factories.objects import Thing
from tests.factories.world import MAKER, World
from tests.house.roles import WORKING, Row, names

MANAGER = names("county_manager")

TABLE: tuple[Row, ...] = (
    Row("notices.channels", WORKING),
    *(
        Row(f"notices.{act}_channel", WORKING, "own_channel", every=True)
        for act in ("test", "confirm", "change", "retry", "remove")
    ),
    Row("notices.groups", MANAGER),
    *(Row(f"notices.{act}_group", MANAGER, "channel") for act in ("test", "change", "retry", "remove")),
    Row("notices.retry_county", MANAGER),
)


def things(world: World) -> list[Thing]:
    """A robot of the liaison's, one of the county and one of a county far away."""
    made, now = [], clock.now()
    with transaction():
        for name, place, village in (("own", "county", "village_a"), ("other county", "far_county", "far_village")):
            channel = notices.add(
                actor=MAKER, kind=Channel.WECOM, address=f"{ROBOTS[Channel.WECOM]}{place}", secret="", what=What.ALL,
                named=frozenset(), now=now, place=db.session.get_one(Grid, world.grids[place]),
            )  # fmt: skip
            made.append(Thing("channel", name, channel.id, village=village))
        liaison = db.session.get_one(User, world.users["liaison"])
        own = NoticeChannel(
            kind=Channel.WECOM, person_id=liaison.person_id, address="", secret="", hint="robot", what=What.ALL,
            created_at=now, confirmed_at=now,
        )  # fmt: skip
        db.session.add(own)
        db.session.flush()
        made.append(Thing("own_channel", "own", own.id, posts=names("liaison")))
    return made
