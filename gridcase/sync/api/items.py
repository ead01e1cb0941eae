"""The working set goes out, items come in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from gridcase.core import clock
from gridcase.core.db import transaction
from gridcase.sync import queries, service
from gridcase.sync.api.base import bp, by_device, check_live, device, error, sent_json
from gridcase.sync.rules import Item, NotTaken, Reason, read_item
from gridcase.sync.rules.outcomes import WORDS
from gridcase.sync.rules.reading import WRONG, BadFields
from gridcase.users import service as users
from gridcase.users.rules import DeviceState
from gridcase.web.access import viewer
from gridcase.web.filters import translate
from gridcase.web.respond import json_text


@bp.get("/set")
@by_device
def working_set() -> ResponseReturnValue:
    """What the phone takes along; nothing is sent again while nothing has changed."""
    now, english = clock.now(), str(get_locale()).startswith("en")
    content = queries.working_set(viewer(), now=now, say=translate, english=english)
    version = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    body = {**content, "made_at": now.isoformat(), "server_time": now.isoformat()}
    return json_text(json.dumps(body, ensure_ascii=False), version=version)


@bp.post("/items")
@by_device
def items() -> ResponseReturnValue:
    """One item in."""
    return _answered(read_item(sent_json()), service.take)


@bp.post("/items/<uuid>/hand-over")
@by_device
def hand_over(uuid: str) -> ResponseReturnValue:
    """A refused item for whoever has the home now."""
    item = read_item(sent_json())
    if item.uuid != uuid:
        raise BadFields({"id": WRONG})
    return _answered(item, service.hand_over)


@bp.delete("/devices/self")
@by_device
def leave() -> ResponseReturnValue:
    """This phone is signed out; what it has sealed may still be handed in."""
    with transaction():
        users.end_device(device(), why=DeviceState.LEFT, actor=viewer(), now=clock.now())
    return Response(status=204)


def _answered(item: Item, function: Callable[..., service.Answered]) -> Response:
    """Do it as one unit of work, and say what became of it."""
    try:
        with transaction():
            check_live(device())
            taken = function(item, sender=sender(), now=clock.now())
    except service.IdReused:
        return error("id_reused", 422, text=WORDS[Reason.ID_REUSED])
    except NotTaken as refused:
        return json_answer(said_of(item.uuid, refused), 409)
    return json_answer(taken.body, 201 if taken.new else 200)


def sender(*, sealed: bool = False) -> service.Sender:
    """Whose items these are."""
    return service.Sender(device().user, device(), translate, sealed=sealed)


def said_of(uuid: str, refused: NotTaken) -> str:
    """Why an item was not taken."""
    answer: dict[str, Any] = {
        "id": uuid, "state": "refused", "reason": refused.reason, "text": translate(refused.text),
        "can_hand_over": refused.can_hand_over,
    }  # fmt: skip
    return json.dumps(answer, ensure_ascii=False)


def json_answer(body: str, status: int) -> Response:
    """Bytes that were kept, as they are."""
    return Response(body, status=status, mimetype="application/json")
