"""Reading cases as JSON: what the pages show to the same account, nothing restricted, as the description says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from gridcase.cases.views.reading_openapi import description
from gridcase.core import clock, paging
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests.factories.cases import MISSING_PERSON, closed, collected
from tests.factories.viewers import viewer_from
from tests.factories.world import World

As = Callable[[Role], FlaskClient]


@pytest.fixture
def several(app: Flask, world: World) -> dict[str, int]:
    """Two of the village (one closed), one of the other village, one restricted."""

    def find(role: Role) -> Viewer:
        return viewer_from(db.session.get_one(User, world.users[role]))

    with app.app_context():
        liaison, hour = find(Role.LIAISON), timedelta(hours=1)
        elsewhere = {"grid_id": world.grids["village_b"], "nobody": True}
        made = {
            "done": closed(world, find, now=clock.now() - 5 * hour),
            "open": collected(world, liaison, title="井盖坏了"),
            "other": collected(world, find(Role.DISPATCHER), title="别村的事", **elsewhere),
            "restricted": collected(world, liaison, title="人不见了", code=MISSING_PERSON),
        }  # fmt: skip
        ids = {name: case.id for name, case in made.items()}
        db.session.remove()
    return ids


def valid(name: str, answer: Any) -> Any:
    """The answer, when it is as the description says."""
    assert answer.status_code == 200, answer.text
    whole = description()
    asked = {"$ref": f"#/components/schemas/{name}", "components": whole["components"]}
    jsonschema_rs.validator_for(asked, validate_formats=True).validate(answer.json)
    return answer.json


def ids(body: Any) -> set[int]:
    return {row["id"] for row in body["cases"]}


def test_the_list_is_scoped_and_shows_nothing_restricted(client_as: As, several: dict[str, int]) -> None:
    whole = valid("CaseList", client_as(Role.DISPATCHER).get("/api/cases/?tab=all"))
    assert (whole["tab"], whole["next"]) == ("all", None)
    assert ids(whole) == {several["done"], several["open"], several["other"]}
    mine = valid("CaseList", client_as(Role.LIAISON).get("/api/cases/?tab=all"))
    assert ids(mine) == {several["done"], several["open"]}
    narrowed = client_as(Role.DISPATCHER).get("/api/cases/?tab=all&state=closed").json
    assert [row["light"] for row in narrowed["cases"]] == ["closed"]
    assert client_as(Role.DISPATCHER).get("/api/cases/?tab=all&q=井盖").json["cases"][0]["title"] == "井盖坏了"


def test_pages_follow_one_another(client_as: As, several: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gridcase.cases.queries.lists.PAGE_SIZE", 1)
    monkeypatch.setattr(paging.cut, "__kwdefaults__", {"size": 1})
    seen: list[int] = []
    link: str | None = "/api/cases/?tab=all&odd=1"
    while link:
        page = valid("CaseList", client_as(Role.DISPATCHER).get(link))
        seen += [row["id"] for row in page["cases"]]
        link = page["next"]
    assert sorted(seen) == sorted([several["done"], several["open"], several["other"]])


def test_one_case_with_its_steps(client_as: As, several: dict[str, int]) -> None:
    case = valid("CaseWhole", client_as(Role.DISPATCHER).get(f"/api/cases/{several['done']}"))
    assert (case["state"], case["steps"][-1]["to"], case["steps"][0]["from"]) == ("closed", "closed", None)
    assert [step["seq"] for step in case["steps"]] == list(range(1, len(case["steps"]) + 1))
    for name, role in (("restricted", Role.DISPATCHER), ("restricted", Role.LIAISON), ("other", Role.LIAISON)):
        assert client_as(role).get(f"/api/cases/{several[name]}").status_code == 404


def test_who_may_not_gets_json_too(app: Flask, client_as: As, several: dict[str, int]) -> None:
    nobody = app.test_client().get("/api/cases/")
    assert (nobody.status_code, nobody.json) == (401, {"error": "sign_in"})
    assert client_as(Role.REVIEW_MEMBER).get("/api/cases/").status_code == 403
    missing = client_as(Role.DISPATCHER).get("/api/cases/999999")
    assert (missing.status_code, missing.json["error"]) == (404, 404)
    said = client_as(Role.DISPATCHER).get("/api/cases/openapi.json").json
    assert set(said["paths"]) == {"/api/cases/", "/api/cases/{case_id}"}


def test_five_statements_at_most(app: Flask, client_as: As, several: dict[str, int]) -> None:
    with app.app_context():
        engine = db.engine
    for role in (Role.DISPATCHER, Role.LIAISON):
        client = client_as(role)
        for path in ("/api/cases/?tab=mine", "/api/cases/?tab=all", f"/api/cases/{several['open']}"):
            sent: list[str] = []

            def note(_c: Any, _k: Any, statement: str, *_more: Any, sent: list[str] = sent) -> None:
                if statement.startswith(("SELECT", "INSERT", "UPDATE", "WITH")):
                    sent.append(statement)

            client.get(path)
            event.listen(engine, "before_cursor_execute", note)
            assert client.get(path).status_code == 200
            event.remove(engine, "before_cursor_execute", note)
            assert len(sent) <= 5, (path, sent)
