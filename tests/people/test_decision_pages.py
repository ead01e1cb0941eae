"""Pages of decisions: taking a village's matter from the proposal to the notice, who reads and who keeps."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.people.rules import DecisionKind, Role
from tests.factories import decisions
from tests.factories.world import World
from tests.files.corpus import jpeg

ClientAs = Callable[[Role | str], FlaskClient]
COUNTS = {"entitled": "42", "present": "36", "in_favour": "30"}


@pytest.fixture
def head(client_as: ClientAs) -> FlaskClient:
    return client_as(Role.VILLAGE_HEAD)


def passed(app: Flask, village: int, kind: DecisionKind = DecisionKind.WORKS) -> int:
    with app.app_context():
        with transaction():
            made = decisions.passed(village, kind, on=date(2026, 11, 9), now=clock.now(), title="修水渠").id
        db.session.remove()
    return made


def test_from_the_proposal_to_the_notice(head: FlaskClient) -> None:
    assert "还没有决议" in head.get("/people/decisions").text
    refused = head.post("/people/decisions/new", data={"kind": "scheme"}).text
    assert "请用一句话写明决定什么事" in refused
    data = {"kind": "scheme", "title": "通过积分方案", "text": "方案全文", "held_on": "2026-11-01"}
    page = head.post("/people/decisions/new", data=data, follow_redirects=True)
    assert "已登记，编号 2026-01。下一步：两委商议。" in page.text
    url = page.request.path
    assert "到会过半数" in page.text

    def take(step: str, **about: str) -> str:
        return head.post(f"{url}/step", data={"step": step, **about}, follow_redirects=True).text

    assert "请先登记“两委商议”" in take("vote", assembly="reps", held_on="2026-11-08", **COUNTS)
    few = take("discuss", held_on="2026-11-03", entitled="7", present="3", in_favour="3")
    assert "至少要到 4 人" in few
    assert 'value="3"' in few, "what was typed stays"
    assert "下一步：党员大会审议" in take("discuss", held_on="2026-11-03", entitled="7", present="6", in_favour="6")
    assert head.get(f"{url}/notice").status_code == 302, "nothing to hang out yet"
    take("members", held_on="2026-11-05", entitled="30", present="25", in_favour="24")
    take("vote", held_on="2026-11-08", assembly="reps", **COUNTS)
    notice = head.get(f"{url}/notice").text
    assert "村民代表会议" in notice
    assert "　　年　月　日" in notice, "the day is written in by hand"
    assert "决议通过并公开" in take("publish", held_on="2026-11-09", until="2026-11-16")
    assert "2026年11月16日" in head.get(f"{url}/notice").text
    assert head.get(f"{url}/notice.pdf").data.startswith(b"%PDF")
    assert "通过积分方案" in head.get("/people/decisions?kind=scheme&q=积分").text
    assert "没有找到" in head.get("/people/decisions?kind=shop").text


def test_a_slip_is_put_right_before_it_passed(head: FlaskClient) -> None:
    data = {"kind": "works", "title": "修路", "text": "修村道", "held_on": "2026-11-01"}
    url = head.post("/people/decisions/new", data=data, follow_redirects=True).request.path
    assert "只有提议一步" in head.post(f"{url}/back").text
    edited = head.post(f"{url}/edit", data={"title": "修路灯", "text": "装路灯"}, follow_redirects=True)
    assert "修路灯" in edited.text
    assert "请写明决议内容" in head.post(f"{url}/edit", data={"title": "x", "text": ""}).text
    step = {"step": "discuss", "held_on": "2026-11-03", "entitled": "7", "present": "6", "in_favour": "6"}
    head.post(f"{url}/step", data=step)
    assert "已撤回这一步" in head.post(f"{url}/back", follow_redirects=True).text


def test_papers_open_to_staff_and_not_to_every_home(
    app: Flask, head: FlaskClient, client_as: ClientAs, world: World
) -> None:
    url = f"/people/decisions/{passed(app, world.grids['village_a'])}"
    assert "请先选文件" in head.post(f"{url}/papers", data={}).text
    wrong = {"papers": (io.BytesIO(b"<html>"), "x.html")}
    assert "只收照片" in head.post(f"{url}/papers", data=wrong).text
    sent = {"papers": (io.BytesIO(jpeg()), "sheet.jpg"), "caption": "签到表"}
    assert "签到表" in head.post(f"{url}/papers", data=sent, follow_redirects=True).text
    photo = client_as(Role.VILLAGE_SUPERVISOR).get(f"{url}/papers/1")
    assert (photo.status_code, photo.mimetype) == (200, "image/jpeg")
    resident = client_as(Role.RESIDENT)
    assert "签到表" not in resident.get(url).text
    assert resident.get(f"{url}/papers/1").status_code == 403
    assert client_as(Role.FULLTIME_GRID).get(f"{url}/papers/2").status_code == 404


def test_a_decision_is_dropped_with_a_reason(app: Flask, head: FlaskClient, world: World) -> None:
    url = f"/people/decisions/{passed(app, world.grids['village_a'])}"
    assert "请写明作废原因" in head.post(f"{url}/drop", data={}).text
    page = head.post(f"{url}/drop", data={"why": "人数记错"}, follow_redirects=True).text
    assert "作废：人数记错" in page
    assert "登记“" not in page, "nothing comes next"


def test_villagers_read_supervisors_remark_and_neither_keeps(app: Flask, client_as: ClientAs, world: World) -> None:
    own, foreign = passed(app, world.grids["village_a"]), passed(app, world.grids["village_b"])
    for role in (Role.RESIDENT, Role.VILLAGE_SUPERVISOR):
        reader = client_as(role)
        page = reader.get(f"/people/decisions/{own}").text
        assert "应到 42 人，实到 36 人，同意 33 人" in page
        assert "登记“" not in page
        assert reader.get(f"/people/decisions/{foreign}").status_code == 404
        assert reader.get("/people/decisions/new").status_code == 403
    said = {"text": "应附签到表。"}
    page = client_as(Role.VILLAGE_SUPERVISOR).post(f"/people/decisions/{own}/remarks", data=said, follow_redirects=True)
    assert "应附签到表。" in page.text
    assert "村务监督员" in page.text
    assert client_as(Role.RESIDENT).post(f"/people/decisions/{own}/remarks", data=said).status_code == 404
    assert client_as(Role.DEPT).get("/people/decisions").status_code == 403


def test_a_town_sets_its_own_counts(client_as: ClientAs, world: World) -> None:
    town = client_as(Role.TOWN_MANAGER)
    url = f"/people/decisions/rules?at={world.grids['village_a']}"
    page = town.get(url).text
    assert "第二十六条" in page
    fields = {f"{what}_{key}": "two_thirds" for what in ("present", "favour")
              for key in ("discuss", "members", "reps", "villagers", "homes", "council")}  # fmt: skip
    low = town.post(url, data={**fields, "present_reps": "majority", "notice_days": "7"}).text
    assert "不能低于《村民委员会组织法》第二十六条" in low
    assert "已保存" in town.post(url, data={**fields, "notice_days": "10"}, follow_redirects=True).text
    assert "本地规定" in town.get(url).text
    assert client_as(Role.VILLAGE_SUPERVISOR).get(url).status_code == 403


@pytest.mark.parametrize("kind", [DecisionKind.VETO, DecisionKind.COUNCIL])
def test_what_is_about_one_home_is_not_for_every_villager(
    app: Flask, client_as: ClientAs, world: World, kind: DecisionKind
) -> None:
    url = f"/people/decisions/{passed(app, world.grids['village_a'], kind)}"
    resident, liaison = client_as(Role.RESIDENT), client_as(Role.LIAISON)
    assert "修水渠" not in resident.get("/people/decisions").text
    assert "没有找到" in resident.get(f"/people/decisions?kind={kind}&q=修水").text
    assert [resident.get(f"{url}{page}").status_code for page in ("", "/notice", "/notice.pdf")] == [404, 404, 404]
    assert "修水渠" in liaison.get("/people/decisions").text
    assert liaison.get(url).status_code == 200
