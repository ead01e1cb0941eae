"""The pages as people use them: one happy, one refused, one forbidden each."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.cases import service
from gridcase.cases.models import Case
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests.factories.cases import COMPLAINT, collected, do, handled, solved, water
from tests.factories.pages import body, statements
from tests.factories.viewers import viewer_from
from tests.factories.world import World

As = Callable[[Role], FlaskClient]


@pytest.fixture
def made(app: Flask, world: World) -> Callable[[Callable[[Callable[[Role], Viewer]], Case]], int]:
    """Make a case in a context of its own; returns its id, so that no session is shared with the client."""

    def find(role: Role) -> Viewer:
        return viewer_from(db.session.get_one(User, world.users[role]))

    def make(build: Callable[[Callable[[Role], Viewer]], Case]) -> int:
        with app.app_context():
            case_id = build(find).id
            db.session.remove()
        return case_id

    return make


def case_in(app: Flask, case_id: int) -> Case:
    with app.app_context():
        found = db.session.get_one(Case, case_id)
        db.session.expunge_all()
        db.session.remove()
    return found


def send(client: FlaskClient, case_id: int, move: str, **fields: str) -> object:
    prefix = f"{move.replace('-', '_')}-"
    return client.post(f"/cases/{case_id}/{move}", data={prefix + key: value for key, value in fields.items()})


# -- the whole way in the browser's words


def test_the_whole_way_over_the_pages(app: Flask, world: World, client_as: As) -> None:
    liaison, head, station = client_as(Role.LIAISON), client_as(Role.VILLAGE_HEAD), client_as(Role.DEPT)
    answer = liaison.post(
        "/cases/new/0503",
        data={"title": "桥边的路塌了", "household": str(world.homes["circle"][0]), "channel": "visit", "grid": ""},
    )
    assert answer.status_code == 302, body(answer)
    case_id = int(answer.location.rsplit("/", 1)[1])
    assert "已登记，编号 GC20261123-990101100-0001。" in body(liaison.get(answer.location))
    assert "桥边的路塌了" in body(head.get("/cases/"))
    assert send(head, case_id, "accept", case_class="0503", urgency="3").status_code == 302
    told = body(head.get(send(head, case_id, "dispatch", handler=f"u{world.units['water']}").location))
    assert "已派给青溪镇水利站，2026年11月24日 10:00 前签收。" in told
    assert "桥边的路塌了" in body(station.get("/cases/"))
    send(station, case_id, "sign")
    send(station, case_id, "submit-result", note="已经修好了。")
    send(liaison, case_id, "record-answer", answer="solved", rating="satisfied", note="很快")
    page = send(head, case_id, "verify")
    assert "已核查办结。" in body(head.get(page.location))
    words = body(head.get(f"/cases/{case_id}"))
    for step in ("登记", "已受理", "派给青溪镇水利站", "已签收", "提交结果", "记录答复", "核查办结"):
        assert step in words
    assert "满意" in words
    assert case_in(app, case_id).state == "closed"


# -- the list


def test_the_list_is_empty_with_a_way_on(world: World, client_as: As) -> None:
    assert "没有等您办的事" in body(client_as(Role.LIAISON).get("/cases/"))
    assert "没有符合条件的事件" in body(client_as(Role.LIAISON).get("/cases/?tab=all&q=没有"))
    assert "没有待分类的事件" in body(client_as(Role.DISPATCHER).get("/cases/?tab=tray"))


def test_a_search_goes_beyond_what_waits_for_me(world: World, client_as: As, made: Callable[..., int]) -> None:
    made(lambda find: collected(world, find(Role.LIAISON)))
    liaison = client_as(Role.LIAISON)
    assert "桥边的路塌了一块" not in body(liaison.get("/cases/")), "it waits for the village head"
    assert "桥边的路塌了一块" in body(liaison.get("/cases/?q=桥边"))
    stays = liaison.get("/cases/?tab=mine&q=桥边")
    assert "桥边的路塌了一块" not in body(stays), "who chose a part stays in it"
    assert "tab=all&amp;q=" in stays.text, "and finds the way to all of them"


def test_the_list_masks_names_and_says_what_is_restricted(
    world: World, client_as: As, made: Callable[..., int]
) -> None:
    made(lambda find: collected(world, find(Role.LIAISON)))
    made(lambda find: collected(world, find(Role.LIAISON), code=COMPLAINT, title="反映一件事"))
    words = body(client_as(Role.DISPATCHER).get("/cases/?tab=all"))
    assert "大三" not in words
    assert re.search(r"[赵钱孙李]\*[一二三四]户", words)
    assert "反映一件事" in words
    assert "限定可见" in words
    assert "反映一件事" not in body(client_as(Role.VILLAGE_HEAD).get("/cases/?tab=all"))


def test_filters_stand_in_the_link_and_nonsense_does_no_harm(
    world: World, client_as: As, made: Callable[..., int]
) -> None:
    made(lambda find: collected(world, find(Role.LIAISON)))
    head = client_as(Role.VILLAGE_HEAD)
    page = head.get("/cases/?tab=all&light=green&major=05&state=registered")
    assert "桥边的路塌了一块" in body(page)
    assert 'aria-current="true"' in page.text
    strange = "/cases/?tab=x&light=y&major=z&state=q&village=%27&after=%00"
    assert "桥边的路塌了一块" in body(head.get(strange))


def test_more_leads_to_the_rest(world: World, client_as: As, made: Callable[..., int]) -> None:
    for _ in range(26):
        made(lambda find: collected(world, find(Role.VILLAGE_HEAD)))
    head = client_as(Role.VILLAGE_HEAD)
    first = head.get("/cases/?tab=village").text
    link = re.search(r'href="([^"]+)" rel="next"', first)
    assert link
    rest = head.get(link.group(1).replace("&amp;", "&")).text
    assert (first.count("data-row-link"), rest.count("data-row-link")) == (25, 1)
    assert 'rel="next"' not in rest


@pytest.mark.parametrize(
    ("role", "most"),
    [(Role.DISPATCHER, 6), (Role.VILLAGE_HEAD, 7), (Role.LIAISON, 8)],  # what a village has opened; a circle
)
def test_the_list_page_costs_a_constant_number_of_statements(
    app: Flask, world: World, client_as: As, made: Callable[..., int], role: Role, most: int
) -> None:
    client, sizes = client_as(role), []
    for _ in range(2):
        for _ in range(10):
            made(lambda find: collected(world, find(Role.LIAISON)))
        sizes.append(len(statements(app, lambda: client.get("/cases/?tab=village"))))
    assert sizes[0] == sizes[1]
    assert sizes[1] <= most


def test_the_case_page_costs_a_constant_number_of_statements(
    app: Flask, world: World, client_as: As, made: Callable[..., int]
) -> None:
    client = client_as(Role.VILLAGE_HEAD)
    short = made(lambda find: handled(world, find))

    def talkative(find: Callable[[Role], Viewer]) -> Case:
        case = handled(world, find)
        for n in range(10):
            do(service.comment, case, find(Role.LIAISON), note=f"第{n}句")
        return case

    long = made(talkative)
    sizes = [len(statements(app, lambda case=case: client.get(f"/cases/{case}"))) for case in (short, long)]
    assert sizes[0] == sizes[1]
    assert sizes[0] <= 10


# -- one case


def test_reporter_is_masked_for_who_may_not_know(
    app: Flask, world: World, client_as: As, made: Callable[..., int]
) -> None:
    case_id = made(
        lambda find: collected(world, find(Role.LIAISON), reporter_name="钱小明", reporter_phone="13812341234")
    )
    home_address = str(case_in(app, case_id).address)
    known = body(client_as(Role.VILLAGE_HEAD).get(f"/cases/{case_id}"))
    assert "钱小明" in known
    assert "13812341234" in known
    assert home_address in known
    for role in (Role.VILLAGE_SUPERVISOR, Role.DEPUTY, Role.TOWN_MANAGER):
        masked = client_as(role).get(f"/cases/{case_id}").text
        assert "钱小明" not in masked
        assert "13812341234" not in masked
        assert "钱*明" in masked
        assert "138****1234" in masked
        assert home_address not in masked


def test_foreign_missing_and_signed_out(world: World, app: Flask, client_as: As, made: Callable[..., int]) -> None:
    case_id = made(lambda find: collected(world, find(Role.DISPATCHER), home=world.homes["village_b"][0]))
    head = client_as(Role.VILLAGE_HEAD)
    assert head.get(f"/cases/{case_id}").status_code == head.get("/cases/99999").status_code == 404
    assert send(head, case_id, "accept", case_class="0503", urgency="3").status_code == 404
    assert "/sign-in" in app.test_client().get(f"/cases/{case_id}").location


def test_a_move_of_others_is_forbidden_by_role_and_refused_in_words_by_address(
    world: World, client_as: As, made: Callable[..., int], app: Flask
) -> None:
    def sent(find: Callable[[Role], Viewer]) -> Case:
        case = collected(world, find(Role.LIAISON))
        do(service.accept, case, find(Role.VILLAGE_HEAD))
        do(service.dispatch, case, find(Role.VILLAGE_HEAD), unit=water(world))
        return case

    case_id = made(sent)
    assert send(client_as(Role.LIAISON), case_id, "dispatch", handler="u1").status_code == 403
    page = send(client_as(Role.LIAISON), case_id, "sign")
    assert "只有接到派单的岗位或单位才能签收" in body(page)
    assert case_in(app, case_id).state == "dispatched"


def test_a_refused_move_stays_open_with_what_was_typed(
    world: World, client_as: As, made: Callable[..., int], app: Flask
) -> None:
    case_id = made(lambda find: handled(world, find))
    page = send(client_as(Role.LIAISON), case_id, "record-answer", note="话说到一半")
    assert "请选群众的答复" in body(page)
    assert "话说到一半" in page.text
    assert re.search(r'<details class="move[^>]* open', page.text)
    assert case_in(app, case_id).answer is None


def test_a_second_press_says_that_it_is_done(world: World, client_as: As, made: Callable[..., int]) -> None:
    case_id = made(lambda find: collected(world, find(Role.LIAISON)))
    head = client_as(Role.VILLAGE_HEAD)
    send(head, case_id, "accept", case_class="0503", urgency="3")
    assert "已受理的事件不能受理" in body(send(head, case_id, "accept", case_class="0503", urgency="3"))


def test_the_deadline_explains_itself(
    world: World, client_as: As, made: Callable[..., int], at: Callable[[str], None]
) -> None:
    case_id = made(lambda find: collected(world, find(Role.LIAISON)))
    words = body(client_as(Role.LIAISON).get(f"/cases/{case_id}"))
    assert "还剩 10 个工作日" in words
    assert "2026年12月7日 10:00 前办结" in words
    assert "这类事的时限：10 个工作日" in words
    assert "不计休息日：2026年11月28日、2026年11月29日、2026年12月5日、2026年12月6日" in words
    at("2026-12-08T11:00:00+08:00")
    assert "超期 1 个工作日" in body(client_as(Role.LIAISON).get(f"/cases/{case_id}"))


def test_the_one_big_button_is_the_next_move(world: World, client_as: As, made: Callable[..., int]) -> None:
    case_id = made(lambda find: collected(world, find(Role.LIAISON)))
    page = client_as(Role.VILLAGE_HEAD).get(f"/cases/{case_id}").text
    assert page.count("move primary") == 1
    assert re.search(r'move primary".*?<summary[^>]*>受理', page, re.S)
    assert "move primary" not in client_as(Role.VILLAGE_SUPERVISOR).get(f"/cases/{case_id}").text


def test_dispatch_offers_the_named_unit_first_and_no_desk(
    world: World, client_as: As, made: Callable[..., int]
) -> None:
    def accepted(find: Callable[[Role], Viewer]) -> Case:
        case = collected(world, find(Role.LIAISON), code="0505")  # irrigation: the water station
        do(service.accept, case, find(Role.VILLAGE_HEAD))
        return case

    page = client_as(Role.VILLAGE_HEAD).get(f"/cases/{made(accepted)}").text
    assert re.search(r'class="choice suggested">(?:(?!</li>).)*青溪镇水利站', page, re.S)
    assert "目录写明由它办理" in page
    assert "总网格长 · 测试总网格长" in page
    assert "综治中心</option>" not in page


# -- tray and second checks


def test_the_tray_is_sorted_from_the_page(world: World, client_as: As, made: Callable[..., int], app: Flask) -> None:
    def taken_over(find: Callable[[Role], Viewer]) -> Case:

        row = service.HistoryRow("7", "老街路灯不亮", "原文", datetime(2020, 1, 1, tzinfo=UTC))
        with transaction():
            service.import_history(
                actor=find(Role.TOWN_MANAGER), town=db.session.get_one(Grid, world.grids["town"]), village=None,
                source_system="市长信箱", rows=[row], now=clock.now(),
            )  # fmt: skip
        return db.session.scalars(select(Case)).one()

    case_id, desk = made(taken_over), client_as(Role.DISPATCHER)
    assert "老街路灯不亮" in body(desk.get("/cases/?tab=tray"))
    assert "老街路灯不亮" not in body(desk.get("/cases/?tab=village"))
    words = body(desk.get(f"/cases/{case_id}"))
    assert "尚未计时" in words
    assert "市长信箱 7" in words
    page = send(desk, case_id, "sort", case_class="0504", urgency="3", grid=str(world.grids["village_a"]))
    assert page.status_code == 302, body(page)
    assert "老街路灯不亮" in body(client_as(Role.VILLAGE_HEAD).get("/cases/"))


def test_a_second_check_from_the_page(world: World, client_as: As, made: Callable[..., int], app: Flask) -> None:
    case_id = made(lambda find: solved(world, find(Role.LIAISON), percent=100))
    leader = client_as(Role.SECTION_LEADER)
    assert "路口堆了垃圾" in body(leader.get("/cases/?tab=check"))
    send(leader, case_id, "second-check", passed="1")
    assert case_in(app, case_id).second_check == "passed"
    assert "复核通过" in body(leader.get(f"/cases/{case_id}"))


def test_giving_back_leads_to_the_list(world: World, client_as: As, made: Callable[..., int]) -> None:
    def sent(find: Callable[[Role], Viewer]) -> Case:
        case = collected(world, find(Role.LIAISON))
        do(service.accept, case, find(Role.VILLAGE_HEAD))
        do(service.dispatch, case, find(Role.VILLAGE_HEAD), unit=water(world))
        return case

    station = client_as(Role.DEPT)
    page = send(station, made(sent), "give-back", return_reason="not_our_duty")
    assert page.location == "/cases/"
    assert "已退单" in body(station.get(page.location))


def test_texts_of_villagers_are_never_markup(world: World, client_as: As, made: Callable[..., int]) -> None:
    nasty = "<script>alert(1)</script>"
    case_id = made(lambda find: collected(world, find(Role.LIAISON), title=nasty, text=nasty, reporter_name=nasty))
    head = client_as(Role.VILLAGE_HEAD)
    for page in (head.get("/cases/?tab=all"), head.get(f"/cases/{case_id}")):
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;" in page.text


# -- requests, co-handlers and the ladder on the page


def test_a_request_stands_on_the_page_until_it_is_answered(
    app: Flask, world: World, client_as: As, made: Callable[..., int]
) -> None:
    def signed(find: Callable[[Role], Viewer]) -> Case:
        case = collected(world, find(Role.LIAISON))
        do(service.accept, case, find(Role.VILLAGE_HEAD))
        do(service.dispatch, case, find(Role.VILLAGE_HEAD), unit=water(world))
        do(service.sign, case, find(Role.DEPT))
        return case

    case_id, station, desk = made(signed), client_as(Role.DEPT), client_as(Role.DISPATCHER)
    asked = {"extension_reason": "funding", "amount": "2", "note": "等材料。"}
    assert send(station, case_id, "ask-extension", **{**asked, "amount": "99"}).status_code == 200
    page = body(station.get(send(station, case_id, "ask-extension", **asked).location))
    assert "已申请延期，准予以前仍按原期限计时。" in page
    words = body(desk.get(f"/cases/{case_id}"))
    assert "待答复的申请" in words
    assert "2 个工作日" in words
    assert send(client_as(Role.LIAISON), case_id, "grant-extension").status_code == 403
    words = body(desk.get(send(desk, case_id, "grant-extension").location))
    assert "已延期，新的期限是 2026年12月9日 10:00。" in words
    assert "准予延期：2 个工作日" in words
    assert "待答复的申请" not in words


def test_a_whistle_is_blown_from_the_page_and_the_called_unit_reports_in(
    app: Flask, world: World, client_as: As, made: Callable[..., int]
) -> None:
    def accepted(find: Callable[[Role], Viewer]) -> Case:
        case = collected(world, find(Role.LIAISON))
        do(service.accept, case, find(Role.VILLAGE_HEAD))
        return case

    case_id, head, station = made(accepted), client_as(Role.VILLAGE_HEAD), client_as(Role.DEPT)
    assert station.get(f"/cases/{case_id}").status_code == 404
    refused = send(head, case_id, "escalate", note="村里解决不了。")
    assert "请选一种情形" in body(refused)
    blown = send(
        head, case_id, "escalate", note="村里解决不了。", whistle_kind="emergency", units=str(world.units["water"])
    )
    words = body(head.get(blown.location))
    assert "已提到镇级，请那里在" in words
    assert "青溪镇水利站：请在 2026年11月23日 10:30 前报到" in words
    words = body(station.get(send(station, case_id, "report-in").location))
    assert "2026年11月23日 10:00 报到" in words
    desk = body(client_as(Role.DISPATCHER).get("/cases/"))
    assert "桥边的路塌了一块" in desk
