"""Reception days: the calendar, the day with its visitor register, who sits when, the figures."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases import queries as cases
from gridcase.cases.rules import State
from gridcase.core import clock
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import covers
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.reception import queries, service
from gridcase.reception.forms import DutyForm, RotaForm, VisitorForm
from gridcase.reception.models import Visitor
from gridcase.reception.rules import Outcome, quarter_of
from gridcase.reception.service import Visit
from gridcase.reception.views.base import (
    asked_day,
    begins,
    bp,
    home_in,
    join_first,
    likely,
    mark,
    own_place,
    page_of,
    place_of,
    prepare,
    raise_page,
    say_registered,
    today,
    told_in,
)
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit

SELF_REMEMBERED = timedelta(days=31)


@bp.get("/")
@needs(Permission.REGISTER_CASE)
def index() -> ResponseReturnValue:
    """When this place receives next, who sits, and the days that were."""
    place, mine = place_of()
    coming = queries.days.coming(place, today=today())
    rows = queries.days.rows_of(place, [one.day for one in coming])
    return page_of(
        "index", place=place, desks=mine, today=today(), coming=coming, rows=rows,
        hosts=queries.days.hosts(list(rows.values()), on=today()), rule=queries.places.day_rule(place.path, on=today()),
        past=queries.days.past(place, viewer=viewer(), before=today(), after=request.args.get("after")),
        manages=_manages(place), reads_all=queries.days.reads_all(viewer(), place),
    )  # fmt: skip


def _manages(place: Grid) -> bool:
    return Permission.MANAGE_POSTS in grids.permissions_over(place, viewer())


@bp.route("/<int:place_id>/day", methods=["GET", "POST"])
@needs(Permission.REGISTER_CASE)
def day(place_id: int) -> ResponseReturnValue:
    """One day: who sits, who came, and the form for the next visitor."""
    place, on = own_place(place_id), asked_day() or today()
    form = VisitorForm(client_uuid=mark(), grid=str(place.id))
    prepare(form, place)
    valid = form.validate_on_submit()
    same = likely(form, place, title=form.matter.data) if form.becomes_case else []
    if valid and (form.looked.data or not same):
        came = submit(form, _receive, form, place, on, actor=viewer(), now=clock.now())
        if isinstance(came, Visitor):
            _say_done(came)
            return redirect(url_for(".day", place_id=place.id, on=on.isoformat()))
    row = queries.days.rows_of(place, [on]).get(on)
    return page_of(
        "day", place=place, on=on, today=today(), form=form, row=row, reception=queries.days.is_reception(place, on),
        hosts=queries.days.hosts([row] if row else [], on=on), rule=queries.places.day_rule(place.path, on=on),
        visitors=[_shown(one) for one in queries.days.visitors(row, viewer=viewer())] if row else [],
        Outcome=Outcome, State=State, manages=_manages(place), reads_all=queries.days.reads_all(viewer(), place),
        of_town=place.level == GridLevel.TOWN,
        same=same, may_write=today() - SELF_REMEMBERED <= on <= today(),
    )  # fmt: skip


def _shown(row: Any) -> dict[str, Any]:
    """A visitor, and whether his name may be read: by who took it down, and by who may read who reports here."""
    visitor: Visitor = row.Visitor
    someone = viewer()
    named = visitor.user_id is not None and visitor.user_id == someone.user_id
    named = named or any(
        covers(grant, path=visitor.path, section_id=None, household_id=visitor.household_id)
        for grant in someone.grants_with(Permission.SEE_REPORTER)
    )
    return {
        "row": visitor, "named": named, "number": row.number, "state": State(row.state) if row.state else None,
        "head_name": row.head_name, "taken_by": row.title,
    }  # fmt: skip


def _receive(form: VisitorForm, place: Grid, on: date, *, actor: Viewer, now: datetime) -> Visitor:
    household = home_in(form)
    told = None
    speaks_for = form.proxy_for.data
    if form.becomes_case:
        told = told_in(form, place, title=form.matter.data, household=household, name=speaks_for or form.name.data)
        if speaks_for and form.name.data:
            told = told.with_note(form.name.data)
    visit = Visit(
        client_uuid=form.client_uuid.data or "", matter=form.matter.data, outcome=Outcome(form.outcome.data),
        name=form.name.data, phone=form.phone.data, proxy_for=speaks_for, household=household, told=told,
        reply=None if form.becomes_case else form.reply.data, not_officials=form.not_officials.data,
    )  # fmt: skip
    came = service.receive(actor=actor, place=place, day=on, visit=visit, now=now)
    join_first(form, came.case_id, actor=actor, now=now)
    return came


def _say_done(row: Visitor) -> None:
    if row.case_id is None:
        flash(_("记下了：%(what)s", what=row.matter), "ok")
    else:
        say_registered(cases.get_case(row.case_id, viewer=viewer()))


@bp.route("/visitors/<int:visitor_id>/case", methods=["GET", "POST"])
@needs(Permission.REGISTER_CASE)
def visitor_case(visitor_id: int) -> ResponseReturnValue:
    """A visitor's matter that was answered becomes a case after all."""
    row = queries.days.get_visitor(visitor_id, viewer=viewer())
    place = own_place(row.place_id)
    named = row.user_id == viewer().user_id
    back = url_for(".day", place_id=place.id, on=begins_on(row))
    return raise_page(
        row, place, back=back, title=row.matter, text=row.matter, name=(row.proxy_for or row.name) if named else None,
        phone=row.phone if named else None,
    )  # fmt: skip


def begins_on(row: Visitor) -> str:
    """The day a visitor came, for a link."""
    return clock.town_day(row.came_at).isoformat()


@bp.route("/<int:place_id>/duty", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def duty(place_id: int) -> ResponseReturnValue:
    """Who sits on a day, and who stands in."""
    place = queries.places.get_place(place_id, viewer=viewer(), permission=Permission.MANAGE_POSTS)
    on = asked_day() or today()
    row = queries.days.rows_of(place, [on]).get(on)
    form = DutyForm(
        hosts=queries.places.host_posts(place, on=on),
        data={"host": str(row.host_post_id or ""), "stand_in": str(row.stand_in_post_id or "")} if row else None,
    )
    if form.validate_on_submit() and submit(
        form, service.put_down, actor=viewer(), place=place, day=on, host=_post(form.host.data),
        stand_in=_post(form.stand_in.data), now=clock.now(),
    ):  # fmt: skip
        flash(_("排好了，前一天会提醒接访人。"), "ok")
        return redirect(_back(place))
    return page_of("duty", place=place, on=on, form=form, back=_back(place))


@bp.route("/<int:place_id>/rota", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def rota(place_id: int) -> ResponseReturnValue:
    """Several posts take turns on the coming days that nobody sits on yet."""
    place = queries.places.get_place(place_id, viewer=viewer(), permission=Permission.MANAGE_POSTS)
    form = RotaForm(hosts=queries.places.host_posts(place, on=today()))
    if form.validate_on_submit():
        days = submit(form, service.rotate, actor=viewer(), place=place, posts=form.posts.data or [], now=clock.now())
        if days is not None:
            flash(_("排好了 %(n)s 天，前一天会提醒接访人。", n=int(days)), "ok")
            return redirect(_back(place))
    return page_of("rota", place=place, form=form, back=_back(place))


def _post(chosen: str | None) -> int | None:
    return int(chosen) if chosen else None


def _back(place: Grid) -> str:
    """To the calendar where its reader keeps the doors, else to the settings."""
    if viewer().may(Permission.REGISTER_CASE):
        return url_for(".index", place=place.id)
    return url_for(".settings", place=place.id)


@bp.get("/figures")
@needs(Permission.REGISTER_CASE)
def figures() -> ResponseReturnValue:
    """How many came and how many were answered, by place, in a quarter."""
    first, end = quarter_of(asked_day("quarter") or today())
    before = quarter_of(first - timedelta(days=1))[0]
    rows = queries.figures.by_place(viewer(), since=begins(first), until=begins(end))
    return page_of(
        "figures", rows=rows, first=first, last=end - timedelta(days=1), before=before,
        following=end if end <= today() else None,
        partly=not queries.days.reads_all(viewer(), place_of()[0]),
        total=sum(one.total for one in rows), answered=sum(one.answered for one in rows),
    )  # fmt: skip
