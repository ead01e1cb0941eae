"""One item: known already, refused, or taken with its row, its deed and its answer in one transaction."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from gridcase.audit import service as audit
from gridcase.core.db import db
from gridcase.core.words import Text
from gridcase.sync import queries
from gridcase.sync.models import SyncItem
from gridcase.sync.rules import Item, ItemState, NotTaken, Reason, put_right
from gridcase.sync.rules.bodies import ToldBody, VisitBody
from gridcase.sync.rules.times import Times
from gridcase.sync.service.deeds import Done, do, where_of
from gridcase.users import service as users
from gridcase.users.models import Device, User

Say = Callable[[Text], str]


@dataclass(frozen=True)
class Sender:
    """Whose item it is and by which phone it comes. `say` puts a sentence into the account's language, for the answer
    is kept as it was said; `sealed`: out of a locked outbox, which tells no time of sending."""

    user: User
    device: Device
    say: Say
    sealed: bool = False


@dataclass(frozen=True)
class Answered:
    """What a phone is told: the same bytes however often it asks. `new` is true once."""

    body: str
    new: bool


class IdReused(Exception):
    """The same mark came with another content."""


def take(item: Item, *, sender: Sender, now: datetime) -> Answered:
    """Take one item in. Raises `NotTaken` with the reason, and then nothing is kept; `IdReused` where the mark stands
    for something else. Sent again it is answered as the first time, whatever has changed since."""
    known = queries.by_uuid(item.uuid)
    if known is not None:
        return again(known, item, sender.user)
    times = times_of(item, sender, now)
    row = new_row(item, times, ItemState.ACCEPTED, sender=sender, now=now)
    first = claimed(row)
    if first is not None:
        return again(first, item, sender.user)
    where = where_of(item, sender.user, times.happened_at)
    done = do(item, times, where, now=now)
    row.visit_id, row.case_id = done.visit_id, done.case_id
    row.answer = _answer(item, times, done, sender.say, now)
    if not sender.sealed:  # what hands in without its token may have expired, and stays so
        users.see_device(sender.device.id, now=now)
    audit.record(
        actor=where.viewer, action="sync.accept", subject_kind="sync_item", subject_id=row.id, now=now,
        place_path=where.path, post_id=where.post_id,
        detail={"kind": item.kind, "device": sender.device.id, "offset": round(times.offset.total_seconds())},
    )  # fmt: skip
    db.session.flush()
    return Answered(row.answer, new=True)


def again(known: SyncItem, item: Item, user: User) -> Answered:
    """The stored answer, to who sent the item and sends the same; nobody else learns anything."""
    if known.user_id != user.id:
        raise NotTaken(Reason.ID_TAKEN)
    if known.body_hash != item.hash:
        raise IdReused
    short = _short(known.uuid, ItemState(known.state), known.received_at)
    return Answered(known.answer or json.dumps(short), new=False)


def _short(uuid: str, state: ItemState, at: datetime) -> dict[str, Any]:
    return {"id": uuid, "state": state, "at": at.isoformat()}


def times_of(item: Item, sender: Sender, now: datetime) -> Times:
    """The times of an item, put right; raises `NotTaken` where its form is not understood or they do not count."""
    if item.body is None:
        raise NotTaken(Reason.FORM_OLD)
    return put_right(
        made_at=item.made_at, happened_at=happened_at(item), sent_at=item.sent_at, now=now, sealed=sender.sealed
    )


def happened_at(item: Item) -> datetime:
    """When it happened, by the phone's clock."""
    if isinstance(item.body, VisitBody):
        return item.body.visited_at
    return item.body.at if isinstance(item.body, ToldBody) else item.made_at


def new_row(item: Item, times: Times, state: ItemState, *, sender: Sender, now: datetime) -> SyncItem:
    """The row that makes an item count once."""
    return SyncItem(
        uuid=item.uuid, user_id=sender.user.id, device_id=sender.device.id, kind=item.kind, state=state,
        body_hash=item.hash, said_at=item.made_at, made_at=times.made_at, received_at=now,
    )  # fmt: skip


def claimed(row: SyncItem) -> SyncItem | None:
    """Write the row, or find the one of whoever was first: the same item may come in on two lines at once."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        first = queries.by_uuid(row.uuid)
        if first is None:
            raise
        return first
    return None


def _answer(item: Item, times: Times, done: Done, say: Say, now: datetime) -> str:
    said = [done.said, *([times.words] if times.words else [])]
    more = {"case": done.number} if done.number else {}
    return answer_of(item.uuid, ItemState.ACCEPTED, said, say=say, at=now, **more)


def answer_of(uuid: str, state: ItemState, said: Sequence[Text], *, say: Say, at: datetime, **more: str) -> str:
    """What is said of an item, and said again."""
    return json.dumps({**_short(uuid, state, at), **more, "said": "".join(map(say, said))}, ensure_ascii=False)
