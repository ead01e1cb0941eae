"""Pages of schemes: read by the village, drafted and edited by who sets them, put in force by a decision."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.people.rules import DecisionKind, Role
from gridcase.points import queries, service
from gridcase.points.models import SchemeVersion
from gridcase.points.rules import Scheme
from tests.factories import decisions, schemes
from tests.factories.pages import body
from tests.factories.world import MAKER, World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = town_day(NOW)
DAY = timedelta(days=1)
ClientAs = Callable[[Role | str], FlaskClient]


@pytest.fixture
def village(world: World) -> int:
    return world.grids["village_a"]


@pytest.fixture
def draft(app: Flask, village: int) -> int:
    """A draft of six classes."""
    with app.app_context():
        with transaction():
            made = service.draft(db.session.get_one(Grid, village), source="zhilong", actor=MAKER, now=NOW).id
        db.session.remove()
    return made


@pytest.fixture
def running(app: Flask, village: int) -> int:
    """The morality bank in force."""
    with app.app_context():
        made = schemes.in_force(village, "morality_bank", on=TODAY, now=NOW).id
        db.session.remove()
    return made


def decided(app: Flask, village: int) -> int:
    with app.app_context():
        with transaction():
            made = decisions.passed(village, DecisionKind.SCHEME, on=TODAY, now=NOW, title="积分办法的决议").id
        db.session.remove()
    return made


def shown(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)
    return body(answer)


def read(app: Flask, version_id: int) -> Scheme:
    with app.app_context():
        found = queries.read(db.session.get_one(SchemeVersion, version_id))
        db.session.remove()
    return found


ITEM = {
    "name": "打扫村道", "board": "Z5", "points": "3", "unit": "次", "criteria": "扫一段计一次", "evidence": "签到表",
    "who": ["C"], "approval": "G", "cap": "9", "cap_per": "month", "account": "merit", "case_rule": "",
}  # fmt: skip


@pytest.mark.parametrize(
    "role", [Role.RESIDENT, Role.LIAISON, Role.REVIEW_MEMBER, Role.VILLAGE_HEAD, Role.TOWN_MANAGER]
)
def test_everybody_of_the_village_reads_what_gives_points(client_as: ClientAs, running: int, role: Role) -> None:
    page = shown(client_as(role), "/points/scheme")
    assert "参加志愿服务活动" in page
    assert "+10 分" in page
    assert "最高 100 分" in page
    assert "−20 分" in page
    assert "每户每年 100 分，不能兑换" in page
    assert ("原地做法" in page) == (role in {Role.VILLAGE_HEAD, Role.TOWN_MANAGER}), "where a value comes from"


def test_without_a_version_the_page_says_what_holds_meanwhile(client_as: ClientAs, draft: int) -> None:
    page = shown(client_as(Role.RESIDENT), "/points/scheme")
    assert "还没有施行积分方案" in page
    assert "草案" not in page
    assert client_as(Role.RESIDENT).get(f"/points/scheme/{draft}").status_code == 404
    assert client_as(Role.DISPATCHER).get("/points/scheme").status_code == 403


def test_a_draft_is_made_in_one_step_and_lists_what_was_left_out(client_as: ClientAs, village: int) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    assert "6 类 28 项" in shown(head, "/points/scheme/new")
    answer = head.post("/points/scheme/new", data={"source": "zhilong"})
    assert answer.status_code == 302
    page = shown(head, answer.location)
    assert "示例默认值" in page
    assert "依法信访从不扣分" in page
    assert "已有一份草案" in body(head.post("/points/scheme/new", data={"source": "361"}))


def test_an_item_is_saved_with_its_warnings_and_refused_beside_its_field(
    app: Flask, client_as: ClientAs, draft: int
) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    answer = head.post(f"/points/scheme/{draft}/items/new", data=ITEM | {"unit": "", "evidence": ""})
    assert answer.status_code == 302
    assert "没有写计量单位" in head.get(answer.location).text, "it warns, and saves all the same"
    assert read(app, draft).items["Z506"].points == 3
    assert "没有写凭证" in shown(head, f"/points/scheme/{draft}/items/Z506")
    refused = head.post(f"/points/scheme/{draft}/items/Z506", data=ITEM | {"name": "支持土地流转"})
    assert refused.status_code == 200
    assert "“土地权益”不得与积分挂钩" in refused.text
    assert 'id="name-error"' in refused.text
    assert head.post(f"/points/scheme/{draft}/items/Z506/drop").status_code == 302
    assert "Z506" not in read(app, draft).items
    assert head.get(f"/points/scheme/{draft}/items/Z506").status_code == 302


def test_two_who_edit_at_once_do_not_overwrite_each_other(client_as: ClientAs, draft: int) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    url = f"/points/scheme/{draft}/items/Z501"
    page = head.get(url).text
    seen = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
    assert head.post(url, data=ITEM | {"seen": seen}).status_code == 302
    assert "别人已经改过" in head.post(url, data=ITEM | {"seen": seen, "points": "4"}).text


def test_settings_and_vetoes_of_a_draft(app: Flask, client_as: ClientAs, draft: int) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    data = {
        "name": "本村积分办法", "base_points": "0", "notice_days": "10", "council_from": "50", "month_budget": "3000",
        "at_year_end": "expire", "expire_months": "12",
    }  # fmt: skip
    assert "3 到 15 天" in head.post(f"/points/scheme/{draft}/settings", data=data | {"notice_days": "2"}).text
    assert head.post(f"/points/scheme/{draft}/settings", data=data).status_code == 302
    assert "满 12 个月没兑换的作废" in shown(head, f"/points/scheme/{draft}")
    assert "不得与积分挂钩" in head.post(f"/points/scheme/{draft}/vetoes", data={"codes": ["V5"]}).text
    assert head.post(f"/points/scheme/{draft}/vetoes", data={"codes": ["V9"]}).status_code == 302
    assert [code for code, kind in read(app, draft).vetoes.items() if kind.on] == ["V9"]


def test_a_decision_puts_it_in_force_and_the_wall_says_it(
    app: Flask, client_as: ClientAs, draft: int, village: int
) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    assert "还没有通过的积分方案决议" in shown(head, f"/points/scheme/{draft}/force")
    decision = decided(app, village)
    data = {"decision": str(decision), "on": (TODAY - DAY).isoformat()}
    assert "不能早于今天" in head.post(f"/points/scheme/{draft}/force", data=data).text
    assert head.post(f"/points/scheme/{draft}/force", data=data | {"on": TODAY.isoformat()}).status_code == 302
    assert "做什么" in shown(client_as(Role.RESIDENT), "/points/scheme")
    assert "积分办法的决议" in shown(client_as(Role.RESIDENT), f"/points/scheme/{draft}")
    poster = shown(client_as(Role.RESIDENT), f"/points/scheme/{draft}/poster")
    assert "施行" in poster
    assert "主动进行垃圾分类" in poster
    assert head.get(f"/points/scheme/{draft}/items/Z501").status_code == 404, "no door to what is in force"


def test_a_village_without_vetoes_may_take_some_into_its_draft(app: Flask, client_as: ClientAs, village: int) -> None:
    """The morality bank has none: the page says so, offers the usual ones, and the poster shows what was taken."""
    head = client_as(Role.VILLAGE_HEAD)
    made = head.post("/points/scheme/new", data={"source": "morality_bank"}).location
    draft = int(made.rsplit("/", 1)[1])
    page = shown(head, f"/points/scheme/{draft}/vetoes")
    assert "还没有一票否决的情形" in page
    assert "积分弄虚作假、冒领" in page
    assert "缠访闹访" not in page, "beyond the red lines"
    assert head.post(f"/points/scheme/{draft}/vetoes", data={"codes": ["V9", "V1"]}).status_code == 302
    assert sorted(code for code, kind in read(app, draft).vetoes.items() if kind.on) == ["V1", "V9"]


def test_what_was_changed_after_the_vote_is_not_what_was_voted_on(
    app: Flask, client_as: ClientAs, draft: int, village: int
) -> None:
    """Said in red with who and when; a new vote carries the draft as it is now."""
    old = decided(app, village)
    item = replace(read(app, draft).items["Z501"], criteria="全村一起检查")
    with app.app_context():
        with transaction():
            version = db.session.get_one(SchemeVersion, draft)
            service.save_item(version, "Z501", item, actor=MAKER, now=NOW + timedelta(hours=1))
            service.set_weights(version, {"Z1": 12}, actor=MAKER, now=NOW + timedelta(hours=1))
        db.session.remove()
    head = client_as(Role.VILLAGE_HEAD)
    page = shown(head, f"/points/scheme/{draft}/force")
    assert "表决以后，草案又改过" in page
    assert "改了各类的权重" in page
    assert "改了“庭院整洁、门前三包”" in page
    data = {"decision": str(old), "on": TODAY.isoformat()}
    assert "这份决议定的不是它" in head.post(f"/points/scheme/{draft}/force", data=data).text
    with app.app_context():
        with transaction():
            later = NOW + timedelta(hours=2)
            new = decisions.passed(village, DecisionKind.SCHEME, on=TODAY, now=later, title="按改后的草案").id
        db.session.remove()
    done = head.post(f"/points/scheme/{draft}/force", data=data | {"decision": str(new)})
    assert done.status_code == 302


def test_what_a_new_version_changes_stands_side_by_side(
    app: Flask, client_as: ClientAs, running: int, village: int
) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    draft_url = head.post("/points/scheme/new", data={"source": "current"}).location
    version_id = int(draft_url.rsplit("/", 1)[1])
    volunteer = ITEM | {"name": "参加志愿服务活动", "board": "M1", "points": "12", "cap": "60", "who": ["S", "C"]}
    assert head.post(f"{draft_url}/items/M101", data=volunteer).status_code == 302
    assert head.post(f"{draft_url}/items/H4/drop").status_code == 302
    page = shown(head, f"{draft_url}/compare?with={running}")
    assert "+10 分" in page
    assert "+12 分" in page
    assert "取消" in page
    assert client_as(Role.RESIDENT).get(f"{draft_url}/compare?with={running}").status_code == 404
    assert version_id != running


def test_weights_of_a_draft_are_set_on_one_form_and_said_wherever_they_differ(
    app: Flask, client_as: ClientAs, running: int
) -> None:
    """The morality bank weighs its four classes alike; a draft from it lays more weight on one."""
    head = client_as(Role.VILLAGE_HEAD)
    url = head.post("/points/scheme/new", data={"source": "current"}).location
    draft = int(url.rsplit("/", 1)[1])
    assert "权重 25%" not in shown(head, url), "all alike: nothing is weighed"
    form = shown(head, f"{url}/weights")
    assert "得分、扣分和兑换都不变" in form
    assert "合计不必是 100" in form
    same = {f"weight_M{n}": "100" for n in range(1, 5)}
    for wrong in ("0", "301", "很重"):
        refused = head.post(f"{url}/weights", data=same | {"weight_M3": wrong})
        assert refused.status_code == 200
        assert 'id="weight_M3-error"' in refused.text, wrong
        assert f'value="{wrong}"' in refused.text, "what was typed is kept"
    assert {board.weight for board in read(app, draft).boards.values()} == {25}, "nothing half done"
    assert head.post(f"{url}/weights", data=same | {"weight_M3": "150"}).status_code == 302
    assert "权重 150%" in shown(head, url)
    compared = shown(head, f"{url}/compare?with={running}")
    assert "家庭美德：25% → 150%" in compared
    assert "不改变任何一户的积分" in compared
    assert "权重 150%" in shown(head, f"{url}/poster")
    assert "得分、扣分和兑换都不变" in shown(head, f"{url}/poster")
    assert "权重" not in shown(head, f"/points/scheme/{running}/poster")
    assert client_as(Role.REVIEW_MEMBER).get(f"{url}/weights").status_code == 403
    assert head.get(f"/points/scheme/{running}/weights").status_code == 404, "no door to what is in force"


def test_two_who_weigh_at_once_do_not_overwrite_each_other(client_as: ClientAs, draft: int) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    url = f"/points/scheme/{draft}/weights"
    seen = head.get(url).text.split('name="seen"')[1].split('value="')[1].split('"')[0]
    weights = {f"weight_Z{n}": "50" for n in range(1, 7)} | {"seen": seen}
    assert head.post(url, data=weights).status_code == 302
    assert "别人已经改过" in head.post(url, data=weights | {"weight_Z1": "60"}).text


def test_a_draft_is_thrown_away_by_who_sets_it_only(app: Flask, client_as: ClientAs, draft: int) -> None:
    assert client_as(Role.REVIEW_MEMBER).post(f"/points/scheme/{draft}/drop").status_code == 403
    assert client_as(Role.VILLAGE_HEAD).post(f"/points/scheme/{draft}/drop").status_code == 302
    assert client_as(Role.VILLAGE_HEAD).get(f"/points/scheme/{draft}").status_code == 404


def test_a_village_closes_points_and_says_so(app: Flask, client_as: ClientAs, running: int) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    data = {"modules": ["shop"], "on": TODAY.isoformat()}
    assert "都要用积分" in head.post("/points/modules", data=data).text
    assert head.post("/points/modules", data={"on": TODAY.isoformat()}).status_code == 302
    page = shown(client_as(Role.RESIDENT), "/points/scheme")
    assert "目前没有开展积分制" in page
    assert "参加志愿服务活动" not in page
    resident = client_as(Role.RESIDENT)
    assert "目前没有开展积分制" in shown(resident, "/points/")
    frame = resident.get("/points/scheme").text
    assert 'href="/points/"' not in frame.split("<main")[0], "no entry for what is closed"
    assert 'href="/shop/"' not in frame
    assert head.post("/points/modules", data={"modules": ["points"], "on": TODAY.isoformat()}).status_code == 302
    assert "参加志愿服务活动" in shown(client_as(Role.RESIDENT), "/points/scheme")


def test_a_county_recommends_an_example_and_its_villages_start_there(client_as: ClientAs, world: World) -> None:
    county = client_as(Role.COUNTY_MANAGER)
    place = world.grids["county"]
    assert "请选一套" in county.post(f"/points/recommend?village={place}", data={}).text
    assert county.post(f"/points/recommend?village={place}", data={"preset": "361"}).status_code == 302
    page = client_as(Role.VILLAGE_HEAD).get("/points/scheme/new").text
    assert "上级推荐" in page
    assert re.search(r'<input checked[^>]*value="361"', page)
    assert client_as(Role.VILLAGE_HEAD).get("/points/recommend").status_code == 403
    assert county.get(f"/points/recommend?village={world.grids['far_county']}").status_code == 404


def test_a_draft_is_tried_on_last_quarter(client_as: ClientAs, draft: int) -> None:
    assert "上季度没有可以试算的积分" in shown(client_as(Role.VILLAGE_HEAD), f"/points/scheme/{draft}/what-if")
    assert client_as(Role.REVIEW_MEMBER).get(f"/points/scheme/{draft}/what-if").status_code == 403
