"""The inbox."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, func, literal_column, or_, select

from gridcase.core.db import db, one_of
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Viewer
from gridcase.notices.models import Notice, NoticeRead
from gridcase.people.models import Post, Unit


@dataclass
class Telling:
    """One reminder, and the posts and units it was told to."""

    at: datetime
    text: dict[str, Any]
    to: list[str]


@dataclass(frozen=True)
class Heard:
    """Who was told of a subject: the post or unit, when, and when somebody there first read it."""

    to: str
    at: datetime
    read_at: datetime | None


def _mine(viewer: Viewer) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = []
    if viewer.post_ids():
        ways.append(Notice.post_id.in_(viewer.post_ids()))
    if viewer.unit_ids():
        ways.append(Notice.unit_id.in_(viewer.unit_ids()))
    if viewer.person_id is not None:
        ways.append(Notice.person_id == viewer.person_id)
    return or_(*ways) if ways else false()


def inbox(viewer: Viewer, *, after: str | None = None) -> Page[tuple[Notice, bool]]:
    """What was told to the viewer's posts and units, newest first, each with whether this account has read it."""
    read = and_(NoticeRead.notice_id == Notice.id, NoticeRead.user_id == viewer.user_id)
    query = select(Notice, NoticeRead.user_id.is_not(None)).outerjoin(NoticeRead, read).where(_mine(viewer))
    mark = read_mark(after, int)
    if mark:
        query = query.where(Notice.id < mark[0])
    rows = db.session.execute(query.order_by(Notice.id.desc()).limit(PAGE_SIZE + 1)).all()
    return cut([(row[0], bool(row[1])) for row in rows], lambda row: [row[0].id])


def unread_count(viewer: Viewer, *, cap: int = 99) -> int:
    """How many are unread, counted up to `cap`."""
    return db.session.scalar(_unread(viewer, cap)) or 0


@lru_cache(maxsize=256)
def _unread(viewer: Viewer, cap: int) -> Select[int]:
    seen = select(NoticeRead.notice_id).where(NoticeRead.notice_id == Notice.id, NoticeRead.user_id == viewer.user_id)
    some = select(Notice.id).where(_mine(viewer), ~seen.exists()).limit(cap).subquery()
    return select(func.count()).select_from(some)


def get_notice(notice_id: int, *, viewer: Viewer) -> Notice:
    """One notice of the viewer's."""
    found = db.session.scalar(select(Notice).where(Notice.id == notice_id, _mine(viewer)))
    if found is None:
        raise Missing
    return found


def unread_about(subject_kind: str, subject_id: int, *, viewer: Viewer, most: int = 50) -> Sequence[Notice]:
    """What was told to the viewer about one subject and this account has not read."""
    seen = select(NoticeRead.notice_id).where(NoticeRead.notice_id == Notice.id, NoticeRead.user_id == viewer.user_id)
    about_it = (Notice.subject_kind == subject_kind, Notice.subject_id == subject_id)
    return db.session.scalars(select(Notice).where(*about_it, _mine(viewer), ~seen.exists()).limit(most)).all()


def was_told(subject_kind: str, subject_id: Any, rules: Collection[str]) -> ColumnElement[bool]:
    """Whether anything was told under these rules about the subject of a row."""
    return exists().where(
        Notice.subject_kind == literal_column(f"'{subject_kind}'"), Notice.subject_id == subject_id,
        one_of(Notice.rule, rules),
    )  # fmt: skip


_TOLD = (  # made once: every page of a case asks
    select(Notice.rule, Notice.text, Notice.created_at, func.coalesce(Post.title, Unit.name).label("to"))
    .outerjoin(Post, Post.id == Notice.post_id)
    .outerjoin(Unit, Unit.id == Notice.unit_id)
    .where(Notice.subject_kind == bindparam("subject_kind"), Notice.subject_id == bindparam("subject_id"))
    .where(Notice.rule.in_(bindparam("rules", expanding=True)))
    .order_by(Notice.id)
)


def told_about(subject_kind: str, subject_id: int, rules: Collection[str]) -> list[Telling]:
    """What was told under these rules about one subject, each once with all it was told to, oldest first."""
    asked = {"subject_kind": subject_kind, "subject_id": subject_id, "rules": rules}
    rows = db.session.execute(_TOLD, asked)
    told: dict[tuple[str, datetime], Telling] = {}
    for row in rows:
        one = told.setdefault((row.rule, row.created_at), Telling(row.created_at, row.text, []))
        if row.to and row.to not in one.to:  # two posts of one name are one word
            one.to.append(row.to)
    return list(told.values())


def heard(subject_kind: str, subject_id: int, *, most: int = 12) -> list[Heard]:
    """Who was told of one subject at once, the first first, each name once with the first reading there."""
    told, read = func.min(Notice.created_at), func.min(NoticeRead.read_at)
    to = func.coalesce(Post.title, Unit.name)
    rows = db.session.execute(
        select(to.label("to"), told.label("at"), read.label("read_at"))
        .select_from(Notice)
        .outerjoin(Post, Post.id == Notice.post_id)
        .outerjoin(Unit, Unit.id == Notice.unit_id)
        .outerjoin(NoticeRead, NoticeRead.notice_id == Notice.id)
        .where(Notice.subject_kind == subject_kind, Notice.subject_id == subject_id, Notice.urgent.is_(True))
        .group_by(to)
        .having(to.is_not(None))
        .order_by(told, to)
        .limit(most)
    )
    return [Heard(row.to, row.at, row.read_at) for row in rows]


def about(subject_kind: str, subject_id: int) -> Sequence[Notice]:
    """What was told about one subject, for its timeline."""
    return db.session.scalars(
        select(Notice).where(Notice.subject_kind == subject_kind, Notice.subject_id == subject_id).order_by(Notice.id)
    ).all()
