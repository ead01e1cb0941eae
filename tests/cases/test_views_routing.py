"""Pages of routing: suggestions with reasons, the duty list, views kept, the way back and on to the next."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.cases import service
from gridcase.cases.models import Case, CaseStep, DutyItem, SavedView
from gridcase.cases.rules import DutyKind
from gridcase.cases.service import Entry
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.core.sheets import read_table
from gridcase.grid.models import Grid
from gridcase.people.rules import Role
from tests.cases.test_routing import IRRIGATION, accepted, finder
from tests.factories.cases import collected, do, water
from tests.factories.pages import body
from tests.factories.world import World

As = Callable[[Role], FlaskClient]
Find = Callable[[Role], Viewer]
MINE = quote("tab=mine")


def made(app: Flask, world: World, make: Callable[[Find], Case], times: int = 1) -> list[int]:
    with app.app_context():
        ids = [make(finder(world)).id for _ in range(times)]
        db.session.remove()
    return ids


def taken_back(app: Flask, world: World) -> None:
    """The duty list takes irrigation from town and village."""
    with app.app_context(), transaction():
        service.keep_duty(
            db.session.get_one(Grid, world.grids["town"]),
            Entry("取水执法", DutyKind.UPPER, IRRIGATION, lead="试点县水利局"),
            actor=finder(world)(Role.TOWN_MANAGER), now=clock.now(),
        )  # fmt: skip


def last_step(app: Flask, case_id: int) -> CaseStep:
    with app.app_context():
        found = db.session.scalars(
            select(CaseStep).where(CaseStep.case_id == case_id).order_by(CaseStep.seq.desc())
        ).first()
        assert found is not None
        db.session.expunge(found)
        db.session.remove()
    return found


# -- dispatching


def test_a_suggestion_is_picked_or_one_of_all_but_not_two(app: Flask, world: World, client_as: As) -> None:
    (case_id,) = made(app, world, lambda find: accepted(world, find))
    head, url, key = client_as(Role.VILLAGE_HEAD), f"/cases/{case_id}/dispatch", f"u{world.units['water']}"
    page = body(head.get(f"/cases/{case_id}"))
    assert "建议派给" in page
    assert "目录写明由它办理；目录定为镇级办理；手上没有在办的事" in page
    assert "请选一个办理岗位或单位。" in body(head.post(url, data={"dispatch-note": "请去看看"}))
    both = {"dispatch-pick": key, "dispatch-handler": f"u{world.units['justice']}"}
    assert "请只留一个" in body(head.post(url, data=both))
    assert head.post(url, data={"dispatch-pick": "u999999"}).status_code == 200
    assert head.post(url, data={"dispatch-pick": key}).status_code == 302
    assert last_step(app, case_id).detail["to"] == "青溪镇水利站"


def test_a_class_taken_back_warns_proposes_the_whistle_and_keeps_the_reason(
    app: Flask, world: World, client_as: As
) -> None:
    taken_back(app, world)
    (case_id,) = made(app, world, lambda find: accepted(world, find))
    desk, key = client_as(Role.DISPATCHER), f"u{world.units['water']}"
    page = desk.get(f"/cases/{case_id}?list={MINE}")
    assert "取水执法：职责清单列为上级部门收回，由试点县水利局办理" in body(page)
    whistle = re.search(r'href="(/cases/\d+/escalate[^"]*)"', page.text)
    assert whistle
    assert re.search(r"<details[^>]*open[^>]*>\s*<summary[^>]*>提级", desk.get(whistle.group(1)).text)
    refused = desk.post(f"/cases/{case_id}/dispatch", data={"dispatch-handler": key})
    assert "或写明仍要派的理由" in body(refused)
    assert last_step(app, case_id).move == "accept"
    desk.post(f"/cases/{case_id}/dispatch", data={"dispatch-handler": key, "dispatch-anyway": "先到场稳住"})
    assert "仍派的理由：先到场稳住" in body(desk.get(f"/cases/{case_id}"))


def test_sent_in_bulk_a_class_taken_back_is_left_with_its_reason(app: Flask, world: World, client_as: As) -> None:
    taken_back(app, world)
    (case_id,) = made(app, world, lambda find: accepted(world, find))
    data = {"move": "dispatch", "ids": [str(case_id)], "sure": "1", "bulk-handler": str(world.units["water"])}
    assert "职责清单把这类事列为上级部门收回" in body(client_as(Role.DISPATCHER).post("/cases/bulk", data=data))


def test_accepting_names_the_classes_the_words_sound_like(app: Flask, world: World, client_as: As) -> None:
    words = {"title": "村口路灯不亮", "text": "路灯坏了一个月，晚上看不见路。"}
    (case_id,) = made(app, world, lambda find: collected(world, find(Role.LIAISON), **words))
    page = client_as(Role.VILLAGE_HEAD).get(f"/cases/{case_id}").text
    group = re.search(r'<optgroup label="听起来像">(.*?)</optgroup>', page, re.S)
    assert group
    assert re.search(r'value="0504">0504 .*因为说到：.*路灯', group.group(1))
    assert page.count('value="0504"') == 1
    assert '<option selected value="0503">' in page, "what was registered stays chosen"


# -- the household of a case


def test_the_household_is_a_link_for_who_may_open_it(app: Flask, world: World, client_as: As) -> None:
    home = world.homes["circle"][0]
    (case_id,) = made(app, world, lambda find: accepted(world, find, home=home))
    link = f'href="/households/{home}"'
    head = client_as(Role.VILLAGE_HEAD).get(f"/cases/{case_id}").text
    assert link in head
    with app.app_context():
        find = finder(world)
        do(service.dispatch, db.session.get_one(Case, case_id), find(Role.VILLAGE_HEAD), unit=water(world))
        db.session.remove()
    assert link not in client_as(Role.DEPT).get(f"/cases/{case_id}").text
    (hidden,) = made(app, world, lambda find: collected(world, find(Role.LIAISON), home=home, anonymous=True))
    assert link not in client_as(Role.VILLAGE_HEAD).get(f"/cases/{hidden}").text


# -- back to the list, and on


def test_the_filter_survives_a_case_and_its_moves(app: Flask, world: World, client_as: As) -> None:
    made(app, world, lambda find: collected(world, find(Role.LIAISON)))
    head = client_as(Role.VILLAGE_HEAD)
    listed = head.get("/cases/?tab=village&major=05&state=registered&q=桥边").text
    link = re.search(r'href="(/cases/\d+\?list=[^"]+)" data-row-link', listed)
    assert link
    page = head.get(link.group(1)).text
    back = re.search(r'<nav class="trail".*?href="([^"]+)"', page, re.S)
    assert back
    assert "桥边的路塌了一块" in body(head.get(back.group(1).replace("&amp;", "&")))
    for part in ("tab=village", "major=05", "state=registered", quote("桥边")):
        assert part in back.group(1)
    case_url = link.group(1).split("?")[0]
    mark = re.search(r'name="list" value="([^"]+)"', page)
    assert mark
    moved = head.post(f"{case_url}/accept", data={
        "accept-case_class": "0503", "accept-urgency": "3", "list": mark.group(1).replace("&amp;", "&"),
    })  # fmt: skip
    assert moved.location.startswith(f"{case_url}?list=")
    assert "major%3D05" in moved.location


def test_nonsense_in_the_link_is_no_way_back_elsewhere(app: Flask, world: World, client_as: As) -> None:
    (case_id,) = made(app, world, lambda find: accepted(world, find))
    head = client_as(Role.VILLAGE_HEAD)
    for strange in (
        "https://evil.example",
        "tab=x&village=%27&done=-5&_external=1&_scheme=javascript",
        "done=99999999",
    ):
        page = head.get(f"/cases/{case_id}?list={quote(strange)}")
        assert page.status_code == 200
        main = page.text[page.text.index("<main") : page.text.index("</main>")]
        assert "evil.example" not in main
        assert "javascript" not in main


def test_after_dispatching_comes_the_next_with_its_place(app: Flask, world: World, client_as: As) -> None:
    ids = made(app, world, lambda find: accepted(world, find), 3)
    head, sent = client_as(Role.VILLAGE_HEAD), {"dispatch-pick": f"u{world.units['water']}", "list": "tab=mine"}
    assert "待我办 1/3" in body(head.get(f"/cases/{ids[0]}?list={MINE}"))
    answer = head.post(f"/cases/{ids[0]}/dispatch", data=sent)
    assert answer.location.startswith(f"/cases/{ids[1]}?list=")
    page = body(head.get(answer.location))
    assert "已派给青溪镇水利站" in page
    assert "待我办 2/3" in page
    after = head.get(answer.location).text
    assert re.search(rf'href="/cases/{ids[2]}\?list=[^"]*" data-key="j"', after)
    mark = re.search(r'name="list" value="([^"]+)"', after)
    assert mark
    third = head.post(f"/cases/{ids[1]}/dispatch", data={**sent, "list": mark.group(1).replace("&amp;", "&")}).location
    assert "待我办 3/3" in body(head.get(third))
    last = head.post(f"/cases/{ids[2]}/dispatch", data={**sent, "list": "tab=mine&done=2"})
    assert last.location == "/cases/?tab=mine"
    assert "这一批都办完了。" in body(head.get(last.location))


def test_a_list_that_is_only_looked_at_stays_where_one_is(app: Flask, world: World, client_as: As) -> None:
    ids = made(app, world, lambda find: accepted(world, find), 2)
    sent = {"dispatch-pick": f"u{world.units['water']}", "list": "tab=all"}
    answer = client_as(Role.VILLAGE_HEAD).post(f"/cases/{ids[0]}/dispatch", data=sent)
    assert answer.location.startswith(f"/cases/{ids[0]}?list=")


# -- parts of the list


def test_a_station_has_the_part_of_its_unit_a_village_its_own_words(app: Flask, world: World, client_as: As) -> None:
    def sent(find: Find) -> Case:
        case = accepted(world, find)
        do(service.dispatch, case, find(Role.VILLAGE_HEAD), unit=water(world))
        return case

    made(app, world, sent)
    station = client_as(Role.DEPT)
    assert "桥边的路塌了一块" in body(station.get("/cases/?tab=unit"))
    head = body(client_as(Role.VILLAGE_HEAD).get("/cases/?tab=unit"))
    assert "本单位" not in head
    assert "本村在办" in head
    assert "本镇在办" in body(client_as(Role.DISPATCHER).get("/cases/"))
    assert "在办" in body(client_as(Role.LIAISON).get("/cases/"))


# -- views kept


def test_a_view_is_kept_shown_with_its_count_renamed_opened_with_and_dropped(
    app: Flask, world: World, client_as: As
) -> None:
    made(app, world, lambda find: collected(world, find(Role.LIAISON)), 2)
    head = client_as(Role.VILLAGE_HEAD)
    listed = head.get("/cases/?tab=village&major=05")
    link = re.search(r'href="(/cases/views\?list=[^"]+)"', listed.text)
    assert link
    assert "请给视图起个名字。" in body(head.post(link.group(1), data={"name": " "}))
    kept = head.post(link.group(1), data={"name": "基础设施"})
    assert "已存为视图“基础设施”。" in body(head.get(kept.location))
    page = head.get(kept.location).text
    assert re.search(r'class="chip"[^>]*aria-current="true">.*?基础设施 <span class="number">2</span>', page, re.S)
    assert "已有同名的视图" in body(head.post(link.group(1), data={"name": "基础设施"}))
    with app.app_context():
        view_id = db.session.scalars(select(SavedView.id)).one()
        db.session.remove()
    head.post(f"/cases/views/{view_id}/name", data={"name": "修路修桥"})
    head.post(f"/cases/views/{view_id}/open")
    assert "修路修桥 打开时先看" in body(head.get("/cases/views"))
    assert head.get("/cases/").location == kept.location
    assert head.get("/cases/?tab=mine").status_code == 200
    other = client_as(Role.DISPATCHER)
    assert "修路修桥" not in body(other.get("/cases/views"))
    assert other.post(f"/cases/views/{view_id}/drop").status_code == 404
    head.post(f"/cases/views/{view_id}/drop")
    assert "还没有存过视图" in body(head.get("/cases/views"))
    assert head.get("/cases/").status_code == 200


def test_twenty_views_are_enough(app: Flask, world: World, client_as: As) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    for n in range(20):
        assert head.post(f"/cases/views?list={MINE}", data={"name": f"视图{n}"}).status_code == 302
    assert "最多存 20 个视图" in body(head.post(f"/cases/views?list={MINE}", data={"name": "再一个"}))


# -- the duty list


def test_the_manager_keeps_the_list_and_others_read_it(app: Flask, world: World, client_as: As) -> None:
    manager, station = client_as(Role.TOWN_MANAGER), client_as(Role.DEPT)
    assert "清单还是空的" in body(manager.get("/cases/duties"))
    assert "请填事项名称。" in body(manager.post("/cases/duties/new", data={"kind": "basic"}))
    data = {
        "item": "清沟排水",
        "kind": "basic",
        "case_class": IRRIGATION,
        "unit": str(world.units["water"]),
        "lead": "",
    }
    made_it = manager.post("/cases/duties/new", data=data)
    assert "已保存“清沟排水”。" in body(manager.get(made_it.location))
    words = body(station.get("/cases/duties"))
    assert "清沟排水 基本履职 0505" in words
    assert "增加事项" not in words
    with app.app_context():
        duty_id = db.session.scalars(select(DutyItem.id)).one()
        db.session.remove()
    assert station.post(f"/cases/duties/{duty_id}/remove").status_code == 403
    assert 'value="清沟排水"' in manager.get(f"/cases/duties/{duty_id}").text
    manager.post(f"/cases/duties/{duty_id}", data={**data, "kind": "cooperate", "lead": "县水利局"})
    assert "县水利局" in body(station.get("/cases/duties?kind=cooperate"))
    assert "没有符合条件的事项" in body(station.get("/cases/duties?kind=upper"))
    manager.post(f"/cases/duties/{duty_id}/remove")
    assert "清单还是空的" in body(manager.get("/cases/duties"))
    assert manager.get(f"/cases/duties?town={world.grids['other_town']}").status_code == 404


def test_what_is_exported_can_be_handed_in_again(app: Flask, world: World, client_as: As) -> None:
    taken_back(app, world)
    manager = client_as(Role.TOWN_MANAGER)
    exported = manager.get("/cases/duties.xlsx").data
    assert [row.cells["事项"] for row in read_table(exported).rows] == ["取水执法"]
    answer = manager.post("/cases/duties/file", data={"file": (io.BytesIO(exported), "清单.xlsx")})
    assert "新增 0 项，更改 0 项，不变 1 项，删除 0 项" in body(manager.get(answer.location))
    wrong = "事项,清单类别\n甲,随便\n".encode()
    page = body(manager.post("/cases/duties/file", data={"file": (io.BytesIO(wrong), "清单.csv")}))
    assert "第 2 行「清单类别」列" in page
    assert "取水执法" in page


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.AUDITOR])
def test_who_does_not_work_here_reads_no_list(client_as: As, world: World, role: Role) -> None:
    assert client_as(role).get("/cases/duties").status_code == 403
