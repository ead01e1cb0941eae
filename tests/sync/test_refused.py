"""Why an item is not taken: every reason, each with nothing kept; and the errors of a request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from gridcase.audit import service as audit
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.households import service as households
from gridcase.households.models import Household
from gridcase.people.rules import Role
from gridcase.sync.models import SyncItem
from gridcase.visits.models import Visit
from tests.factories.world import MAKER, World
from tests.sync.phone import ClientAs, Phone, known

DAY = timedelta(days=1)


@pytest.fixture
def phone(client_as: ClientAs) -> Phone:
    return known(client_as, Role.LIAISON)


def kept(app: Flask) -> tuple[int, int]:
    """How many items and visits there are."""
    with app.app_context():
        found = [db.session.scalar(select(func.count()).select_from(model)) or 0 for model in (SyncItem, Visit)]
        db.session.remove()
    return found[0], found[1]


def refused(phone: Phone, item: dict[str, object], reason: str, *, hand_over: bool = False) -> None:
    answer = phone.send(item)
    assert answer.status_code == 409, answer.text
    said = answer.json
    assert (said["id"], said["state"], said["reason"]) == (item["id"], "refused", reason)
    assert said["can_hand_over"] is hand_over
    assert len(said["text"]) > 8


def move_away(app: Flask, home: int, *, on: date) -> None:
    """The home leaves the liaison's circle on a day; written down two hours ago."""
    with app.app_context():
        with transaction():
            households.change_circles(
                actor=MAKER,
                place="/",
                homes={home: None},
                role=Role.LIAISON,
                start=on,
                reason="",
                now=clock.now() - timedelta(hours=2),
            )
        db.session.remove()


def test_a_home_that_never_was_theirs_is_like_one_that_is_not_there(app: Flask, phone: Phone, world: World) -> None:
    refused(phone, phone.visit(world.homes["village_b"][0]), "not_allowed")
    refused(phone, phone.visit(999_999), "not_allowed")
    assert kept(app) == (0, 0)


def test_who_had_the_home_on_that_day_may_still_hand_it_in(app: Flask, phone: Phone, world: World) -> None:
    home = world.homes["circle"][0]
    move_away(app, home, on=clock.town_day(clock.now()))
    refused(phone, phone.visit(home), "home_moved", hand_over=True)
    assert kept(app) == (0, 0)
    assert phone.send(phone.visit(home, ago=2 * DAY)).status_code == 201
    assert kept(app) == (1, 1)


def test_a_home_that_ended(app: Flask, phone: Phone, world: World) -> None:
    home = world.homes["circle"][0]
    with app.app_context():
        with transaction():
            db.session.get_one(Household, home).ended_on = clock.town_day(clock.now()) - DAY
            audit.record(actor=MAKER, action="test", subject_kind="household", subject_id=home, now=clock.now())
        db.session.remove()
    refused(phone, phone.visit(home), "home_ended")
    assert phone.send(phone.visit(home, ago=3 * DAY)).status_code == 201


def test_too_old(app: Flask, phone: Phone, world: World) -> None:
    home = world.homes["circle"][0]
    refused(phone, phone.visit(home, ago=91 * DAY), "too_old")
    noted_late = phone.visit(home, visited_at=(phone.now() - 8 * DAY).isoformat())
    refused(phone, noted_late, "too_old")
    assert phone.send(phone.visit(home, ago=89 * DAY)).status_code == 201


def test_the_future(phone: Phone, world: World) -> None:
    home = world.homes["circle"][0]
    refused(phone, phone.visit(home, ago=-timedelta(hours=25)), "future")


def test_a_wrong_clock_is_put_right_and_said(app: Flask, client_as: ClientAs, world: World) -> None:
    phone = known(client_as, Role.LIAISON, slow=timedelta(hours=3))
    answer = phone.send(phone.visit(world.homes["circle"][0]))
    assert answer.status_code == 201
    assert "手机时钟慢了 3 小时，已按服务器时间改正。" in answer.json["said"]
    with app.app_context():
        row, visit = db.session.scalars(select(SyncItem)).one(), db.session.scalars(select(Visit)).one()
        assert visit.visited_at == clock.now() - timedelta(minutes=10)
        assert row.said_at == row.made_at - timedelta(hours=3)


def test_forms_nobody_understands(phone: Phone, world: World) -> None:
    refused(phone, phone.visit(world.homes["circle"][0]) | {"form": 7, "body": {"new": 1}}, "form_old")


def test_a_class_that_is_closed(app: Flask, phone: Phone, world: World) -> None:
    demand = {"class": "9999", "title": "没有的类", "text": ""}
    refused(phone, phone.visit(world.homes["circle"][0], demand=demand), "class_closed")
    assert kept(app) == (0, 0)


def test_another_accounts_mark_discloses_nothing(app: Flask, phone: Phone, client_as: ClientAs, world: World) -> None:
    item = phone.visit(world.homes["circle"][0], note="只有我知道")
    first = phone.send(item)
    other = known(client_as, Role.VILLAGE_HEAD)
    answer = other.send(item)
    assert answer.status_code == 409
    assert answer.json["reason"] == "id_taken"
    for secret in ("只有我知道", first.json["at"], first.json["said"]):
        assert secret not in answer.text
    assert kept(app) == (1, 1)


def test_a_mark_the_form_in_the_browser_used(app: Flask, phone: Phone, client_as: ClientAs, world: World) -> None:
    home, mark = world.homes["circle"][0], str(uuid4())
    form = {
        "client_uuid": mark, "mode": "home", "met": "1", "state": "safe", "purpose": "care",
        "visited_at": "2026-11-23T09:50",
    }  # fmt: skip
    assert client_as(Role.LIAISON).post(f"/visits/log/{home}", data=form).status_code == 302
    refused(phone, phone.visit(home) | {"id": mark}, "id_taken")
    assert kept(app) == (0, 1)


def test_a_post_without_visits(client_as: ClientAs, world: World) -> None:
    clerk = known(client_as, Role.DEPT)
    refused(clerk, clerk.visit(world.homes["circle"][0]), "not_allowed")
    assert clerk.ask("GET", "set").json["homes"] == []


@pytest.mark.parametrize("change", [{"note": "别的"}, {"met": 3}])
def test_the_same_mark_with_another_body(app: Flask, phone: Phone, world: World, change: dict[str, object]) -> None:
    item = phone.visit(world.homes["circle"][0])
    assert phone.send(item).status_code == 201
    answer = phone.send(item | {"body": item["body"] | change})
    assert answer.status_code == 422
    assert answer.json["error"] == "id_reused"
    assert kept(app) == (1, 1)


BAD: list[tuple[str, Callable[[dict[str, object]], object]]] = [
    ("id", lambda item: item | {"id": "nonsense"}),
    ("id", lambda item: item | {"id": str(uuid4()).upper()}),
    ("kind", lambda item: item | {"kind": "points"}),
    ("made_at", lambda item: item | {"made_at": "2026-11-23 10:00"}),
    ("made_at", lambda item: item | {"made_at": 5}),
    ("home", lambda item: item | {"home": None}),
    ("home", lambda item: item | {"home": 10**30}),
    ("body", lambda item: item | {"body": [1]}),
    ("body.mode", lambda item: item | {"body": item["body"] | {"mode": "dream"}}),
    ("body.met", lambda item: item | {"body": item["body"] | {"met": -1}}),
    ("body.met", lambda item: item | {"body": item["body"] | {"met": True}}),
    ("body.ticks", lambda item: item | {"body": item["body"] | {"ticks": ["points"]}}),
    ("body.note", lambda item: item | {"body": item["body"] | {"note": "长" * 501}}),
    ("body.visited_at", lambda item: item | {"body": item["body"] | {"visited_at": "0001-01-01T00:00:00Z"}}),
    ("body.demand.class", lambda item: item | {"body": item["body"] | {"demand": {"title": "无类"}}}),
    ("body.demand.answer", lambda item: item | {
        "body": item["body"] | {"demand": {"class": "0501", "title": "水", "result": "办了"}}
    }),
]  # fmt: skip


@pytest.mark.parametrize(("field", "spoil"), BAD)
def test_what_does_not_read_as_an_item(
    app: Flask, phone: Phone, world: World, field: str, spoil: Callable[[dict[str, object]], object]
) -> None:
    answer = phone.send(spoil(phone.visit(world.homes["circle"][0])))
    assert answer.status_code == 422, answer.text
    assert (answer.json["error"], set(answer.json["fields"])) == ("bad_fields", {field})
    assert kept(app) == (0, 0)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'"\xff"', 400),
        (b'{"id": "\\ud800"}', 400),
        (b"[" * 100_000, 413),
        (b"[" * 5_000, 400),
        (b'{"id": NaN}', 400),
    ],
)
def test_what_is_no_json_at_all(phone: Phone, body: bytes, status: int) -> None:
    answer = phone.ask("POST", "items", data=body, content_type="application/json")
    assert answer.status_code == status
    assert set(answer.json) == {"error", "text"}


def test_texts_are_cleaned_and_odd_letters_stored(app: Flask, phone: Phone, world: World) -> None:
    answer = phone.send(phone.visit(world.homes["circle"][0], note="甲\x00乙\u202e丙 '; DROP TABLE visit; --"))
    assert answer.status_code == 201
    with app.app_context():
        assert db.session.scalars(select(Visit)).one().note == "甲乙丙 '; DROP TABLE visit; --"


def test_a_phone_that_asks_too_often_waits(
    app: Flask, phone: Phone, monkeypatch: pytest.MonkeyPatch, at: Callable[[str], None]
) -> None:
    monkeypatch.setattr("gridcase.sync.api.base.counter.wait", lambda _who, *, seconds, most: 17)
    answer = phone.ask("GET", "set")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "17"
    assert answer.json["error"] == "too_many"


def test_a_change_is_put_before_the_village(app: Flask, phone: Phone, world: World) -> None:
    home = world.homes["circle"][0]
    answer = phone.send(phone.item("change", home, {"change": "birth", "who": "小丫", "on": "2026-11-20", "note": ""}))
    assert answer.status_code == 201, answer.text
    late = phone.item("change", home, {"change": "birth", "who": "小丫", "on": "2027-11-20", "note": ""})
    assert set(phone.send(late).json["fields"]) == {"body.on"}
