"""Meetings: the list, a new one, one with its outcomes."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases.rules import State
from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.grid import queries as grids
from gridcase.people import queries as people
from gridcase.reception import queries, service
from gridcase.reception.forms import MeetingForm, OutcomeForm
from gridcase.reception.models import Meeting
from gridcase.reception.rules import MeetingNature, quarter_of
from gridcase.reception.views.base import bp, mark, own_place, page_of, place_of, raise_page, today
from gridcase.web.access import needs, viewer
from gridcase.web.filters import show_date
from gridcase.web.formkit import submit


@bp.get("/meetings/")
@needs(Permission.REGISTER_CASE)
def meetings() -> ResponseReturnValue:
    """The meetings of a place, and whether this quarter had one."""
    place, mine = place_of()
    first, end = quarter_of(today())
    return page_of(
        "meetings", place=place, desks=mine, page=queries.meetings.latest(
            place, viewer=viewer(), after=request.args.get("after")
        ),
        held=queries.meetings.held_between(place, first, end), quarter_end=end, Nature=MeetingNature,
    )  # fmt: skip


@bp.route("/<int:place_id>/meetings/new", methods=["GET", "POST"])
@needs(Permission.REGISTER_CASE)
def new_meeting(place_id: int) -> ResponseReturnValue:
    """A meeting that was held, with what it came to: a line each."""
    place = own_place(place_id)
    form = MeetingForm(hosts=queries.places.host_posts(place, on=today()), client_uuid=mark(), held_on=today())
    if form.validate_on_submit():
        row = submit(
            form, service.hold_meeting, actor=viewer(), place=place, client_uuid=form.client_uuid.data,
            nature=MeetingNature(form.nature.data), held_on=form.held_on.data, topic=form.topic.data,
            present=form.present.data, venue=form.venue.data, host=int(form.host.data) if form.host.data else None,
            outcomes=form.outcomes.data or "", now=clock.now(),
        )  # fmt: skip
        if isinstance(row, Meeting):
            flash(_("会议记好了。要办的事，在下面逐条登记成事件。"), "ok")
            return redirect(url_for(".meeting", meeting_id=row.id))
    return page_of("new_meeting", place=place, form=form)


@bp.route("/meetings/<int:meeting_id>", methods=["GET", "POST"])
@needs(Permission.REGISTER_CASE)
def meeting(meeting_id: int) -> ResponseReturnValue:
    """One meeting, its outcomes, and one more."""
    row = queries.meetings.get_meeting(meeting_id, viewer=viewer())
    form = OutcomeForm()
    if form.validate_on_submit() and submit(
        form, service.add_outcome, row, actor=viewer(), text=form.text.data, now=clock.now()
    ):  # fmt: skip
        return redirect(url_for(".meeting", meeting_id=row.id))
    held = people.holders_of([row.host_post_id], on=row.held_on) if row.host_post_id else {}
    host = queries.meetings.title_of(row.host_post_id)
    return page_of(
        "meeting", row=row, place=grids.by_ids([row.place_id])[row.place_id], form=form,
        nature=MeetingNature(row.nature),
        outcomes=queries.meetings.outcomes(row, viewer=viewer()), State=State, host=host,
        holder=held.get(row.host_post_id or 0),
    )  # fmt: skip


@bp.route("/outcomes/<int:outcome_id>/case", methods=["GET", "POST"])
@needs(Permission.REGISTER_CASE)
def outcome_case(outcome_id: int) -> ResponseReturnValue:
    """A line of a meeting becomes a case."""
    row, held = queries.meetings.get_outcome(outcome_id, viewer=viewer())
    text = f"{row.text}\n{_('%(day)s 会议：%(topic)s', day=show_date(held.held_on), topic=held.topic)}"
    back = url_for(".meeting", meeting_id=held.id)
    return raise_page(row, own_place(held.place_id), back=back, title=row.text, text=text)
