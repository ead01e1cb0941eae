"""Routes and objects of this part: accounts, which the security administrator manages, and the own password."""

from __future__ import annotations

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.people import service as people
from gridcase.people.rules import Role
from gridcase.users import service as users
from tests.factories.objects import SPOTS, Thing
from tests.factories.world import MAKER, MEMORY_KIB, PASSWORD, SINCE, World
from tests.house.roles import EVERYBODY, Row, names

ADMIN = names("security_admin")

TABLE: tuple[Row, ...] = (
    Row("users.change_password", EVERYBODY),
    Row("users.accounts", ADMIN),
    Row("users.new_account", ADMIN),
    Row("users.liaison_accounts", ADMIN),
    Row("users.open_account", ADMIN, "person"),
    *(
        Row(f"users.{page}", ADMIN, "account")
        for page in sorted(
            names("account lock_account unlock_account close_account end_account_sessions give_password")
            | names("end_account_device")
        )
    ),
)


def things(world: World) -> list[Thing]:
    """An account of somebody who holds a post, at every place."""
    made, now = [], clock.now()
    for n, spot in enumerate(SPOTS):
        cell = db.session.get_one(Grid, world.grids[spot.cell])
        with transaction():
            person = people.add_person(actor=MAKER, name=f"账号人{n}", place_path=cell.path, now=now)
            post = people.add_post(
                actor=MAKER, code=f"ACCOUNT-{n}", role=Role.SHOP_KEEPER, title=f"账号岗{n}", place=cell, now=now,
                valid_from=SINCE,
            )  # fmt: skip
            people.appoint(actor=MAKER, post=post, person_id=person.id, valid_from=SINCE, now=now)
            user = users.add_user(
                actor=MAKER, login=f"account{n}", password=PASSWORD, person_id=person.id, now=now,
                memory_kib=MEMORY_KIB,
            )  # fmt: skip
        made.append(Thing("account", spot.name, user.id, village=spot.village, cell=spot.cell, section=spot.section))
    return made
