"""The pages of care tiers: one happy, one refused, one forbidden each."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.core.db import db
from gridcase.grid.models import PlaceSetting
from gridcase.households.models import Household, HouseholdFactor, TierObjection, TierSuggestion
from gridcase.people.rules import Role
from tests.factories.care import GREEN, HELD, RED, YELLOW, acting, confirmed, noted, proposed
from tests.factories.world import World

ClientAs = Callable[[Role | str], FlaskClient]


@pytest.fixture
def home(world: World) -> int:
    """The home of the resident's card, in the liaison's circle, in the grid leader's cell."""
    return world.homes["circle"][0]


def body(answer: object) -> str:
    text: str = answer.text  # type: ignore[attr-defined]
    return text[text.index("<main") :]


def first(app: Flask, model: type, field: str) -> list[object]:
    with app.app_context():
        rows = [getattr(row, field) for row in db.session.scalars(select(model).order_by(model.id))]  # type: ignore[attr-defined]
        db.session.remove()
    return rows


def tier_of(app: Flask, home: int) -> str:
    with app.app_context():
        tier = db.session.get_one(Household, home).tier
        db.session.remove()
    return tier


def test_noting_a_factor(app: Flask, client_as: ClientAs, home: int) -> None:
    client, path = client_as(Role.LIAISON), f"/households/{home}/tier/factor"
    assert "data-draft" not in client.get(path).text, "nothing restricted is kept in the browser"
    wrong = client.post(path, data={"code": "F02", "source": "visit"})
    assert "不能凭这个来源记" in body(wrong)
    done = client.post(path, data={"code": "F02", "source": "list", "basis": "低保名单"}, follow_redirects=True)
    assert "低保户" in body(done)
    assert "30 分" in body(done)
    assert "等级不会自动变" in body(done)
    assert first(app, HouseholdFactor, "basis") == ["低保名单"]
    assert tier_of(app, home) == GREEN
    assert client_as(Role.VILLAGE_SUPERVISOR).get(path).status_code == 403
    assert client_as(Role.PARTY_CONTACT).get(path).status_code == 404


def test_a_member_is_offered_masked_and_shown_masked(client_as: ClientAs, home: int) -> None:
    client, path = client_as(Role.LIAISON), f"/households/{home}/tier/factor"
    page = client.get(path).text
    assert "周小" not in page
    person = re.search(r'<option value="(\d+)">周\*', page)
    assert person is not None
    done = client.post(path, data={"code": "F10", "source": "visit", "person": person.group(1)}, follow_redirects=True)
    assert "周*" in body(done)
    assert client.post(path, data={"code": "F10", "source": "visit", "person": "999999"}).status_code == 200


def test_ending_a_factor(app: Flask, world: World, client_as: ClientAs, home: int) -> None:
    with acting(app, world, Role.LIAISON) as liaison:
        factor = noted(home, "F02", liaison).id
    client = client_as(Role.LIAISON)
    assert "请选为什么不再算" in body(client.post(f"/households/tiers/factor/{factor}/end"))
    done = client.post(f"/households/tiers/factor/{factor}/end", data={"why": "over"}, follow_redirects=True)
    assert "没有记过因素" in body(done)
    again = client.post(f"/households/tiers/factor/{factor}/end", data={"why": "over"})
    assert "已经不算了" in body(again)
    assert client_as(Role.DISPATCHER).post(f"/households/tiers/factor/{factor}/end").status_code == 403


def test_confirming_what_is_restricted(app: Flask, world: World, client_as: ClientAs, home: int) -> None:
    with acting(app, world, Role.LIAISON) as liaison:
        factor = noted(home, "F21", liaison).id
    head = client_as(Role.VILLAGE_HEAD)
    path = f"/households/tiers/restricted/{factor}/confirm"
    assert "未确认" in body(head.get(f"/households/{home}/tier"))
    assert "请填会议记录或评定的编号" in body(head.post(path))
    assert "未确认" not in body(head.post(path, data={"ref": "研判 3 号"}, follow_redirects=True))
    ended = f"/households/tiers/restricted/{factor}/end"
    assert "五失" not in body(head.post(ended, data={"why": "over"}, follow_redirects=True))
    for role in (Role.LIAISON, Role.GRID_LEADER):
        assert client_as(role).post(path, data={"ref": "研判 3 号"}).status_code == 403
        assert client_as(role).post(ended, data={"why": "over"}).status_code == 403


def test_from_proposal_to_confirmation(app: Flask, client_as: ClientAs, home: int) -> None:
    liaison, leader = client_as(Role.LIAISON), client_as(Role.GRID_LEADER)
    path = f"/households/{home}/tier/propose"
    assert "请不要写病情" in body(liaison.post(path, data={"tier": "concerned", "words": "有精神病"}))
    done = liaison.post(path, data={"tier": "concerned", "words": "儿子外出打工"}, follow_redirects=True)
    assert "建议已提交" in body(done)
    assert "撤回建议" in body(done)
    (proposal,) = first(app, TierSuggestion, "id")
    waiting = body(leader.get("/households/tiers"))
    assert f"/households/tiers/{proposal}" in waiting
    assert "儿子外出打工" in waiting
    decide = f"/households/tiers/{proposal}"
    assert liaison.get(decide).status_code == 403
    assert "请选同意或不同意" in body(leader.post(decide))
    assert "请写一句话说明" in body(leader.post(decide, data={"agree": "no"}))
    agreed = leader.post(decide, data={"agree": "yes"}, follow_redirects=True)
    assert "关心户" in body(agreed)
    assert tier_of(app, home) == YELLOW
    history = body(liaison.get(f"/households/{home}/tier"))
    assert "测试网格长" in history
    assert "儿子外出打工" in history
    assert "已经处理过了" in body(leader.get(decide))


def test_red_asks_for_the_meeting_and_a_grid_leader_only_reads_it(
    app: Flask, world: World, client_as: ClientAs, home: int
) -> None:
    with acting(app, world, Role.LIAISON) as liaison:
        proposal = proposed(home, RED, liaison).id
    path, head = f"/households/tiers/{proposal}", client_as(Role.VILLAGE_HEAD)
    reader = body(client_as(Role.GRID_LEADER).get(path))
    assert "总网格长凭会议记录确认" in reader
    assert 'name="agree"' not in reader
    assert "没有等您处理的" in body(client_as(Role.GRID_LEADER).get("/households/tiers"))
    assert "请填开会的日期" in body(head.post(path, data={"agree": "yes"}))
    form = {"agree": "yes", "meeting_on": "2026-11-20", "meeting_kind": "committee", "meeting_ref": "31 号"}
    done = body(head.post(path, data=form, follow_redirects=True))
    assert "2026年11月20日 村两委会议：31 号" in done
    assert tier_of(app, home) == RED


def test_withdrawing(app: Flask, world: World, client_as: ClientAs, home: int) -> None:
    with acting(app, world, Role.LIAISON) as liaison:
        proposal = proposed(home, YELLOW, liaison).id
    path = f"/households/tiers/{proposal}/withdraw"
    assert "只能撤回自己" in body(client_as(Role.GRID_LEADER).post(path))
    assert "建议已撤回" in body(client_as(Role.LIAISON).post(path, follow_redirects=True))
    assert client_as(Role.DISPATCHER).post(path).status_code == 403


def test_the_home_asks_and_reads_the_answer(app: Flask, world: World, client_as: ClientAs, home: int) -> None:
    with acting(app, world, Role.LIAISON) as liaison, acting(app, world, Role.GRID_LEADER) as leader:
        confirmed(proposed(home, YELLOW, liaison), leader)
    resident, path = client_as(Role.RESIDENT), f"/households/{home}/care"
    assert path in resident.get(f"/households/{home}").text, "its own page leads there"
    assert "每 30 天" in body(resident.get(path))
    assert "请写一句话" in body(resident.post(path))
    assert "收到了" in body(resident.post(path, data={"words": "来得太多了"}, follow_redirects=True))
    assert "正在复核" in body(resident.get(path))
    (objection,) = first(app, TierObjection, "id")
    review, head = f"/households/tiers/objection/{objection}", client_as(Role.VILLAGE_HEAD)
    assert "来得太多了" in body(head.get("/households/tiers"))
    assert client_as(Role.LIAISON).get(review).status_code == 403
    by_confirmer = client_as(Role.GRID_LEADER).post(review, data={"outcome": "kept", "answer": "不变"})
    assert "不能复核" in body(by_confirmer)
    assert "请选复核结果" in body(head.post(review, data={"answer": "核对过"}))
    head.post(review, data={"outcome": "reassess", "answer": "十二月重新研判"})
    answered = body(resident.get(path))
    assert "十二月重新研判" in answered
    assert "重新研判" in answered
    assert "有异议" in body(client_as(Role.LIAISON).get("/households/tiers/assess"))
    assert resident.get(f"/households/{world.homes['circle'][1]}/care").status_code == 404
    assert head.get(path).status_code == 403


def test_a_liaison_writes_an_objection_down(client_as: ClientAs, home: int) -> None:
    client, path = client_as(Role.LIAISON), f"/households/{home}/tier/object"
    assert "请写一句话" in body(client.post(path, data={"words": ""}))
    assert "这一户提了异议" in body(client.post(path, data={"words": "想多来几次"}, follow_redirects=True))
    assert "正在复核" in body(client.post(path, data={"words": "想多来几次"}))
    assert client_as(Role.RESIDENT).get(path).status_code == 403


def test_homes_to_assess(app: Flask, world: World, client_as: ClientAs, home: int) -> None:
    assert "没有该研判的户" in body(client_as(Role.LIAISON).get("/households/tiers/assess"))
    with acting(app, world, Role.LIAISON) as liaison:
        noted(home, "F01", liaison)
    page = body(client_as(Role.LIAISON).get("/households/tiers/assess"))
    assert f"/households/{home}/tier" in page
    assert "情况有变" in page
    assert f"/households/{home}/tier" not in body(client_as(Role.PARTY_CONTACT).get("/households/tiers/assess"))
    assert client_as(Role.TOWN_MANAGER).get("/households/tiers/assess").status_code == 403


def _rules(page: str, **changes: str) -> dict[str, str]:
    """What the form holds, as a browser would send it."""
    values = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page))
    for name, choices in re.findall(r'<select[^>]*name="(\w+)".*?>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', choices)
        values[name] = chosen.group(1) if chosen else ""
    values.pop("csrf_token", None)
    return {**values, **changes}


def test_rules_are_tried_and_then_saved(app: Flask, world: World, client_as: ClientAs) -> None:
    with acting(app, world, Role.VILLAGE_HEAD) as head:
        for home_id in world.homes["village_a"][:6]:
            noted(home_id, "F06", head)
    manager, path = client_as(Role.COUNTY_MANAGER), "/households/tiers/rules"
    page = manager.get(path)
    assert "系统默认规则" in body(page)
    draft = _rules(page.text, weight_F06="25")
    looked = manager.post(path, data={**draft, "act": "look"})
    table = body(looked)[body(looked).index('id="moves"') :]
    row = re.search(r'<th scope="row">上河村</th>(.*?)</tr>', table, re.S)
    assert row is not None
    assert [one.strip() for one in re.findall(r'figure-cell">([^<]*)<', row.group(1))][:3] == ["少于 5", "6", "少于 5"]
    assert "少于 5" in table[table.index("下河村") :]
    assert first(app, PlaceSetting, "key").count("tier_rules") == 0
    unseen = manager.post(path, data={**draft, "weight_F06": "30", "act": "save", "valid_from": "2026-12-01"})
    assert "看过再保存" in body(unseen)
    tried = _rules(looked.text, act="save", valid_from="2026-12-01")
    assert tried["looked_at"]
    saved = manager.post(path, data=tried, follow_redirects=True)
    assert "新规则已保存" in body(saved)
    assert "第 1 版" in body(saved)
    assert first(app, PlaceSetting, "key").count("tier_rules") == 1


def test_rules_that_make_no_sense_are_refused_beside_their_field(client_as: ClientAs) -> None:
    manager, path = client_as(Role.COUNTY_MANAGER), "/households/tiers/rules"
    draft = _rules(manager.get(path).text, yellow_from="60", act="look")
    assert "连心户的分数线要高于" in body(manager.post(path, data=draft))
    assert "请填 1 到 1100 之间的数" in body(manager.post(path, data={**draft, "days_F02": "0"}))
    for role in (Role.VILLAGE_HEAD, Role.TOWN_MANAGER, Role.LIAISON):
        assert client_as(role).get(path).status_code == 403


def test_a_weight_of_nonsense_is_refused(client_as: ClientAs) -> None:
    manager, path = client_as(Role.COUNTY_MANAGER), "/households/tiers/rules"
    draft = _rules(manager.get(path).text, weight_F02="viel", act="look")
    assert manager.post(path, data=draft).status_code == 200


def test_the_households_page_leads_here(client_as: ClientAs, home: int) -> None:
    assert f"/households/{home}/tier" in client_as(Role.LIAISON).get(f"/households/{home}").text
    supervisor = client_as(Role.VILLAGE_SUPERVISOR)
    assert f"/households/{home}/tier" not in supervisor.get(f"/households/{home}").text
    assert supervisor.get(f"/households/{home}/tier").status_code == 403


def test_it_reads_in_english(app: Flask, world: World, client_as: ClientAs, home: int) -> None:
    with acting(app, world, Role.LIAISON) as liaison, acting(app, world, Role.VILLAGE_HEAD) as head:
        noted(home, "F02", liaison)
        confirmed(proposed(home, RED, liaison, words="old"), head, meeting=HELD)
    client = client_as(Role.LIAISON)
    with client.session_transaction() as session:
        session["locale"] = "en"
    page = client.get(f"/households/{home}/tier").text
    assert "Subsistence allowance" in page
    assert "Confirmed: Connected household" in page
