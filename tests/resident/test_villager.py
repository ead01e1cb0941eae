"""The villager's door: scan, say, look up; what is one's own opens, nothing else does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from gridcase.audit import service as audit
from gridcase.cases import service as cases
from gridcase.cases.models import Case, CaseStep
from gridcase.cases.rules import State
from gridcase.cases.rules.agenda import AgendaOutcome
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.people.rules import BodyKind, Role
from gridcase.resident import queries, service
from gridcase.resident.models import CaseSecret, DoorKnock
from gridcase.resident.rules import FROM_ONE_ADDRESS, WRONG_FOR_A_CASE, strides, title_of, typed
from gridcase.users.models import User
from tests.factories import decisions
from tests.factories.cases import do, handled
from tests.factories.viewers import viewer_from
from tests.factories.world import MAKER, World

As = Callable[[Role], FlaskClient]
ViewerOf = Callable[[Role], Viewer]
At = Callable[..., None]
WORDS = "村口的路灯坏了三天，晚上看不见路。麻烦修一下。"


@pytest.fixture
def token(app: Flask, world: World) -> str:
    with app.app_context(), transaction():
        village = db.session.get_one(Grid, world.grids["village_a"])
        return service.make_sheet(village, actor=MAKER, now=clock.now()).token


def once_of(client: FlaskClient, token: str) -> str:
    found = re.search(r'name="once"[^>]*value="([^"]+)"', client.get(f"/v/{token}").text)
    assert found
    return found.group(1)


def say(client: FlaskClient, token: str, **fields: str) -> str:
    """Send the form; returns the query code shown."""
    data = {"text": WORDS, "once": once_of(client, token), **fields}
    answer = client.post(f"/v/{token}", data=data)
    assert answer.status_code == 302, answer.text
    page = client.get(answer.headers["Location"]).text
    found = re.search(r'class="code">([0-9A-Z-]+)<', page)
    assert found
    return found.group(1)


def newest(app: Flask) -> Case:
    with app.app_context():
        found = db.session.scalars(select(Case).order_by(Case.id.desc()).limit(1)).one()
        db.session.expunge_all()
        return found


def test_a_demand_comes_in_with_its_place_and_no_name(app: Flask, world: World, token: str) -> None:
    client = app.test_client()
    assert "110" in client.get(f"/v/{token}").text
    code = say(client, token)
    case = newest(app)
    assert (case.channel, case.state, case.village_id) == ("qr", "registered", world.grids["village_a"])
    assert (case.title, case.text, case.anonymous) == ("村口的路灯坏了三天，晚上看不见路", WORDS, True)
    assert case.due_at is not None
    assert len(typed(code)) == 8
    assert code not in client.get("/v/own").text  # shown once


def test_the_code_opens_the_own_case_on_another_phone_and_nothing_else(app: Flask, world: World, token: str) -> None:
    code = say(app.test_client(), token, phone="13800001234", name="周青")
    number = newest(app).number
    say(app.test_client(), token)
    other = app.test_client()
    for who in (number, number.lower(), "13800001234", "138 0000 1234"):
        assert other.post("/v", data={"who": who, "code": code.lower()}).headers["Location"] == "/v/own"
    page = other.get("/v/own").text
    assert number in page
    assert "周青" not in page
    second = newest(app).number
    assert other.post("/v", data={"who": second, "code": code}).status_code == 200
    assert app.test_client().get("/v/own").headers["Location"] == "/v"


def test_a_form_sent_twice_registers_once(app: Flask, world: World, token: str) -> None:
    client = app.test_client()
    once = once_of(client, token)
    say(client, token, once=once)
    code = say(client, token, once=once)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Case)) == 1
    assert client.post("/v", data={"who": newest(app).number, "code": code}).status_code == 302


def test_too_many_demands_from_one_address_are_refused_and_the_words_stay(app: Flask, token: str) -> None:
    client = app.test_client()
    for _ in range(FROM_ONE_ADDRESS.most):
        say(client, token)
    answer = client.post(f"/v/{token}", data={"text": "再来一件事情", "once": "another"})
    assert "太多了" in answer.text
    assert "再来一件事情" in answer.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Case)) == FROM_ONE_ADDRESS.most


def test_wrong_codes_are_counted_and_then_the_case_is_shut(app: Flask, token: str, at: At) -> None:
    code = say(app.test_client(), token)
    number, stranger = newest(app).number, app.test_client()
    for n in range(WRONG_FOR_A_CASE.most):
        address = {"REMOTE_ADDR": f"10.0.0.{n}"}
        assert "对不上" in stranger.post("/v", data={"who": number, "code": "22222222"}, environ_base=address).text
    right = {"who": number, "code": code}
    assert "一小时后" in stranger.post("/v", data=right).text
    at((clock.now() + timedelta(minutes=61)).isoformat())
    assert stranger.post("/v", data=right).status_code == 302


def test_too_short_is_said_beside_its_field(app: Flask, token: str) -> None:
    client = app.test_client()
    answer = client.post(f"/v/{token}", data={"text": "灯", "once": once_of(client, token), "phone": "call me"})
    assert "电话只写数字" in answer.text
    answer = client.post(f"/v/{token}", data={"text": "灯", "once": once_of(client, token)})
    assert "请写明是什么事" in answer.text


def test_a_revoked_code_leads_nowhere(app: Flask, world: World, client_as: As, token: str) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    page = head.get("/doors").text
    sheet_id = re.search(r"/doors/(\d+)", page)
    assert sheet_id
    assert "data:image/svg+xml" in head.get(f"/doors/{sheet_id.group(1)}").text
    assert head.post(f"/doors/{sheet_id.group(1)}/revoke").status_code == 302
    assert app.test_client().get(f"/v/{token}").status_code == 404
    assert client_as(Role.LIAISON).get("/doors").status_code == 403


def test_ones_own_page_says_what_the_council_has_to_do_with_it(app: Flask, world: World, token: str) -> None:
    phone, stranger = app.test_client(), app.test_client()
    say(stranger, token)
    say(phone, token)
    case_id = newest(app).id
    with app.app_context():
        case = db.session.get_one(Case, case_id)
        head = viewer_from(db.session.get_one(User, world.users[Role.VILLAGE_HEAD]))
        with transaction():
            decisions.council(world.grids["village_a"], BodyKind.DELIBERATION, now=clock.now())
        do(cases.accept, case, head)
        day = clock.town_day(clock.now())
        ask = {"council": BodyKind.DELIBERATION, "planned_on": day, "note": "灯杆占谁家的地要说定"}
        do(cases.put_on_agenda, case, head, **ask)
        db.session.remove()
    page = phone.get("/v/own").text
    assert "上河村村民议事会已把这件事列入议程" in page
    assert "答复期限不变" in page
    assert "灯杆占谁家的地" not in page, "the village's own reason"
    for restricted in (True, False):
        with app.app_context():
            case = db.session.get_one(Case, case_id)
            with transaction():
                audit.record(actor=head, action="test", subject_kind="case", subject_id=case_id, now=clock.now())
                case.restricted = restricted
            db.session.remove()
        assert ("已把这件事列入议程" in phone.get("/v/own").text) is not restricted
    with app.app_context():
        case, agreed = db.session.get_one(Case, case_id), "灯杆移到路口，周末装好。"
        do(cases.agenda_outcome, case, head, outcome=AgendaOutcome.AGREED, note=agreed)
        db.session.remove()
    page = phone.get("/v/own").text
    assert "上河村村民议事会：商定了怎么办" in page
    assert agreed in page
    assert "已把这件事列入议程" not in page
    assert head.name not in page
    assert "村里一起商量" not in stranger.get("/v/own").text


def test_the_reporters_own_word_is_taken(app: Flask, world: World, viewer_of: ViewerOf, token: str) -> None:
    with app.app_context():
        case = handled(world, viewer_of)
        head = viewer_of(Role.VILLAGE_HEAD)
        with transaction():
            code = service.code_for(case, actor=head, now=clock.now(), key=app.secret_key.encode())  # type: ignore[union-attr]
        case_id, number = case.id, case.number
        db.session.remove()
    phone = app.test_client()
    phone.post("/v", data={"who": number, "code": code})
    assert "办理结果" in phone.get("/v/own").text
    assert phone.post("/v/own/word", data={"note": "x"}).status_code == 200  # solved or not is asked for
    answer = phone.post("/v/own/word", data={"solved": "yes", "rating": "satisfied", "note": "修得快"})
    assert answer.status_code == 302
    with app.app_context():
        kept = db.session.get_one(Case, case_id)
        assert (kept.answer, kept.rating) == ("solved", "satisfied")
        step = db.session.scalars(select(CaseStep).where(CaseStep.move == "record_answer")).one()
        assert (step.actor_role, step.actor_name, step.actor_user_id) == ("reporter", "", None)


def test_it_can_be_added_to_and_taken_back(app: Flask, token: str) -> None:
    phone = app.test_client()
    say(phone, token)
    assert phone.post("/v/own/comment", data={"comment-note": "就在小卖部门口"}).status_code == 302
    assert "就在小卖部门口" in phone.get("/v/own").text
    assert phone.post("/v/own/withdraw", data={"withdraw-note": ""}).status_code == 200
    assert phone.post("/v/own/withdraw", data={"withdraw-note": "修好了"}).status_code == 302
    assert newest(app).state == "withdrawn"
    assert phone.post("/v/own/withdraw", data={"withdraw-note": "再撤"}).status_code == 200


def test_after_half_an_hour_and_after_leaving_the_case_is_closed(app: Flask, token: str, at: At) -> None:
    phone = app.test_client()
    say(phone, token)
    assert phone.get("/v/own").status_code == 200
    at((clock.now() + timedelta(minutes=31)).isoformat())
    assert phone.get("/v/own").status_code == 302
    say(phone, token)
    phone.post("/v/leave")
    assert phone.get("/v/own").status_code == 302


def test_a_new_code_shuts_the_old_one_out(app: Flask, token: str, world: World, client_as: As) -> None:
    phone = app.test_client()
    old, case = say(phone, token), newest(app)
    desk = client_as(Role.DISPATCHER)
    page = desk.post(f"/doors/case/{case.id}").text
    new = re.search(r'class="code">([0-9A-Z-]+)<', page)
    assert new
    assert phone.get("/v/own").status_code == 302
    assert "对不上" in phone.post("/v", data={"who": case.number, "code": old}).text
    assert phone.post("/v", data={"who": case.number, "code": new.group(1)}).status_code == 302
    assert client_as(Role.VILLAGE_SUPERVISOR).get(f"/doors/case/{case.id}").status_code == 403


def test_words_among_workers_are_not_shown_to_the_reporter(
    app: Flask, world: World, viewer_of: ViewerOf, token: str
) -> None:
    phone = app.test_client()
    say(phone, token)
    with app.app_context():
        case = db.session.scalars(select(Case)).one()
        do(cases.comment, case, viewer_of(Role.VILLAGE_HEAD), note="内部说明不外传")
        db.session.remove()
    assert "内部说明不外传" not in phone.get("/v/own").text


def test_no_code_is_kept_and_no_address(app: Flask, token: str) -> None:
    code = typed(say(app.test_client(), token))
    with app.app_context():
        secret = db.session.scalars(select(CaseSecret)).one()
        key = str(app.secret_key).encode()
        assert code not in secret.digest
        assert secret.digest == queries.digest_of(code, secret.case_id, key)
        assert not any("127.0.0.1" in knock.who for knock in db.session.scalars(select(DoorKnock)))


def test_a_title_is_the_first_sentence() -> None:
    assert title_of("路灯坏了！快来修") == "路灯坏了"
    assert title_of("  \n灯" * 50).startswith("灯")
    assert len(title_of("灯" * 500)) == 40


def test_five_steps_show_where_it_is() -> None:
    assert [one.done for one in strides(State.IN_PROGRESS)] == [True, True, True, False, False]
    assert [one.now for one in strides(State.FEEDBACK)] == [False, False, False, False, True]
    assert all(one.done for one in strides(State.CLOSED))
