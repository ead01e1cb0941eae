"""What every answer says to the browser besides its content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.app import create_app
from gridcase.core.config import Config
from gridcase.core.db import db
from gridcase.core.paths import STATIC
from gridcase.web.static_files import SHEETS

PAGES = ["/sign-in", "/cases/", "/inbox/", "/nowhere"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_kept_by_nobody_and_runs_nothing_of_others(
    client_as: Callable[[str], FlaskClient], path: str
) -> None:
    answer = client_as("dispatcher").get(path, follow_redirects=True)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert (policy["object-src"], policy["base-uri"], policy["frame-ancestors"]) == ("'none'",) * 3
    for name, sources in policy.items():
        own = [
            part for part in sources.split() if not re.fullmatch(r"'self'|'none'|'nonce-[\w-]{22}'|data:|blob:", part)
        ]
        assert own == [], f"{name} lets in {own}"
    assert "data:" not in policy["script-src"]
    assert "Strict-Transport-Security" not in answer.headers


def test_every_answer_has_a_nonce_of_its_own_and_every_script_carries_it(app: Flask) -> None:
    client = app.test_client()
    answers = [client.get("/sign-in") for _ in range(2)]
    nonces = [re.search(r"'nonce-([\w-]+)'", one.headers["Content-Security-Policy"])[1] for one in answers]
    assert nonces[0] != nonces[1]
    for answer, nonce in zip(answers, nonces, strict=True):
        opened = re.findall(r"<(?:script|style)\b[^>]*>", answer.text)
        assert opened
        assert [tag for tag in opened if f'nonce="{nonce}"' not in tag] == []


def test_versioned_files_are_kept_for_a_year_and_unversioned_ones_are_asked_again(app: Flask) -> None:
    client = app.test_client()
    sheet = re.search(r'href="(/static/css/[^"]+\?v=[0-9a-f]+)"', client.get("/sign-in").text)[1]
    kept = client.get(sheet)
    assert kept.status_code == 200
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert kept.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" not in client.get(sheet.split("?")[0]).headers["Cache-Control"]


@pytest.fixture
def over_https(config: Config) -> Iterator[Flask]:
    """The application as a town serves it to the world."""
    made = create_app(replace(config, https=True))
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def test_https_is_kept_to_and_the_cookie_stays_with_this_host(over_https: Flask) -> None:
    answer = over_https.test_client().get("/sign-in", base_url="https://town.test")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-gridcase=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_a_page_asks_for_two_style_sheets_and_gets_every_rule_in_its_order(app: Flask) -> None:
    client = app.test_client()
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', client.get("/sign-in").text)
    assert len(sheets) == 2, "Bootstrap and ours: each one more is a round trip on a slow line"
    rules = client.get(sheets[1])
    assert rules.mimetype == "text/css"
    parts = [(STATIC / "css" / f"{name}.css").read_text("utf-8") for name in SHEETS]
    places = [rules.text.index(part) for part in parts]
    assert places == sorted(places)
    assert client.get(sheets[1], headers={"If-None-Match": rules.headers["ETag"]}).status_code == 304
