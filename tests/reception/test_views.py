"""The doors as those see them who sit at them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.people.rules import Role
from gridcase.reception.models import MeetingOutcome, PatrolFinding, QuickAnswer, Visitor
from tests.factories.world import World

ClientAs = Callable[[Role | str], FlaskClient]
UUID = re.compile(r'name="client_uuid"[^>]*value="([0-9a-f-]{36})"')


def filled(client: FlaskClient, url: str, **values: object) -> dict[str, object]:
    """The form of a page with its own mark, and what is typed in."""
    found = UUID.search(client.get(url).text)
    assert found
    return {"client_uuid": found[1], **values}


def rows(app: Flask, model: type) -> list:
    with app.app_context():
        found = list(db.session.scalars(select(model).order_by("id")))
        for one in found:
            db.session.refresh(one)
        db.session.expunge_all()
        db.session.remove()
    return found


def test_the_calendar_says_when_and_who(client_as: ClientAs, world: World) -> None:
    head, village = client_as(Role.VILLAGE_HEAD), world.grids["village_a"]
    page = head.get("/reception/").text
    assert "上河村" in page
    assert "2026年11月25日" in page
    assert "还没有安排" in page
    deputy = str(world.posts[Role.DEPUTY])
    url = f"/reception/{village}/duty?on=2026-11-25"
    assert "不能是接访人自己" in head.post(url, data={"host": deputy, "stand_in": deputy}).text
    answer = head.post(url, data={"host": deputy, "stand_in": str(world.posts[Role.VILLAGE_HEAD])})
    assert answer.status_code == 302
    page = head.get("/reception/").text
    assert "人大代表 · 测试人大代表" in page
    assert client_as(Role.LIAISON).get(url).status_code == 403


def test_taking_turns_fills_what_is_free(client_as: ClientAs, world: World) -> None:
    head, village = client_as(Role.VILLAGE_HEAD), world.grids["village_a"]
    deputy, own = world.posts[Role.DEPUTY], world.posts[Role.VILLAGE_HEAD]
    head.post(f"/reception/{village}/duty?on=2026-12-02", data={"host": str(own), "stand_in": ""})
    assert "请至少选一个岗位" in head.post(f"/reception/{village}/rota", data={}).text
    assert head.post(f"/reception/{village}/rota", data={"posts": [str(deputy), str(own)]}).status_code == 302
    page = head.get("/reception/").text
    assert "排好了 7 天" in page
    assert "还没有安排" not in page


def test_the_weekday_is_the_places_own(client_as: ClientAs, world: World) -> None:
    head, village = client_as(Role.VILLAGE_HEAD), world.grids["village_a"]
    form = {"weekday": "4", "opens": "14:00", "closes": "16:00", "venue": "村部"}
    assert "结束要晚于开始" in head.post(f"/reception/{village}/rule", data={**form, "closes": "13:00"}).text
    assert head.post(f"/reception/{village}/rule", data=form).status_code == 302
    page = head.get("/reception/").text
    assert "2026年11月27日" in page
    assert "村部" in page
    assert head.post(f"/reception/{world.grids['village_b']}/rule", data=form).status_code == 404


def test_visitors_in_one_form(app: Flask, client_as: ClientAs, world: World) -> None:
    deputy, url = client_as(Role.DEPUTY), f"/reception/{world.grids['village_a']}/day?on=2026-11-23"
    missing = deputy.post(url, data=filled(deputy, url, matter="问医保什么时候缴", outcome="answered")).text
    assert "请写一句怎么答复的" in missing
    assert "问医保什么时候缴" in missing
    form = filled(deputy, url, matter="问医保什么时候缴", outcome="answered", reply="到年底，村部可以代缴")
    assert [deputy.post(url, data=form).status_code for _ in range(2)] == [302, 302]
    form = filled(deputy, url, matter="要改户口上的名字", outcome="referred", reply="请去派出所户籍窗口", name="王小明")
    assert deputy.post(url, data=form).status_code == 302
    form = filled(
        deputy, url, matter="水渠堵了", outcome="case", case_class="0505", name="周大有", phone="13912345678",
        proxy_for="周老根", text="三组的水渠堵了半个月", grid=str(world.grids["village_a_cell_2"]),
    )  # fmt: skip
    assert "已登记成事件，编号 GC" in deputy.post(url, data=form, follow_redirects=True).text
    came = rows(app, Visitor)
    assert [one.outcome for one in came] == ["answered", "referred", "case"]
    case = rows(app, Case)[0]
    assert (case.channel, case.id) == ("reception", came[2].case_id)
    assert case.reporter_name == "周老根（周大有代为反映）"
    assert "周大有" not in case.text
    assert case.grid_id == world.grids["village_a_cell_2"]
    assert case.contacted_at is not None
    page = deputy.get(url).text
    assert "周大有" in page  # who took it down reads it
    assert "/cases/" in page
    assert deputy.get(f"/cases/{case.id}").status_code == 200
    assert "水渠堵了" not in client_as(Role.LIAISON).get(url).text, "not a liaison's home"
    other = client_as(Role.TOWN_MANAGER).get(url).text
    assert "周大有" not in other
    assert "周*有" in other
    assert "139****5678" in other


def test_a_case_needs_a_class_and_an_anonymous_one_cannot_be_called_back(
    app: Flask, client_as: ClientAs, world: World
) -> None:
    deputy, url = client_as(Role.DEPUTY), f"/reception/{world.grids['village_a']}/day?on=2026-11-23"
    form = filled(deputy, url, matter="路灯坏了", outcome="case", grid=str(world.grids["village_a"]))
    assert "请选一个类别" in deputy.post(url, data=form).text
    assert rows(app, Case) == []
    assert deputy.post(url, data={**form, "case_class": "0504"}).status_code == 302
    assert rows(app, Case)[0].anonymous


def test_nobody_is_written_down_for_tomorrow_or_long_ago(client_as: ClientAs, world: World) -> None:
    deputy, place = client_as(Role.DEPUTY), world.grids["village_a"]
    assert "先排班" in deputy.get(f"/reception/{place}/day?on=2026-11-25").text
    form = filled(deputy, f"/reception/{place}/day", matter="问路", outcome="answered", reply="往左")
    assert "还没有到" in deputy.post(f"/reception/{place}/day?on=2026-11-25", data=form).text
    assert "最近一个月" in deputy.post(f"/reception/{place}/day?on=2026-09-02", data=form).text


def test_what_is_said_of_an_official_is_not_answered_in_the_village(
    app: Flask, client_as: ClientAs, world: World
) -> None:
    """The register and the quick answers are read by the very people: a class that goes to the town is asked for."""
    deputy, village = client_as(Role.DEPUTY), world.grids["village_a"]
    url = f"/reception/{village}/day?on=2026-11-23"
    assert "说的不是村干部" not in deputy.get(url).text, "asked only where it arises"
    form = filled(deputy, url, matter="低保名额给了书记的亲戚", outcome="answered", reply="已解释评议过程")
    page = deputy.post(url, data=form).text
    assert "由镇里办，村里看不到" in page
    assert "说的不是村干部、网格员或村账" in page
    assert rows(app, Visitor) == []
    as_case = form | {"outcome": "case", "case_class": "1004", "grid": str(village)}
    assert deputy.post(url, data=as_case).status_code == 302
    assert "低保名额" not in client_as(Role.VILLAGE_HEAD).get(url).text
    quick = filled(deputy, "/reception/quick", question="村账怎么不公开", reply="会公开的", case_class="1001")
    assert "由镇里办，村里看不到" in deputy.post("/reception/quick", data=quick).text
    assert deputy.post("/reception/quick", data=quick | {"not_officials": "y"}).status_code == 302
    assert [row.question for row in rows(app, QuickAnswer)] == ["村账怎么不公开"]


@pytest.mark.parametrize("code", ["1003", "1004"])
def test_what_is_said_of_the_village_is_hidden_from_it(
    app: Flask, client_as: ClientAs, world: World, code: str
) -> None:
    """About an official or the accounts: the village's own people read neither the visitor nor the case."""
    deputy, url = client_as(Role.DEPUTY), f"/reception/{world.grids['village_a']}/day?on=2026-11-23"
    form = filled(
        deputy, url, matter="反映村里的事", outcome="case", case_class=code, name="吴敢言",
        grid=str(world.grids["village_a"]),
    )  # fmt: skip
    assert deputy.post(url, data=form).status_code == 302
    case = rows(app, Case)[0]
    assert case.restricted
    assert "反映村里的事" in deputy.get(url).text
    visitor = rows(app, Visitor)[0].id
    for role in (Role.VILLAGE_HEAD, Role.FULLTIME_GRID, Role.LIAISON, Role.GRID_LEADER, Role.TOWN_MANAGER):
        client = client_as(role)
        page = client.get(url).text
        assert "反映村里的事" not in page, role
        assert "吴" not in page, role
        assert client.get(f"/reception/visitors/{visitor}/case").status_code == 404
        assert client.get(f"/cases/{case.id}").status_code == 404
        assert "吴" not in client.get("/reception/figures").text
    desk = client_as(Role.DISPATCHER)
    assert "反映村里的事" in desk.get(url).text
    page = desk.post(
        f"/cases/{case.id}/accept", data={"accept-case_class": code, "accept-urgency": "3"}, follow_redirects=True
    ).text
    assert f'value="p{world.posts[Role.VILLAGE_HEAD]}"' not in page, "nobody of the village is offered"


def test_the_figures_of_the_quarter(client_as: ClientAs, world: World) -> None:
    deputy, url = client_as(Role.DEPUTY), f"/reception/{world.grids['village_a']}/day?on=2026-11-23"
    for outcome, more in (
        ("answered", {"reply": "答了"}),
        ("referred", {"reply": "去镇上"}),
        ("case", {"case_class": "0504"}),
    ):
        form = filled(deputy, url, matter=f"来访{outcome}", outcome=outcome, grid=str(world.grids["village_a"]), **more)
        assert deputy.post(url, data=form).status_code == 302
    page = client_as(Role.DISPATCHER).get("/reception/figures").text
    assert "上河村" in page
    assert "66.7" in page
    assert "没有接访记录" in client_as(Role.DISPATCHER).get("/reception/figures?quarter=2026-02-01").text
    assert client_as(Role.DEPT).get("/reception/figures").status_code == 403


def test_ten_seconds(app: Flask, client_as: ClientAs, world: World) -> None:
    liaison = client_as(Role.LIAISON)
    form = filled(
        liaison, "/reception/quick", question="养老认证怎么做", reply="手机上刷脸，不会的我来帮", case_class="1001"
    )
    assert "请写一句怎么答的" in liaison.post("/reception/quick", data={**form, "reply": ""}).text
    assert [liaison.post("/reception/quick", data=form).status_code for _ in range(2)] == [302, 302]
    answers = rows(app, QuickAnswer)
    assert len(answers) == 1
    page = liaison.get("/reception/quick").text
    assert "本月快速答复 1 次" in page
    url = f"/reception/quick/{answers[0].id}/case"
    assert "养老认证怎么做" in liaison.get(url).text
    home = str(world.grids["village_a"])
    raised = {"title": "养老认证要上门帮办", "case_class": "0801", "grid": home, "text": "眼睛不好"}
    assert liaison.post(url, data={**raised, "case_class": ""}).status_code == 200
    assert liaison.post(url, data=raised).status_code == 302
    assert rows(app, Case)[0].title == "养老认证要上门帮办"
    assert "已经登记成事件了" in liaison.get(url, follow_redirects=True).text
    assert len(rows(app, Case)) == 1


def test_what_only_named_roles_read_is_no_quick_answer(client_as: ClientAs) -> None:
    liaison = client_as(Role.LIAISON)
    page = liaison.get("/reception/quick").text
    assert 'value="1004"' not in page
    assert 'value="0301"' not in page


def test_a_meeting_and_what_came_of_it(app: Flask, client_as: ClientAs, world: World) -> None:
    head, village = client_as(Role.VILLAGE_HEAD), world.grids["village_a"]
    assert "本季度还没有开过会" in head.get("/reception/meetings/").text
    url = f"/reception/{village}/meetings/new"
    form = filled(
        head, url, nature="courtyard", held_on="2026-11-20", topic="冬修水利", present="23", venue="老槐树下",
        host=str(world.posts[Role.VILLAGE_HEAD]), outcomes="东边沟渠清一次\n\n路灯再装两盏",
    )  # fmt: skip
    assert "会议还没有开" in head.post(url, data={**form, "held_on": "2026-12-01"}).text
    assert "至少 1 人" in head.post(url, data={**form, "present": "0"}).text
    page = head.post(url, data=form, follow_redirects=True).text
    assert "东边沟渠清一次" in page
    assert "总网格长 · 测试总网格长" in page
    lines = rows(app, MeetingOutcome)
    assert [one.seq for one in lines] == [1, 2]
    raised = {"title": "东边沟渠清一次", "case_class": "0405", "grid": str(village), "text": "会上提的"}
    assert head.post(f"/reception/outcomes/{lines[0].id}/case", data=raised).status_code == 302
    assert rows(app, Case)[0].channel == "meeting"
    assert head.post(f"/reception/meetings/{lines[0].meeting_id}", data={"text": "年底再开一次"}).status_code == 302
    page = head.get("/reception/meetings/").text
    assert "本季度开了 1 次" in page
    assert client_as(Role.REVIEW_MEMBER).get("/reception/meetings/").status_code == 403


def test_a_check_with_a_finding_and_one_put_right(app: Flask, client_as: ClientAs, world: World) -> None:
    worker, village = client_as(Role.PARTTIME_GRID), world.grids["village_a"]
    page = worker.get("/reception/patrols/").text
    assert "取暖防中毒和防冻" in page
    assert "防溺水" not in page, "out of season"
    url = f"/reception/{village}/check?kind=fire"
    form = filled(
        worker, url, done_on="2026-11-23", found_B03="y", text_B03="二组李家电线老化", fate_B03="case",
        grid_B03=str(world.grids["village_a_cell_3"]), found_B04="y", text_B04="楼道充电", fate_B04="fixed",
        grid_B04="",
    )  # fmt: skip
    assert "请写一句发现了什么" in worker.post(url, data={**form, "text_B03": ""}).text
    assert rows(app, Case) == []
    page = worker.post(url, data=form, follow_redirects=True).text
    assert "二组李家电线老化" in page
    assert "当场整改好了" in page
    case = rows(app, Case)[0]
    assert (case.channel, case.grid_id) == ("patrol", world.grids["village_a_cell_3"])
    found = rows(app, PatrolFinding)
    assert [one.case_id is None for one in found] == [False, True]
    again = worker.get(f"/reception/findings/{found[1].id}/case").text
    assert "楼道充电" in again
    assert re.search(r'<option selected value="0203"', again)
    assert "2026年12月8日" in worker.get("/reception/patrols/").text  # fifteen days on
    assert worker.get(f"/reception/{village}/check?kind=nothing").status_code == 404


def test_a_place_has_its_own_items_and_seasons(client_as: ClientAs, world: World) -> None:
    head, village = client_as(Role.VILLAGE_HEAD), world.grids["village_a"]
    item = {"kind": "daily", "words": "看老井盖盖好没有", "case_class": "0503"}
    assert head.post(f"/reception/{village}/items", data=item).status_code == 302
    assert "这一项已经有了" in head.post(f"/reception/{village}/items", data=item).text
    assert "看老井盖盖好没有" in head.get(f"/reception/{village}/check?kind=daily").text
    plan = {"items": ["R01"], "every_daily": "7"}
    for kind, first, last in (
        ("flood", 4, 10),
        ("fire", 10, 5),
        ("drowning", 1, 12),
        ("winter", 11, 3),
        ("daily", 1, 12),
    ):
        plan |= {f"first_{kind}": str(first), f"last_{kind}": str(last)}
        plan.setdefault(f"every_{kind}", "30")
    assert "请填 1 到 183 天" in head.post(f"/reception/{village}/plan", data={**plan, "every_fire": "0"}).text
    assert head.post(f"/reception/{village}/plan", data=plan).status_code == 302
    page = head.get(f"/reception/{village}/check?kind=daily").text
    assert "看老井盖盖好没有" in page
    assert "路灯、广播能不能用" not in page
    assert "防溺水" in head.get("/reception/patrols/").text
    assert head.post(f"/reception/{village}/items/drop", data={"code": "Z01"}).status_code == 302
    assert "看老井盖盖好没有" not in head.get(f"/reception/{village}/check?kind=daily").text
    assert client_as(Role.LIAISON).get("/reception/settings").status_code == 403
    assert client_as(Role.COUNTY_MANAGER).get("/reception/settings").status_code == 200


def test_a_clue_to_be_reported_at_once_reaches_the_desk(app: Flask, client_as: ClientAs, world: World) -> None:
    leader, village = client_as(Role.GRID_LEADER), world.grids["village_a"]
    url = f"/reception/{village}/clue"
    form = {"title": "两家为界边要动手", "case_class": "0102", "grid": str(village), "text": "扬言明天砸墙"}
    assert "请选怎么处理" in leader.post(url, data=form).text
    answer = leader.post(url, data={**form, "risk": "red"}, follow_redirects=True)
    assert "已通知综治中心值班" in answer.text
    case = rows(app, Case)[0]
    assert (case.urgency, case.channel) == (1, "patrol")
    assert "研判：立即报告" in case.text
    assert case.number in client_as(Role.DISPATCHER).get("/inbox/").text
    page = leader.get("/reception/patrols/").text
    assert "两家为界边要动手" in page
    assert "立即报告" in page
    assert leader.post(url, data={**form, "risk": "yellow", "title": "嫌鸡叫"}).status_code == 302
    assert rows(app, Case)[1].urgency == 3


def test_other_places_are_not_there(client_as: ClientAs, world: World) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    for place in (world.grids["village_b"], world.grids["far_village"], 999_999, world.grids["village_a_cell_1"]):
        for path in ("day", "check", "clue", "meetings/new", "duty", "rota"):
            assert head.get(f"/reception/{place}/{path}").status_code == 404, path
        assert head.get(f"/reception/?place={place}").status_code == 404
    town = client_as(Role.DISPATCHER)
    assert "下河村" in town.get("/reception/").text
    assert town.get(f"/reception/{world.grids['village_b']}/day").status_code == 200
    assert town.get(f"/reception/{world.grids['other_village']}/day").status_code == 404


def test_a_town_asks_which_village(app: Flask, client_as: ClientAs, world: World) -> None:
    desk, url = client_as(Role.DISPATCHER), f"/reception/{world.grids['town']}/day?on=2026-11-23"
    form = filled(desk, url, matter="水管爆了", outcome="case", case_class="0501", grid="")
    assert "请选是哪个村的事" in desk.post(url, data=form).text
    assert desk.post(url, data={**form, "grid": str(world.grids["village_b"])}).status_code == 302
    assert rows(app, Case)[0].village_id == world.grids["village_b"]


def test_who_sits_reads_the_days_register_and_other_liaisons_do_not(client_as: ClientAs, world: World) -> None:
    head, deputy = client_as(Role.VILLAGE_HEAD), client_as(Role.DEPUTY)
    village, leader = world.grids["village_a"], world.posts[Role.GRID_LEADER]
    url = f"/reception/{village}/day?on=2026-11-23"
    head.post(f"/reception/{village}/duty?on=2026-11-23", data={"host": str(leader), "stand_in": ""})
    form = filled(deputy, url, matter="家里的难处", outcome="answered", reply="谈过了", name="何有难")
    assert deputy.post(url, data=form).status_code == 302
    assert "家里的难处" in client_as(Role.GRID_LEADER).get(url).text, "put down for the day"
    for role in (Role.LIAISON, Role.PARTTIME_GRID, Role.SECTION_LEADER):
        assert "家里的难处" not in client_as(role).get(url).text, role
        assert "上河村</a>" not in client_as(role).get("/reception/figures").text, "not even counted"
