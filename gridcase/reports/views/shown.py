"""The list of reports, and one of them as it is now: page, paper, table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.calendar import queries as calendar
from gridcase.core import clock
from gridcase.core.db import transaction
from gridcase.core.pdf import write_pdf
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Permission
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.measures import queries as measures
from gridcase.measures.rules import MEASURES, Narrow
from gridcase.measures.service import refuse_too_many
from gridcase.reports import queries, service
from gridcase.reports.models import ReportForm, ReportSchedule
from gridcase.reports.rules import Shape, Sheet, Spec, made_on
from gridcase.reports.views import base
from gridcase.reports.views.base import KEEPS, SEES, bp, common, file_name, period_of, place_choices, place_of
from gridcase.reports.views.paper import listed_paper, listed_workbook, paper_of, title_of, words_of, workbook
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import BaseForm, submit
from gridcase.web.respond import pdf_file

MOST_SHOWN, MOST_PRINTED, MOST_IN_A_FILE = 100, 1000, 5000  # rows of a list
LEDGER = "monthly"  # the standard form beside which the cases stand one by one


@bp.get("/")
@needs(SEES)
def index() -> ResponseReturnValue:
    """The forms in use, and what was made last."""
    someone = viewer()
    found = [(form, Spec.from_json(kept), place) for form, kept, place in queries.forms(someone)]
    county = next((place for place in queries.places(someone) if place.level == GridLevel.COUNTY), None)
    return render_template(
        "reports/index.html", forms=found, runs=queries.runs(someone), county=county,
        builds=queries.builds_anywhere(someone), **common(),
    )  # fmt: skip


@bp.get("/<int:form_id>")
@needs(SEES)
def show(form_id: int) -> ResponseReturnValue:
    """A report of a place and a period as it is now; the link carries both."""
    someone = viewer()
    form, spec = queries.get_form(form_id, viewer=someone)
    place, period = place_of(someone), period_of(spec.every)
    listed = spec.shape is Shape.LIST
    sheet = _sheet(form, _no_parts(spec) if listed else spec, place, period)
    most = MOST_PRINTED if request.args.get("whole") else MOST_SHOWN
    heads, rows, more = _listed(spec, place, period, most=most) if listed else ((), (), False)
    opens = not listed or measures.opens(someone, MEASURES[spec.parts[0].measures[0]].source)
    run = None if listed else queries.newest(form.id, place.id, str(period), viewer=someone)
    return render_template(
        "reports/show.html", form=form, spec=spec, sheet=sheet, place=place, period=period, now=clock.now(),
        periods=base.periods(spec.every), spots=place_choices(someone), listed=listed, heads=heads, rows=rows,
        more=more, opens=opens, count=_count(spec, place, period) if more else len(rows), run=run,
        over=base.is_over(period, at=clock.now()),
        keeps=not listed and queries.keeps(someone, place.path) and form.withdrawn_at is None,
        owns=queries.builds(someone, form.path) and form.withdrawn_at is None,
        builds=queries.builds_anywhere(someone), words_of=words_of,
        schedule=_next_of(queries.running(form, place)),
        versions=queries.versions(form) if form.standard is None else (), plain_form=BaseForm(),
        ledger=form.standard == LEDGER and someone.may(Permission.SEE_CASE), **common(),
    )  # fmt: skip


@bp.get("/<int:form_id>.pdf")
@needs(SEES)
def pdf(form_id: int) -> ResponseReturnValue:
    """The same on paper."""
    form, spec = queries.get_form(form_id, viewer=viewer())
    place, period, now = place_of(viewer()), period_of(spec.every), clock.now()
    if spec.shape is Shape.LIST:
        heads, rows, more = _listed(spec, place, period, most=MOST_PRINTED)
        paper = listed_paper(_sheet(form, _no_parts(spec), place, period), heads, rows, cut=more, made_at=now)
    else:
        paper = paper_of(_sheet(form, spec, place, period), made_at=now)
    return pdf_file(write_pdf(paper, now=now), name=file_name(title_of(form), place.name, period))


@bp.post("/<int:form_id>.xlsx")
@needs(SEES)
def table(form_id: int) -> ResponseReturnValue:
    """The same as a table; what leaves is written down."""
    form, spec = queries.get_form(form_id, viewer=viewer())
    place, period, now = place_of(viewer()), period_of(spec.every), clock.now()
    name = file_name(title_of(form), place.name, period)
    if spec.shape is Shape.LIST:
        heads, lines, more = _listed(spec, place, period, most=MOST_IN_A_FILE)
        refuse_too_many(more, most=MOST_IN_A_FILE)
        answer = listed_workbook(_sheet(form, _no_parts(spec), place, period), heads, lines, name=name)
        rows = len(lines)
    else:
        sheet = _sheet(form, spec, place, period)
        rows, answer = sheet.rows, workbook(sheet, made_at=now, name=name)
    with transaction():
        service.note_export(form, place, period, actor=viewer(), now=now, rows=rows)
    return answer


@bp.post("/<int:form_id>/keep")
@needs(KEEPS)
def keep(form_id: int) -> ResponseReturnValue:
    """The numbers as they are now are kept; they do not change any more."""
    someone, asked = viewer(), BaseForm()
    form, spec = queries.get_form(form_id, viewer=someone)
    place, period, now = place_of(someone), period_of(spec.every), clock.now()
    if asked.validate_on_submit():
        sheet = _sheet(form, _no_parts(spec) if spec.shape is Shape.LIST else spec, place, period)
        run = submit(asked, service.keep, form, place, sheet, spec=spec, actor=someone, now=now)
        if run:
            flash(_("已定稿。数字留在这里，以后不再变。"), "ok")
            return redirect(url_for(".run", run_id=run.id))  # type: ignore[union-attr]
    for words in asked.form_errors:
        flash(words, "warning")
    return redirect(url_for(".show", form_id=form_id, place=place.id, period=str(period)))


def _sheet(form: ReportForm, spec: Spec, place: Grid, period: Period) -> Sheet:
    return queries.sheet(viewer(), form, spec, place=place, period=period, now=clock.now())


def _no_parts(spec: Spec) -> Spec:
    """A list's sheet is its head and foot alone."""
    return Spec((), spec.every, spec.shape, spec.order, spec.notes, spec.notes_en)


def _next_of(schedule: ReportSchedule | None) -> tuple[PeriodKind, date] | None:
    """How often a report is made by itself, and on which day the next time."""
    if schedule is None:
        return None
    every, days, today = PeriodKind(schedule.every), calendar.work_calendar(), base.today()
    running = Period.of(every, today)
    days_on = [made_on(one, days) for one in (running.before, running) if one.first >= schedule.since]
    return every, next((day for day in days_on if day > today), made_on(running, days))


def _count(spec: Spec, place: Grid, period: Period) -> int:
    """How many rows a list would have that were not cut."""
    [key] = spec.parts[0].measures
    narrow = spec.parts[0].narrow.joined(Narrow(path=place.path))
    return measures.values(viewer(), [key], period=period, now=clock.now(), narrow=narrow).total.counts[key]


def _listed(spec: Spec, place: Grid, period: Period, *, most: int) -> tuple[Sequence[Any], Sequence[Any], bool]:
    """The heads and rows of a list, and whether it had to be cut."""
    part = spec.parts[0]
    narrow = part.narrow.joined(Narrow(path=place.path))
    page = measures.rows(
        viewer(), part.measures[0], period=period, now=clock.now(), narrow=narrow, after=request.args.get("after"),
        size=most,
    )  # fmt: skip
    return measures.heads(part.measures[0]), page.rows, page.after is not None
