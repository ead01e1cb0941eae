"""Who is let in: a live phone by its own token, and nobody by a session."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.people.rules import Role
from gridcase.users import queries as users
from gridcase.users import service as user_service
from gridcase.users.models import Device, User
from gridcase.users.rules import DeviceState
from gridcase.web.access import access_of
from tests.factories.snapshot import differences, everything
from tests.factories.world import World
from tests.sync.phone import ClientAs, Phone, known

ALL = frozenset()
UUID = "00000000-0000-4000-8000-000000000001"


def doors(app: Flask) -> list[tuple[str, str]]:
    """(method, path) of every route that asks for a token of its own."""
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint) if rule.endpoint != "static" else None
        if access is not None and access.token and rule.endpoint.startswith("sync"):
            path = adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, UUID))
            found += [(method, path) for method in sorted(rule.methods - {"OPTIONS"})]
    return found


@pytest.mark.parametrize(
    "head", [{}, {"Authorization": "Bearer "}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic YTpi"}]
)
def test_no_door_opens_without_a_token(
    app: Flask, client_as: ClientAs, head: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not to nobody, and not to a signed-in session either: a cookie is not looked at, so none can be misused."""
    app.config["WTF_CSRF_ENABLED"] = True
    client, before = client_as(Role.LIAISON), everything(app, but=ALL)
    answers = {}
    for method, path in doors(app):
        answer = client.open(path, method=method, headers=head, json={})
        answers[f"{method} {path}"] = answer.status_code
        assert method == "HEAD" or answer.json["error"] == "no_token"
        assert "Set-Cookie" not in answer.headers
    assert set(answers.values()) == {401}
    assert len(answers) > 6
    assert differences(before, everything(app, but=ALL)) == {}


def test_a_token_opens_nothing_else(app: Flask, client_as: ClientAs) -> None:
    phone, client = known(client_as, Role.LIAISON), app.test_client(use_cookies=False)
    for path in ("/visits/", "/", "/cases/", "/account/password", "/api/sync/session"):
        assert client.get(path, headers=phone.auth).status_code in (302, 401)
    deposit = {"Authorization": f"Deposit {phone.made['deposit']}"}
    assert client.get("/api/sync/set", headers=deposit).status_code == 401
    assert client.get("/api/sync/set", headers={"Authorization": f"Bearer {phone.made['deposit']}"}).status_code == 401
    as_deposit = {"Authorization": f"Deposit {phone.made['token']}"}
    assert client.post("/api/sync/sealed", headers=as_deposit, json={}).status_code == 401


def _change(app: Flask, phone: Phone, deed: Callable[[User, Device], None]) -> None:
    with app.app_context():
        with transaction():
            device = db.session.get_one(Device, phone.made["device"])
            deed(device.user, device)
        db.session.remove()


ADMIN = job("test")


def _lose(_user: User, device: Device) -> None:
    user_service.end_device(device, why=DeviceState.LOST, actor=ADMIN, now=clock.now())


def _new_password(user: User, _device: Device) -> None:
    user_service.set_password(user, actor=ADMIN, password="一句很长的新密码在此", now=clock.now(), memory_kib=64)


def _sign_out_everywhere(user: User, _device: Device) -> None:
    user_service.end_sessions(user, actor=ADMIN, now=clock.now())


def _lock(user: User, _device: Device) -> None:
    user_service.lock(user, actor=ADMIN, now=clock.now())


def _close(user: User, _device: Device) -> None:
    user_service.close(user, actor=ADMIN, now=clock.now())


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        (_lose, "device_revoked"),
        (_new_password, "device_expired"),
        (_sign_out_everywhere, "device_expired"),
        (_lock, "account_closed"),
        (_close, "account_closed"),
    ],
)
def test_an_ended_phone_is_told_why(
    app: Flask, client_as: ClientAs, world: World, deed: Callable[[User, Device], None], code: str
) -> None:
    phone = known(client_as, Role.LIAISON)
    _change(app, phone, deed)
    before = everything(app)
    item = phone.visit(world.homes["circle"][0])
    for answer in (phone.ask("GET", "set"), phone.send(item), phone.send(item, to=f"items/{item['id']}/hand-over")):
        assert answer.status_code == 401
        assert answer.json["error"] == code
        assert len(answer.json["text"]) > 8
    assert differences(before, everything(app)) == {}


def test_a_phone_rests_for_thirty_days(client_as: ClientAs, at: Callable[[str], None]) -> None:
    phone = known(client_as, Role.LIAISON)
    at("2026-12-22T10:00:00+08:00")
    assert phone.ask("GET", "set").status_code == 200
    at("2027-01-20T10:00:00+08:00")  # seen on the 22nd, so it counts from then
    assert phone.ask("GET", "set").status_code == 200
    at("2027-02-20T10:00:00+08:00")
    assert phone.ask("GET", "set").json["error"] == "device_expired"


def test_the_sixth_phone_ends_the_one_not_used_for_longest(
    app: Flask, client_as: ClientAs, at: Callable[[str], None]
) -> None:
    at("2026-11-23T10:00:00+08:00")
    first, second = known(client_as, Role.LIAISON), known(client_as, Role.LIAISON)
    at("2026-11-23T12:00:00+08:00")
    assert first.ask("GET", "set").status_code == 200
    others = [known(client_as, Role.LIAISON) for _ in range(3)]
    assert all(phone.made["said"] is None for phone in others)
    sixth = known(client_as, Role.LIAISON)
    assert "已停用" in sixth.made["said"]
    assert second.ask("GET", "set").json["error"] == "device_expired"
    assert all(phone.ask("GET", "set").status_code == 200 for phone in (first, *others, sixth))


def test_signing_out_the_phone_ends_its_token(app: Flask, client_as: ClientAs) -> None:
    phone = known(client_as, Role.LIAISON)
    assert phone.ask("DELETE", "devices/self").status_code == 204
    assert phone.ask("GET", "set").json["error"] == "device_revoked"
    assert phone.ask("DELETE", "devices/self").status_code == 401


def test_making_a_phone_known_asks_for_the_sessions_own_secret(app: Flask, client_as: ClientAs) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = client_as(Role.LIAISON)
    assert client.post("/api/sync/devices", json={"label": "x"}).status_code == 400
    secret = client.get("/api/sync/session").json["csrf"]
    assert client.post("/api/sync/devices", json={"label": "x"}, headers={"X-CSRFToken": secret}).status_code == 201
    assert app.test_client().get("/api/sync/session").status_code == 401


def test_errors_speak_the_accounts_language(app: Flask, client_as: ClientAs) -> None:
    phone = known(client_as, Role.LIAISON)
    _change(
        app,
        phone,
        lambda user, _device: user_service.set_preferences(user.id, actor=ADMIN, now=clock.now(), locale="en"),
    )
    answer = phone.ask("POST", "items", data=b"{", content_type="application/json")
    assert answer.json["text"].isascii()
    fields = phone.ask("POST", "items", json={"kind": "visit"}).json["fields"]
    assert all(why.isascii() for why in fields.values())


def test_no_secret_reaches_the_log(app: Flask, client_as: ClientAs, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    phone = known(client_as, Role.LIAISON)
    phone.ask("GET", "set")
    client = app.test_client(use_cookies=False)
    deposit = {"Authorization": f"Deposit {phone.made['deposit']}"}
    box = {"item": UUID, "iv": "aXZpdml2aXZpdml2", "box": "c2VjcmV0LWJveC1jb250ZW50"}
    sealed = {"id": UUID, "owner": phone.made["user"]["id"], "wrapped": "d3JhcHBlZC1rZXk", "iv": "aXY", "boxes": [box]}
    client.post("/api/sync/sealed", headers=deposit, json=sealed)
    for secret in (phone.made["token"], phone.made["deposit"], phone.made["seal_key"], box["box"], sealed["wrapped"]):
        assert secret not in caplog.text


def test_the_digest_alone_is_kept(app: Flask, client_as: ClientAs) -> None:
    phone = known(client_as, Role.LIAISON)
    with app.app_context():
        found = users.device_by_token(phone.made["token"])
        assert found is not None
        assert found.id == phone.made["device"]
    kept = str(everything(app, but=ALL))
    assert phone.made["token"] not in kept
    assert phone.made["deposit"] not in kept
    assert phone.made["seal_key"] not in kept


def test_a_database_that_cannot_be_reached_says_wait(
    client_as: ClientAs, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = known(client_as, Role.LIAISON)

    def broken(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr("gridcase.sync.service.taking.claimed", broken)
    answer = phone.send(phone.visit(world.homes["circle"][0]))
    assert (answer.status_code, answer.json["error"]) == (503, "busy")
    assert int(answer.headers["Retry-After"]) > 0
