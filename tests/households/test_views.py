"""The pages of the register and of a family's life: said first, done when confirmed, closed to who does not keep it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Permission, Viewer
from gridcase.dossier import queries as dossier
from gridcase.households import queries, service
from gridcase.households.models import FamilyChange, Household, Member, Nomination
from gridcase.households.rules import LifeKind, Why
from gridcase.notices.models import Notice
from gridcase.people.models import Person
from gridcase.people.rules import Role
from gridcase.users.models import User
from gridcase.visits import queries as visits
from tests.factories.viewers import viewer_from
from tests.factories.world import MAKER, World

ClientAs = Callable[[Role | str], FlaskClient]
TODAY = date(2026, 11, 23)


@contextmanager
def inside(app: Flask) -> Iterator[None]:
    """An application context of its own."""
    with app.app_context():
        yield
        db.session.remove()


@pytest.fixture
def home(world: World) -> int:
    """In the circle of the liaison, on the card of the resident."""
    return world.homes["circle"][0]


def living(app: Flask, home: int) -> list[int]:
    with inside(app):
        return [member.person_id for member in queries.members_of(home, on=TODAY)]


def confirmed(client: FlaskClient, path: str, data: dict[str, object]) -> TestResponse:
    """Read what will happen, then confirm it."""
    shown = client.post(path, data=data)
    assert shown.status_code == 200
    assert "确认以后会这样" in shown.text, re.findall(r"field-error[^>]*>(.*?)</p>|<li>(.*?)</li>", shown.text)
    mark = re.search(r'name="confirmed"[^>]*value="(\w+)"', shown.text)
    assert mark is not None
    return client.post(path, data={**data, "confirmed": mark[1]}, follow_redirects=True)


def test_nothing_happens_before_it_is_confirmed(app: Flask, client_as: ClientAs, home: int) -> None:
    client, before = client_as(Role.VILLAGE_HEAD), living(app, home)
    data = {"on": "2026-11-20", "who": before[0]}
    shown = client.post(f"/households/{home}/death", data=data)
    assert "新户主是周*三" in shown.text
    assert living(app, home) == before
    done = confirmed(client, f"/households/{home}/death", data)
    assert "不再列入这一户" in done.text
    assert living(app, home) == before[1:]
    wrong = client.post(f"/households/{home}/death", data={"on": "2026-12-20", "who": before[1]})
    assert "日期不能晚于今天" in wrong.text
    assert client_as(Role.LIAISON).get(f"/households/{home}/death").status_code == 403


def test_another_entry_is_shown_anew(client_as: ClientAs, app: Flask, home: int) -> None:
    client, path = client_as(Role.VILLAGE_HEAD), f"/households/{home}/birth"
    shown = client.post(path, data={"on": "2026-11-20", "name": "赵小宝", "relation": "child"})
    mark = re.search(r'name="confirmed"[^>]*value="(\w+)"', shown.text)
    assert mark is not None
    again = client.post(path, data={"on": "2026-11-19", "name": "赵小宝", "relation": "child", "confirmed": mark[1]})
    assert "确认以后会这样" in again.text
    assert len(living(app, home)) == 2


def test_a_home_is_added(app: Flask, client_as: ClientAs, world: World) -> None:
    client = client_as(Role.VILLAGE_HEAD)
    data = {
        "place": world.grids["village_a_cell_2"], "on": "2026-11-01", "name": "吴新来", "address": "河边1号",
        "hamlet": "河湾", "floating": "y", "arrived_on": "2026-10-30", "leaving_on": "2027-02-01",
        "name_1": "吴小来", "relation_1": "child",
    }  # fmt: skip
    page = client.post("/households/new", data=data, follow_redirects=True).text
    assert "河湾" in page
    assert "流动" in page
    assert "2027年2月1日" in page
    with inside(app):
        made = db.session.scalars(select(Household).where(Household.head_name == "吴新来")).one()
        assert made.code == "990101100201Z01-002-005"
        assert len(queries.members_of(made.id, on=TODAY)) == 2
        new = made.id
    for link in ("?show=floating", "?hamlet=河湾", "?show=lonely", "?due=today", f"?place={data['place']}"):
        assert f"/households/{new}" in client.get(f"/households/{link}").text, link
    assert f"/households/{new}" not in client.get("/households/?show=ended").text
    assert "已经有同名户主的户" in client.post("/households/new", data=data).text, "sent twice is one home"
    again = client.post("/households/new", data={**data, "name": "", "leaving_on": "2026-01-01"}).text
    assert "请填写姓名" in again
    nowhere = client.post("/households/new", data={**data, "name": "吴后来", "place": "0"})
    assert "请选择小组或网格" in nowhere.text
    assert "请在“网格调整”的“调整住户”里安排" in page
    assert client_as(Role.LIAISON).get("/households/new").status_code == 403


def test_facts_are_edited_by_who_said_why_he_looks(app: Flask, client_as: ClientAs, home: int) -> None:
    client = client_as(Role.VILLAGE_HEAD)
    assert "请先点“显示”" in client.get(f"/households/{home}/edit", follow_redirects=True).text
    client.post(f"/households/{home}/reveal", data={"reason": "check"})
    form = client.get(f"/households/{home}/edit").text
    seen = re.search(r'name="seen"[^>]*value="(\w+)"', form)
    assert seen is not None
    data = {"address": "新屋", "hamlet": "", "phone": "13900000001", "absent": "y", "seen": seen[1]}
    assert "资料已改" in client.post(f"/households/{home}/edit", data=data, follow_redirects=True).text
    assert "别人已经改过" in client.post(f"/households/{home}/edit", data={**data, "address": "又改"}).text
    wrong = client.post(f"/households/{home}/edit", data={**data, "phone": "没有"}).text
    assert "电话只写数字" in wrong
    member = living(app, home)[1]
    page = client.get(f"/households/members/{member}").text
    assert "周小三" in page
    with inside(app):
        assert db.session.get_one(Household, home).address == "新屋"


def test_an_ended_home_is_in_no_list_of_today(app: Flask, client_as: ClientAs, home: int, world: World) -> None:
    with inside(app), transaction():
        found = db.session.get_one(Household, home)
        everybody = [member.person_id for member in queries.members_of(home, on=TODAY)]
        service.left(found, actor=MAKER, person_ids=everybody, why=Why.MOVE, on=TODAY, now=clock.now())
    head = client_as(Role.VILLAGE_HEAD)
    page = head.get(f"/households/{home}").text
    assert "销户" in page
    assert f"/visits/log/{home}" not in page
    assert f"/households/{home}/birth" not in page
    links = f'/households/{home}"'
    assert links not in head.get("/households/").text
    assert links not in head.get("/households/?due=today").text
    assert links in head.get("/households/?show=ended").text
    assert links in head.get("/households/?on=2026-11-22").text
    assert f"/visits/log/{home}" not in head.get("/visits/").text
    assert client_as(Role.LIAISON).get(f"/households/{home}").status_code == 404
    data = {"mode": "home", "met": "1", "state": "safe", "purpose": "care", "visited_at": "2026-11-23T09:00"}
    form = head.get(f"/visits/log/{home}").text
    uuid = re.search(r'name="client_uuid"[^>]*value="([\w-]+)"', form)
    assert uuid is not None
    refused = head.post(f"/visits/log/{home}", data={**data, "client_uuid": uuid[1]})
    assert "不再记走访" in refused.text
    with inside(app):
        assert home not in {row.id for row in queries.due_in_circle(MAKER, on=TODAY)}
        assert home not in {row.id for row in queries.page(MAKER, queries.Filters(), on=TODAY).rows}


def test_list_page_and_digest_count_the_same_homes_as_due(app: Flask, world: World) -> None:
    """One of the circle was never visited nor planned."""
    with inside(app):
        with transaction():
            db.session.get_one(Household, world.homes["circle"][1]).next_visit_on = None
            db.session.get_one(Household, world.homes["circle"][2]).next_visit_on = date(2026, 12, 24)
            service.note_reveal(
                db.session.get_one(Household, world.homes["circle"][1]), actor=MAKER, reason="test", now=clock.now()
            )
        liaison: Viewer = viewer_from(db.session.get_one(User, world.users["liaison"]))
        assert liaison.may(Permission.LOG_VISIT)
        listed = {row.id for row in dossier.page(liaison, dossier.Filters(due_by=TODAY)).rows}
        day = {row.id for row in visits.due_homes(liaison, on=TODAY).rows}
        digest = {row.post_id: row.homes for row in queries.visits_due_by_post(on=TODAY)}
        assert listed == day == set(world.homes["circle"]) - {world.homes["circle"][2]}
        assert visits.due_count(liaison, on=TODAY) == digest[world.posts["liaison"]] == 5


def test_a_liaison_reports_and_the_village_enters(app: Flask, client_as: ClientAs, home: int, world: World) -> None:
    liaison, head = client_as(Role.LIAISON), client_as(Role.VILLAGE_HEAD)
    assert "请写是谁" in liaison.post(f"/households/{home}/propose", data={"kind": "birth"}).text
    data = {"kind": "birth", "who": "赵小宝", "on": "2026-11-18", "note": "在县医院"}
    assert "已报给村里" in liaison.post(f"/households/{home}/propose", data=data, follow_redirects=True).text
    with inside(app):
        change = db.session.scalars(select(FamilyChange)).one().id
        notice = db.session.scalars(select(Notice).where(Notice.rule == "family.change")).one()
        assert notice.post_id == world.posts["village_head"]
        assert "赵小宝" not in str(notice.text), "what leaves carries a number, no name"
    assert "有 1 条家庭变化待核实" in head.get("/households/").text
    assert "在县医院" in head.get(f"/households/changes/{change}").text
    assert liaison.get(f"/households/changes/{change}").status_code == 403
    form = head.get(f"/households/{home}/birth?change={change}").text
    assert 'value="赵小宝"' in form
    assert 'value="2026-11-18"' in form
    entered = {"on": "2026-11-18", "name": "赵小宝", "relation": "child", "change": change}
    confirmed(head, f"/households/{home}/birth", entered)
    assert len(living(app, home)) == 3
    assert "待核实" not in head.get("/households/").text
    assert "已办理" in liaison.get(f"/households/{home}").text
    late = head.post(f"/households/changes/{change}/refuse", data={"reason": "重复了"})
    assert "已经有人办理过" in late.text


def test_a_report_is_refused_with_a_reason(app: Flask, client_as: ClientAs, home: int) -> None:
    with inside(app), transaction():
        found = db.session.get_one(Household, home)
        change = service.propose(
            found, actor=MAKER, kind=LifeKind.OTHER, who="甲", on=None, note="", now=clock.now()
        ).id
    head = client_as(Role.VILLAGE_HEAD)
    assert "请写明为什么不采纳" in head.post(f"/households/changes/{change}/refuse", data={}).text
    head.post(f"/households/changes/{change}/refuse", data={"reason": "查无此事"})
    assert "查无此事" in client_as(Role.LIAISON).get(f"/households/{home}").text


def test_a_bride_from_another_village(app: Flask, client_as: ClientAs, home: int, world: World) -> None:
    """The village of the groom asks, the village of the bride agrees; only then she moves, once."""
    head = client_as(Role.VILLAGE_HEAD)
    with inside(app):
        origin = db.session.get_one(Household, world.homes["village_b"][0])
        code, spouse = origin.code, queries.members_of(origin.id, on=TODAY)[1]
        person, name = spouse.person_id, spouse.person.name
    data = {"on": "2026-11-20", "why": "marriage", "code": code, "name": name, "relation": "spouse"}
    assert "已请那个村核实" in confirmed(head, f"/households/{home}/arrival", data).text
    assert person not in living(app, home)
    with inside(app):
        change = db.session.scalars(select(FamilyChange)).one()
        assert (change.household_id, change.to_household_id) == (world.homes["village_b"][0], home)
        with transaction():
            service.left(
                db.session.get_one(Household, change.household_id), actor=MAKER, person_ids=[person],
                why=Why.MARRIAGE, on=date(2026, 11, 20), destination=db.session.get_one(Household, home),
                relation="spouse", now=clock.now(),
            )  # fmt: skip
    assert person in living(app, home)
    assert "没有编号" in head.post(f"/households/{home}/arrival", data={**data, "code": "NOWHERE-1"}).text


def test_whom_a_home_trusts(app: Flask, client_as: ClientAs, home: int, world: World) -> None:
    resident = client_as(Role.RESIDENT)
    found = resident.get(f"/households/{home}/trust?q=周小").text
    assert "周*" in found
    assert "周小一" not in found, "results are masked"
    with inside(app):
        people = db.session.scalars(
            select(Person.id)
            .join(Member, Member.person_id == Person.id)
            .where(Member.household_id.in_(world.homes["village_a"][8:10]))
        ).all()
        foreign = queries.members_of(world.homes["village_b"][0], on=TODAY)[0].person_id
    for person in people[:2]:
        resident.post(f"/households/{home}/trust", data={"add": person})
    resident.post(f"/households/{home}/trust", data={"up": people[1]})
    with inside(app):
        named = db.session.scalars(select(Nomination.person_id).order_by(Nomination.rank)).all()
        assert named == [people[1], people[0]]
    assert "只能选本村" in resident.post(f"/households/{home}/trust", data={"add": foreign}).text
    head = client_as(Role.VILLAGE_HEAD).get("/households/trust").text
    assert "16 户中有 1 户" in head
    assert client_as(Role.LIAISON).get("/households/trust").status_code == 403
    assert resident.get(f"/households/{world.homes['circle'][1]}/trust").status_code == 404


def test_two_homes_are_compared_and_made_one(app: Flask, client_as: ClientAs, world: World) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    kept, double = world.homes["village_a"][0], world.homes["village_a"][1]
    with inside(app):
        code = db.session.get_one(Household, double).code
    path, there = f"/households/{kept}/merge", living(app, kept)
    assert code in head.get(f"{path}?code={code.lower()}").text
    done = confirmed(head, path, {"code": code, "same_0": there[0], "same_1": 0})
    assert "并入" in done.text
    assert len(living(app, kept)) == 3
    assert living(app, double) == []
    assert "没有这个编号" in head.post(path, data={"code": "X"}).text
    assert client_as(Role.LIAISON).get(path).status_code == 403


def test_two_records_of_one_person(app: Flask, client_as: ClientAs, world: World) -> None:
    head, (kept, other) = client_as(Role.VILLAGE_HEAD), world.homes["village_a"][:2]
    with inside(app):
        code = db.session.get_one(Household, other).code
    path, here, there = f"/households/{kept}/same-person", living(app, kept), living(app, other)
    assert "保留哪一条" in head.get(f"{path}?code={code}").text
    done = confirmed(head, path, {"code": code, "kept": here[1], "double": there[1]})
    assert "合为一条" in done.text
    assert living(app, other) == there[:1]
    refused = head.post(path, data={"code": code, "kept": here[1], "double": there[0]})
    assert "确认以后会这样" not in refused.text
    assert "户主" in refused.text


def test_history_and_another_cell(app: Flask, client_as: ClientAs, home: int, world: World) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    data = {"place": world.grids["village_a_cell_4"], "on": "2026-02-15"}
    assert "网格已改" in confirmed(head, f"/households/{home}/place", data).text
    page = head.get(f"/households/{home}/history").text
    for words in ("第4网格", "2026年2月15日", "改网格", "联户代表"):
        assert words in page, words
    assert "大三" not in page
    refused = head.post(f"/households/{home}/place", data={**data, "on": "2025-02-15"}).text
    assert "还没有登记" in refused
