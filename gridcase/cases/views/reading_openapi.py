"""The reading interface in its own words: OpenAPI 3.1, its values from the enums the code itself asks."""

from __future__ import annotations

from typing import Any

from gridcase.cases.queries import Tab
from gridcase.cases.rules import Answer, Channel, Level, Light, Rating, State, Urgency
from gridcase.cases.rules.majors import MAJORS

Schema = dict[str, Any]
TIME: Schema = {"type": "string", "format": "date-time"}
WORDS: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer", "minimum": 1}


def description() -> Schema:
    """The whole document."""
    asked: dict[str, list[str]] = {"tab": list(Tab), "state": list(State), "major": list(MAJORS), "light": list(Light)}
    narrowing = [_asked(name, {"enum": [str(one) for one in values]}) for name, values in asked.items()]
    narrowing += [_asked("village", NUMBER), _asked("q", WORDS | {"maxLength": 60}), _asked("after", WORDS)]
    case = {"name": "case_id", "in": "path", "required": True, "schema": NUMBER | {"maximum": 2**31 - 1}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "gridcase reading", "version": "1",
            "description": "The cases of a signed-in account, read only. Told in docs/reading.md.",
        },
        "paths": {
            "/api/cases/": {"get": _get("listCases", "CaseList", narrowing)},
            "/api/cases/{case_id}": {"get": _get("readCase", "CaseWhole", [case], missing=True)},
        },
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "gridcase"}},
        },
        "security": [{"session": []}],
    }  # fmt: skip


def _asked(name: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _get(name: str, answer: str, parameters: list[Schema], *, missing: bool = False) -> Schema:
    answers = {"200": _answer("what was asked for", answer)}
    answers["401"] = _answer("nobody is signed in", "SignIn")
    answers["403"] = _answer("the account sees no cases", "Error")
    if missing:
        answers["404"] = _answer("no such case, or not this account's", "Error")
    return {"operationId": name, "parameters": parameters, "responses": answers}


def _answer(said: str, schema: str) -> Schema:
    return {"description": said, "content": {"application/json": {"schema": _ref(schema)}}}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _object(**properties: Schema) -> Schema:
    """Every field is always there."""
    return {"type": "object", "required": list(properties), "properties": properties, "additionalProperties": False}


def _schemas() -> dict[str, Schema]:
    state: Schema = {"enum": [one.value for one in State]}
    row = {
        "id": NUMBER, "number": WORDS, "title": WORDS, "class": WORDS, "class_en": WORDS, "state": state,
        "urgency": {"enum": [int(one) for one in Urgency]}, "village": _maybe(WORDS), "place": WORDS,
        "light": {"enum": [one.value for one in Light]}, "registered_at": TIME, "due_at": _maybe(TIME),
        "closed_at": _maybe(TIME), "closed_late": {"type": "boolean"}, "with": _maybe(WORDS),
    }  # fmt: skip
    step = _object(
        **{"seq": NUMBER, "move": WORDS, "from": _maybe(state), "to": state, "role": WORDS, "at": TIME}
    )  # fmt: skip
    whole = {
        "text": WORDS, "class_code": WORDS, "channel": {"enum": [one.value for one in Channel]},
        "level": _maybe({"enum": [one.value for one in Level]}), "result": _maybe(WORDS),
        "answer": _maybe({"enum": [one.value for one in Answer]}),
        "rating": _maybe({"enum": [one.value for one in Rating]}), "steps": {"type": "array", "items": step},
    }  # fmt: skip
    return {
        "Case": _object(**row),
        "CaseList": _object(
            tab={"enum": [one.value for one in Tab]}, cases={"type": "array", "items": _ref("Case")}, next=_maybe(WORDS)
        ),
        "CaseWhole": _object(**row, **whole),
        "SignIn": _object(error=WORDS),
        "Error": {"type": "object", "required": ["error"]},
    }
