"""The pages of the registers: what is shown, refused and closed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.audit.models import AuditRow
from gridcase.core.db import db
from gridcase.people.models import Person, Post
from gridcase.people.rules import Role
from tests.factories.world import World

ClientAs = Callable[[Role | str], FlaskClient]


@pytest.fixture
def head(client_as: ClientAs) -> FlaskClient:
    return client_as(Role.VILLAGE_HEAD)


def one(app: Flask, query: object) -> int:
    with app.app_context():
        found: int = db.session.scalars(query).one()  # type: ignore[call-overload]
        db.session.remove()
    return found


def test_setting_up_a_post_and_appointing_a_new_person(app: Flask, head: FlaskClient, world: World) -> None:
    village = world.grids["village_a"]
    assert "在哪里设立" in head.get("/people/posts/new").text
    assert "在哪里设立" in head.get(f"/people/posts/new?at={world.grids['village_b']}").text, "not the own village"
    url = f"/people/posts/new?at={village}"
    assert "请填写岗位名称" in head.post(url, data={}).text
    data = {
        "role": "parttime_grid", "place": world.grids["village_a_cell_2"], "title": "第2网格兼职网格员",
        "start": "2026-11-23", "section": world.sections["section_2"], "unit": "",
    }  # fmt: skip
    answer = head.post(url, data=data, follow_redirects=True)
    assert "已设立岗位“第2网格兼职网格员”" in answer.text
    assert "第2片" in answer.text
    post = one(app, select(Post.id).where(Post.title == "第2网格兼职网格员"))
    url = f"/people/posts/{post}/appoint"
    assert "任职的日期" not in head.get(url).text, "first the name"
    page = head.get(f"{url}?q=周新人").text
    assert "登记新的一位：周新人" in page
    assert "请选是哪一位" in head.post(f"{url}?q=周新人", data={"start": "2026-11-23"}).text
    answer = head.post(
        f"{url}?q=周新人", data={"person": "new", "phone": "13900002222", "start": "2026-11-23"}, follow_redirects=True
    )
    assert "周新人从2026年11月23日起任" in answer.text
    person = one(app, select(Person.id).where(Person.name == "周新人"))
    assert "139****2222" in head.get(f"{url}?q=周新人").text, "now she is known"
    assert "周新人" in head.get(f"/people/persons/{person}").text


def test_a_stand_in_on_the_page(head: FlaskClient, world: World) -> None:
    url = f"/people/posts/{world.posts[Role.GRID_LEADER]}/stand-in?q=代班的人"
    data = {"person": "new", "start": "2026-11-23", "until": "2026-11-30", "why": "leave"}
    assert "最后一天不能早于第一天" in head.post(url, data={**data, "until": "2026-11-20"}).text
    answer = head.post(url, data=data, follow_redirects=True)
    assert "代班到2026年11月30日" in answer.text
    assert "2026年11月23日 至 2026年11月30日" in answer.text
    post = f"/people/posts/{world.posts[Role.GRID_LEADER]}"
    assert "代班的人" not in head.get(f"{post}?on=2026-12-01&known=2026-11-30").text.split("历任")[0]
    ended = head.post(f"{post}/stand-in/end", data={"start": "2026-11-24"}, follow_redirects=True)
    assert "代班已结束" in ended.text


def test_as_of_a_day_and_as_known(head: FlaskClient, world: World, at: Callable[[str], None]) -> None:
    post = f"/people/posts/{world.posts[Role.GRID_LEADER]}"
    data = {"person": "new", "start": "2026-02-15"}
    assert head.post(f"{post}/appoint?q=吴更正", data=data).status_code == 302

    def holders(query: str) -> str:
        return head.get(f"{post}?{query}").text.split('id="holders"')[1].split("</section>")[0]

    assert "吴更正" in holders("on=2026-03-01")
    assert "测试网格长" in holders("on=2026-03-01&known=2026-11-01"), "what was believed before the correction"
    assert "测试网格长" in holders("on=2026-02-14")
    assert "吴更正" in holders("on=rubbish&known=rubbish")


def test_editing_what_somebody_else_changed(head: FlaskClient, client_as: ClientAs, world: World) -> None:
    url = f"/people/posts/{world.posts[Role.GRID_LEADER]}/edit"
    seen = head.get(url).text.split('name="seen"')[1].split('value="')[1].split('"')[0]
    data = {"title": "第一网格网格长", "seen": seen, "section": "", "unit": ""}
    assert client_as(Role.TOWN_MANAGER).post(url, data=data).status_code == 302
    answer = head.post(url, data={**data, "title": "别的名字"})
    assert "别人已经改过这条记录" in answer.text
    assert "别的名字" in answer.text, "what was typed is not lost"


def test_a_number_is_shown_after_a_reason(app: Flask, head: FlaskClient, world: World, client_as: ClientAs) -> None:
    post = f"/people/posts/{world.posts[Role.GRID_LEADER]}"
    head.post(f"{post}/appoint?q=郑电话", data={"person": "new", "phone": "13900003333", "start": "2026-11-23"})
    person = one(app, select(Person.id).where(Person.name == "郑电话"))
    url = f"/people/persons/{person}"
    assert "139****3333" in head.get(url).text
    assert "13900003333" not in head.post(f"{url}/reveal", data={}).text
    assert "13900003333" in head.post(f"{url}/reveal", data={"reason": "work"}, follow_redirects=True).text
    assert one(app, select(AuditRow.subject_id).where(AuditRow.action == "person.reveal")) == person
    leader = client_as(Role.SECTION_LEADER)
    assert leader.post(f"{url}/reveal", data={"reason": "work"}).status_code == 403
    assert "13900003333" not in head.get("/people/persons").text


def test_organisations_and_seats_on_the_page(head: FlaskClient, world: World, app: Flask) -> None:
    url = f"/people/organisations/new?at={world.grids['village_a']}"
    data = {"kind": "party_branch", "name": "上河村党支部", "parent": "", "start": "2026-01-01"}
    assert "请填写名称" in head.post(url, data={**data, "name": ""}).text
    made = head.post(url, data=data)
    body = made.headers["Location"]
    seat = f"{body}/seats?q=测试总网格长"
    page = head.get(seat).text
    person = page.split('name="person"')[1].split('value="')[1].split('"')[0]
    answer = head.post(
        seat, data={"person": person, "title": "书记", "rank": "1", "start": "2026-01-01"}, follow_redirects=True
    )
    assert "已登记测试总网格长任书记" in answer.text
    assert "书记 测试总网格长" in head.get("/people/organisations").text
    ended = head.post(f"{body}/seats/end", data={"person": person, "start": "2026-11-23"}, follow_redirects=True)
    assert "已登记离任" in ended.text
    assert "历届成员" in ended.text
    assert "从2026年11月23日起撤销" in head.post(
        f"{body}/close", data={"start": "2026-11-23"}, follow_redirects=True
    ).text  # fmt: skip


def test_three_in_one_and_promises_on_the_page(head: FlaskClient, world: World, app: Flask) -> None:
    person = one(app, select(Person.id).where(Person.name == "测试网格长"))
    url = f"/people/persons/{person}"
    for kind in ("group_leader", "grid_worker", "shareholder", "party_member"):
        head.post(f"{url}/tags", data={"kind": kind, "start": "2026-01-01"})
    assert "测试网格长" in head.get("/people/persons?tag=three").text
    head.post(f"{url}/tags/end", data={"kind": "shareholder", "start": "2026-11-23"})
    assert "没有找到" in head.get("/people/persons?tag=three").text
    assert head.post(f"{url}/pledges/new", data={"year": "2026", "words": "修路灯\n看老人"}).status_code == 302
    page = head.get(url).text
    assert "修路灯" in page
    link = page.split(f"{url}/promises?item=")[1].split('"')[0]
    head.post(f"{url}/promises?item={link}", data={"progress": "装好了", "done": "y"})
    head.post(f"{url}/pledges/review?year=2026", data={"review": "kept", "score": "90"})
    page = head.get(url).text
    for words in ("装好了", "已兑现", "全部兑现", "90 分"):
        assert words in page, words
    assert head.get(f"{url}/promises?item=999999").status_code == 302


def test_leaders_without_a_line_are_told(head: FlaskClient, world: World) -> None:
    page = head.get("/people/lines").text
    assert "下面 1 位还没有三线身份" in page
    assert "测试专职网格员" in page
    assert "这个村还没有专职网格员" not in page


def test_registers_are_tabs_of_one_entry(head: FlaskClient, client_as: ClientAs) -> None:
    page = head.get("/people/units").text
    for tab in ("/people/posts", "/liaisons/", "/people/units", "/people/persons"):
        assert f'href="{tab}"' in page, tab
    assert client_as(Role.DEPT).get("/people/posts").status_code == 403
    assert client_as(Role.SECTION_LEADER).get("/people/posts/new").status_code == 403


def test_the_offices_that_watch_over_the_system_are_not_set_up_here(client_as: ClientAs, world: World) -> None:
    page = client_as(Role.COUNTY_MANAGER).get(f"/people/posts/new?at={world.grids['county']}").text
    assert f'value="{Role.DISPATCHER}"' in page
    for office in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR):
        assert f'value="{office}"' not in page
