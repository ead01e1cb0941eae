"""A home that is another's by now: the item is handed over and counts as its author's once it is taken."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.dossier import service as merging
from gridcase.households import service as households
from gridcase.households.models import Household
from gridcase.notices.models import Notice
from gridcase.people.models import FirstVisit, Post
from gridcase.people.rules import Role
from gridcase.sync.models import HandedItem, SyncItem, Upload
from gridcase.sync.service import uploads
from gridcase.visits.models import Visit, VisitPhoto
from tests.cases.test_catalogue import edit
from tests.factories.world import MAKER, World
from tests.sync.phone import ClientAs, Phone, known
from tests.sync.test_photos import picture, send
from tests.sync.test_refused import move_away


@pytest.fixture
def phone(client_as: ClientAs) -> Phone:
    return known(client_as, Role.LIAISON)


def handed(
    app: Flask, phone: Phone, world: World, note: str = "她搬来之前我去过", **more: object
) -> tuple[dict[str, object], int]:
    """A visit to a home that left the circle this morning, handed over; with its row."""
    home = world.homes["circle"][0]
    move_away(app, home, on=clock.town_day(clock.now()))
    item = phone.visit(home, note=note, **more)
    assert phone.send(item).json["can_hand_over"] is True
    answer = phone.send(item, to=f"items/{item['id']}/hand-over")
    assert answer.status_code == 201, answer.text
    assert answer.json["state"] == "handed"
    again = phone.send(item, to=f"items/{item['id']}/hand-over")
    assert (again.status_code, again.data) == (200, answer.data)
    assert phone.send(item).data == answer.data  # sent to the other door it does not count twice
    with app.app_context():
        row_id = db.session.scalars(select(HandedItem.item_id)).one()
        db.session.remove()
    return item, row_id


def visits(app: Flask) -> int:
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(Visit)) or 0
        db.session.remove()
    return found


def test_who_has_the_home_takes_it_over(app: Flask, client_as: ClientAs, phone: Phone, world: World) -> None:
    item, row_id = handed(app, phone, world)
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Notice.rule == "sync.handed")) == 1
        db.session.remove()
    head = client_as(Role.VILLAGE_HEAD)
    page = head.get("/sync/handed")
    assert "她搬来之前我去过" in page.text
    assert head.post(f"/sync/handed/{row_id}/take").status_code == 302
    with app.app_context():
        visit = db.session.scalars(select(Visit)).one()
        assert (visit.client_uuid, visit.user_id) == (item["id"], world.users[Role.LIAISON])
        assert visit.visited_at == clock.now() - timedelta(minutes=10)
        assert db.session.scalars(select(SyncItem)).one().visit_id == visit.id
        assert db.session.scalar(select(func.count()).where(Notice.rule == "sync.taken")) == 1
        db.session.remove()
    head.post(f"/sync/handed/{row_id}/take")
    assert visits(app) == 1
    assert "她搬来之前我去过" not in head.get("/sync/handed").text


def test_a_restricted_matter_is_not_for_who_has_the_home_now(
    app: Flask, client_as: ClientAs, phone: Phone, world: World
) -> None:
    home = world.homes["circle"][0]
    move_away(app, home, on=clock.town_day(clock.now()))
    told = {"class": "1004", "title": "村干部的事", "text": ""}
    for item in (phone.visit(home, demand=told), phone.item("case", home, told)):
        for door in ("items", f"items/{item['id']}/hand-over"):
            answer = phone.send(item, to=door)
            assert (answer.status_code, answer.json["reason"]) == (409, "restricted"), answer.text
            assert answer.json["can_hand_over"] is False
            assert "不选住户" in answer.json["text"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(HandedItem)) == 0
        db.session.remove()
    assert phone.send(phone.item("case", None, told)).status_code == 201


def test_what_became_restricted_since_is_neither_shown_nor_taken(
    app: Flask, client_as: ClientAs, phone: Phone, world: World
) -> None:
    demand = {"class": "0504", "title": "护栏松了", "text": ""}
    _item, row_id = handed(app, phone, world, demand=demand)
    head = client_as(Role.VILLAGE_HEAD)
    assert "护栏松了" in head.get("/sync/handed").text
    with app.app_context():
        edit(world, "0504", restricted=True, reporter_rule=None)
        db.session.remove()
    assert "护栏松了" not in head.get("/sync/handed").text
    head.post(f"/sync/handed/{row_id}/take")
    assert visits(app) == 0


def test_taking_over_is_no_first_visit_of_ones_own(app: Flask, client_as: ClientAs, phone: Phone, world: World) -> None:
    _item, row_id = handed(app, phone, world)
    home, post_id = world.homes["circle"][0], world.posts[Role.PARTY_CONTACT]
    with app.app_context():
        with transaction():
            households.join_circle(
                actor=MAKER, post=db.session.get_one(Post, post_id), household_ids=[home],
                valid_from=clock.town_day(clock.now()), reason="接手", now=clock.now() - timedelta(hours=1),
            )  # fmt: skip
        db.session.remove()
    new = known(client_as, Role.PARTY_CONTACT)
    for number, met in ((1, 0), (2, 1)):  # the predecessor's visit, then the own one
        if number == 1:
            assert client_as(Role.PARTY_CONTACT).post(f"/sync/handed/{row_id}/take").status_code == 302
        else:
            assert new.send(new.visit(home)).status_code == 201
        assert visits(app) == number
        with app.app_context():
            query = select(func.count()).where(FirstVisit.post_id == post_id, FirstVisit.household_id == home)
            assert db.session.scalar(query.where(FirstVisit.met_on.is_not(None))) == met
            db.session.remove()


def test_of_a_home_that_was_merged_since_it_is_the_kept_ones(
    app: Flask, client_as: ClientAs, phone: Phone, world: World
) -> None:
    _item, row_id = handed(app, phone, world)
    kept = world.homes["circle"][1]
    with app.app_context():
        with transaction():
            double = db.session.get_one(Household, world.homes["circle"][0])
            merging.merge_homes(
                double, db.session.get_one(Household, kept), actor=MAKER, same={}, now=clock.now()
            )  # fmt: skip
        db.session.remove()
    head = client_as(Role.VILLAGE_HEAD)
    assert "她搬来之前我去过" in head.get("/sync/handed").text
    assert head.post(f"/sync/handed/{row_id}/take").status_code == 302
    with app.app_context():
        visit = db.session.scalars(select(Visit)).one()
        assert visit.household_id == kept
        db.session.remove()


def test_a_photo_that_ends_while_its_item_is_taken_over_is_hung(
    app: Flask, phone: Phone, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is known of the item before its row is locked may be old."""
    item, _row_id = handed(app, phone, world)
    mark, content = str(uuid4()), picture(size=(60, 40))
    assert send(phone, str(item["id"]), mark, content, 0, 10).status_code == 204
    other = phone.visit(world.homes["circle"][1])
    assert phone.send(other).status_code == 201
    lock = uploads._locked

    def taken_over_after(upload_id: int) -> Upload:
        row = lock(upload_id)
        visit = select(Visit.id).where(Visit.client_uuid == other["id"]).scalar_subquery()
        change = update(SyncItem).where(SyncItem.id == row.item_id).values(visit_id=visit)
        db.session.execute(change, execution_options={"synchronize_session": False})
        return row

    monkeypatch.setattr(uploads, "_locked", taken_over_after)
    assert send(phone, str(item["id"]), mark, content, 10).status_code == 204
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(VisitPhoto)) == 1
        db.session.remove()


def test_put_aside_with_a_reason(app: Flask, client_as: ClientAs, phone: Phone, world: World) -> None:
    _item, row_id = handed(app, phone, world)
    head = client_as(Role.VILLAGE_HEAD)
    assert "请写明" in head.post(f"/sync/handed/{row_id}/aside", data={"words": ""}).text
    assert head.post(f"/sync/handed/{row_id}/aside", data={"words": "那天没有人去过"}).status_code == 302
    assert visits(app) == 0
    with app.app_context():
        kept = db.session.scalars(select(HandedItem)).one()
        assert (kept.state, kept.words) == ("aside", "那天没有人去过")
        assert db.session.scalar(select(func.count()).where(Notice.rule == "sync.aside")) == 1


def test_nobody_else_sees_it(app: Flask, client_as: ClientAs, phone: Phone, world: World) -> None:
    _item, row_id = handed(app, phone, world)
    for role in (Role.LIAISON, Role.SECTION_LEADER):
        client = client_as(role)
        assert "她搬来之前我去过" not in client.get("/sync/handed").text
        assert client.post(f"/sync/handed/{row_id}/take").status_code == 404
    assert client_as(Role.DEPT).get("/sync/handed").status_code == 403
    assert visits(app) == 0


def test_what_would_be_taken_after_all_is_taken(app: Flask, phone: Phone, world: World) -> None:
    item = phone.visit(world.homes["circle"][1])
    answer = phone.send(item, to=f"items/{item['id']}/hand-over")
    assert (answer.status_code, answer.json["state"]) == (201, "accepted")
    assert visits(app) == 1


def test_what_is_refused_for_another_reason_is_not_kept(app: Flask, phone: Phone, world: World) -> None:
    item = phone.visit(world.homes["village_b"][0])
    answer = phone.send(item, to=f"items/{item['id']}/hand-over")
    assert (answer.status_code, answer.json["reason"]) == (409, "not_allowed")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SyncItem)) == 0


def test_its_photo_waits_with_it(app: Flask, client_as: ClientAs, phone: Phone, world: World) -> None:
    item, row_id = handed(app, phone, world)
    assert send(phone, str(item["id"]), str(uuid4()), picture(size=(60, 40)), 0).status_code == 204
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(VisitPhoto)) == 0
        db.session.remove()
    client_as(Role.VILLAGE_HEAD).post(f"/sync/handed/{row_id}/take")
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(VisitPhoto)) == 1
