"""Elder mode: chosen before or after signing in, kept with the account, said plainly where the work is."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from gridcase.people.rules import Role
from tests.factories.world import PASSWORD, World

ClientAs = Callable[[Role | str], FlaskClient]
ON = {"large_text": "1", "next": "/visits/"}


def test_chosen_at_the_door_it_stays_with_the_account(app: Flask, world: World) -> None:
    client = app.test_client()
    assert "长辈模式" in client.get("/sign-in").text
    client.post("/preferences/large-text", data=ON)
    assert 'class="large-text elder"' in client.get("/sign-in").text
    client.post("/sign-in", data={"login": "liaison", "password": PASSWORD})
    assert 'class="large-text elder"' in client.get("/visits/").text
    again = app.test_client()
    again.post("/sign-in", data={"login": "liaison", "password": PASSWORD})
    assert 'class="large-text elder"' in again.get("/visits/").text
    again.post("/preferences/large-text", data=ON | {"large_text": "0"})
    assert "elder" not in again.get("/visits/").text.split("<body")[0]


def test_plain_words_and_fewer_things(client_as: ClientAs, world: World) -> None:
    client, url = client_as(Role.LIAISON), f"/visits/log/{world.homes['circle'][0]}"
    usual, form = client.get("/visits/").text, client.get(url).text
    assert "该走访的" in usual
    assert "关心户" in usual or "放心户" in usual
    assert "需跟进" in form
    client.post("/preferences/large-text", data=ON)
    plain, form = client.get("/visits/").text, client.get(url).text
    assert "今天要去看的人家" in plain
    assert "放心户" not in plain
    assert "晚了 3 天" in plain
    assert "需跟进" not in form
    assert "有事要再去" in form
    assert "还要记别的" in form
