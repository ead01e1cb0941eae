"""Routes and objects of this part: the own phones, what locked ones handed in, what was handed over with a home."""

from __future__ import annotations

import io
from uuid import uuid4

from PIL import Image

from gridcase.audit import service as audit
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.files import service as files
from gridcase.households.models import Household
from gridcase.people.rules import Role
from gridcase.sync.models import HandedItem, SealedItem, SyncItem
from gridcase.users import service as users
from gridcase.users.models import Device, User
from gridcase.visits import service as visits
from gridcase.visits.models import Visit
from tests.factories.objects import SPOTS, Thing
from tests.factories.world import MAKER, World
from tests.house.roles import EVERYBODY, GRID, WATCH, Row, names

TABLE: tuple[Row, ...] = (
    Row("sync.session", EVERYBODY),
    Row("sync.add_device", EVERYBODY),
    Row("sync.devices", EVERYBODY),
    Row("sync.lose_device", EVERYBODY, "own_phone", every=True),
    Row("sync.file_kept", EVERYBODY, "own_box", every=True),
    Row("sync.disown_kept", EVERYBODY, "own_box", every=True),
    Row("sync.handed", GRID),
    Row("sync.take_handed", GRID, "handed", every=True),
    Row("sync.put_aside", GRID, "handed", every=True),
    Row("visits.photo", GRID | WATCH, "visit_photo"),
    Row("visits.photo_small", GRID | WATCH, "visit_photo"),
)


def things(world: World) -> list[Thing]:
    """A phone of the liaison with a box of hers, and a visit handed over with a home at every place."""
    user, now = db.session.get_one(User, world.users[Role.LIAISON]), clock.now()
    with transaction():
        device = users.add_device(user, label="代表的手机", actor=MAKER, now=now).device
        box = SealedItem(
            device_id=device.id, user_id=user.id, item_uuid=str(uuid4()), wrapped="x", wrapped_iv="x", iv="x", box="x",
            received_at=now, state="waiting",
        )  # fmt: skip
        db.session.add(box)
        db.session.flush()
        phone_id, box_id, hers = device.id, box.id, names("liaison")
    made = [Thing("own_phone", "own", phone_id, posts=hers), Thing("own_box", "own", box_id, posts=hers)]
    made += [_handed(world, number, phone_id) for number in range(len(SPOTS))]
    return made + [_photo(world, number) for number in range(len(SPOTS))]


def _handed(world: World, number: int, device_id: int) -> Thing:
    spot, now, mark = SPOTS[number], clock.now(), f"移交记号{number}"
    home = world.homes[spot.homes][spot.index]
    sent = {
        "id": str(uuid4()), "kind": "visit", "form": 1, "made_at": now.isoformat(), "home": home,
        "body": {"visited_at": now.isoformat(), "mode": "home", "met": 1, "state": "safe", "purpose": "care",
                 "note": mark},
    }  # fmt: skip
    with transaction():
        user_id = db.session.get_one(Device, device_id).user_id
        row = SyncItem(
            uuid=sent["id"], user_id=user_id, device_id=device_id, kind="visit", state="handed", body_hash="x",
            said_at=now, made_at=now, received_at=now,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        db.session.add(HandedItem(item_id=row.id, household_id=home, reason="home_moved", item=sent, state="waiting"))
        row_id = row.id
        users.see_device(device_id, now=now)
        _trace(row_id)
    return Thing(
        "handed", spot.name, row_id, mark, village=spot.village, cell=spot.cell, section=spot.section,
        homes_of=spot.homes_of,
    )  # fmt: skip


def _trace(row_id: int) -> None:
    audit.record(actor=MAKER, action="test", subject_kind="sync_item", subject_id=row_id, now=clock.now())


def _photo(world: World, number: int) -> Thing:
    """A photo of a visit."""
    spot, now = SPOTS[number], clock.now()
    home = db.session.get_one(Household, world.homes[spot.homes][spot.index])
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (number, 0, 0)).save(out, "PNG")
    prepared = files.prepare(out.getvalue())
    with transaction():
        visit = Visit(
            client_uuid=str(uuid4()), body_hash="x", household_id=home.id, village_id=home.village_id, path=home.path,
            section_id=home.section_id, visited_at=now, received_at=now, mode="home", purpose="care", met=1,
            state="safe", ticks=[],
        )  # fmt: skip
        db.session.add(visit)
        db.session.flush()
        photo_id = visits.add_photo(visit, prepared, actor=MAKER, now=now).id
    return Thing(
        "visit_photo", spot.name, photo_id, village=spot.village, cell=spot.cell, section=spot.section,
        homes_of=spot.homes_of,
    )  # fmt: skip
