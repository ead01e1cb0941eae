"""Meetings with their outcomes; the places that held none this quarter."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Viewer
from gridcase.core.scope import outside
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.notices.models import Notice
from gridcase.people.models import Post
from gridcase.people.queries import valid_on
from gridcase.people.rules import Role
from gridcase.reception.models import Meeting, MeetingOutcome
from gridcase.reception.queries.places import unhidden, within

QUARTER_TOLD = "meeting_quarter"
# Who calls the quarterly meeting: the village's deputies, and who answers for the village.
CALLS = (Role.DEPUTY, Role.VILLAGE_HEAD)


def latest(place: Grid, *, viewer: Viewer, after: str | None) -> Page[Any]:
    """The meetings of a place, newest first, with how many outcomes and cases came of each."""
    lines = (
        select(
            MeetingOutcome.meeting_id, func.count().label("outcomes"),
            func.count(MeetingOutcome.case_id).label("raised"),
        )
        .outerjoin(Case, Case.id == MeetingOutcome.case_id)
        .where(unhidden(viewer, MeetingOutcome.case_id, MeetingOutcome.user_id))
        .group_by(MeetingOutcome.meeting_id)
        .subquery()
    )  # fmt: skip
    query = (
        select(
            Meeting, Post.title, func.coalesce(lines.c.outcomes, 0).label("outcomes"),
            func.coalesce(lines.c.raised, 0).label("raised"),
        )
        .outerjoin(lines, lines.c.meeting_id == Meeting.id)
        .outerjoin(Post, Post.id == Meeting.host_post_id)
        .where(Meeting.place_id == place.id)
    )  # fmt: skip
    last = read_mark(after, date.fromisoformat, int)
    if last:
        day, row_id = last
        query = query.where(or_(Meeting.held_on < day, and_(Meeting.held_on == day, Meeting.id < row_id)))
    rows = db.session.execute(query.order_by(Meeting.held_on.desc(), Meeting.id.desc()).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: [row.Meeting.held_on, row.Meeting.id])


def held_between(place: Grid, first: date, end: date) -> int:
    """How many meetings a place held from a day until before another."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Meeting)
            .where(Meeting.place_id == place.id, Meeting.held_on >= first, Meeting.held_on < end)
        )
        or 0
    )


def get_meeting(meeting_id: int, *, viewer: Viewer) -> Meeting:
    """One meeting of the viewer's places, else `Missing`."""
    found = db.session.scalar(select(Meeting).where(Meeting.id == meeting_id, within(viewer, Meeting.path)))
    if found is None:
        raise Missing
    return found


def outcomes(meeting: Meeting, *, viewer: Viewer) -> Sequence[Any]:
    """(outcome, case number, state) in the order they were written; what became a restricted case is its own."""
    return db.session.execute(
        select(MeetingOutcome, Case.number, Case.state)
        .outerjoin(Case, Case.id == MeetingOutcome.case_id)
        .where(MeetingOutcome.meeting_id == meeting.id)
        .where(unhidden(viewer, MeetingOutcome.case_id, MeetingOutcome.user_id))
        .order_by(MeetingOutcome.seq)
    ).all()


def get_outcome(outcome_id: int, *, viewer: Viewer) -> tuple[MeetingOutcome, Meeting]:
    """One outcome with its meeting, else `Missing`."""
    row = db.session.execute(
        select(MeetingOutcome, Meeting)
        .join(Meeting, Meeting.id == MeetingOutcome.meeting_id)
        .outerjoin(Case, Case.id == MeetingOutcome.case_id)
        .where(
            MeetingOutcome.id == outcome_id,
            within(viewer, Meeting.path),
            unhidden(viewer, MeetingOutcome.case_id, MeetingOutcome.user_id),
        )
    ).first()
    if row is None:
        raise Missing
    return row[0], row[1]


def next_seq(meeting_id: int) -> int:
    """The number of a meeting's next outcome."""
    last = db.session.scalar(select(func.max(MeetingOutcome.seq)).where(MeetingOutcome.meeting_id == meeting_id))
    return (last or 0) + 1


def to_tell(
    *, first: date, end: date, due_at: datetime, today: date, after: int, limit: int, asleep: Collection[str] = ()
) -> Sequence[Any]:
    """(village, its path, post) of who calls the meetings of villages that held none from `first` until before `end`
    and was not told for that quarter (`due_at`), by post; none of counties that are `asleep`."""
    held = select(Meeting.id).where(Meeting.place_id == Grid.id, Meeting.held_on >= first, Meeting.held_on < end)
    told = select(Notice.id).where(
        Notice.subject_kind == QUARTER_TOLD,
        Notice.subject_id == Grid.id,
        Notice.rule == QUARTER_TOLD,
        Notice.due_at == due_at,
        Notice.post_id == Post.id,
    )
    return db.session.execute(
        select(Grid.id, Grid.name, Grid.path, Post.id.label("post_id"))
        .join(Post, Post.place_path == Grid.path)
        .where(
            Grid.level == GridLevel.VILLAGE, Grid.valid_to.is_(None), Post.role.in_(CALLS), valid_on(Post, today),
            Post.id > after, outside(Grid.path, asleep), ~held.exists(), ~told.exists(),
        )
        .order_by(Post.id)
        .limit(limit)
    ).all()  # fmt: skip


def title_of(post_id: int | None) -> str | None:
    """What a post is called."""
    return db.session.scalar(select(Post.title).where(Post.id == post_id)) if post_id else None
