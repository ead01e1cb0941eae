"""Accounts as the security administrator opens, locks and closes them, and passwords as everybody changes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.audit.models import AuditRow
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.people import service as people
from gridcase.people.models import Person
from gridcase.people.rules import Role
from gridcase.users import rules
from gridcase.users import service as users
from gridcase.users.models import User
from tests.factories.pages import body
from tests.factories.world import MAKER, PASSWORD, SINCE, World
from tests.users.test_views import is_in, sign_in

NEW = "清水河边种一片桃树"
As = Callable[[Role | str], FlaskClient]


def hire(world: World, name: str, place: str, *, role: Role = Role.LIAISON, code: str = "") -> int:
    """Somebody new on a post of a place; returns the person's id."""
    with transaction():
        grid, now = db.session.get_one(Grid, world.grids[place]), clock.now()
        person = people.add_person(actor=MAKER, name=name, place_path=grid.path, now=now)
        post = people.add_post(
            actor=MAKER, code=f"HIRED-{code or name}", role=role, title=f"{name}的岗位", place=grid, now=now,
            valid_from=SINCE,
        )  # fmt: skip
        people.appoint(actor=MAKER, post=post, person_id=person.id, valid_from=SINCE, now=now)
        return person.id


def hired(app: Flask, world: World, *names: str, place: str = "village_a") -> list[int]:
    with app.app_context():
        ids = [hire(world, name, place, code=f"{place}-{n}-{name}") for n, name in enumerate(names)]
        db.session.remove()
    return ids


def slips(page: str) -> list[tuple[str, str]]:
    """(login, temporary password) of every slip of a page."""
    found = re.findall(r'<span class="phone">([^<]+)</span>', page)
    return list(zip(found[::2], found[1::2], strict=True))


def user_of(app: Flask, login: str) -> User:
    with app.app_context():
        found = db.session.scalars(select(User).where(User.login == login)).one()
        db.session.expunge_all()
        db.session.remove()
    return found


def deeds(app: Flask, user_id: int) -> list[str]:
    with app.app_context():
        rows = db.session.scalars(
            select(AuditRow.action).where(AuditRow.subject_kind == "user", AuditRow.subject_id == user_id)
        ).all()
        db.session.remove()
    return list(rows)


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("short-12345", False), ("twelve-chars", True), ("清水河边种桃树", False), (NEW, True),
        ("my-zhangsan-word", False), ("MY-ZHANGSAN-WORD", False), ("1234-5678-9012", False), ("aaaaaaaaaaaabc", False),
        ("Password-1234", False),
    ],
)  # fmt: skip
def test_what_a_password_must_be(password: str, good: bool) -> None:
    assert (rules.problem_with(password, login="zhangsan") is None) == good


def test_logins_are_free_and_readable() -> None:
    assert rules.free_login("zhangsan", set()) == "zhangsan"
    assert rules.free_login("zhangsan", {"zhangsan", "zhangsan2"}) == "zhangsan3"
    assert rules.free_login("", {"user"}) == "user2"
    assert rules.LOGIN.fullmatch(rules.free_login("li", ()))


def test_a_temporary_password_is_good_and_never_the_same() -> None:
    drawn = {users.temporary_password() for _ in range(50)}
    assert len(drawn) == 50
    assert all(rules.problem_with(one, login="zhangsan") is None for one in drawn)
    assert not set("0o1il") & set("".join(drawn))


def test_an_account_from_opening_to_the_first_work(app: Flask, client_as: As, world: World) -> None:
    person = hired(app, world, "张小明")[0]
    admin = client_as(Role.SECURITY_ADMIN)
    assert "张小明" in body(admin.get("/accounts/new?q=zxm"))
    assert 'value="zhangxiaoming"' in admin.get(f"/accounts/new/{person}").text
    answer = admin.post(f"/accounts/new/{person}", data={"login": "zhangxiaoming"})
    (login, password) = slips(answer.text)[0]
    assert login == "zhangxiaoming"
    assert "no-store" in answer.headers["Cache-Control"]
    client = app.test_client()
    sign_in(client, login, password)
    assert client.get("/cases/").location == "/account/password"
    assert client.get("/account/password").status_code == 200
    told = client.post("/account/password", data={"old": password, "password": password, "repeated": password})
    assert "新密码要和现在的不一样" in told.text
    told = client.post("/account/password", data={"old": "wrong", "password": NEW, "repeated": NEW})
    assert "现在的密码不对" in told.text
    told = client.post("/account/password", data={"old": password, "password": NEW, "repeated": NEW + "。"})
    assert "两次输入的新密码不一样" in told.text
    assert client.post("/account/password", data={"old": password, "password": NEW, "repeated": NEW}).location == "/"
    assert client.get("/cases/").status_code == 200
    assert not is_in_with(app, login, password)
    assert is_in_with(app, login, NEW)
    found = user_of(app, login)
    assert {"user.add", "user.password"} <= set(deeds(app, found.id))
    assert admin.get(f"/accounts/{found.id}").status_code == 200


def is_in_with(app: Flask, login: str, password: str) -> bool:
    client = app.test_client()
    sign_in(client, login, password)
    return is_in(client)


def test_a_taken_or_odd_login_is_refused(app: Flask, client_as: As, world: World) -> None:
    person = hired(app, world, "张小明")[0]
    admin = client_as(Role.SECURITY_ADMIN)
    assert "已经有了" in admin.post(f"/accounts/new/{person}", data={"login": "liaison"}).text
    assert "小写字母" in admin.post(f"/accounts/new/{person}", data={"login": "张 小明"}).text
    admin.post(f"/accounts/new/{person}", data={"login": "xiaoming"})
    assert "刚刚开通了账号" in admin.post(f"/accounts/new/{person}", data={"login": "xiaoming2"}).text


def test_a_temporary_password_runs_out(app: Flask, client_as: As, world: World, at: Callable[[str], None]) -> None:
    person = hired(app, world, "张小明")[0]
    (login, password) = slips(
        client_as(Role.SECURITY_ADMIN).post(f"/accounts/new/{person}", data={"login": "xiaoming"}).text
    )[0]
    at((clock.now() + timedelta(days=31)).isoformat())
    assert not is_in_with(app, login, password)
    page = client_as(Role.SECURITY_ADMIN).get("/accounts/?state=temporary").text
    assert "临时密码已过期" in page


def test_locking_ends_the_session_and_unlocking_opens(app: Flask, client_as: As, world: World) -> None:
    admin, liaison = client_as(Role.SECURITY_ADMIN), client_as(Role.LIAISON)
    url = f"/accounts/{world.users['liaison']}"
    assert is_in(liaison)
    assert "账号已锁定" in admin.post(f"{url}/lock", follow_redirects=True).text
    assert not is_in(liaison)
    assert not is_in_with(app, "liaison", PASSWORD)
    assert "已锁定" in body(admin.get("/accounts/?state=locked"))
    admin.post(f"{url}/unlock")
    assert is_in_with(app, "liaison", PASSWORD)
    assert {"user.lock", "user.unlock"} <= set(deeds(app, world.users["liaison"]))


def test_unlocking_undoes_wrong_passwords(app: Flask, client_as: As, world: World) -> None:
    for _ in range(5):
        sign_in(app.test_client(), "dispatcher", "wrong-password")
    assert not is_in_with(app, "dispatcher", PASSWORD)
    admin = client_as(Role.SECURITY_ADMIN)
    assert "自动解除" in admin.get(f"/accounts/{world.users['dispatcher']}").text
    admin.post(f"/accounts/{world.users['dispatcher']}/unlock")
    assert is_in_with(app, "dispatcher", PASSWORD)


def test_closing_ends_and_a_new_password_opens_again(app: Flask, client_as: As, world: World) -> None:
    admin, liaison = client_as(Role.SECURITY_ADMIN), client_as(Role.LIAISON)
    url = f"/accounts/{world.users['liaison']}"
    admin.post(f"{url}/close")
    assert not is_in(liaison)
    assert "liaison" in body(admin.get("/accounts/?state=closed"))
    (login, password) = slips(admin.post(f"{url}/password").text)[0]
    assert login == "liaison"
    client = app.test_client()
    sign_in(client, login, password)
    assert client.get("/cases/").location == "/account/password"


def test_sessions_end_and_the_password_stays(app: Flask, client_as: As, world: World) -> None:
    admin, liaison = client_as(Role.SECURITY_ADMIN), client_as(Role.LIAISON)
    url = f"/accounts/{world.users['liaison']}"
    assert "现在登录着 1 处" in body(admin.get(url))
    admin.post(f"{url}/sessions")
    assert not is_in(liaison)
    assert is_in_with(app, "liaison", PASSWORD)


@pytest.mark.parametrize("deed", ["lock", "unlock", "close", "sessions", "password"])
def test_nobody_acts_on_the_own_account(client_as: As, world: World, deed: str) -> None:
    admin = client_as(Role.SECURITY_ADMIN)
    url = f"/accounts/{world.users['security_admin']}"
    assert "要由另一位安全管理员来办" in admin.post(f"{url}/{deed}", follow_redirects=True).text
    assert is_in(admin)
    assert f"{url}/lock" not in admin.get(url).text


def test_a_village_gets_its_accounts_at_once(app: Flask, client_as: As, world: World) -> None:
    hired(app, world, "张小明", "张晓明", "李四")
    hired(app, world, "王五", place="village_b")
    admin, village = client_as(Role.SECURITY_ADMIN), world.grids["village_a"]
    page = admin.get(f"/accounts/liaisons?village={village}")
    assert "3 位联户代表还没有账号" in page.text
    answer = admin.post("/accounts/liaisons", data={"village": village})
    assert [login for login, _password in slips(answer.text)] == ["zhangxiaoming", "zhangxiaoming2", "lisi"]
    assert len({password for _login, password in slips(answer.text)}) == 3
    for login, password in slips(answer.text):
        assert is_in_with(app, login, password)
    again = admin.post("/accounts/liaisons", data={"village": village})
    assert slips(again.text) == []
    assert "没有要开通的" in again.text
    with app.app_context():
        assert not db.session.scalars(select(User).join(Person).where(Person.name == "王五")).all()
        db.session.remove()


def test_search_by_login_name_and_initials(app: Flask, client_as: As, world: World) -> None:
    admin = client_as(Role.SECURITY_ADMIN)
    for words in ("liai", "联户代表", "cslhdb"):
        assert "liaison" in body(admin.get(f"/accounts/?q={words}")), words
    assert "没有找到" in admin.get("/accounts/?q=nobody").text
    assert "至少输入两个字" in admin.get("/accounts/?q=李").text


def test_only_those_of_the_own_county(app: Flask, client_as: As, world: World) -> None:
    """Nobody of another county, and nobody who holds a post there as well."""
    far = hired(app, world, "远处人", place="far_village")[0]
    admin = client_as(Role.SECURITY_ADMIN)
    assert "远处人" not in admin.get("/accounts/new?q=远处").text
    assert admin.get(f"/accounts/new/{far}").status_code == 404
    with app.app_context():
        person = db.session.get_one(User, world.users["liaison"]).person_id
        with transaction():
            grid = db.session.get_one(Grid, world.grids["far_county"])
            post = people.add_post(
                actor=MAKER, code="FAR-MANAGER", role=Role.COUNTY_MANAGER, title="远山县业务管理员", place=grid,
                now=clock.now(), valid_from=SINCE,
            )  # fmt: skip
            people.appoint(actor=MAKER, post=post, person_id=person, valid_from=SINCE, now=clock.now())
        db.session.remove()
    assert admin.get(f"/accounts/{world.users['liaison']}").status_code == 404
    assert admin.post(f"/accounts/{world.users['liaison']}/password").status_code == 404


def test_villagers_are_not_there(client_as: As, world: World) -> None:
    """The account of a resident hangs on the household's card, not on a post."""
    admin = client_as(Role.SECURITY_ADMIN)
    assert admin.get(f"/accounts/{world.users['resident']}").status_code == 404
    assert "resident" not in body(admin.get("/accounts/"))


@pytest.mark.parametrize("role", [Role.TOWN_MANAGER, Role.COUNTY_MANAGER, Role.SYSTEM_ADMIN, Role.LIAISON])
def test_nobody_else_enters(client_as: As, world: World, role: Role) -> None:
    client = client_as(role)
    assert client.get("/accounts/").status_code == 403
    assert client.post(f"/accounts/{world.users['dispatcher']}/password").status_code == 403


def test_guessing_the_old_password_counts(app: Flask, client_as: As, world: World) -> None:
    liaison = client_as(Role.LIAISON)
    for _ in range(5):
        liaison.post("/account/password", data={"old": "guess", "password": NEW, "repeated": NEW})
    assert not is_in_with(app, "liaison", PASSWORD)


def test_changing_the_password_ends_the_other_sessions(app: Flask, client_as: As, world: World) -> None:
    here, there = client_as(Role.LIAISON), client_as(Role.LIAISON)
    here.post("/account/password", data={"old": PASSWORD, "password": NEW, "repeated": NEW})
    assert is_in(here)
    assert not is_in(there)
