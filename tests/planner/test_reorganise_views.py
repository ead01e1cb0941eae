"""The pages of a change: read first, confirm then; each with what is refused and to whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.households import service as households
from gridcase.households.models import Household
from gridcase.people.models import Person
from gridcase.people.rules import Role
from gridcase.planner.models import HandoverSheet, Reorganisation
from tests.factories.pages import body
from tests.factories.world import MAKER, World
from tests.planner import ground
from tests.planner.village import Village, settle_in

ClientAs = Callable[[Role | str], FlaskClient]
TODAY = "2026-11-23"


@pytest.fixture
def village(app: Flask, world: World) -> Village:
    """Village A with three circles."""
    with app.app_context():
        made = settle_in(world)
        db.session.expunge_all()
        db.session.remove()
    return made


def answer(client: FlaskClient, path: str, **values: Any) -> Any:
    return client.post(path, data={"on": TODAY, "reason": "居住调整", **values})


def confirmed(client: FlaskClient, path: str, **values: Any) -> Any:
    """Read the preview, then confirm what it showed."""
    shown = answer(client, path, step="preview", **values)
    assert "会改变什么" in shown.text, body(shown)
    seen = re.search(r'name="seen" value="(\w+)"', shown.text)
    assert seen is not None
    return answer(client, path, step="confirm", seen=seen.group(1), **values)


def stored(app: Flask, model: Any) -> list[Any]:
    with app.app_context():
        rows = list(db.session.scalars(select(model).order_by(model.id)))
        db.session.expunge_all()
        db.session.remove()
    return rows


def test_a_head_moves_homes(app: Flask, client_as: ClientAs, world: World, village: Village) -> None:
    head, cell = client_as(Role.VILLAGE_HEAD), world.grids["village_a_cell_1"]
    home, target = world.homes["village_a"][0], world.grids["village_a_cell_4"]
    page = head.get("/planner/reorganise/")
    assert "上河村网格调整" in body(page)
    assert "户数偏少" in body(page), "outside the limits is said in words"
    path = f"/planner/reorganise/cell/{cell}/move"
    assert "*" in body(head.get(path)), "names are masked"
    preview = answer(head, path, step="preview", homes=[home], target=target)
    assert "第4网格 4 5" in re.sub(r"\s+", " ", body(preview))
    assert stored(app, Reorganisation) == [], "nothing is written before it is confirmed"
    done = confirmed(head, path, homes=[home], target=target)
    assert done.status_code == 302
    assert "已生效" in body(head.get(done.location))
    with app.app_context():
        assert db.session.get_one(Household, home).grid_id == target
        db.session.remove()


def test_what_is_missing_is_said_beside_it(client_as: ClientAs, world: World, village: Village) -> None:
    head, path = client_as(Role.VILLAGE_HEAD), f"/planner/reorganise/cell/{world.grids['village_a_cell_1']}/move"
    assert "请勾选要调整的住户" in body(answer(head, path, step="preview", target=world.grids["village_a_cell_2"]))
    assert "请写明为什么调整" in body(answer(head, path, step="preview", homes=[1], reason=""))
    unseen = answer(
        head,
        path,
        step="confirm",
        seen="0",
        homes=[world.homes["village_a"][0]],
        target=world.grids["village_a_cell_2"],
    )
    assert "别人已经改过" in body(unseen)


def test_who_does_not_confirm_may_look(app: Flask, client_as: ClientAs, world: World, village: Village) -> None:
    worker, path = client_as(Role.FULLTIME_GRID), f"/planner/reorganise/post/{village.liaisons[1]}/replace"
    person = village.persons[village.leaders[3]]
    shown = answer(worker, path, step="preview", person=person, way="same")
    assert "确认要由总网格长来做" in body(shown)
    assert "确认调整" not in shown.text
    assert answer(worker, path, step="confirm", person=person, way="same", seen="x").status_code == 403
    assert stored(app, Reorganisation) == []
    assert client_as(Role.LIAISON).get("/planner/reorganise/").status_code == 403
    assert client_as(Role.VILLAGE_HEAD).get("/planner/reorganise/?village=987654").status_code == 404


def test_a_cell_is_split_by_the_suggestion(app: Flask, client_as: ClientAs, world: World, village: Village) -> None:
    head, path = (
        client_as(Role.VILLAGE_HEAD),
        f"/planner/reorganise/cell/{world.grids['village_a_cell_3']}/split?parts=2",
    )
    page = head.get(path)
    chosen = dict(re.findall(r'name="(home_\d+)">.*?value="(\d)" selected', page.text, re.S))
    assert sorted(chosen.values()) == ["0", "0", "1", "1"], "halves by where the homes lie"
    assert "名称不能和本村别的网格相同" in body(
        answer(head, path, step="preview", name_1="第1网格", leader_1="", **chosen)
    )
    done = confirmed(head, path, name_1="第5网格", leader_1="", **chosen)
    assert done.status_code == 302
    assert "第5网格" in body(head.get("/planner/reorganise/"))


def test_cells_are_merged(client_as: ClientAs, world: World, village: Village) -> None:
    head, path = client_as(Role.VILLAGE_HEAD), f"/planner/reorganise/cell/{world.grids['village_a_cell_1']}/merge"
    assert "请勾选要并进来的网格" in body(answer(head, path, step="preview"))
    shown = answer(head, path, step="preview", others=[world.grids["village_a_cell_2"]])
    assert "撤销" in body(shown)
    done = confirmed(head, path, others=[world.grids["village_a_cell_2"]])
    sheet = re.search(r"/planner/handover/\d+", head.get(done.location).text)
    assert sheet is not None
    paper = head.get(sheet.group())
    assert "工作交接单" in paper.text
    assert paper.text.count("上河村第") == 0, "addresses end at the village"


def test_a_person_is_found_by_name(app: Flask, client_as: ClientAs, world: World, village: Village) -> None:
    head, path = client_as(Role.VILLAGE_HEAD), f"/planner/reorganise/post/{village.liaisons[1]}/replace"
    people = {"赵大四": "没有登记", "周小一": "同名的人"}
    for name, words in people.items():
        found = body(answer(head, path, step="preview", way="same", person="", name=name))
        assert words in found or name == "赵大四"
    with app.app_context():
        person = db.session.scalars(select(Person).where(Person.name == "测试网格长")).one()
        db.session.remove()
    done = confirmed(head, path, way="same", person="", name="测试网格长")
    assert "测试网格长" in body(head.get(done.location))
    assert stored(app, HandoverSheet)[0].to_person_id == person.id


def test_two_candidates_of_one_name_can_be_told_apart(
    app: Flask, client_as: ClientAs, world: World, village: Village
) -> None:
    """A nominated villager's name is masked; the year of birth and the home stand beside it."""
    with app.app_context():
        homes = [db.session.get_one(Household, key) for key in world.homes["circle"][:2]]
        codes, heads = [home.code for home in homes], [ground.head_of(home.id) for home in homes]
        with transaction():
            households.nominate(homes[0], actor=MAKER, person_ids=heads, now=clock.now())
        db.session.remove()
    page = client_as(Role.VILLAGE_HEAD).get(f"/planner/reorganise/post/{village.liaisons[0]}/replace").text
    assert all(f" · 1970 年生 · {code} · 1 户提名" in page for code in codes)


def test_a_planned_change_can_be_given_up(client_as: ClientAs, world: World, village: Village) -> None:
    head, path = client_as(Role.VILLAGE_HEAD), f"/planner/reorganise/post/{village.liaisons[0]}/dissolve"
    homes = {f"home_{home}": village.liaisons[1] for home in world.homes["circle"]}
    done = confirmed(head, path, successor=village.liaisons[1], **homes, on="2026-12-01")
    page = head.get(done.location)
    assert "待生效" in body(page)
    left = head.post(f"{done.location}/withdraw", follow_redirects=True)
    assert "已取消" in body(left)
    again = head.post(f"{done.location}/withdraw", follow_redirects=True)
    assert "不能取消" in again.text


def test_a_stand_in_needs_a_last_day(client_as: ClientAs, world: World, village: Village) -> None:
    head, path = client_as(Role.VILLAGE_HEAD), f"/planner/reorganise/post/{village.liaisons[1]}/stand-in"
    person = village.persons[village.leaders[3]]
    assert "不能早于开始那天" in body(answer(head, path, step="preview", person=person, until="2026-11-22"))
    done = confirmed(head, path, person=person, until="2026-11-30")
    assert "(代)" in body(head.get("/planner/reorganise/"))
    assert done.status_code == 302


def test_both_sides_read_their_list_and_nobody_else(
    app: Flask, client_as: ClientAs, world: World, village: Village
) -> None:
    head, path = client_as(Role.VILLAGE_HEAD), f"/planner/reorganise/post/{village.liaisons[0]}/dissolve"
    homes = {f"home_{home}": village.liaisons[1] for home in world.homes["circle"]}
    confirmed(head, path, successor=village.liaisons[1], **homes)
    sheet = stored(app, HandoverSheet)[0].id
    taker = client_as("liaison_2")
    assert "您接手 6 户" in body(taker.get("/inbox/"))
    assert "住户 6 户" in taker.get(f"/planner/handover/{sheet}").text
    assert client_as("liaison_3").get(f"/planner/handover/{sheet}").status_code == 404
    assert client_as(Role.DEPT).get(f"/planner/handover/{sheet}").status_code == 403
