"""Liaisons with their circles: who sees what of them, and nothing ends while work is open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.cases import service as cases
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.households import service as households
from gridcase.households.models import Household
from gridcase.households.rules import CareTier
from gridcase.people import queries as people
from gridcase.people import service as people_service
from gridcase.people.models import Post
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests.factories.cases import MISSING_PERSON, ROAD, collected
from tests.factories.viewers import viewer_from
from tests.factories.world import MAKER, World

ClientAs = Callable[[Role | str], FlaskClient]
TODAY = date(2026, 11, 23)


@contextmanager
def acting(app: Flask, world: World, role: Role) -> Iterator[Viewer]:
    with app.app_context():
        yield viewer_from(db.session.get_one(User, world.users[role]))
        db.session.remove()


@pytest.fixture
def post(world: World) -> int:
    return world.posts[Role.LIAISON]


@pytest.fixture
def busy(app: Flask, world: World, post: int) -> int:
    """The liaison's post with an open case addressed to it, another demand in the circle, a restricted one, a tier."""
    with acting(app, world, Role.VILLAGE_HEAD) as head:
        case = collected(world, head, code=ROAD, title="要修的路")
        collected(world, head, code=ROAD, title="另一处路")
        collected(world, head, code=MISSING_PERSON, title="老人走失")
        now = clock.now()
        with transaction():
            cases.accept(case, actor=head, now=now)
        with transaction():
            cases.dispatch(case, actor=head, post=db.session.get_one(Post, post), now=now)
        with transaction():
            home = db.session.get_one(Household, world.homes["circle"][0])
            households.confirm_tier(home, actor=head, tier=CareTier.CONNECTED, reason="独居", now=now)
    return post


def test_a_liaison_comes_to_the_own_page(client_as: ClientAs, busy: int) -> None:
    liaison = client_as(Role.LIAISON)
    assert liaison.get("/liaisons/").headers["Location"].endswith(f"/liaisons/{busy}")
    page = liaison.get(f"/liaisons/{busy}").text
    for words in ("测试联户代表", "连心户", "一年应走访", "没办完的诉求", "一认识、二熟悉、三融入", "未发证", "偏少"):
        assert words in page, words
    assert "赵大" not in page, "names of heads are masked"
    assert "老人走失" not in page


def test_who_may_not_see_homes_or_tiers_sees_the_figure_only(client_as: ClientAs, busy: int) -> None:
    supervisor = client_as(Role.VILLAGE_SUPERVISOR).get(f"/liaisons/{busy}").text
    assert "联系的户" in supervisor
    assert "连心户" not in supervisor
    manager = client_as(Role.TOWN_MANAGER).get(f"/liaisons/{busy}").text
    assert "您的岗位看不到具体的户" in manager
    assert "上河村第1网格3号" not in manager
    assert client_as(Role.DEPT).get(f"/liaisons/{busy}").status_code == 403
    assert client_as(Role.PARTY_CONTACT).get(f"/liaisons/{busy}").status_code == 404


def test_the_first_round_is_the_representatives_own(app: Flask, client_as: ClientAs, world: World, post: int) -> None:
    liaison, url = client_as(Role.LIAISON), f"/liaisons/{post}/first-visits"
    home, foreign = world.homes["circle"][1], world.homes["village_a"][15]
    for step in ("met", "known"):
        assert liaison.post(url, data={"household": home, "step": step}).status_code == 302
    liaison.post(url, data={"household": foreign, "step": "met"})
    liaison.post(url, data={"household": home, "step": "ranked"})
    page = liaison.get(f"/liaisons/{post}").text
    assert "认识 1 / 6" in page
    assert "熟悉 1 / 6" in page
    liaison.post(url, data={"household": home, "step": "known", "undo": "y"})
    head = client_as(Role.VILLAGE_HEAD)
    assert "熟悉 0 / 6" in head.get(f"/liaisons/{post}").text
    head.post(url, data={"household": home, "step": "joined"})
    with app.app_context():
        holder = people.holders_on(post, on=TODAY)[0].person_id
        rows = people.first_visits(post, holder)
        assert list(rows) == [home]
        assert (rows[home].met_on, rows[home].known_on, rows[home].joined_on) == (TODAY, None, None)
        db.session.remove()


def test_the_contact_card_shows_the_number_the_liaison_allows(
    app: Flask, client_as: ClientAs, world: World, post: int
) -> None:
    with app.app_context(), transaction():
        person = people.get_person(people.holders_on(post, on=TODAY)[0].person_id)
        people_service.edit_person(
            person, actor=MAKER, name=person.name, gender=None, born_on=None, phone="13800001234", seen=None,
            now=clock.now(),
        )  # fmt: skip
    liaison, url = client_as(Role.LIAISON), f"/liaisons/{post}/card"
    assert "138****1234" in liaison.get(url).text
    assert client_as(Role.VILLAGE_HEAD).post(f"/liaisons/{post}/consent", data={"in_full": "1"}).status_code == 409
    liaison.post(f"/liaisons/{post}/consent", data={"in_full": "1"})
    head = client_as(Role.VILLAGE_HEAD)
    head.post("/liaisons/duty-phone", data={"village": world.grids["village_a"], "phone": "0737-1234567"})
    page = liaison.get(url).text
    assert "13800001234" in page
    assert page.count("0737-1234567") == 6, "one card for each home of the circle"
    head.post("/liaisons/duty-phone", data={"village": world.grids["village_b"], "phone": "0737-7654321"})
    assert "0737-7654321" not in client_as(Role.TOWN_MANAGER).get("/liaisons/").text


def test_a_post_with_open_work_does_not_end(client_as: ClientAs, busy: int) -> None:
    head = client_as(Role.VILLAGE_HEAD)
    for what in ("end", "vacate"):
        url = f"/posts/{busy}/{what}"
        page = head.get(url).text
        for words in ("1 件在办的事件", "6 户联系户", "要修的路", "先移交"):
            assert words in page, words
        answer = head.post(url, data={"start": "2026-11-23"})
        assert answer.status_code == 200
        assert "1 件在办的事件；6 户联系户" in answer.text
    assert "测试联户代表" in head.get(f"/people/posts/{busy}").text
    assert client_as(Role.GRID_LEADER).post(f"/posts/{busy}/end").status_code == 403


def test_a_restricted_case_holds_the_post_without_being_counted(app: Flask, client_as: ClientAs, world: World) -> None:
    post = world.posts[Role.FULLTIME_GRID]
    with acting(app, world, Role.DISPATCHER) as desk:
        case = collected(world, desk, code=MISSING_PERSON, title="老人走失")
        with transaction():
            cases.accept(case, actor=desk, now=clock.now())
        with transaction():
            cases.dispatch(case, actor=desk, post=db.session.get_one(Post, post), now=clock.now())
    page = client_as(Role.VILLAGE_HEAD).post(f"/posts/{post}/end", data={"start": "2026-11-23"}).text
    assert "须由镇综治中心移交的事件" in page
    assert "老人走失" not in page
    assert "件在办的事件" not in page


def test_an_idle_post_ends(app: Flask, client_as: ClientAs, world: World) -> None:
    post, head = world.posts[Role.REVIEW_MEMBER], client_as(Role.VILLAGE_HEAD)
    assert head.post(f"/posts/{post}/end", data={"start": "2026-11-23"}).status_code == 302
    assert "已撤销" in head.get(f"/people/posts/{post}").text
    assert client_as(Role.REVIEW_MEMBER).get("/points/objections").status_code == 403, "the rights ended with it"


def test_a_unit_with_open_cases_does_not_close(app: Flask, client_as: ClientAs, world: World) -> None:
    manager = client_as(Role.TOWN_MANAGER)
    with acting(app, world, Role.DISPATCHER) as desk:
        case = collected(world, desk, code=ROAD, title="要修的桥")
        now = clock.now()
        with transaction():
            cases.accept(case, actor=desk, now=now)
        with transaction():
            unit = people.unit_for(world.units["justice"], viewer=desk)
            cases.dispatch(case, actor=desk, unit=unit, now=now)
    url = f"/units/{world.units['justice']}/close"
    assert "1 件在办的事件" in manager.post(url, data={"start": "2026-11-23"}).text
    assert "已撤销" not in manager.get(f"/people/units/{world.units['justice']}").text
    assert client_as(Role.VILLAGE_HEAD).get(url).status_code == 404


def test_pairing_a_home_with_a_party_contact(client_as: ClientAs, app: Flask, world: World) -> None:
    post = world.posts[Role.PARTY_CONTACT]
    head, url = client_as(Role.VILLAGE_HEAD), f"/liaisons/{post}/pairings"
    with app.app_context():
        home = db.session.get_one(Household, world.homes["village_a"][0])
        foreign = db.session.get_one(Household, world.homes["village_b"][0]).code
        home_id, code = home.id, home.code
        db.session.remove()
    contact = client_as(Role.PARTY_CONTACT)
    assert contact.get(f"/households/{home_id}").status_code == 404
    assert "本村没有这个户编号" in head.post(url, data={"code": foreign, "start": "2026-11-23"}).text
    assert head.post(url, data={"code": code.lower(), "start": "2026-11-23"}).status_code == 302
    assert contact.get(f"/households/{home_id}").status_code == 200
    assert code in head.get(url).text
    assert head.post(url, data={"code": code, "start": "2026-11-23", "end": "y"}).status_code == 302
    assert code not in client_as(Role.COUNTY_MANAGER).get(url).text, "who sees no homes reads none here"
    assert contact.get(f"/households/{home_id}").status_code == 404


def test_the_register_is_never_sorted_by_size(client_as: ClientAs, world: World, busy: int) -> None:
    manager = client_as(Role.TOWN_MANAGER)
    village = world.grids["village_a"]
    assert "测试联户代表" in manager.get(f"/liaisons/?village={village}&show=few").text
    assert "没有找到" in manager.get(f"/liaisons/?village={village}&show=many").text
    assert "测试联户代表" in manager.get("/liaisons/?show=uncertified").text
    assert "没有找到" in manager.get(f"/liaisons/?village={world.grids['village_b']}").text
    assert "没有找到" in manager.get("/liaisons/?q=没有这人").text
    assert "测试联户代表" in manager.get("/liaisons/?q=联户").text
    assert manager.get("/liaisons/?after=x&show=x&village=x&sort=homes").status_code == 200


def test_the_pages_in_english(client_as: ClientAs, busy: int) -> None:
    client = client_as(Role.VILLAGE_HEAD)
    client.post("/preferences/locale", data={"locale": "en"})
    assert "Homes of the circle" in client.get(f"/liaisons/{busy}").text
    assert "Work is still open here" in client.get(f"/posts/{busy}/end").text
