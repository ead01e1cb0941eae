"""Weekly sheets of paper: whose they are, which homes stand on them, which lines were typed in already."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.dated import in_force, known
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.grid.models import Grid
from gridcase.households.models import CirclePlace, Household
from gridcase.households.queries import due, standing
from gridcase.people.models import Post
from gridcase.people.rules import Role
from gridcase.visits.models import Visit, VisitPaper

WEEK = timedelta(days=7)


def monday_of(day: date) -> date:
    """The first day of a week."""
    return day - timedelta(days=day.weekday())


def representatives(viewer: Viewer, *, on: date) -> Sequence[Post]:
    """The posts a sheet can be printed for: the own circle's, and those whose circles hold homes of a place or section
    the viewer answers for; by code."""
    return db.session.scalars(
        select(Post)
        .join(CirclePlace, CirclePlace.post_id == Post.id)
        .join(Household, Household.id == CirclePlace.household_id)
        .where(in_force(CirclePlace, on), standing(), _whose(viewer))
        .distinct()
        .order_by(Post.code)
    ).all()


def _whose(viewer: Viewer) -> ColumnElement[bool]:
    own = [grant.post_id for grant in viewer.grants if grant.household_ids is not None and grant.post_id is not None]
    return or_(Post.id.in_(own), (Post.role == Role.LIAISON) & _answers_for(viewer))


def _answers_for(viewer: Viewer) -> ColumnElement[bool]:
    """Homes of the viewer's places and sections; those of his own circle he visits himself."""
    return reach(viewer, Permission.LOG_VISIT, path=Household.path, section_id=Household.section_id)


def representative(post_id: int, *, viewer: Viewer, on: date, typing: bool = False) -> Post:
    """One of them, else `Missing`; `typing`: only of a place or section one answers for."""
    found = db.session.scalar(
        select(Post)
        .join(CirclePlace, CirclePlace.post_id == Post.id)
        .join(Household, Household.id == CirclePlace.household_id)
        .where(
            Post.id == post_id, in_force(CirclePlace, on), standing(),
            (Post.role == Role.LIAISON) & _answers_for(viewer) if typing else _whose(viewer),
        )
        .limit(1)
    )  # fmt: skip
    if found is None:
        raise Missing
    return found


def homes_of(posts: Collection[Post], *, week: date, whole: bool) -> dict[int, list[Any]]:
    """(post_id, id, code, village code, head_name, address, last_visit_at, next_visit_on) of the homes on the sheets of
    a week, by post: those in the circle on one of its days; not `whole`: only those due by its end. One statement."""
    last = week + WEEK - timedelta(days=1)
    rows = db.session.execute(
        select(
            CirclePlace.post_id, Household.id, Household.code, Grid.code.label("village_code"), Household.head_name,
            Household.address, Household.last_visit_at, Household.next_visit_on,
        )
        .join(Household, Household.id == CirclePlace.household_id)
        .join(Grid, Grid.id == Household.village_id)
        .where(
            CirclePlace.post_id.in_([post.id for post in posts]), known(CirclePlace), CirclePlace.valid_from <= last,
            or_(CirclePlace.valid_to.is_(None), CirclePlace.valid_to > week), standing() if whole else due(last),
        )
        .distinct()
        .order_by(CirclePlace.post_id, Household.code)
    ).all()  # fmt: skip
    found: dict[int, list[Any]] = {post.id: [] for post in posts}
    for row in rows:
        found[row.post_id].append(row)
    return found


def typed(post_id: int, *, week: date) -> dict[int, Visit]:
    """The visits typed in from the sheet of a post and week, by home."""
    rows = db.session.scalars(
        select(Visit)
        .join(VisitPaper, VisitPaper.visit_id == Visit.id)
        .where(Visit.post_id == post_id, VisitPaper.week == week)
        .order_by(Visit.id)
    )
    return {visit.household_id: visit for visit in rows}


def noted_otherwise(post_id: int, *, first: date, days: int, home_id: int | None = None) -> Sequence[Visit]:
    """The visits a post noted on some days by phone or on the web, the first one first."""
    begins = datetime.combine(first, time(), TOWN_ZONE)
    query = select(Visit).where(
        Visit.post_id == post_id, Visit.visited_at >= begins, Visit.visited_at < begins + timedelta(days=days),
        ~exists().where(VisitPaper.visit_id == Visit.id),
    )  # fmt: skip
    if home_id is not None:
        query = query.where(Visit.household_id == home_id)
    return db.session.scalars(query.order_by(Visit.visited_at, Visit.id)).all()


def line_code(row: Any) -> str:
    """The code of a line: that of the home without the village's, short enough to compare by eye."""
    code: str = row.code
    return code.removeprefix(row.village_code)
