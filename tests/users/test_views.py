"""Signing in and out as a person does it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.audit import service as audit
from gridcase.core import clock
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.users.models import User
from tests.factories.world import PASSWORD, World


def sign_in(client: FlaskClient, login: str, password: str = PASSWORD) -> object:
    return client.post("/sign-in", data={"login": login, "password": password})


def is_in(client: FlaskClient) -> bool:
    return "/sign-in" not in (client.get("/").location or "")


def test_sign_in_opens_the_first_page(app: Flask, world: World) -> None:
    client = app.test_client()
    assert client.get("/").location.startswith("/sign-in")
    assert sign_in(client, "liaison").location == "/"
    assert is_in(client)


def test_wrong_password_and_unknown_name_read_alike(app: Flask, world: World) -> None:
    known = sign_in(app.test_client(), "liaison", "wrong-password")
    unknown = sign_in(app.test_client(), "nobody", "wrong-password")
    assert "账号或密码不对" in known.text
    assert known.text.replace("liaison", "").count("账号或密码不对") == unknown.text.count("账号或密码不对")


def test_fifth_wrong_password_locks_and_time_unlocks(app: Flask, world: World, at: Callable[[str], None]) -> None:
    for _ in range(5):
        sign_in(app.test_client(), "dispatcher", "wrong-password")
    assert "账号或密码不对" in sign_in(app.test_client(), "dispatcher").text
    at("2026-11-23T10:16:00+08:00")
    assert sign_in(app.test_client(), "dispatcher").status_code == 302


def test_the_good_bye_is_in_the_language_of_the_page_it_stands_on(app: Flask, world: World) -> None:
    """An account in English, a browser in Chinese, and the other way round."""
    for locale, browser, said, unsaid in (
        ("en", "zh-CN", "已退出。", "You are signed out."),
        ("zh_Hans_CN", "en", "You are signed out.", "已退出。"),
    ):
        client = app.test_client()
        sign_in(client, "liaison")
        client.post("/preferences/locale", data={"locale": locale})
        page = client.post("/sign-out", headers={"Accept-Language": browser}, follow_redirects=True).text
        assert said in page
        assert unsaid not in page


def test_copied_cookie_dies_with_sign_out(app: Flask, world: World) -> None:
    client = app.test_client()
    sign_in(client, "liaison")
    copied = client.get_cookie("gridcase").value
    client.post("/sign-out")
    thief = app.test_client()
    thief.set_cookie("gridcase", copied)
    assert not is_in(thief)


def test_session_ends_after_rest(app: Flask, world: World, at: Callable[[str], None]) -> None:
    client = app.test_client()
    sign_in(client, "liaison")
    at("2026-11-23T10:29:00+08:00")
    assert is_in(client)
    at("2026-11-23T10:58:00+08:00")
    assert is_in(client)
    at("2026-11-23T11:28:30+08:00")
    assert not is_in(client)


OTHER_SITES = [
    "//evil.example/x",
    "https://evil.example",
    "/\\evil.example",
    "/\t\\evil.example",
    "/\n/evil.example",
    "x",
]


@pytest.mark.parametrize("target", OTHER_SITES)
def test_next_never_leaves_the_site(app: Flask, world: World, target: str) -> None:
    """A browser drops tabs and line ends and reads a backslash as a slash: all of these would lead elsewhere."""
    client = app.test_client()
    assert client.post("/preferences/large-text", data={"next": target}).location == "/"
    assert client.post("/sign-in", data={"login": "liaison", "password": PASSWORD, "next": target}).location == "/"
    assert client.get("/sign-in", query_string={"next": target}).location == "/"


def test_next_leads_back_to_the_page_asked_for(app: Flask, world: World) -> None:
    answer = app.test_client().post(
        "/sign-in", data={"login": "liaison", "password": PASSWORD, "next": "/cases/?tab=all&q=路"}
    )
    assert answer.location.startswith("/cases/?tab=all")


def test_a_name_no_database_can_hold_is_a_wrong_name(app: Flask, world: World) -> None:
    assert "账号或密码不对" in sign_in(app.test_client(), "liai\x00son\x00", "wrong-password").text


def test_demo_accounts_open_nothing_in_production(app: Flask, config: Config, world: World) -> None:
    """A demo's database served in earnest: everybody knows these passwords."""
    before = app.test_client()
    with app.app_context():
        with transaction():
            db.session.get_one(User, world.users["liaison"]).demo = True
            audit.record(actor=job("t"), action="t", subject_kind="user", subject_id=None, now=clock.now())
        db.session.remove()
    sign_in(before, "liaison")
    assert is_in(before)
    app.extensions["gridcase"] = dataclasses.replace(config, env="production")
    assert not is_in(before)
    assert "账号或密码不对" in sign_in(app.test_client(), "liaison").text
    assert sign_in(app.test_client(), "dispatcher").location == "/"


def test_every_entry_is_in_reach_on_the_phone(app: Flask, world: World) -> None:
    """The bottom bar holds four; the rest stands in the person's menu."""
    for login in ("liaison", "village_head", "resident", "auditor"):
        client = app.test_client()
        sign_in(client, login)
        page = client.get("/", follow_redirects=True).text
        bottom = re.search(r'<nav class="bottom".*?</nav>', page, re.S)
        menu = "".join(re.findall(r'<a class="menu-item phone-only"[^>]*>', page))
        assert bottom is not None
        entries = re.search(r'<nav class="side".*?</nav>', page, re.S)
        assert entries is not None
        for url in re.findall(r'<a href="([^"]+)"', entries.group()):
            assert (f'href="{url}"' in bottom.group()) != (f'href="{url}"' in menu), (login, url)


def test_who_has_no_pages_is_told_so(app: Flask, world: World) -> None:
    client = app.test_client()
    sign_in(client, "system_admin")
    page = client.get("/").text
    assert "目前没有要您在网页上办的事" in page
    assert "请联系镇或县的业务管理员" in page
