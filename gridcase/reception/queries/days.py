"""Reception days: who is put down, who came, how many."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from gridcase.calendar.queries import work_calendar
from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import covers, outside, reach
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.notices.models import Notice
from gridcase.people import queries as people
from gridcase.people.models import Post
from gridcase.reception.models import ReceptionDay, Visitor
from gridcase.reception.queries.places import day_rule, unhidden, within
from gridcase.reception.rules import Outcome, Reception, receptions

AHEAD = timedelta(days=62)
AHEAD_MOST = 8
DAY_TOLD = "reception_day"


def readable(viewer: Viewer) -> ColumnElement[bool]:
    """Visitors (joined with their case) somebody reads: those of a place he answers for or sits at, of homes he serves,
    and those he wrote down; never what a restricted case would hide."""
    sat = select(ReceptionDay.id).where(
        or_(ReceptionDay.host_post_id.in_(viewer.post_ids()), ReceptionDay.stand_in_post_id.in_(viewer.post_ids()))
    )
    ways = [
        reach(viewer, Permission.REGISTER_CASE, path=Visitor.path, household_id=Visitor.household_id),
        Visitor.day_id.in_(sat),
    ]
    if viewer.user_id is not None:
        ways.append(Visitor.user_id == viewer.user_id)
    return and_(or_(*ways), unhidden(viewer, Visitor.case_id, Visitor.user_id))


def reads_all(viewer: Viewer, place: Grid) -> bool:
    """Whether somebody answers for the whole place: else the register shows him a part of it, and says so."""
    grants = viewer.grants_with(Permission.REGISTER_CASE)
    return any(covers(grant, path=place.path, section_id=None, household_id=None) for grant in grants)


def coming(place: Grid, *, today: date) -> list[Reception]:
    """The next days of reception of a place, today among them."""
    rule = day_rule(place.path, on=today)
    return receptions(rule, work_calendar(), first=today, last=today + AHEAD)[:AHEAD_MOST]


def is_reception(place: Grid, day: date) -> Reception | None:
    """The day of reception the rule puts on a day."""
    found = receptions(day_rule(place.path, on=day), work_calendar(), first=day, last=day)
    return found[0] if found else None


def rows_of(place: Grid, days: Sequence[date]) -> dict[date, ReceptionDay]:
    """What is written down for these days."""
    found = select(ReceptionDay).where(ReceptionDay.place_id == place.id, ReceptionDay.day.in_(days))
    return {row.day: row for row in db.session.scalars(found)}


def hosts(rows: Sequence[ReceptionDay], *, on: date) -> dict[int, str]:
    """The titles of the posts put down, with who holds them."""
    ids = {post for row in rows for post in (row.host_post_id, row.stand_in_post_id) if post is not None}
    if not ids:
        return {}
    held = people.holders_of(sorted(ids), on=on)
    titles = db.session.execute(select(Post.id, Post.title).where(Post.id.in_(ids))).all()
    return {post_id: f"{title} · {held[post_id]}" if post_id in held else title for post_id, title in titles}


def past(place: Grid, *, viewer: Viewer, before: date, after: str | None) -> Page[Any]:
    """(id, day, host, visitors) of earlier days, newest first."""
    seen = (
        select(Visitor.day_id, func.count().label("visitors"))
        .outerjoin(Case, Case.id == Visitor.case_id)
        .where(Visitor.place_id == place.id, readable(viewer))
        .group_by(Visitor.day_id)
        .subquery()
    )
    query = (
        select(ReceptionDay.id, ReceptionDay.day, Post.title, func.coalesce(seen.c.visitors, 0).label("visitors"))
        .outerjoin(seen, seen.c.day_id == ReceptionDay.id)
        .outerjoin(Post, Post.id == ReceptionDay.host_post_id)
        .where(ReceptionDay.place_id == place.id, ReceptionDay.day < before)
    )
    last = read_mark(after, date.fromisoformat)
    if last:
        query = query.where(ReceptionDay.day < last[0])
    rows = db.session.execute(query.order_by(ReceptionDay.day.desc()).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: [row.day])


def visitors(row: ReceptionDay, *, viewer: Viewer) -> Sequence[Any]:
    """Who came on a day, in the order of coming."""
    return db.session.execute(
        select(Visitor, Case.number, Case.state, Household.head_name, Post.title)
        .outerjoin(Case, Case.id == Visitor.case_id)
        .outerjoin(Household, Household.id == Visitor.household_id)
        .outerjoin(Post, Post.id == Visitor.post_id)
        .where(Visitor.day_id == row.id, readable(viewer))
        .order_by(Visitor.came_at, Visitor.id)
    ).all()


def get_visitor(visitor_id: int, *, viewer: Viewer) -> Visitor:
    """One visitor of the viewer's places, else `Missing`."""
    found = db.session.scalar(
        select(Visitor)
        .outerjoin(Case, Case.id == Visitor.case_id)
        .where(Visitor.id == visitor_id, within(viewer, Visitor.path), readable(viewer))
    )
    if found is None:
        raise Missing
    return found


def to_tell(*, today: date, limit: int, asleep: Collection[str] = ()) -> Sequence[Any]:
    """Days of reception of today and tomorrow whose host was not told; none of counties that are `asleep`."""
    told = select(Notice.id).where(
        Notice.subject_kind == DAY_TOLD,
        Notice.subject_id == ReceptionDay.id,
        Notice.rule == DAY_TOLD,
        Notice.post_id == ReceptionDay.host_post_id,
    )
    return db.session.execute(
        select(ReceptionDay.id, ReceptionDay.day, ReceptionDay.path, ReceptionDay.place_id, ReceptionDay.host_post_id)
        .where(
            ReceptionDay.day >= today,
            ReceptionDay.day <= today + timedelta(days=1),
            ReceptionDay.host_post_id.is_not(None),
            outside(ReceptionDay.path, asleep),
            ~told.exists(),
        )
        .order_by(ReceptionDay.id)
        .limit(limit)
    ).all()


def answered_between(place: Grid, *, since: datetime, until: datetime) -> int:
    """How many visitors were answered on the spot."""
    answered = (Visitor.outcome == Outcome.ANSWERED, Visitor.came_at >= since, Visitor.came_at < until)
    query = select(func.count()).select_from(Visitor).where(Visitor.place_id == place.id, *answered)
    return db.session.scalar(query) or 0
