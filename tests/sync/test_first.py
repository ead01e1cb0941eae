"""A phone is made known, takes its set along and hands in a visit: what happens on every good day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from gridcase.audit.models import AuditRow
from gridcase.cases.models import Case
from gridcase.core import clock
from gridcase.core.db import db
from gridcase.people.rules import Role
from gridcase.sync.models import SyncItem
from gridcase.users.models import Device
from gridcase.visits.models import Visit
from tests.factories.world import World
from tests.sync.phone import ClientAs, known


def test_a_phone_is_made_known(app: Flask, client_as: ClientAs, world: World) -> None:
    phone = known(client_as, Role.LIAISON)
    assert phone.made["user"]["id"] == world.users[Role.LIAISON]
    assert phone.made["said"] is None
    with app.app_context():
        device = db.session.get_one(Device, phone.made["device"])
        secrets = {phone.made["token"], phone.made["deposit"], phone.made["seal_key"]}
        assert secrets.isdisjoint(map(str, (device.token_hash, device.deposit_hash, device.seal_salt)))
        assert device.label == "liaison的手机"


def test_a_browser_left_open_makes_no_phone(app: Flask, client_as: ClientAs, at: Callable[[str], None]) -> None:
    client = client_as(Role.LIAISON)
    assert client.get("/api/sync/session").json["fresh"] is True
    at((clock.now() + timedelta(minutes=11)).isoformat())
    assert client.get("/api/sync/session").json["fresh"] is False
    answer = client.post("/api/sync/devices", json={"label": "别人的手机"})
    assert (answer.status_code, answer.json["error"]) == (403, "sign_in_again")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Device)) == 0


def test_the_set_holds_the_own_homes_and_nothing_in_full(client_as: ClientAs, world: World) -> None:
    phone = known(client_as, Role.LIAISON)
    answer = phone.ask("GET", "set")
    assert answer.status_code == 200
    found = answer.json
    assert {home["id"] for home in found["homes"]} == set(world.homes["circle"])
    assert all("*" in home["name"] for home in found["homes"])
    assert "139" not in answer.text
    assert {one["code"] for one in found["classes"]} >= {"0501", "0102"}
    assert found["form"] == 1
    again = phone.ask("GET", "set", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_set_speaks_the_language_of_the_page(client_as: ClientAs) -> None:
    phone = known(client_as, Role.LIAISON)
    chinese = phone.ask("GET", "set").get_json()
    english = phone.ask("GET", "set", headers={"X-Language": "en"}).get_json()
    assert [one["code"] for one in chinese["errands"]] == [one["code"] for one in english["errands"]]
    assert all(one["name"].isascii() for one in english["errands"])
    assert phone.ask("GET", "set", headers={"X-Language": "xx"}).get_json()["errands"] == chinese["errands"]


def test_a_visit_and_its_demand_are_taken_once(app: Flask, client_as: ClientAs, world: World) -> None:
    phone, home = known(client_as, Role.LIAISON), world.homes["circle"][0]
    item = phone.visit(home, demand={"class": "0501", "title": "没水了", "text": "三组停水"}, note="老人在家")
    first = phone.send(item)
    assert first.status_code == 201, first.text
    assert first.json["state"] == "accepted"
    assert first.json["case"] in first.json["said"]
    again = phone.send(item)
    assert (again.status_code, again.data) == (200, first.data)
    with app.app_context():
        visit = db.session.scalars(select(Visit)).one()
        assert (visit.client_uuid, visit.user_id, visit.note) == (item["id"], world.users[Role.LIAISON], "老人在家")
        assert visit.visited_at == clock.now() - timedelta(minutes=10)
        assert db.session.scalar(select(func.count()).select_from(Case)) == 1
        row = db.session.scalars(select(SyncItem)).one()
        deed = db.session.scalars(select(AuditRow).where(AuditRow.action == "sync.accept")).one()
        assert deed.detail == {"kind": "visit", "device": phone.made["device"], "offset": 0}
        assert (row.visit_id, row.case_id) == (visit.id, visit.case_id)
    confirmed = phone.ask("GET", "set").json
    assert [one["item"] for one in confirmed["confirmed"]] == [item["id"]]
    assert confirmed["counts"]["visits_month"] == 1


def test_a_case_without_a_home_lies_where_its_author_works(app: Flask, client_as: ClientAs, world: World) -> None:
    phone = known(client_as, Role.LIAISON)
    answer = phone.send(phone.item("case", None, {"class": "0501", "title": "水管裂了", "text": ""}))
    assert answer.status_code == 201, answer.text
    with app.app_context():
        raised = db.session.scalars(select(Case)).one()
        assert raised.number == answer.json["case"]
        assert raised.village_id == world.grids["village_a"]
