"""What was kept: one by one, made anew, handed up, made by itself; and what the towns handed up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.pdf import write_pdf
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.reports import queries, service
from gridcase.reports.forms import ReasonForm, ScheduleForm
from gridcase.reports.models import ReportForm, ReportRun
from gridcase.reports.rules import Sheet, gathered, unlike
from gridcase.reports.views import base
from gridcase.reports.views.base import KEEPS, SEES, bp, common, file_name, place_of
from gridcase.reports.views.paper import paper_of, title_of, workbook
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import BaseForm, submit
from gridcase.web.respond import pdf_file


@bp.get("/runs")
@needs(SEES)
def runs() -> ResponseReturnValue:
    """All that was kept, newest first."""
    form_id = request.args.get("form", type=int)
    form = queries.get_form(form_id, viewer=viewer())[0] if form_id else None
    page = queries.runs(viewer(), form_id=form_id, after=request.args.get("after"))
    return render_template("reports/runs.html", page=page, form=form, **common())


@bp.get("/runs/<int:run_id>")
@needs(SEES)
def run(run_id: int) -> ResponseReturnValue:
    """A report as it was when it was kept."""
    someone = viewer()
    one = queries.get_run(run_id, viewer=someone)
    form, place = db.session.get_one(ReportForm, one.form_id), db.session.get_one(Grid, one.place_id)
    attempts = queries.attempts(one, viewer=someone)
    return render_template(
        "reports/run.html", run=one, form=form, place=place, sheet=_kept(one), attempts=attempts,
        newest=queries.made(one.form_id, one.place_id, one.period),
        handed=max((each.attempt for each in attempts if each.handed_up_at), default=0),
        keeps=place.valid_to is None and queries.keeps(someone, place.path),
        town=place.level == GridLevel.TOWN, reason=ReasonForm(), plain_form=BaseForm(),
        live=form.withdrawn_at is None, **common(),
    )  # fmt: skip


@bp.get("/runs/<int:run_id>.pdf")
@needs(SEES)
def run_pdf(run_id: int) -> ResponseReturnValue:
    """The same on paper, with the day it was kept on."""
    one = queries.get_run(run_id, viewer=viewer())
    sheet = _kept(one)
    content = write_pdf(paper_of(sheet, made_at=one.made_at), now=one.made_at)
    return pdf_file(content, name=_file_name(one, sheet))


@bp.post("/runs/<int:run_id>.xlsx")
@needs(SEES)
def run_table(run_id: int) -> ResponseReturnValue:
    """The same as a table; what leaves is written down."""
    one = queries.get_run(run_id, viewer=viewer())
    sheet, made_at = _kept(one), one.made_at
    name = _file_name(one, sheet)
    form, place = db.session.get_one(ReportForm, one.form_id), db.session.get_one(Grid, one.place_id)
    with transaction():
        service.note_export(form, place, sheet.period, actor=viewer(), now=clock.now(), rows=sheet.rows)
    return workbook(sheet, made_at=made_at, name=name)


@bp.post("/runs/<int:run_id>/hand-up")
@needs(KEEPS)
def hand_up(run_id: int) -> ResponseReturnValue:
    """To the county."""
    one, asked = queries.get_run(run_id, viewer=viewer()), BaseForm()
    if asked.validate_on_submit() and submit(asked, service.hand_up, one, actor=viewer(), now=clock.now()):
        flash(_("已上报，县里现在就能看到，不用再填表。"), "ok")
    for words in asked.form_errors:
        flash(words, "warning")
    return redirect(url_for(".run", run_id=run_id))


@bp.post("/runs/<int:run_id>/remake")
@needs(KEEPS)
def remake(run_id: int) -> ResponseReturnValue:
    """The same period counted anew; the old one stays."""
    someone, asked = viewer(), ReasonForm()
    one = queries.get_run(run_id, viewer=someone)
    if not asked.validate_on_submit():
        flash(_("请写明为什么重做。"), "warning")
        return redirect(url_for(".run", run_id=run_id))
    form, spec = queries.get_form(one.form_id, viewer=someone)
    place, now = queries.get_place(one.place_id, viewer=someone), clock.now()
    period = Period.read(one.period, default=Period.of(PeriodKind.DAY, base.today()))
    sheet = queries.sheet(someone, form, spec, place=place, period=period, now=now)
    made = submit(asked, service.keep, form, place, sheet, spec=spec, actor=someone, now=now, reason=asked.reason.data)
    for words in asked.form_errors:
        flash(words, "warning")
    if made:
        flash(_("已重做，旧的一份还在。"), "ok")
    return redirect(url_for(".run", run_id=made.id if made else run_id))  # type: ignore[union-attr]


@bp.route("/<int:form_id>/schedule", methods=["GET", "POST"])
@needs(KEEPS)
def schedule(form_id: int) -> ResponseReturnValue:
    """A report that is made by itself."""
    someone = viewer()
    form, spec = queries.get_form(form_id, viewer=someone)
    place, now = place_of(someone), clock.now()
    if not queries.keeps(someone, place.path):
        raise Missing
    runs_now = queries.running(form, place)
    asked = ScheduleForm(data=_scheduled(runs_now, spec.every))
    asked.offer(readers=queries.readers_to_choose(place, on=base.today()), town=place.level == GridLevel.TOWN)
    if asked.validate_on_submit() and submit(
        asked, service.let_be_made, form, place, actor=someone, spec=spec, every=PeriodKind(asked.every.data),
        readers=asked.readers.data or [], hand_up=bool("hand_up" in asked and asked.hand_up.data), now=now,
    ):  # fmt: skip
        flash(_("已定好。每期结束后的第一个工作日自动出。"), "ok")
        return redirect(url_for(".show", form_id=form_id, place=place.id))
    return render_template(
        "reports/schedule.html",
        form=asked,
        report=form,
        place=place,
        running=runs_now,
        plain_form=BaseForm(),
        **common(),
    )


@bp.post("/<int:form_id>/unschedule")
@needs(KEEPS)
def unschedule(form_id: int) -> ResponseReturnValue:
    """No more by itself."""
    form, asked = queries.get_form(form_id, viewer=viewer())[0], BaseForm()
    place = place_of(viewer())
    if asked.validate_on_submit() and submit(
        asked, service.end_of, form, place, actor=viewer(), now=clock.now()
    ):  # fmt: skip
        flash(_("已停止。出过的还在。"), "ok")
    return redirect(url_for(".show", form_id=form_id, place=place.id))


def _scheduled(found: Any, every: PeriodKind) -> dict[str, Any]:
    if found is None:
        return {"every": str(every)}
    return {"every": found.every, "hand_up": found.hand_up, "readers": queries.readers(found)}


@bp.get("/received")
@needs(Permission.MANAGE_COUNTY)
def received() -> ResponseReturnValue:
    """What the towns of a county handed up, and its sum: nobody fills a second form."""
    county, form, code = _asked()
    return render_template(
        "reports/received.html", county=county, form=form, period=code, towns=queries.towns(county),
        handed=queries.periods_handed_up(county), **_gathered(county, form, code), **common(),
    )  # fmt: skip


@bp.post("/received.xlsx")
@needs(Permission.MANAGE_COUNTY)
def received_table() -> ResponseReturnValue:
    """The towns and their sum as a table."""
    county, form, code = _asked()
    found, now = _gathered(county, form, code)["sheet"], clock.now()
    if found is None or form is None:
        raise Refused(N_("还没有镇上报这张报表。"))
    with transaction():
        service.note_export(form, county, found.period, actor=viewer(), now=now, rows=found.rows)
    return workbook(found, made_at=now, name=file_name(title_of(found), county.name, found.period))


def _file_name(run: ReportRun, sheet: Sheet) -> str:
    """The name of a kept report as a file; copies of one period are told apart."""
    name = file_name(title_of(sheet), sheet.office, sheet.period)
    return name if run.attempt == 1 else f"{name}-{run.attempt}"


def _asked() -> tuple[Grid, ReportForm | None, str]:
    """The county, form and period of the link."""
    form_id = request.args.get("form", type=int)
    form = queries.get_form(form_id, viewer=viewer())[0] if form_id else None
    county = place_of(viewer())
    if county.level != GridLevel.COUNTY:
        raise Missing
    return county, form, request.args.get("period", "")


def _gathered(county: Grid, form: ReportForm | None, code: str) -> dict[str, Any]:
    if form is None:
        return {"sheet": None, "kept": {}, "newest": {}}
    kept = queries.handed_up(county, form.id, code)
    sheets = {place_id: _kept(one) for place_id, one in kept.items()}
    model = next(iter(sheets.values()), None)
    if model is None:
        return {"sheet": None, "kept": {}, "newest": {}}
    towns = [(town.name, sheets.get(town.id)) for town in queries.towns(county)]
    return {
        "sheet": replace(model, office=county.name, blocks=gathered(towns), notes="", notes_en=""), "kept": kept,
        "unlike": unlike(towns),
        "newest": {place_id: queries.made(form.id, place_id, code) for place_id in kept},
    }  # fmt: skip


def _kept(run: ReportRun) -> Sheet:
    """The numbers that were kept, as far as this reader may have them."""
    default = Period.of(PeriodKind.DAY, clock.town_day(run.made_at))
    return queries.as_seen(viewer(), Sheet.from_json(run.sheet, period=default), path=run.path)
