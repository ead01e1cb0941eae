"""Locked outboxes are handed in with a secret of their own, which reads nothing."""

from __future__ import annotations

from typing import Any

from flask.typing import ResponseReturnValue

from gridcase.core import clock
from gridcase.core.db import transaction
from gridcase.core.errors import Missing, Refused
from gridcase.sync import queries, service
from gridcase.sync.api.base import bp, by_deposit, device, sent_json
from gridcase.sync.api.items import sender
from gridcase.sync.rules import NotTaken
from gridcase.sync.rules.reading import WRONG, BadFields, Reader
from gridcase.sync.service import NewBox
from gridcase.users import service as users
from gridcase.users.rules import DeviceState
from gridcase.web.security import secret_keys

LARGEST_DEPOSIT = 4 * 1024 * 1024
MOST_BOXES, BOX_LENGTH = 200, 90_000


@bp.post("/sealed")
@by_deposit
def sealed() -> ResponseReturnValue:
    """Every box in a transaction of its own; what is named in the answer the server keeps, the phone may forget it."""
    accepted: list[str] = []
    refused: list[str] = []
    sent = sent_json(LARGEST_DEPOSIT)
    for box in _boxes(sent):
        try:
            with transaction():
                filed = service.deposit(box, sender=sender(sealed=True), secrets=secret_keys(), now=clock.now())
        except (NotTaken, Missing, Refused):  # too many are kept already: the phone keeps its own, and sends the rest
            continue
        (accepted if filed else refused).append(box.item)
    if sent.get("left"):
        _end()
    return {"accepted": accepted, "refused": refused}


def _end() -> None:
    """Nobody can open this phone's store any more: whoever signed out without a signal has left now."""
    now = clock.now()
    with transaction():
        users.end_device(device(), why=DeviceState.LEFT, actor=queries.viewer_on(device().user, now), now=now)


def _boxes(sent: dict[str, Any]) -> list[NewBox]:
    read = Reader(sent)
    read.uuid("id")
    if read.number("owner", least=1) != device().user_id:
        read.complain("owner", WRONG)
    wrapped, wrapped_iv = _base64(read, "wrapped", 200), _base64(read, "iv", 32)
    if not isinstance(sent.get("left", False), bool):
        read.complain("left", WRONG)
    boxes = sent.get("boxes")
    if not isinstance(boxes, list) or len(boxes) > MOST_BOXES:
        raise BadFields({**read.complaints, "boxes": WRONG})
    found = []
    for number, one in enumerate(boxes):
        inner = Reader(one, prefix=f"boxes.{number}.", complaints=read.complaints)
        item, iv, box = inner.uuid("item"), _base64(inner, "iv", 32), _base64(inner, "box", BOX_LENGTH)
        found.append(NewBox(item, wrapped, wrapped_iv, iv, box))
    read.done()
    return found


def _base64(read: Reader, name: str, most: int) -> str:
    """Letters as they are: whether they open anything is seen when they are opened."""
    value = read.raw(name)
    if not isinstance(value, str) or not value.isascii() or not 0 < len(value) <= most:
        read.complain(name, WRONG)
        return ""
    return value
