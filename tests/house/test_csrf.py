"""What writes asks for the secret of its own session: `test_csrf_matrix`."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import IntegerConverter

from gridcase.web.access import access_of
from tests.factories.snapshot import differences, everything
from tests.house.test_routes import UNSAFE

SECURE = "https://localhost"
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def _unsafe_paths(app: Flask) -> list[str]:
    """The address of every route that takes an unsafe method, with invented ids. Where a token is asked for instead of
    a session, no browser can be made to send one: tests/sync/test_door.py."""
    adapter = app.url_map.bind("localhost")
    return sorted(
        adapter.build(rule.endpoint, {name: _invented(rule, name) for name in rule.arguments}, method=method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods & UNSAFE
        if not access_of(app, rule.endpoint).token
    )


def _invented(rule: object, name: str) -> object:
    return 1 if isinstance(rule._converters[name], IntegerConverter) else "x"


def _token(client: FlaskClient) -> str:
    page = client.get("/", base_url=SECURE, follow_redirects=True)
    found = TOKEN.search(page.text)
    assert found, page.text[:500]
    return found[1]


ATTEMPTS: dict[str, Callable[[str, str], dict[str, object]]] = {
    "no token": lambda _own, _other: {"data": {}, "headers": {"Referer": SECURE}},
    "another user's token": lambda _own, other: {"data": {"csrf_token": other}, "headers": {"Referer": SECURE}},
    "a broken token": lambda own, _other: {"data": {"csrf_token": own[:-2]}, "headers": {"Referer": SECURE}},
    "from another site": lambda own, _other: {
        "data": {"csrf_token": own}, "headers": {"Referer": "https://elsewhere.test/"},
    },
    "from nowhere": lambda own, _other: {"data": {"csrf_token": own}},
    "as plain text": lambda own, _other: {
        "data": f"csrf_token={own}", "content_type": "text/plain", "headers": {"Referer": SECURE},
    },
}  # fmt: skip


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_csrf_matrix(app: Flask, client_as: Callable[[str], FlaskClient], attempt: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client, other = client_as("dispatcher"), client_as("village_head")
    own_token, other_token = _token(client), _token(other)
    before, paths = everything(app, but=frozenset()), _unsafe_paths(app)
    answers = {path: client.post(path, base_url=SECURE, **ATTEMPTS[attempt](own_token, other_token)) for path in paths}
    assert {path: one.status_code for path, one in answers.items() if one.status_code != 400} == {}
    assert all("<h1" in one.text or path.startswith("/api/") for path, one in answers.items())
    assert differences(before, everything(app, but=frozenset())) == {}
    assert len(paths) > 3


def test_the_own_token_is_taken(app: Flask, client_as: Callable[[str], FlaskClient]) -> None:
    """The counter-proof: the same request with the right token does something."""
    app.config["WTF_CSRF_ENABLED"] = True
    client = client_as("dispatcher")
    asked = {"base_url": SECURE, "headers": {"Referer": SECURE}}
    answer = client.post("/sign-out", data={"csrf_token": _token(client)}, **asked)
    assert answer.status_code == 302
    assert "/sign-in" in client.get("/", base_url=SECURE).location
