"""What comes in beside a visit: announcements passed on, errands, checks, good deeds; and what is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from gridcase.audit.models import AuditRow
from gridcase.bulletin import service as bulletin
from gridcase.bulletin.models import AnnouncementHome
from gridcase.cases.models import Case
from gridcase.cases.rules import State
from gridcase.checks.models import HomeCheck
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import job
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.people.rules import Role
from gridcase.sync import jobs
from gridcase.sync.models import SealedItem, SyncItem
from gridcase.users.models import Device
from gridcase.visits.models import GoodDeed, Visit, VisitErrand
from tests.factories.world import MAKER, World
from tests.sync.phone import ClientAs, Phone, known
from tests.sync.test_refused import move_away, refused
from tests.sync.test_sealed import deposit, lose, sealed


@pytest.fixture
def phone(client_as: ClientAs) -> Phone:
    return known(client_as, Role.LIAISON)


def count(app: Flask, model: type[object]) -> int:
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(model)) or 0
        db.session.remove()
    return found


def announce(app: Flask, world: World) -> int:
    with app.app_context():
        with transaction():
            village = db.session.get_one(Grid, world.grids["village_a"])
            row = bulletin.announce(
                actor=MAKER, place=village, client_uuid="x", title="停电通知", text="周五停电", until=date(2026, 12, 1),
                now=clock.now() - timedelta(days=1),
            )  # fmt: skip
            row_id = row.id
        db.session.remove()
    return row_id


def test_an_announcement_is_passed_on(app: Flask, phone: Phone, world: World) -> None:
    notice, homes = announce(app, world), world.homes["circle"]
    there = phone.ask("GET", "set").json["notices"]
    assert [(one["id"], set(one["homes"])) for one in there] == [(notice, set(homes))]
    told = phone.item("told", None, {"notice": notice, "homes": homes[:2], "at": phone.now().isoformat()})
    assert phone.send(told).status_code == 201
    assert phone.send(told).status_code == 200
    one = next(row for row in phone.ask("GET", "set").get_json()["notices"] if row["id"] == notice)
    assert (sorted(one["told"]), set(one["homes"]) & set(homes[:2])) == (sorted(homes[:2]), set())
    assert count(app, AnnouncementHome) == 2
    assert set(phone.ask("GET", "set").json["notices"][0]["homes"]) == set(homes[2:])
    foreign = phone.item("told", None, {"notice": notice, "homes": world.homes["village_b"][:1], "at": told["made_at"]})
    refused(phone, foreign, "not_allowed")
    refused(phone, phone.item("told", None, {"notice": 999, "homes": homes[:1], "at": told["made_at"]}), "not_allowed")


def test_a_good_deed_with_and_without_a_home(app: Flask, phone: Phone, world: World) -> None:
    body = {"text": "帮邻居收了三天谷子", "on": "2026-11-22"}
    assert phone.send(phone.item("deed", world.homes["circle"][0], body)).status_code == 201
    assert phone.send(phone.item("deed", None, body)).status_code == 201
    assert count(app, GoodDeed) == 2
    early = phone.send(phone.item("deed", None, body | {"on": "2026-11-25"}))
    assert (early.status_code, set(early.json["fields"])) == (422, {"body.on"})
    refused(phone, phone.item("deed", world.homes["village_b"][0], body), "not_allowed")


def test_an_errand_and_a_check_come_with_the_visit(app: Flask, phone: Phone, world: World) -> None:
    season = phone.ask("GET", "set").json["checks"][0]
    found = [season["items"][0]["key"]]
    item = phone.visit(
        world.homes["circle"][0], spot={"kind": "shopping", "words": "买药", "by": "neighbour"},
        check={"kind": season["kind"], "found": found},
    )  # fmt: skip
    assert phone.send(item).status_code == 201
    with app.app_context():
        errand = db.session.scalars(select(VisitErrand)).one()
        assert db.session.get_one(Case, errand.case_id).state == State.CLOSED
        assert db.session.scalars(select(HomeCheck)).one().kind == season["kind"]
        db.session.remove()
    unsaid = phone.visit(world.homes["circle"][1], spot={"kind": "question"})
    assert set(phone.send(unsaid).json["fields"]) == {"body.spot.words"}


def test_the_owner_ends_a_lost_phone_in_one_click(app: Flask, client_as: ClientAs, phone: Phone) -> None:
    other, mine = client_as(Role.VILLAGE_HEAD), client_as(Role.LIAISON)
    path = f"/devices/{phone.made['device']}/lost"
    assert "liaison的手机" in mine.get("/devices").text
    assert other.post(path).status_code == 404
    assert phone.ask("GET", "set").status_code == 200
    assert mine.post(path).status_code == 302
    assert phone.ask("GET", "set").json["error"] == "device_revoked"


def test_a_lost_phone_takes_the_other_browsers_with_it(
    app: Flask, client_as: ClientAs, phone: Phone, world: World
) -> None:
    """Its browser may be signed in too. The one that says so stays, the other phone of the account goes on, and
    somebody else's browser is not touched."""
    mine, on_it, other = client_as(Role.LIAISON), client_as(Role.LIAISON), client_as(Role.VILLAGE_HEAD)
    second = known(client_as, Role.LIAISON)
    path = f"/devices/{phone.made['device']}/lost"
    assert on_it.get("/devices").status_code == 200
    said = mine.post(path, follow_redirects=True).text
    assert "这部手机已作废；其他已登录的浏览器也退出了。" in said
    assert "/sign-in" in on_it.get("/devices").location
    assert mine.get("/devices").status_code == other.get("/devices").status_code == 200
    assert second.ask("GET", "set").status_code == 200
    on_it = client_as(Role.LIAISON)
    mine.post(path)
    assert on_it.get("/devices").status_code == 200, "what was ended before ends nothing more"
    with app.app_context():
        rows = db.session.scalars(select(AuditRow).where(AuditRow.action == "user.sessions_end")).all()
        assert [(row.subject_id, row.detail) for row in rows] == [
            (world.users[Role.LIAISON], {"device": phone.made["device"]})
        ]
        db.session.remove()


def test_so_does_who_manages_accounts(client_as: ClientAs, phone: Phone, world: World) -> None:
    admin, on_it = client_as(Role.SECURITY_ADMIN), client_as(Role.LIAISON)
    page = f"/accounts/{world.users[Role.LIAISON]}"
    said = admin.post(f"{page}/device", data={"device": phone.made["device"]}, follow_redirects=True).text
    assert "这部手机已作废；其他已登录的浏览器也退出了。" in said
    assert "/sign-in" in on_it.get("/devices").location


def test_who_manages_accounts_ends_a_lost_phone(client_as: ClientAs, phone: Phone, world: World) -> None:
    admin, page = client_as(Role.SECURITY_ADMIN), f"/accounts/{world.users[Role.LIAISON]}"
    assert "liaison的手机" in admin.get(page).text
    assert admin.post(f"{page}/device", data={"device": "999"}).status_code == 302
    assert phone.ask("GET", "set").status_code == 200
    assert admin.post(f"{page}/device", data={"device": phone.made["device"]}).status_code == 302
    assert phone.ask("GET", "set").json["error"] == "device_revoked"
    assert "作废手机" in admin.get(page).text
    assert client_as(Role.VILLAGE_HEAD).post(f"{page}/device", data={"device": "1"}).status_code == 403


def test_what_was_refused_is_not_called_done(
    client_as: ClientAs, phone: Phone, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_args: object, **_more: object) -> None:
        raise Refused(N_("这一条已经处理过了。"))

    monkeypatch.setattr("gridcase.users.service.end_device", refuses)
    admin, page = client_as(Role.SECURITY_ADMIN), f"/accounts/{world.users[Role.LIAISON]}"
    admin.post(f"{page}/device", data={"device": phone.made["device"]})
    said = admin.get(page).text
    assert "这一条已经处理过了。" in said
    assert "这部手机已作废" not in said


def test_old_answers_go_and_the_item_still_counts_once(
    app: Flask, client_as: ClientAs, phone: Phone, world: World, at: Callable[[str], None]
) -> None:
    item = phone.visit(world.homes["circle"][0])
    assert phone.send(item).status_code == 201
    lose(app, phone)
    deposit(phone, sealed(phone, [phone.visit(world.homes["circle"][1])]))
    with app.app_context():
        kept = db.session.scalars(select(SealedItem.id)).one()
        db.session.remove()
    client_as(Role.LIAISON).post(f"/devices/kept/{kept}/disown")
    at("2027-06-01T10:00:00+08:00")
    with app.app_context():
        assert jobs.forget(actor=job("test"), now=clock.now(), keep_days=180) == 2
        assert jobs.forget(actor=job("test"), now=clock.now(), keep_days=180) == 0
        assert db.session.scalars(select(SyncItem)).one().answer is None
        db.session.remove()
    later = known(client_as, Role.LIAISON)
    again = later.send(item)
    assert (again.status_code, again.json) == (
        200, {"id": item["id"], "state": "accepted", "at": "2026-11-23T02:00:00+00:00"},
    )  # fmt: skip
    assert count(app, Visit) == 1
    assert count(app, SealedItem) == 0


def test_a_right_that_was_corrected_away_afterwards_still_counts(app: Flask, phone: Phone, world: World) -> None:
    """Yesterday the register said it was hers; today it says it has not been hers for a week."""
    home, item = world.homes["circle"][0], phone.visit(world.homes["circle"][0], ago=timedelta(days=1))
    move_away(app, home, on=clock.town_day(clock.now()) - timedelta(days=7))
    assert phone.send(item).status_code == 201
    refused(phone, phone.visit(home), "home_moved", hand_over=True)


def test_every_accepted_item_names_the_phone(app: Flask, phone: Phone, world: World) -> None:
    for item in (
        phone.visit(world.homes["circle"][0]),
        phone.item("deed", None, {"text": "修桥铺路", "on": "2026-11-22"}),
    ):
        assert phone.send(item).status_code == 201
    with app.app_context():
        assert set(db.session.scalars(select(SyncItem.device_id))) == {phone.made["device"]}
        assert db.session.get_one(Device, phone.made["device"]).seen_at == clock.now()
