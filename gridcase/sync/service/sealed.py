"""Locked outboxes: encrypted on the phone, opened here, filed under their owner through the same door as all else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy.exc import IntegrityError

from gridcase.audit import service as audit
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_, Text
from gridcase.sync import queries
from gridcase.sync.models import SealedItem
from gridcase.sync.rules import Item, NotTaken, Reason, read_item
from gridcase.sync.rules.outcomes import WORDS, SealedState
from gridcase.sync.rules.reading import BadFields
from gridcase.sync.rules.sealing import Unreadable, opened, seal_key
from gridcase.sync.service.handing import hand_over
from gridcase.sync.service.taking import IdReused, Sender, take
from gridcase.users import queries as users
from gridcase.users.models import Device
from gridcase.users.rules import DeviceState

MOST_KEPT = 500  # of one phone; a circle's work of half a year


@dataclass(frozen=True)
class NewBox:
    """One item out of a locked outbox, as it was sent."""

    item: str
    wrapped: str
    wrapped_iv: str
    iv: str
    box: str


def open_box(box: NewBox | SealedItem, device: Device, secrets: Sequence[bytes]) -> Item:
    """The item in a box; raises `NotTaken` where it cannot be opened or is no item. Its content reaches no log."""
    uuid = box.item if isinstance(box, NewBox) else box.item_uuid
    keys = [seal_key(secret, device.seal_salt) for secret in secrets]
    try:
        plain = opened(wrapped=box.wrapped, wrapped_iv=box.wrapped_iv, iv=box.iv, box=box.box, keys=keys)
        content: Any = orjson.loads(plain)
        found = read_item(content, sent_at=datetime.fromisoformat(content["made_at"]))
    except (Unreadable, BadFields, orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise NotTaken(Reason.UNREADABLE) from error
    if found.uuid != uuid:
        raise NotTaken(Reason.UNREADABLE)
    return found


def deposit(box: NewBox, *, sender: Sender, secrets: Sequence[bytes], now: datetime) -> bool:
    """Take one box in: filed at once where the phone is its owner's still, kept for the owner to look at where it was
    reported lost, or where the item was refused. Returns whether it was filed or waits.
    Raises `NotTaken` for what stays on the phone: there is no room, or the account is closed and nobody could look
    at it here. What comes from a lost phone and does not open is not kept."""
    if not users.may_enter(sender.user):
        raise NotTaken(Reason.NOT_ALLOWED)
    kept = queries.sealed(sender.device.id, box.item)
    if kept is not None:
        return kept.state in (SealedState.WAITING, SealedState.FILED)
    if sender.device.ended_why == DeviceState.LOST:
        try:
            open_box(box, sender.device, secrets)
        except NotTaken:
            return False
        _keep(box, SealedState.WAITING, None, sender=sender, now=now)
        return True
    try:
        with db.session.begin_nested():
            take(open_box(box, sender.device, secrets), sender=sender, now=now)
    except (NotTaken, BadFields, IdReused) as refused:
        _keep(box, SealedState.REFUSED, reason_of(refused), sender=sender, now=now)
        return False
    return True


def reason_of(refused: Exception) -> Reason:
    """Why a box was not filed, in one word."""
    if isinstance(refused, NotTaken):
        return refused.reason
    return Reason.ID_REUSED if isinstance(refused, IdReused) else Reason.UNREADABLE


def _keep(box: NewBox, state: SealedState, reason: Reason | None, *, sender: Sender, now: datetime) -> None:
    if queries.kept_count(sender.device.id) >= MOST_KEPT:
        raise NotTaken(Reason.NOT_ALLOWED)
    row = SealedItem(
        device_id=sender.device.id, user_id=sender.user.id, item_uuid=box.item, wrapped=box.wrapped,
        wrapped_iv=box.wrapped_iv, iv=box.iv, box=box.box, received_at=now, state=state, reason=reason,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:  # the same box came in on two lines at once
        return
    audit.record(
        actor=queries.viewer_on(sender.user, now), action="sync.seal", subject_kind="sync_sealed", subject_id=row.id,
        now=now, detail={"device": sender.device.id, "state": state, "reason": reason},
    )  # fmt: skip


def file_kept(kept: SealedItem, *, sender: Sender, secrets: Sequence[bytes], actor: Viewer, now: datetime) -> Text:
    """The owner says: that is mine. It is filed, or handed over where the home is another's by now; returns what
    became of it. What cannot be taken stays, with the reason."""
    _check_open(kept)
    try:
        with db.session.begin_nested():
            hand_over(open_box(kept, kept.device, secrets), sender=sender, now=now)
    except (NotTaken, BadFields, IdReused) as refused:
        kept.state, kept.reason = SealedState.REFUSED, reason_of(refused)
        _note(kept, "sync.seal_refused", actor=actor, now=now)
        return WORDS[reason_of(refused)]
    _close(kept, SealedState.FILED, actor=actor, now=now)
    return N_("这一条收到了。")


def disown(kept: SealedItem, *, actor: Viewer, now: datetime) -> None:
    """The owner says: that is not mine, or no longer wanted."""
    _check_open(kept)
    _close(kept, SealedState.ASIDE, actor=actor, now=now)


def _check_open(kept: SealedItem) -> None:
    if kept.state not in (SealedState.WAITING, SealedState.REFUSED):
        raise Refused(N_("这一条已经处理过了。"))


def _close(kept: SealedItem, state: SealedState, *, actor: Viewer, now: datetime) -> None:
    """Decided: what was sealed is not kept any longer."""
    kept.state, kept.decided_at, kept.box, kept.wrapped = state, now, "", ""
    _note(kept, f"sync.seal_{state}", actor=actor, now=now)


def _note(kept: SealedItem, action: str, *, actor: Viewer, now: datetime) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="sync_sealed", subject_id=kept.id, now=now,
        detail={"device": kept.device_id, "reason": kept.reason},
    )  # fmt: skip
    db.session.flush()
