"""Locked outboxes: filed under their owner where the phone is trusted, kept for the owner where it was lost."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from gridcase.audit.models import AuditRow
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.people.rules import Role
from gridcase.sync.models import SealedItem, SyncItem
from gridcase.users import service as users
from gridcase.users.models import Device, User
from gridcase.users.rules import DeviceState
from gridcase.visits.models import Visit
from tests.cases.test_catalogue import edit
from tests.factories.world import World
from tests.sync.phone import ClientAs, Phone, known
from tests.sync.test_refused import refused


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def sealed(phone: Phone, items: list[dict[str, Any]], *, key: bytes | None = None) -> dict[str, Any]:
    """What a locked phone holds: items under a key K, K under the seal key."""
    data_key, wrap_iv = AESGCM.generate_key(256), secrets.token_bytes(12)
    seal = key or base64.b64decode(phone.made["seal_key"])
    boxes = []
    for item in items:
        iv = secrets.token_bytes(12)
        box = AESGCM(data_key).encrypt(iv, json.dumps(item).encode(), None)
        boxes.append({"item": item["id"], "iv": b64(iv), "box": b64(box)})
    return {
        "id": str(uuid4()), "owner": phone.made["user"]["id"], "iv": b64(wrap_iv),
        "wrapped": b64(AESGCM(seal).encrypt(wrap_iv, data_key, None)), "boxes": boxes,
    }  # fmt: skip


def deposit(phone: Phone, content: dict[str, Any]) -> TestResponse:
    head = {"Authorization": f"Deposit {phone.made['deposit']}"}
    return phone.app.test_client(use_cookies=False).post("/api/sync/sealed", json=content, headers=head)


def lose(app: Flask, phone: Phone) -> None:
    with app.app_context():
        with transaction():
            device = db.session.get_one(Device, phone.made["device"])
            users.end_device(device, why=DeviceState.LOST, actor=job("test"), now=clock.now())
        db.session.remove()


def count(app: Flask, model: type[Any]) -> int:
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(model)) or 0
        db.session.remove()
    return found


def test_a_locked_outbox_is_filed_under_its_owner_once(app: Flask, client_as: ClientAs, world: World) -> None:
    phone, homes = known(client_as, Role.LIAISON), world.homes["circle"]
    sent = phone.visit(homes[0])
    assert phone.send(sent).status_code == 201  # the answer was lost: the phone believes it still waits
    items = [sent, phone.visit(homes[1]), phone.visit(world.homes["village_b"][0])]
    answer = deposit(phone, sealed(phone, items))
    assert answer.status_code == 200, answer.text
    assert answer.json == {"accepted": [items[0]["id"], items[1]["id"]], "refused": [items[2]["id"]]}
    assert deposit(phone, sealed(phone, items)).json == answer.json
    assert (count(app, Visit), count(app, SyncItem), count(app, SealedItem)) == (2, 2, 1)
    with app.app_context():
        assert set(db.session.scalars(select(Visit.user_id))) == {world.users[Role.LIAISON]}
        kept = db.session.scalars(select(SealedItem)).one()
        assert (kept.state, kept.reason) == ("refused", "not_allowed")


def test_signed_out_and_expired_phones_still_hand_in(app: Flask, client_as: ClientAs, world: World) -> None:
    phone = known(client_as, Role.LIAISON)
    content = sealed(phone, [phone.visit(world.homes["circle"][0])])
    assert phone.ask("DELETE", "devices/self").status_code == 204
    assert len(deposit(phone, content).json["accepted"]) == 1
    assert count(app, Visit) == 1


def test_handing_in_does_not_revive_an_expired_phone(
    app: Flask, client_as: ClientAs, world: World, at: Callable[[str], None]
) -> None:
    phone = known(client_as, Role.LIAISON)
    at("2027-11-23T10:00:00+08:00")
    assert phone.ask("GET", "set").json["error"] == "device_expired"
    content = sealed(phone, [phone.visit(world.homes["circle"][0])])
    assert len(deposit(phone, content).json["accepted"]) == 1
    assert phone.ask("GET", "set").json["error"] == "device_expired"


def test_a_phone_left_without_a_signal_is_ended_with_what_it_hands_in(
    app: Flask, client_as: ClientAs, world: World
) -> None:
    phone = known(client_as, Role.LIAISON)
    visit = phone.visit(world.homes["circle"][0])
    assert deposit(phone, sealed(phone, []) | {"left": "yes"}).status_code == 422
    assert deposit(phone, sealed(phone, [])).status_code == 200
    assert phone.ask("GET", "set").status_code == 200, "another's turn alone ends nothing"
    answer = deposit(phone, sealed(phone, [visit]) | {"left": True})
    assert answer.get_json()["accepted"] == [visit["id"]]
    assert phone.ask("GET", "set").status_code == 401
    assert deposit(phone, sealed(phone, []) | {"left": True}).status_code == 200, "said twice it changes nothing"
    with app.app_context():
        assert db.session.get_one(Device, phone.made["device"]).ended_why == DeviceState.LEFT
        db.session.remove()


def test_what_a_lost_phone_hands_in_waits_for_its_owner(app: Flask, client_as: ClientAs, world: World) -> None:
    phone = known(client_as, Role.LIAISON)
    items = [phone.visit(home, note=f"第{home}户") for home in world.homes["circle"][:3]]
    lose(app, phone)
    assert deposit(phone, sealed(phone, items)).json == {"accepted": [one["id"] for one in items], "refused": []}
    assert (count(app, Visit), count(app, SealedItem)) == (0, 3)
    client = client_as(Role.LIAISON)
    page = client.get("/devices").text
    assert "是您记的吗" in page
    assert f"第{world.homes['circle'][0]}户" in page
    with app.app_context():
        kept = list(db.session.scalars(select(SealedItem.id).order_by(SealedItem.id)))
        db.session.remove()
    assert client.post(f"/devices/kept/{kept[0]}/file").status_code == 302
    assert client.post(f"/devices/kept/{kept[1]}/disown").status_code == 302
    assert (count(app, Visit), count(app, SyncItem)) == (1, 1)
    client.post(f"/devices/kept/{kept[1]}/file")  # decided is decided
    assert count(app, Visit) == 1
    other = client_as(Role.VILLAGE_HEAD)
    assert other.post(f"/devices/kept/{kept[2]}/file").status_code == 404
    assert f"第{world.homes['circle'][2]}户" not in other.get("/devices").text
    with app.app_context():
        states = dict(db.session.execute(select(SealedItem.id, SealedItem.state)).all())
        assert [states[one] for one in kept] == ["filed", "aside", "waiting"]
        assert db.session.scalar(select(SealedItem.box).where(SealedItem.id == kept[1])) == ""
        assert db.session.scalar(select(func.count()).where(AuditRow.action == "sync.seal")) == 3


def test_boxes_that_do_not_open_are_refused(app: Flask, client_as: ClientAs, world: World) -> None:
    phone = known(client_as, Role.LIAISON)
    item = phone.visit(world.homes["circle"][0])
    wrong_key = sealed(phone, [item], key=AESGCM.generate_key(256))
    assert deposit(phone, wrong_key).json == {"accepted": [], "refused": [item["id"]]}
    other = phone.visit(world.homes["circle"][1])
    swapped = sealed(phone, [other])
    swapped["boxes"][0]["item"] = str(uuid4())
    assert len(deposit(phone, swapped).json["refused"]) == 1
    changed = sealed(phone, [other])
    letters = changed["boxes"][0]["box"]
    changed["boxes"][0]["box"] = letters[:20] + ("A" if letters[20] != "A" else "B") + letters[21:]
    assert len(deposit(phone, changed).json["refused"]) == 1
    assert count(app, Visit) == 0


def test_a_closed_class_behind_an_errand_stops_no_other_box(app: Flask, client_as: ClientAs, world: World) -> None:
    phone, homes = known(client_as, Role.LIAISON), world.homes["circle"]
    with app.app_context():
        edit(world, "1001", enabled=False)
        db.session.remove()
    spot = {"kind": "question", "words": "医保几号交", "by": "self"}
    items = [phone.visit(homes[0], spot=spot), phone.visit(homes[1])]
    refused(phone, items[0], "class_closed")
    answer = deposit(phone, sealed(phone, items))
    assert (answer.status_code, answer.json) == (200, {"accepted": [items[1]["id"]], "refused": [items[0]["id"]]})
    assert count(app, Visit) == 1


def test_boxes_of_a_closed_account_stay_on_the_phone(app: Flask, client_as: ClientAs, world: World) -> None:
    phone = known(client_as, Role.LIAISON)
    content = sealed(phone, [phone.visit(world.homes["circle"][0], note="只有她能看")])
    with app.app_context():
        with transaction():
            users.close(db.session.get_one(User, world.users[Role.LIAISON]), actor=job("test"), now=clock.now())
        db.session.remove()
    assert deposit(phone, content).json == {"accepted": [], "refused": []}
    assert (count(app, Visit), count(app, SealedItem)) == (0, 0)


def test_what_does_not_open_fills_no_room_for_a_lost_phone(app: Flask, client_as: ClientAs, world: World) -> None:
    phone = known(client_as, Role.LIAISON)
    lose(app, phone)
    items = [phone.visit(home) for home in world.homes["circle"][:2]]
    wrong_key = sealed(phone, items, key=AESGCM.generate_key(256))
    assert deposit(phone, wrong_key).json == {"accepted": [], "refused": [one["id"] for one in items]}
    assert count(app, SealedItem) == 0


def test_what_was_decided_counts_against_the_room(
    app: Flask, client_as: ClientAs, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gridcase.sync.service.sealed.MOST_KEPT", 1)
    phone, homes = known(client_as, Role.LIAISON), world.homes["circle"]
    lose(app, phone)
    assert len(deposit(phone, sealed(phone, [phone.visit(homes[0])])).json["accepted"]) == 1
    with app.app_context():
        kept = db.session.scalars(select(SealedItem.id)).one()
        db.session.remove()
    client_as(Role.LIAISON).post(f"/devices/kept/{kept}/disown")
    assert deposit(phone, sealed(phone, [phone.visit(homes[1])])).json == {"accepted": [], "refused": []}


def test_an_outbox_of_somebody_else_is_not_taken(app: Flask, client_as: ClientAs, world: World) -> None:
    phone = known(client_as, Role.LIAISON)
    content = sealed(phone, [phone.visit(world.homes["circle"][0])])
    content["owner"] = world.users[Role.VILLAGE_HEAD]
    answer = deposit(phone, content)
    assert (answer.status_code, set(answer.json["fields"])) == (422, {"owner"})
    assert (count(app, Visit), count(app, SealedItem)) == (0, 0)
