"""The interface in its own words: OpenAPI 3.1, built from the enums and limits that the code itself asks."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from flask.typing import ResponseReturnValue

from gridcase.cases.rules import Answer
from gridcase.checks.rules import CheckKind
from gridcase.files.rules import LARGEST
from gridcase.households.rules import LifeKind
from gridcase.sync.api.base import bp
from gridcase.sync.api.sealed import BOX_LENGTH, MOST_BOXES
from gridcase.sync.rules import FORMS, Kind, Reason, bodies
from gridcase.sync.rules.reading import UUID
from gridcase.visits.rules import DoneBy, Errand, Purpose, Tick, VisitMode, VisitState
from gridcase.web.access import public

Schema = dict[str, Any]
KEPT_FOR_SEALED = (Reason.ID_REUSED, Reason.UNREADABLE)


@bp.get("/openapi.json")
@public("whoever writes an app for phones reads it")
def openapi() -> ResponseReturnValue:
    """The description of this interface."""
    return description()


def description() -> Schema:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "gridcase sync", "version": "1",
            "description": "Offline work of a representative's phone. The protocol is told in docs/offline.md.",
        },
        "paths": _paths(),
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "device": {"type": "http", "scheme": "bearer"},
                "deposit": {"type": "apiKey", "in": "header", "name": "Authorization"},
                "session": {"type": "apiKey", "in": "cookie", "name": "gridcase"},
            },
        },
    }  # fmt: skip


def _one_of(enum: type[StrEnum]) -> Schema:
    return {"type": "string", "enum": [one.value for one in enum]}


def _text(most: int, least: int = 0) -> Schema:
    return {"type": "string", "maxLength": most, "minLength": least}


def _object(required: str, **properties: Schema) -> Schema:
    return {"type": "object", "required": required.split(), "properties": properties}


def _maybe(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _list(items: Schema, most: int | None = None) -> Schema:
    return {"type": "array", "items": items} | ({"maxItems": most} if most else {})


ID: Schema = {"type": "string", "pattern": f"^{UUID.pattern}$"}
TIME: Schema = {"type": "string", "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
NUMBER: Schema = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
WORDS: Schema = {"type": "string"}
YES: Schema = {"type": "boolean"}
BASE64: Schema = {"type": "string", "minLength": 1, "maxLength": BOX_LENGTH, "pattern": "^[A-Za-z0-9+/=]+$"}


def _bodies() -> dict[str, Schema]:
    demand = _object(
        "class title",
        **{"class": _text(12, 1)}, title=_text(bodies.TITLE_MOST, 1), text=_text(bodies.TEXT_MOST),
        result=_text(bodies.RESULT_MOST), answer={"enum": [one.value for one in Answer if one.is_word]},
    )  # fmt: skip
    spot = _object("kind", kind=_one_of(Errand), words=_text(bodies.SPOT_MOST), by=_one_of(DoneBy))
    check = _object("kind found", kind=_one_of(CheckKind), found=_list(_text(40, 1), 40))
    met: Schema = {"type": "integer", "minimum": 0, "maximum": bodies.MET_MOST}
    return {
        "Demand": demand,
        "VisitBody": _object(
            "visited_at mode met state purpose",
            visited_at=TIME, mode=_one_of(VisitMode), met=met, state=_one_of(VisitState), purpose=_one_of(Purpose),
            ticks=_list(_one_of(Tick)), note=_text(bodies.NOTE_MOST), demand=_ref("Demand"), spot=spot, check=check,
        ),
        "ToldBody": _object("notice homes at", notice=NUMBER, homes=_list(NUMBER, bodies.TOLD_MOST), at=TIME),
        "ChangeBody": _object(
            "change who", change=_one_of(LifeKind), who=_text(60, 1), on=_maybe(DAY), note=_text(300)
        ),
        "DeedBody": _object("text on", text=_text(bodies.NOTE_MOST, 1), on=DAY),
    }  # fmt: skip


def _schemas() -> dict[str, Schema]:
    body = {"anyOf": [_ref(name) for name in ("VisitBody", "Demand", "ToldBody", "ChangeBody", "DeedBody")]}
    reasons = {"enum": [*(one.value for one in Reason if one not in KEPT_FOR_SEALED), "photo"]}
    item = _object(
        "id kind form made_at sent_at body",
        id=ID, kind=_one_of(Kind), form={"type": "integer", "enum": sorted(FORMS)}, made_at=TIME, sent_at=TIME,
        home=_maybe(NUMBER), body=body,
    )  # fmt: skip
    box = _object("item iv box", item=ID, iv=BASE64 | {"maxLength": 32}, box=BASE64)
    return {
        **_bodies(),
        "Item": item,
        "Taken": _object(
            "id state at", id=ID, state={"enum": ["accepted", "handed"]}, at=TIME, said=WORDS, case=WORDS
        ),
        "Refused": _object(
            "id state reason text", id=ID, state={"const": "refused"}, reason=reasons, text=WORDS, can_hand_over=YES
        ),
        "Error": _object("error text", error=WORDS, text=WORDS, fields={"type": "object"}),
        "User": _object("id name place", id=NUMBER, name=WORDS, place=WORDS),
        "NewDevice": _object(
            "device token deposit seal_key user said", device=NUMBER, token=WORDS, deposit=WORDS, seal_key=BASE64,
            user=_ref("User"), said=_maybe(WORDS),
        ),
        "Sealed": _object(
            "id owner wrapped iv boxes", id=ID, owner=NUMBER, wrapped=BASE64 | {"maxLength": 200},
            iv=BASE64 | {"maxLength": 32}, boxes=_list(box, MOST_BOXES), left=YES,
        ),
        "Deposited": _object("accepted refused", accepted=_list(ID), refused=_list(ID)),
        "Set": _set(),
    }  # fmt: skip


def _set() -> Schema:
    count: Schema = {"type": "integer", "minimum": 0}
    last = _object(
        "mode met state ticks purpose", mode=_one_of(VisitMode), met=count, state=_one_of(VisitState),
        ticks=_list(_one_of(Tick)), purpose=_one_of(Purpose),
    )  # fmt: skip
    home = _object(
        "id code name address tier absent last_on due_on first_visit lon lat last",
        id=NUMBER, code=WORDS, name=WORDS, address=WORDS, tier=_maybe(WORDS), absent=YES, last_on=_maybe(DAY),
        due_on=_maybe(DAY), first_visit=YES, lon=_maybe({"type": "number"}), lat=_maybe({"type": "number"}),
        last=_maybe(last),
    )  # fmt: skip
    demand = _object(
        "id number title home state light left", id=NUMBER, number=WORDS, title=WORDS, home=NUMBER, state=WORDS,
        light=WORDS, left=WORDS,
    )  # fmt: skip
    return _object(
        "form made_at server_time user counts homes demands classes errands notices checks confirmed",
        form={"type": "integer"}, made_at=TIME, server_time=TIME, user=_ref("User"),
        counts=_object("visits_month due", visits_month=count, due=count), homes=_list(home, 400),
        demands=_list(demand),
        classes=_list(_object("code name common restricted", code=WORDS, name=WORDS, common=YES, restricted=YES)),
        errands=_list(_object("code name class", code=WORDS, name=WORDS, **{"class": WORDS})),
        notices=_list(
            _object("id title text until homes told", id=NUMBER, title=WORDS, text=WORDS, until=DAY,
                    homes=_list(NUMBER), told=_list(NUMBER))
        ),
        checks=_list(
            _object("kind name items until", kind=WORDS, name=WORDS, until=DAY,
                    items=_list(_object("key name", key=WORDS, name=WORDS)))
        ),
        confirmed=_list(_object("item state at", item=ID, state=WORDS, at=TIME), 200),
    )  # fmt: skip


def _json(name: str) -> Schema:
    return {"application/json": {"schema": _ref(name)}}


def _answers(**by_status: str) -> Schema:
    """Answers by status ("s201": a schema, or "" for an empty one), with those that every route may give."""
    common = {"s400": "Error", "s401": "Error", "s413": "Error", "s415": "Error", "s429": "Error", "s503": "Error"}
    return {
        status[1:]: {"description": name or "no content"} | ({"content": _json(name)} if name else {})
        for status, name in sorted({**common, **by_status}.items())
    }


def _head(name: str, schema: Schema, where: str = "header") -> Schema:
    return {"name": name, "in": where, "required": True, "schema": schema}


def _takes(name: str) -> Schema:
    return {"required": True, "content": _json(name)}


def _paths() -> Schema:
    device: list[Schema] = [{"device": []}]
    session: list[Schema] = [{"session": []}]
    mark, size = _head("uuid", ID, "path"), {"type": "integer", "minimum": 1, "maximum": LARGEST}
    taken = _answers(s200="Taken", s201="Taken", s409="Refused", s422="Error")
    pieces = {"application/offset+octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    photo = _answers(s204="", s404="Error", s409="Error", s422="Error")
    photo["409"]["content"] = {"application/json": {"schema": {"anyOf": [_ref("Refused"), _ref("Error")]}}}
    return {
        "/api/sync/devices": {
            "post": {
                "operationId": "addDevice", "security": session,
                "parameters": [_head("X-CSRFToken", WORDS)],
                "requestBody": {"content": {"application/json": {"schema": _object("label", label=_text(60))}}},
                "responses": _answers(s201="NewDevice", s403="Error"),
            }
        },
        "/api/sync/devices/self": {
            "delete": {"operationId": "leave", "security": device, "responses": _answers(s204="")}
        },
        "/api/sync/set": {
            "get": {
                "operationId": "workingSet", "security": device,
                "parameters": [
                    _head("If-None-Match", WORDS) | {"required": False},
                    _head("X-Language", {"type": "string", "enum": ["zh", "en"]}) | {"required": False},
                ],
                "responses": _answers(s200="Set", s304=""),
            }
        },
        "/api/sync/items": {
            "post": {
                "operationId": "handIn", "security": device, "requestBody": _takes("Item"), "responses": taken,
            }
        },
        "/api/sync/items/{uuid}/hand-over": {
            "post": {
                "operationId": "handOver", "security": device, "parameters": [mark], "requestBody": _takes("Item"),
                "responses": taken,
            }
        },
        "/api/sync/photos/{uuid}": {
            "head": {
                "operationId": "photoOffset", "security": device, "parameters": [mark],
                "responses": {status: {"description": "see the PATCH"} for status in ("200", "400", "401", "429")},
            },
            "patch": {
                "operationId": "photo", "security": device,
                "parameters": [
                    mark, _head("Upload-Offset", {"type": "integer", "minimum": 0, "maximum": LARGEST}),
                    _head("Upload-Length", size), _head("X-Item", ID),
                    _head("X-Digest", {"type": "string", "pattern": "^[0-9a-f]{64}$"}),
                ],
                "requestBody": {"required": True, "content": pieces}, "responses": photo,
            },
        },
        "/api/sync/sealed": {
            "post": {
                "operationId": "deposit", "security": [{"deposit": []}], "requestBody": _takes("Sealed"),
                "responses": _answers(s200="Deposited", s422="Error"),
            }
        },
    }  # fmt: skip
