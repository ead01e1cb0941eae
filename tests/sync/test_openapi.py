"""The description of the interface against what it does: invented requests by schemathesis, and real answers.

4 requests an operation and way of inventing by default; GRIDCASE_FULL=1 invents 1,000.
"""

from __future__ import annotations

import os
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
)

from gridcase.people.rules import Role
from gridcase.sync.api.openapi import description
from tests.factories.world import World
from tests.sync.phone import ClientAs, known
from tests.sync.test_door import doors
from tests.sync.test_photos import picture, send
from tests.sync.test_sealed import deposit, sealed

FULL = os.environ.get("GRIDCASE_FULL", "") not in {"", "0"}
EXAMPLES = 1000 if FULL else 4
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance, ignored_auth,
]  # fmt: skip
# These change who may ask at all: tests/sync/test_door.py.
LEFT_OUT = {"addDevice", "leave"}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "mode", [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE], ids=lambda mode: mode.value
)
def test_invented_requests_never_break_it(
    app: Flask, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch, mode: schemathesis.GenerationMode
) -> None:
    """No 5xx, no answer the description does not know, nothing without the token."""
    monkeypatch.setattr("gridcase.sync.api.base.counter.wait", lambda _who, *, seconds, most: 0)
    phone = known(client_as, Role.LIAISON)
    tokens = {"deposit": {"Authorization": f"Deposit {phone.made['deposit']}"}}
    schema, tried = schemathesis.openapi.from_wsgi("/api/sync/openapi.json", app), set()
    for found in schema.get_all_operations():
        operation = found.ok()
        name = operation.definition.raw["operationId"]
        if name in LEFT_OUT:
            continue
        tried.add(name)

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )  # fmt: skip
        def run(token: dict[str, str], case: schemathesis.Case) -> None:
            case.call_and_validate(headers=token, checks=CHECKS)

        run(tokens.get(name, phone.auth))
    assert tried == {"workingSet", "handIn", "handOver", "photoOffset", "photo", "deposit"}


def resolved(name: str) -> Any:
    """A validator of one schema."""
    whole = description()
    return jsonschema_rs.validator_for(
        {"$ref": f"#/components/schemas/{name}", "components": whole["components"]}, validate_formats=True
    )


def test_real_answers_are_as_described(client_as: ClientAs, world: World) -> None:
    phone, homes = known(client_as, Role.LIAISON), world.homes["circle"]
    resolved("NewDevice").validate(phone.made)
    demand = {"class": "0501", "title": "没水了", "text": ""}
    spot, check = {"kind": "shopping", "words": "买药", "by": "neighbour"}, {"kind": "winter", "found": []}
    item = phone.visit(homes[0], demand=demand, spot=spot, check=check)
    resolved("Item").validate({**item, "sent_at": item["made_at"]})
    resolved("Taken").validate(phone.send(item).json)
    deed = phone.item("deed", None, {"text": "帮邻居收了谷子", "on": "2026-11-22"})
    resolved("Taken").validate(phone.send(deed).json)
    resolved("Refused").validate(phone.send(phone.visit(world.homes["village_b"][0])).json)
    resolved("Error").validate(phone.send(item | {"kind": "x"}).json)
    resolved("Set").validate(phone.ask("GET", "set").json)
    resolved("Deposited").validate(deposit(phone, sealed(phone, [phone.visit(homes[1])])).json)
    assert send(phone, item["id"], phone.visit(homes[0])["id"], picture(size=(60, 40)), 0).status_code == 204


def test_every_door_is_described(app: Flask) -> None:
    said = {(method.upper(), path) for path, methods in description()["paths"].items() for method in methods}
    rules = {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/sync/")
        for method in rule.methods - {"OPTIONS"}
        if not (method == "HEAD" and "GET" in rule.methods)
    }
    assert rules - said == {("GET", "/api/sync/openapi.json"), ("GET", "/api/sync/session")}
    assert said - rules == set()
    assert len(doors(app)) >= len(said)
