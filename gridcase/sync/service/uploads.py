"""Photos after their item: announced, grown piece by piece, checked when whole, hung where the item went."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from gridcase.audit import service as audit
from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_, Text
from gridcase.files import service as files
from gridcase.files.models import StoredFile
from gridcase.files.rules import FileType
from gridcase.files.service import Prepared
from gridcase.sync import queries
from gridcase.sync.models import SyncItem, Upload
from gridcase.sync.rules import ItemState, Kind
from gridcase.sync.service import partial
from gridcase.sync.service.taking import IdReused, Say
from gridcase.users.models import User
from gridcase.visits import service as visits
from gridcase.visits.models import Visit

MOST_PHOTOS = 6
FORGOTTEN = timedelta(days=30)
OPEN, DONE, REFUSED = "open", "done", "refused"


class NoItem(Exception):
    """The item of a photo has not been taken (yet)."""


class PhotoRefused(Exception):
    """A photo that will not be taken, with the reason."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


@dataclass(frozen=True)
class Announced:
    """A photo as the phone announces it with every piece."""

    uuid: str
    item: str
    length: int
    digest: str


def begin(photo: Announced, *, user: User, now: datetime) -> Upload:
    """The row of a photo, made with its first piece. Raises `NoItem`, `PhotoRefused`, or `IdReused` where the mark
    stands for another photo."""
    known = queries.upload(photo.uuid)
    if known is None:
        item = _item(photo, user)
        row = Upload(
            uuid=photo.uuid, item_id=item.id, user_id=user.id, length=photo.length, digest=photo.digest, state=OPEN,
            begun_at=now,
        )  # fmt: skip
        try:
            with db.session.begin_nested():
                db.session.add(row)
            return row
        except IntegrityError:
            known = queries.upload(photo.uuid)
            if known is None:
                raise
    if known.user_id != user.id:
        raise PhotoRefused(N_("这个编号已被占用，没有收下。请重新拍一张。"))
    if (known.item.uuid, known.length, known.digest) != (photo.item, photo.length, photo.digest):
        raise IdReused
    return known


def _item(photo: Announced, user: User) -> SyncItem:
    item = queries.by_uuid(photo.item)
    if item is None or item.user_id != user.id:
        raise NoItem
    db.session.refresh(item, with_for_update=True)  # photos of one item are counted one after the other
    if item.kind not in (Kind.VISIT, Kind.CASE):
        raise PhotoRefused(N_("照片只能附在走访或诉求上。"))
    held = select(func.count()).select_from(Upload).where(Upload.item_id == item.id, Upload.state != REFUSED)
    if (db.session.scalar(held) or 0) >= MOST_PHOTOS:
        raise PhotoRefused(N_("一条记录最多 %(n)s 张照片。", n=MOST_PHOTOS))
    return item


def checked(content: bytes) -> Prepared:
    """A photo checked and drawn anew, outside of any transaction; raises `Refused` as `files.prepare` does."""
    prepared = files.prepare(content)
    if prepared.type is FileType.PDF:
        raise PhotoRefused(N_("这里只收照片。"))
    return prepared


def finish(upload_id: int, prepared: Prepared, *, actor: Viewer, device_id: int, now: datetime) -> None:
    """Hang a whole photo where its item went, once. With an item that was handed over it waits."""
    row = _locked(upload_id)
    if row.state != OPEN:
        return
    db.session.refresh(row.item, with_for_update=True)  # it may be taken over at this very moment
    if row.item.state == ItemState.HANDED and row.item.visit_id is None and row.item.case_id is None:
        row.file_id = files.keep(prepared, now=now).id
    else:
        _hang(row.item, prepared, actor=actor, now=now)
    row.state, row.ended_at = DONE, now
    audit.record(
        actor=actor, action="sync.photo", subject_kind="sync_item", subject_id=row.item_id, now=now,
        detail={"upload": row.id, "device": device_id},
    )  # fmt: skip
    db.session.flush()


def _hang(item: SyncItem, prepared: Prepared, *, actor: Viewer, now: datetime) -> None:
    """On the case where there is one, for those who handle it; else on the visit."""
    if item.case_id is not None:
        case = db.session.get_one(Case, item.case_id)
        cases.attach(case, cases.Papers(files=(prepared,)), actor=actor, now=now)
    elif item.visit_id is not None:
        visits.add_photo(db.session.get_one(Visit, item.visit_id), prepared, actor=actor, now=now)


def hang_waiting(item: SyncItem, *, actor: Viewer, now: datetime) -> None:
    """The photos that came with an item that was handed over, once it is taken over."""
    waiting = db.session.scalars(select(Upload).where(Upload.item_id == item.id, Upload.file_id.is_not(None)))
    for row in waiting:
        kept = db.session.get_one(StoredFile, row.file_id)
        prepared = Prepared(kept.digest, kept.small, FileType(kept.type), kept.size, kept.width, kept.height)
        _hang(item, prepared, actor=actor, now=now)


def refuse(upload_id: int, why: Text, *, say: Say, now: datetime) -> str:
    """A photo that is none: said, and said again whenever it is sent."""
    row = _locked(upload_id)
    if row.state == OPEN:
        answer = {"id": row.uuid, "state": "refused", "reason": "photo", "text": say(why)}
        row.state, row.ended_at, row.answer = REFUSED, now, json.dumps(answer, ensure_ascii=False)
    return row.answer or ""


def _locked(upload_id: int) -> Upload:
    row = db.session.get_one(Upload, upload_id)
    db.session.refresh(row, with_for_update={"of": Upload})
    return row


def remove_unfinished(*, now: datetime) -> int:
    """Forget bytes that no open upload waits for, and uploads nobody went on with for a month."""
    removed = 0
    for uuid, grew_at in partial.lying():
        row = queries.upload(uuid)
        finished = row is None or row.state != OPEN
        if now - grew_at > (timedelta(hours=1) if finished else FORGOTTEN):
            partial.remove(uuid)
            removed += 1
    return removed
