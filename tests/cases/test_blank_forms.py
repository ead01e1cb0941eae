"""A form nobody has typed in is drawn once for all whom it looks the same: it says what the form itself would say."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.cases import service
from gridcase.cases.views import page
from gridcase.cases.views.move_forms import form_of
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests.factories.cases import COMPLAINT, collected, do, handled, solved, water
from tests.factories.viewers import viewer_from
from tests.factories.world import World

As = Callable[[Role], FlaskClient]
ONE_TIME = re.compile(r'nonce="[^"]*"|<input[^>]*csrf_token[^>]*>|name="[a-z_]*mark" value="[^"]*"')


def said(client: FlaskClient, address: str) -> str:
    """A page without its tokens and the blanks between its tags."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.headers
    return re.sub(r"\s+", "", ONE_TIME.sub("", answer.text)).replace("><", ">\n<")


@pytest.fixture
def addresses(app: Flask, world: World) -> list[str]:
    """The page of a case at each stage, and of one that few may read."""

    def find(role: Role) -> Viewer:
        return viewer_from(db.session.get_one(User, world.users[role]))

    with app.app_context():
        liaison, head = find(Role.LIAISON), find(Role.VILLAGE_HEAD)
        accepted, sent = collected(world, liaison), collected(world, liaison)
        for case in (accepted, sent):
            do(service.accept, case, head)
        do(service.dispatch, sent, head, unit=water(world))
        cases = [
            collected(world, liaison), accepted, sent, handled(world, find), solved(world, liaison),
            collected(world, liaison, code=COMPLAINT),
        ]  # fmt: skip
        made = [f"/cases/{case.id}" for case in cases]
        db.session.remove()
    return made


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_a_blank_says_what_its_form_says(
    addresses: list[str], client_as: As, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    blanks = 0

    def whole(*given: Any) -> Any:
        nonlocal blanks
        blanks += 1
        return form_of(*given)

    for role in (Role.DISPATCHER, Role.VILLAGE_HEAD, Role.DEPT):
        client = client_as(role)
        client.post("/preferences/locale", data={"locale": language})
        for address in addresses:
            if client.get(address).status_code == 404:
                continue
            drawn = said(client, address)
            with monkeypatch.context() as patched:
                patched.setattr(page, "untouched", whole)
                assert drawn.split("\n") == said(client, address).split("\n")
    assert blanks > 20
