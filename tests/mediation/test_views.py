"""The pages of a mediation as people use them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.households.models import Household
from gridcase.mediation import queries, service
from gridcase.mediation.models import MediationParty
from gridcase.mediation.service import Party
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests.factories.cases import MISSING_PERSON, ROAD, collected
from tests.factories.mediations import agreed, begun, deed, drafted, quarrel, text_of, with_the_station
from tests.factories.pages import body
from tests.factories.viewers import viewer_from
from tests.factories.world import World
from tests.files.corpus import jpeg

As = Callable[[Role], FlaskClient]
Find = Callable[[Role], Viewer]
Made = Callable[[Callable[[Find], int]], int]
LONG = "长" * 500 + "x" * 300 + "😀👍"


@pytest.fixture
def made(app: Flask, world: World) -> Made:
    """Make something in a context of its own; returns the id of its case."""

    def find(role: Role) -> Viewer:
        return viewer_from(db.session.get_one(User, world.users[role]))

    def make(build: Callable[[Find], int]) -> int:
        with app.app_context():
            found = build(find)
            db.session.remove()
        return found

    return make


def with_head(world: World, function: Callable[..., object]) -> Callable[[Find], int]:
    """A quarrel with its mediation, kept by the village head."""

    def build(find: Find) -> int:
        case = quarrel(world, find, reporter_name="赵一田", reporter_phone="13800001234")
        function(case, find(Role.VILLAGE_HEAD))
        return int(case.id)

    return build


def test_the_whole_way_over_the_pages(app: Flask, world: World, client_as: As, made: Made) -> None:
    case_id = made(lambda find: quarrel(world, find).id)
    head, page = client_as(Role.VILLAGE_HEAD), f"/mediation/{case_id}"
    assert f'href="{page}"' in head.get(f"/cases/{case_id}").text, "the page of a dispute leads here"
    assert "开始调解" in body(head.get(page))

    def send(what: str, **fields: str) -> str:
        answer = head.post(f"{page}/{what}", data=fields)
        assert answer.status_code == 302, body(answer)
        return body(head.get(answer.location))

    assert "调解已开始" in send("open", mediators="韩调解")
    assert "赵一田" in send("parties", **{"party-name": "赵一田", "party-phone": "13800001234"})
    assert "还没有记同意调解的日期" in send("parties", **{"party-name": "钱二塘", "party-consented_on": "2026-11-23"})
    changed = {"name": "赵一田", "phone": "13800001234", "household": "", "consented_on": "2026-11-22"}
    assert "2026年11月22日 同意调解" in send("parties/1", **changed)
    sitting = {"held_at": "2026-11-23T09:30", "place": "村部", "present": "赵一田、钱二塘", "said": "都愿意让一步。"}
    assert "都愿意让一步。" in send("sessions", **{f"session-{name}": value for name, value in sitting.items()})
    text = {"dispute": "地界在哪里", "terms": "以水沟为界", "fulfilment": "当面立桩", "fulfil_by": "2026-12-10"}
    assert "以水沟为界" in send("agreement", **text)
    assert "人民调解协议书" in body(head.get(f"{page}/paper"))
    ended = send("end", **{"end-result": "agreed", "end-signed_on": "2026-11-23", "end-look_on": "2026-12-10"})
    assert "双方可以在 2026年12月23日以前共同向人民法院申请确认" in ended.replace(" 以前", "以前")
    assert "接着办结事件" in ended
    assert "经调解达成协议。" in ended
    court = {"asked_on": "2026-11-23", "confirmed_on": "2026-11-23", "confirmed_no": "民特12号"}
    assert "文书号 民特12号" in send("court", **{f"court-{name}": value for name, value in court.items()})
    assert "回访" in send("looks", **{"look-look_on": "2027-01-10"})
    assert "已经兑现" in send("looks/1", **{"tick-word": "已经兑现"})
    closing = {"self_solve-note": "经调解达成协议", "self_solve-answer": "solved"}
    assert head.post(f"/cases/{case_id}/self-solve", data=closing).status_code == 302
    words = body(head.get(f"/cases/{case_id}"))
    for said in ("开始调解", "调解达成协议", "自办自结"):
        assert said in words


def test_what_is_refused_stands_beside_its_field(world: World, client_as: As, made: Made) -> None:
    case_id = made(with_head(world, begun))
    head = client_as(Role.VILLAGE_HEAD)
    assert "请填当事人姓名" in body(head.post(f"/mediation/{case_id}/parties", data={"party-phone": "13800001234"}))
    answer = head.post(f"/mediation/{case_id}/end", data={"end-result": "agreed", "end-signed_on": "2026-11-23"})
    assert (answer.status_code, "请先登记当事人" in body(answer)) == (200, True)
    answer = head.post(f"/mediation/{case_id}/end", data={"end-result": "failed", "end-note": "都不肯让"})
    assert "请先把可以走的途径告诉双方" in body(answer)
    wrong = {"name": "赵一田", "household": "没有这一户"}
    answer = head.post(f"/mediation/{case_id}/parties", data={f"party-{name}": value for name, value in wrong.items()})
    assert "没有找到这一户" in body(answer)


def test_who_reported_is_offered_as_the_first_party(app: Flask, world: World, client_as: As, made: Made) -> None:
    case_id = made(with_head(world, begun))
    with app.app_context():
        case, mediation = db.session.get_one(Case, case_id), queries.of_case(db.session.get_one(Case, case_id))
        watching = viewer_from(db.session.get_one(User, world.users[Role.VILLAGE_SUPERVISOR]))
        assert mediation is not None
        assert queries.first_party(case, mediation, watching) == {}, "names are masked for them"
        db.session.remove()
    head, page = client_as(Role.VILLAGE_HEAD), f"/mediation/{case_id}"
    shown = head.get(page).text
    assert 'value="赵一田"' in shown
    assert 'value="13800001234"' in shown
    assert "已填好反映人" in shown
    sent = {"party-name": "赵一田", "party-phone": "13800001234", "party-household": home_code(app, world)}
    assert head.post(f"{page}/parties", data=sent).status_code == 302
    shown = head.get(page).text
    assert 'value="赵一田"' not in shown, "the second party is somebody else"
    assert "补同意日期" in shown


def home_code(app: Flask, world: World) -> str:
    with app.app_context():
        code = db.session.get_one(Household, world.homes["circle"][0]).code
        db.session.remove()
    return code


def test_what_is_left_to_do_is_said_where_it_is_done(world: World, client_as: As, made: Made) -> None:
    case_id = made(with_head(world, begun))
    head, page = client_as(Role.VILLAGE_HEAD), f"/mediation/{case_id}"
    for words in ("协议要有双方当事人", "还没有记调解经过"):
        assert words in body(head.get(page))
        assert words in body(head.get(f"{page}/agreement")), "before the text is written, not after"
    for name in ("赵一田", "钱二塘"):
        head.post(f"{page}/parties", data={"party-name": name})
    assert "乙方还没有记同意调解的日期" in body(head.get(page))
    ended = made(with_head(world, drafted))
    shown = head.get(f"/mediation/{ended}").text
    assert "签协议以前还要" not in shown
    assert re.search('name="end-signed_on"[^>]*value="2026-11-23"', shown), "the day on which they sat together last"
    answer = head.post(f"/mediation/{ended}/end", data={"end-result": "agreed", "end-signed_on": "2026-11-20"})
    assert "甲方 2026-11-23 才同意调解，签字不能早于那天" in body(answer)


def test_others_read_along_masked_or_not_at_all(world: World, client_as: As, made: Made) -> None:
    case_id = made(with_head(world, agreed))
    page = f"/mediation/{case_id}"
    assert "赵一田" in body(client_as(Role.VILLAGE_HEAD).get(page))
    watching = body(client_as(Role.VILLAGE_SUPERVISOR).get(page))
    assert ("赵一田" in watching, "赵*田" in watching, "138****1234" in watching) == (False, True, True)
    assert "赵一田" not in client_as(Role.VILLAGE_SUPERVISOR).get(f"{page}/paper").text
    assert client_as(Role.VILLAGE_SUPERVISOR).post(f"{page}/parties").status_code == 403
    outside = client_as(Role.COUNTY_DEPT)
    foreign, missing = outside.get(page), outside.get("/mediation/987654")
    assert (foreign.status_code, body(foreign)) == (404, body(missing))
    assert client_as(Role.LIAISON).post(f"{page}/looks/1", data={"tick-word": "看过"}).status_code == 200
    assert "已经兑现" not in body(client_as(Role.LIAISON).get(page))


def test_a_restricted_case_opens_to_nobody_else(app: Flask, world: World, client_as: As, made: Made) -> None:
    case_id = made(with_head(world, drafted))
    with app.app_context():
        db.session.execute(db.update(Case).where(Case.id == case_id).values(restricted=True))
        db.session.commit()
        db.session.remove()
    head = client_as(Role.VILLAGE_HEAD)
    for path in ("", "/paper", "/paper.pdf", "/agreement", "/parties/1"):
        assert head.get(f"/mediation/{case_id}{path}").status_code == 404
    for path in ("order", "order.pdf", "reply", "reply.pdf"):
        assert head.get(f"/cases/{case_id}/{path}").status_code == 404
    assert "两家为地界" not in head.get("/mediation/?tab=running").text


def test_only_disputes_have_the_page(world: World, client_as: As, made: Made) -> None:
    road = made(lambda find: collected(world, find(Role.LIAISON), code=ROAD).id)
    missing = made(lambda find: collected(world, find(Role.LIAISON), code=MISSING_PERSON).id)
    liaison = client_as(Role.LIAISON)
    for case_id in (road, missing):
        assert liaison.get(f"/mediation/{case_id}").status_code == 404
        assert f"/mediation/{case_id}" not in liaison.get(f"/cases/{case_id}").text


def test_who_may_not_open_it_is_told_who_does(world: World, client_as: As, made: Made) -> None:
    case_id = made(lambda find: with_the_station(world, find).id)
    head = client_as(Role.VILLAGE_HEAD)
    words = body(head.get(f"/mediation/{case_id}"))
    assert ("这件事没有调解" in words, "<form" in words) == (True, False)
    assert "开始调解" in body(client_as(Role.DEPT).get(f"/mediation/{case_id}"))
    assert head.post(f"/mediation/{case_id}/open", data={"mediators": "韩调解"}).status_code == 200


def test_the_button_is_offered_to_who_can_begin_or_look(world: World, client_as: As, made: Made) -> None:
    def offered(case_id: int) -> list[bool]:
        roles = (Role.LIAISON, Role.VILLAGE_HEAD, Role.DEPT, Role.DISPATCHER)
        return [f"/mediation/{case_id}" in client_as(role).get(f"/cases/{case_id}").text for role in roles]

    here = made(lambda find: quarrel(world, find).id)
    assert offered(here)[:2] == [False, True], "the liaison brought it, the head is at it"
    assert offered(made(lambda find: with_the_station(world, find).id)) == [False, False, True, False]
    assert offered(made(with_head(world, begun)))[:2] == [True, True], "what is mediated is read by who reads the case"
    assert "由接到派单的岗位或单位开始" in body(client_as(Role.UNIT_LEAD).get("/mediation/?tab=ended"))


def test_the_list_shows_what_is_due_first(world: World, client_as: As, made: Made, at: Callable[[str], None]) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    assert "这里没有调解" in body(head.get("/mediation/"))
    made(with_head(world, agreed))
    assert "没有等您回访的调解" not in body(head.get("/mediation/?tab=looks"))
    at("2026-12-11T10:00:00+08:00")
    words = body(client_as(Role.VILLAGE_HEAD).get("/mediation/"))
    assert ("2026年12月10日（已过）" in words, "两家为地界吵架" in words) == (True, True)
    assert "达成协议" in body(client_as(Role.VILLAGE_HEAD).get("/mediation/?tab=ended"))


def test_the_agreement_as_a_file(world: World, client_as: As, made: Made) -> None:
    case_id = made(with_head(world, agreed))
    answer = client_as(Role.VILLAGE_HEAD).get(f"/mediation/{case_id}/paper.pdf")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/pdf", "no-store")
    words = text_of(answer.data).replace("\n", "")
    for said in (
        "人民调解协议书",
        "上河村人民调解委员会",
        "甲方",
        "赵一田",
        "钱二塘",
        "以老水沟中线为界",
        "当面拆除",
        "韩调解",
    ):
        assert said in words
    assert b"NotoSerifSC" in answer.data, "the font is named"
    assert b"/FontFile3" in answer.data, "and lies in the file"
    masked = text_of(client_as(Role.VILLAGE_SUPERVISOR).get(f"/mediation/{case_id}/paper.pdf").data)
    assert ("赵一田" in masked, "赵*田" in masked) == (False, True)


def test_the_signed_paper_hangs_on_the_case_and_is_found_here(world: World, client_as: As, made: Made) -> None:
    case_id = made(with_head(world, agreed))
    head = client_as(Role.VILLAGE_HEAD)
    page = head.get(f"/mediation/{case_id}").text
    assert 'name="comment-papers_kind"' in page
    sent = {
        "comment-note": "调解协议书扫描件", "comment-papers_kind": "agreement",
        "comment-papers": (BytesIO(jpeg()), "scan.jpg"),
    }  # fmt: skip
    answer = head.post(f"/cases/{case_id}/comment", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 302, body(answer)
    assert f"/cases/{case_id}/files/1" in head.get(f"/mediation/{case_id}").text


def test_long_words_and_signs_of_no_font_break_nothing(world: World, client_as: As, made: Made) -> None:
    case_id = made(with_head(world, begun))
    head = client_as(Role.VILLAGE_HEAD)
    head.post(f"/mediation/{case_id}/agreement", data={"dispute": LONG, "terms": LONG})
    assert LONG in head.get(f"/mediation/{case_id}/paper").text
    answer = head.get(f"/mediation/{case_id}/paper.pdf")
    words = text_of(answer.data).replace("\n", "")
    assert (words.count("长"), words.count("x"), "□" in words) == (1000, 600, True)


def test_a_script_in_a_text_stays_text(world: World, client_as: As, made: Made) -> None:
    case_id = made(with_head(world, begun))
    head = client_as(Role.VILLAGE_HEAD)
    nasty = "<script>alert(1)</script>${1}"
    head.post(f"/mediation/{case_id}/agreement", data={"dispute": nasty, "terms": nasty})
    for path in ("", "/paper"):
        assert "<script>alert" not in head.get(f"/mediation/{case_id}{path}").text


def test_the_station_changes_a_party_and_its_home_stays(app: Flask, world: World, client_as: As, made: Made) -> None:
    """The station may not look for homes; what the village noted is not lost."""

    def build(find: Find) -> int:
        case = with_the_station(world, find)
        one = begun(case, find(Role.DEPT))
        home = db.session.get_one(Household, world.homes["circle"][0])
        deed(service.add_party, one, actor=find(Role.DEPT), party=Party("赵一田", household=home))
        return int(case.id)

    case_id = made(build)
    station = client_as(Role.DEPT)
    assert 'name="household"' not in station.get(f"/mediation/{case_id}/parties/1").text
    changed = {"name": "赵一田", "consented_on": "2026-11-23"}
    assert station.post(f"/mediation/{case_id}/parties/1", data=changed).status_code == 302
    with app.app_context():
        found = db.session.scalars(db.select(MediationParty)).one()
        assert (found.household_id, found.consented_on) == (world.homes["circle"][0], date(2026, 11, 23))
        db.session.remove()
