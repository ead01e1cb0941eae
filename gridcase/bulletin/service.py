"""Announcing, putting right, ending early, and noting that a home was told. Audit rows hold ids and counts alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from gridcase.audit import service as audit
from gridcase.bulletin import queries
from gridcase.bulletin.models import Announcement, AnnouncementHome
from gridcase.bulletin.rules import SCOPES, TEXT_LENGTH, TITLE_LENGTH, How, checked_until
from gridcase.core.changes import change, check_seen
from gridcase.core.clock import town_day
from gridcase.core.db import db, dialect_name
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.core.scope import covers
from gridcase.core.text import clean, clean_line
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.notices import service as notices

EDITED = ("title", "text", "until")
SENT_BEFORE = N_("这张表已经送出过，内容和这次不同。请重新打开再写。")


def announce(
    *, actor: Viewer, place: Grid, client_uuid: str, title: str, text: str, until: date, now: datetime
) -> Announcement:
    """Give word to every home of a place; the liaisons who have homes there find it in their inbox and on Today.

    The same form sent twice is one announcement.
    """
    grant = _speaks_for(actor, place.path)
    if place.level not in SCOPES or place.valid_to is not None:
        raise Refused(N_("请选传达到哪里。"), field="place")
    title, text = _said(title, text)
    row = Announcement(
        client_uuid=client_uuid, place_id=place.id, path=place.path, title=title, text=text,
        until=checked_until(until, today=town_day(now)), post_id=grant.post_id, user_id=actor.user_id,
        published_at=now,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return _same(client_uuid, title, text, actor)
    told = _tell_liaisons(row, now=now)
    _note("bulletin.announce", row, actor, grant, now, liaisons=told)
    return row


def _speaks_for(actor: Viewer, path: str) -> Grant:
    for grant in actor.grants_with(Permission.ANNOUNCE):
        if covers(grant, path=path, section_id=None, household_id=None) and grant.section_id is None:
            return grant
    raise Missing


def _said(title: str, text: str) -> tuple[str, str]:
    title, text = clean_line(title)[:TITLE_LENGTH], clean(text)[:TEXT_LENGTH]
    if not title:
        raise Refused(N_("请写标题。"), field="title")
    if not text:
        raise Refused(N_("请写要传达的内容。"), field="text")
    return title, text


def _same(client_uuid: str, title: str, text: str, actor: Viewer) -> Announcement:
    first = queries.by_uuid(client_uuid)
    if first is None or first.user_id != actor.user_id or (first.title, first.text) != (title, text):
        raise Refused(SENT_BEFORE)
    return first


def _tell_liaisons(row: Announcement, *, now: datetime) -> int:
    posts = queries.liaison_posts(row.path, on=town_day(now))
    new = notices.tell_all(
        [
            notices.Telling(
                rule="bulletin.new", subject_kind="announcement", subject_id=row.id, due_at=None,
                place_path=post.place_path, text=N_("有一条通知要传达到户：%(title)s", title=row.title),
                link=f"/bulletin/{row.id}", post_id=post.id,
            )
            for post in posts
        ],
        now=now,
    )  # fmt: skip
    return len(new)


def put_right(
    row: Announcement, *, actor: Viewer, title: str, text: str, until: date, seen: str | None, now: datetime
) -> None:
    """Change what is said, as long as no home has heard it: what was passed on is not rewritten afterwards."""
    grant = _speaks_for(actor, row.path)
    db.session.refresh(row, with_for_update=True)
    _check_running(row, now)
    check_seen(row, EDITED, seen)
    if queries.any_told(row):
        raise Refused(N_("已经有户听到了，内容不能再改。可以提前结束，另发一条。"))
    title, text = _said(title, text)
    changes = change(row, {"title": title, "text": text, "until": checked_until(until, today=town_day(now))})
    if changes:
        _note("bulletin.edit", row, actor, grant, now, fields=sorted(changes))


def end(row: Announcement, *, actor: Viewer, now: datetime) -> None:
    """Nobody is asked to pass it on any more; who was told stays written down."""
    grant = _speaks_for(actor, row.path)
    db.session.refresh(row, with_for_update=True)
    _check_running(row, now)
    row.ended_at = now
    _note("bulletin.end", row, actor, grant, now)


def _check_running(row: Announcement, now: datetime) -> None:
    if row.ended_at is not None or row.until < town_day(now):
        raise Refused(N_("这条通知已经结束。"))


def tell(
    notice: Announcement,
    household_ids: Collection[int],
    *,
    actor: Viewer,
    at: datetime,
    now: datetime,
    how: How = How.DOOR,
) -> int:
    """Note that homes were told at a moment; returns how many had not been before. A home told twice is one row.

    A home the actor does not visit is `Missing`, one the announcement is not for is refused. A phone that was out of
    reach may say so after the announcement has ended: it was told all the same.
    """
    wanted = sorted(set(household_ids))
    homes = list(db.session.scalars(select(Household).where(Household.id.in_(wanted))))
    if not wanted or len(homes) != len(wanted):
        raise Missing if wanted else Refused(N_("请先勾选已经说到的户。"))
    posts = {home.id: _post_over(actor, home) for home in homes}
    if any(not home.path.startswith(notice.path) for home in homes):
        raise Refused(N_("有的户不在这条通知的范围里，请重新打开这一页。"))
    db.session.refresh(notice, with_for_update={"read": True})  # nobody rewrites it meanwhile
    moment = min(max(at, notice.published_at), now)
    known = queries.told_among(notice, wanted)
    rows = [
        {
            "announcement_id": notice.id, "household_id": home.id, "post_id": posts[home.id], "user_id": actor.user_id,
            "how": how.value, "told_at": moment, "received_at": now,
        }
        for home in homes
        if home.id not in known
    ]  # fmt: skip
    if not rows:
        return 0
    new = _insert_new(rows)
    audit.record(
        actor=actor, action="bulletin.tell", subject_kind="announcement", subject_id=notice.id,
        place_path=notice.path, post_id=posts[homes[0].id], now=now, detail={"homes": sorted(new), "how": how.value},
    )  # fmt: skip
    return len(new)


def _post_over(actor: Viewer, home: Household) -> int | None:
    for grant in actor.grants_with(Permission.LOG_VISIT):
        if covers(grant, path=home.path, section_id=home.section_id, household_id=home.id):
            return grant.post_id
    raise Missing


def _insert_new(rows: Sequence[dict[str, Any]]) -> list[int]:
    """The households written now; those told before, or by another at the same moment, are left as they are."""
    made = postgresql.insert if dialect_name() == "postgresql" else sqlite.insert
    statement = (
        made(AnnouncementHome)
        .on_conflict_do_nothing(index_elements=["announcement_id", "household_id"])
        .returning(AnnouncementHome.household_id)
    )
    return list(db.session.scalars(statement, list(rows)))


def take_back(notice: Announcement, household_id: int, *, actor: Viewer, now: datetime) -> bool:
    """A tick set by mistake goes, by whoever set it or holds that post now, while the announcement runs; False: it was
    not there."""
    _check_running(notice, now)
    row = db.session.scalar(
        select(AnnouncementHome).where(
            AnnouncementHome.announcement_id == notice.id, AnnouncementHome.household_id == household_id
        )
    )
    if row is None:
        return False
    if row.user_id != actor.user_id and row.post_id not in actor.post_ids():
        raise Missing
    db.session.delete(row)
    audit.record(
        actor=actor, action="bulletin.take_back", subject_kind="announcement", subject_id=notice.id,
        place_path=notice.path, post_id=row.post_id, now=now, detail={"home": household_id},
    )  # fmt: skip
    db.session.flush()
    return True


def repoint_household(double: Household, kept: Household, *, actor: Viewer, now: datetime) -> int:
    """What a home that was written twice was told, the kept one was told; returns how many ticks moved."""
    known = select(AnnouncementHome.announcement_id).where(AnnouncementHome.household_id == kept.id)
    twice = list(db.session.scalars(known))
    quiet = {"synchronize_session": False}
    db.session.execute(
        delete(AnnouncementHome).where(
            AnnouncementHome.household_id == double.id, AnnouncementHome.announcement_id.in_(twice)
        ),
        execution_options=quiet,
    )
    ids = db.session.scalars(
        update(AnnouncementHome)
        .where(AnnouncementHome.household_id == double.id)
        .values(household_id=kept.id)
        .returning(AnnouncementHome.id),
        execution_options=quiet,
    ).all()
    if ids:
        audit.record(
            actor=actor, action="bulletin.repoint", subject_kind="household", subject_id=kept.id, place_path=kept.path,
            now=now, detail={"double": double.id, "count": len(ids)},
        )  # fmt: skip
    return len(ids)


def _note(action: str, row: Announcement, actor: Viewer, grant: Grant, now: datetime, **detail: object) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="announcement", subject_id=row.id, place_path=row.path,
        post_id=grant.post_id, now=now, detail=dict(detail),
    )  # fmt: skip
    db.session.flush()
