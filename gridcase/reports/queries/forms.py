"""Reading forms, their versions, and what makes them by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.places import COUNTY, cut_to, with_above
from gridcase.grid.models import Grid
from gridcase.people.models import Post
from gridcase.people.queries import holders_of, posts_at
from gridcase.people.rules import ROLE_PERMISSIONS, Role
from gridcase.reports.models import ReportForm, ReportFormVersion, ReportSchedule, ReportScheduleReader
from gridcase.reports.queries.sight import visible_forms
from gridcase.reports.rules import Spec


def forms(viewer: Viewer) -> Sequence[Any]:
    """(form, spec, name of its place) of the forms in use: those that come with the system first, then by title."""
    return db.session.execute(
        select(ReportForm, ReportFormVersion.spec, Grid.name.label("place"))
        .join(ReportFormVersion, _current())
        .outerjoin(Grid, Grid.id == ReportForm.place_id)
        .where(visible_forms(viewer), ReportForm.withdrawn_at.is_(None))
        .order_by(func.length(ReportForm.path), ReportForm.path, ReportForm.id)
    ).all()


def _current() -> Any:
    return (ReportFormVersion.form_id == ReportForm.id) & (ReportFormVersion.number == ReportForm.version)


def get_form(form_id: int, *, viewer: Viewer) -> tuple[ReportForm, Spec]:
    """A form of the viewer's and what it asks for now, else `Missing`; a withdrawn one can still be read."""
    row = db.session.execute(
        select(ReportForm, ReportFormVersion.spec)
        .join(ReportFormVersion, _current())
        .where(ReportForm.id == form_id, visible_forms(viewer))
    ).first()
    if row is None:
        raise Missing
    return row[0], Spec.from_json(row[1])


def spec_of(form: ReportForm, number: int | None = None) -> Spec:
    """What a form asks for, now or in an older version."""
    kept = db.session.scalars(
        select(ReportFormVersion.spec).where(
            ReportFormVersion.form_id == form.id, ReportFormVersion.number == (number or form.version)
        )
    ).one()
    return Spec.from_json(kept)


def versions(form: ReportForm) -> Sequence[ReportFormVersion]:
    """The versions of a form, newest first."""
    return db.session.scalars(
        select(ReportFormVersion)
        .where(ReportFormVersion.form_id == form.id)
        .order_by(ReportFormVersion.number.desc())
        .limit(20)
    ).all()


def by_uuid(client_uuid: str) -> ReportForm | None:
    """The form sent under this mark."""
    return db.session.scalar(select(ReportForm).where(ReportForm.client_uuid == client_uuid))


def titled(title: str, *, path: str, but: int | None) -> bool:
    """Whether another form in use at this place has this title."""
    same = select(ReportForm.id).where(
        ReportForm.title == title, ReportForm.path == path, ReportForm.withdrawn_at.is_(None),
        ReportForm.id != (but or 0),
    )  # fmt: skip
    return db.session.scalar(same.limit(1)) is not None


def standards() -> dict[str, tuple[ReportForm, Spec]]:
    """The forms that come with the system, by their names in the register."""
    rows = db.session.execute(
        select(ReportForm, ReportFormVersion.spec)
        .join(ReportFormVersion, _current())
        .where(ReportForm.standard.is_not(None))
    )
    return {form.standard or "": (form, Spec.from_json(kept)) for form, kept in rows}


def schedules_of(form: ReportForm) -> Sequence[ReportSchedule]:
    """What makes a form by itself, wherever."""
    return db.session.scalars(
        select(ReportSchedule)
        .where(ReportSchedule.form_id == form.id, ReportSchedule.ended_at.is_(None))
        .order_by(ReportSchedule.id)
    ).all()


def timetable() -> Sequence[Any]:
    """(schedule, form, place, every, since) ids of all that is made by itself."""
    return db.session.execute(
        select(
            ReportSchedule.id, ReportSchedule.form_id, ReportSchedule.place_id, ReportSchedule.every,
            ReportSchedule.since,
        )
        .join(ReportForm, ReportForm.id == ReportSchedule.form_id)
        .join(Grid, Grid.id == ReportSchedule.place_id)
        .where(ReportSchedule.ended_at.is_(None), ReportForm.withdrawn_at.is_(None), Grid.valid_to.is_(None))
        .order_by(ReportSchedule.id)
    ).all()  # fmt: skip


def get_schedule(schedule_id: int) -> ReportSchedule:
    """What makes a form by itself, else `Missing`."""
    found = db.session.get(ReportSchedule, schedule_id)
    if found is None:
        raise Missing
    return found


def running(form: ReportForm, place: Grid) -> ReportSchedule | None:
    """What makes this form for this place by itself."""
    return db.session.scalar(
        select(ReportSchedule).where(
            ReportSchedule.form_id == form.id, ReportSchedule.place_id == place.id, ReportSchedule.ended_at.is_(None)
        )
    )


def readers(schedule: ReportSchedule) -> list[int]:
    """The posts that are told."""
    return list(
        db.session.scalars(
            select(ReportScheduleReader.post_id)
            .where(ReportScheduleReader.schedule_id == schedule.id)
            .order_by(ReportScheduleReader.post_id)
        )
    )


SEEING = tuple(role for role, held in ROLE_PERMISSIONS.items() if Permission.SEE_DASHBOARD in held)


def possible_readers(place: Grid, *, on: date) -> list[Post]:
    """The posts at a place, or above it, that may read its reports."""
    wanted, county = set(with_above(place.path)), cut_to(place.path, COUNTY)
    return [post for post in posts_at(county, *SEEING, on=on) if post.place_path in wanted]


def readers_to_choose(place: Grid, *, on: date) -> list[tuple[int, str]]:
    """The same to choose from: two posts of one title are told apart by who holds them."""
    posts = possible_readers(place, on=on)
    names = holders_of([post.id for post in posts], on=on)
    return [(post.id, " · ".join(filter(None, (post.title, names.get(post.id))))) for post in posts]


def county_posts(path: str, *, on: date) -> list[Post]:
    """Who receives what a place's town hands up."""
    county = cut_to(path, COUNTY)
    return [post for post in posts_at(county, Role.COUNTY_MANAGER, on=on) if post.place_path == county]
