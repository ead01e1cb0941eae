"""Several cases at once: seen first, each refusal said, each on its own; and the list of whom to call back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.cases import service
from gridcase.cases.models import Case
from gridcase.cases.rules import Answer
from gridcase.cases.views import bulk
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests.factories.cases import collected, do, handled
from tests.factories.pages import body
from tests.factories.viewers import viewer_from
from tests.factories.world import World

As = Callable[[Role], FlaskClient]
Find = Callable[[Role], Viewer]


def three(app: Flask, world: World) -> list[int]:
    """Two that wait for acceptance, one accepted."""
    with app.app_context():
        find = finder(world)
        made = [collected(world, find(Role.LIAISON)) for _ in range(3)]
        do(service.accept, made[2], find(Role.VILLAGE_HEAD))
        ids = [case.id for case in made]
        db.session.remove()
    return ids


def finder(world: World) -> Find:
    return lambda role: viewer_from(db.session.get_one(User, world.users[role]))


def states(app: Flask, ids: list[int]) -> list[str]:
    with app.app_context():
        found = [db.session.get_one(Case, key).state for key in ids]
        db.session.remove()
    return found


def send(client: FlaskClient, move: str, ids: list[int], **more: str) -> object:
    return client.post("/cases/bulk", data={"move": move, "ids": [str(key) for key in ids], **more})


def test_a_bulk_move_is_shown_first_and_says_who_cannot_take_part(app: Flask, world: World, client_as: As) -> None:
    ids, head = three(app, world), client_as(Role.VILLAGE_HEAD)
    assert 'name="move" value="accept"' in head.get("/cases/?tab=village").text
    words = body(send(head, "accept", ids))
    assert "可以办的 2 件" in words
    assert "不能办的 1 件" in words
    assert "已受理的事件不能受理。" in words
    assert states(app, ids) == ["registered", "registered", "accepted"], "a preview changes nothing"
    answer = send(head, "accept", ids[:2], sure="1", list="tab=village")
    assert answer.location.endswith("/cases/?tab=village"), "back to where they were ticked"
    assert "已办 2 件。" in body(head.get(answer.location))
    assert states(app, ids) == ["accepted"] * 3


def test_all_go_to_one_unit_which_is_asked_for(app: Flask, world: World, client_as: As) -> None:
    ids, head = three(app, world), client_as(Role.VILLAGE_HEAD)
    send(head, "accept", ids[:2], sure="1")
    assert "请选一个办理单位。" in body(send(head, "dispatch", ids, sure="1"))
    assert states(app, ids) == ["accepted"] * 3
    handler = {"bulk-handler": str(world.units["water"])}
    assert send(head, "dispatch", ids, sure="1", **handler).status_code == 302
    assert states(app, ids) == ["dispatched"] * 3


def test_a_case_that_leaves_ones_sight_on_the_way_stops_no_other(
    app: Flask, world: World, client_as: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, head = three(app, world)[:2], client_as(Role.VILLAGE_HEAD)
    third = three(app, world)[0]
    accept = bulk.BULK["accept"]

    def accept_then_hide(case: Case, **given: object) -> None:
        accept(case, **given)
        if case.id == ids[0]:  # meanwhile somebody else hides the second
            other = db.session.get_one(Case, ids[1])
            other.restricted, other.title = True, "不能给村里看的"

    monkeypatch.setitem(bulk.BULK, "accept", accept_then_hide)
    words = body(send(head, "accept", [*ids, third], sure="1"))
    assert "已办 2 件" in words
    assert "这件事刚刚已不归您看" in words
    assert "不能给村里看的" not in words
    assert states(app, [*ids, third]) == ["accepted", "registered", "accepted"]
    assert "有 1 件已不归您看" in body(send(head, "accept", [*ids]))


def test_what_is_not_ones_own_is_left_out_and_unknown_moves_do_nothing(app: Flask, world: World, client_as: As) -> None:
    ids, station = three(app, world), client_as(Role.DEPT)
    assert 'name="ids"' not in station.get("/cases/?tab=all").text, "who has no bulk move ticks nothing"
    assert send(station, "accept", ids, sure="1").status_code == 302
    assert send(client_as(Role.VILLAGE_HEAD), "void", ids, sure="1").status_code == 302
    assert states(app, ids) == ["registered", "registered", "accepted"]
    assert client_as(Role.AUDITOR).post("/cases/bulk").status_code == 403


def test_who_is_to_be_called_back_stands_on_a_list_until_the_word_is_there(
    app: Flask, world: World, client_as: As
) -> None:
    with app.app_context():
        find = finder(world)
        case_id = handled(world, find).id
        db.session.remove()
    liaison = client_as(Role.LIAISON)
    assert "桥边的路塌了一块" in body(liaison.get("/cases/?tab=callback"))
    assert "待回访" not in body(client_as(Role.DEPT).get("/cases/"))
    with app.app_context():
        do(service.record_answer, db.session.get_one(Case, case_id), finder(world)(Role.LIAISON), answer=Answer.SOLVED)
        db.session.remove()
    assert "没有等回访的事件" in body(liaison.get("/cases/?tab=callback"))
