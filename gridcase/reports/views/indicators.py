"""Indicators: entered once by place and period, put right with a trace; survey figures beside the own ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.errors import Missing
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Viewer
from gridcase.core.places import with_above
from gridcase.core.words import Both
from gridcase.grid.models import Grid
from gridcase.measures import queries as measures
from gridcase.measures.rules import MEASURES, By, Narrow
from gridcase.reports import queries, service
from gridcase.reports.forms import CorrectForm, EnterForm, IndicatorForm, SurveyForm
from gridcase.reports.models import Indicator
from gridcase.reports.rules import Adding, Kind, plain
from gridcase.reports.views import base
from gridcase.reports.views.base import SEES, bp, common, place_choices, place_of
from gridcase.reports.views.build import BUILDS
from gridcase.reports.views.paper import words_of
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import BaseForm, submit

KINDS = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF, PeriodKind.YEAR)
BACK, SURVEY_YEARS, COMPARED = 8, 20, 8
SATISFIED = "cases.satisfied"


def _name(one: Indicator) -> str:
    return words_of(Both(one.name, one.name_en or one.name))


def _unit(one: Indicator) -> str:
    return words_of(Both(one.unit, one.unit_en or one.unit))


def _number(hundredths: int) -> str:
    value = plain(hundredths)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


def _period() -> Period:
    """The period of the link; else the half-year, as villages' accounts have it."""
    running = Period.of(PeriodKind.HALF, base.today())
    asked = Period.read(request.args.get("period"), default=running)
    return asked if asked.kind in KINDS and asked.first <= base.today() else running


def _village(places: list[Grid]) -> Grid:
    """The place of the link, else the first village: there it is known first."""
    asked = request.args.get("place", type=int)
    if asked is not None:
        return queries.get_place(asked, viewer=viewer())
    villages = [place for place in places if place.village_id == place.id]
    return next(iter([*villages, *places]))


@bp.route("/indicators", methods=["GET", "POST"])
@needs(SEES)
def indicators() -> ResponseReturnValue:
    """The indicators of a place and a period: what stands, and fields for what is missing."""
    someone, places = viewer(), queries.places(viewer())
    if not places:
        raise Missing
    place, period = _village(places), _period()
    known = {one.id: one for one in queries.indicators(place.path, survey=False)}
    held = queries.held(place.id, period)
    open_ones = [one for one in known.values() if one.id not in held] if queries.enters(someone, place.path) else []
    form = EnterForm(data={"rows": [{"indicator": str(one.id)} for one in open_ones]})
    if form.validate_on_submit() and submit(
        form, service.enter_all, _entered(form, known), actor=someone, place=place, period=period, now=clock.now()
    ):
        flash(_("已记下。报表里从现在起就有这些数。"), "ok")
        return redirect(url_for(".indicators", place=place.id, period=str(period)))
    return render_template(
        "reports/indicators.html", form=form, known=known, held=held, place=place, period=period,
        spots=queries.choices(places), kinds=KINDS, periods=base.periods(period.kind, back=BACK),
        of_kind={kind: Period.of(kind, base.today()) for kind in KINDS}, name_of=_name, unit_of=_unit,
        number=_number, may_enter=queries.enters(someone, place.path), plain_form=BaseForm(),
        builds=queries.builds_anywhere(someone), above=any(one.village_id is None for one in places),
        may_drop={one.id for one in known.values() if queries.builds(someone, one.path)}, **common(),
    )  # fmt: skip


@bp.get("/indicators/filled")
@needs(SEES)
def filled() -> ResponseReturnValue:
    """Which villages have entered what, and what is missing where."""
    someone, period = viewer(), _period()
    place = place_of(someone)
    known = queries.indicators(place.path, survey=False)
    there = queries.filled(place, period)
    rows = [
        (village, [one for one in known if one.id not in there.get(village.id, ())])
        for village in queries.villages_of(place)
    ]
    return render_template(
        "reports/filled.html", rows=rows, known=known, place=place, period=period, spots=_above_villages(someone),
        kinds=KINDS, periods=base.periods(period.kind, back=BACK), done=sum(not missing for _village, missing in rows),
        of_kind={kind: Period.of(kind, base.today()) for kind in KINDS}, name_of=_name, **common(),
    )  # fmt: skip


def _above_villages(someone: Viewer) -> Sequence[tuple[int, str]]:
    return queries.choices([place for place in queries.places(someone) if place.village_id is None])


def _entered(form: EnterForm, known: dict[int, Indicator]) -> list[tuple[Indicator, str | None, str | None]]:
    found = []
    for row in form.rows:
        asked = row["indicator"].data or ""
        if asked.isdigit() and int(asked) in known:
            found.append((known[int(asked)], row["number"].data, row["source"].data))
    return found


@bp.route("/indicators/<int:value_id>", methods=["GET", "POST"])
@needs(SEES)
def indicator(value_id: int) -> ResponseReturnValue:
    """One number with all it ever was; put right with a reason."""
    someone = viewer()
    stands, one, place = queries.get_value(value_id, viewer=someone)
    period = Period.read(stands.period, default=_period())
    form = CorrectForm(data={"over": str(stands.id), "source": stands.source})
    if form.validate_on_submit() and submit(
        form, service.enter, one, actor=someone, place=place, period=period, number=form.number.data,
        source=form.source.data, reason=form.reason.data, over=_whole(form.over.data), now=clock.now(),
    ):  # fmt: skip
        flash(_("已改好，旧的数还查得到。"), "ok")
        page = ".survey" if one.adding == Adding.SURVEY else ".indicators"
        return redirect(url_for(page, place=place.id, period=str(period)))
    return render_template(
        "reports/indicator.html", form=form, one=one, place=place, period=period, name_of=_name, unit_of=_unit,
        number=_number, may=queries.enters(someone, place.path), rows=queries.history(one.id, place.id, period),
        **common(),
    )  # fmt: skip


def _whole(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isdigit() else None


@bp.route("/indicators/new", methods=["GET", "POST"])
@needs(*BUILDS)
def new_indicator() -> ResponseReturnValue:
    """A new indicator."""
    someone, places = viewer(), place_choices(viewer(), builds=True)
    if not places:
        raise Missing
    form = IndicatorForm()
    form.offer(places=places)
    if form.validate_on_submit():
        place = queries.get_place(form.place.data, viewer=someone)
        if submit(
            form, service.name_indicator, actor=someone, place=place, name=form.name.data, unit=form.unit.data,
            adding=Adding(form.adding.data), kind=Kind(form.kind.data), now=clock.now(),
        ):  # fmt: skip
            flash(_("已加上“%(name)s”，可以填了。", name=form.name.data), "ok")
            survey = form.adding.data == Adding.SURVEY
            return redirect(url_for(".survey", place=place.id) if survey else url_for(".indicators"))
    return render_template("reports/indicator_new.html", form=form, **common())


@bp.post("/indicators/<int:indicator_id>/withdraw")
@needs(*BUILDS)
def withdraw_indicator(indicator_id: int) -> ResponseReturnValue:
    """An indicator nobody enters any more."""
    one, asked = queries.get_own_indicator(indicator_id, viewer=viewer()), BaseForm()
    if asked.validate_on_submit() and submit(asked, service.withdraw_indicator, one, actor=viewer(), now=clock.now()):
        flash(_("已停用，填过的数还在。"), "ok")
    return redirect(url_for(".indicators"))


@bp.route("/survey", methods=["GET", "POST"])
@needs(SEES)
def survey() -> ResponseReturnValue:
    """What others have measured by year, and beside it, apart, what the own callbacks say."""
    someone = viewer()
    place, now = place_of(someone), clock.now()
    known = queries.indicators(place.path, survey=True)
    years = [str(base.today().year - back) for back in range(SURVEY_YEARS)]
    form = SurveyForm()
    form.offer(indicators=[(one.id, _name(one)) for one in known], years=years)
    may = queries.enters(someone, place.path)
    if may and form.validate_on_submit() and _note_survey(form, place):
        flash(_("已记下。"), "ok")
        return redirect(url_for(".survey", place=place.id))
    return render_template(
        "reports/survey.html", form=form, place=place, spots=place_choices(someone), may=may and bool(known),
        rows=queries.surveys(with_above(place.path)), own=_own_years(place, now),
        opens=measures.opens(someone, MEASURES[SATISFIED].source), name_of=_name, unit_of=_unit,
        number=_number, builds=queries.builds_anywhere(someone), **common(),
    )  # fmt: skip


def _note_survey(form: SurveyForm, place: Grid) -> Any:
    one = queries.get_indicator(form.indicator.data, path=place.path)
    period = Period.read(form.year.data, default=Period.of(PeriodKind.YEAR, base.today()))
    return submit(
        form, service.enter, one, actor=viewer(), place=place, period=period, number=form.number.data,
        source=form.source.data, now=clock.now(),
    )  # fmt: skip


def _own_years(place: Grid, now: datetime) -> list[tuple[Period, Any]]:
    """The satisfaction of the own callbacks by year, the newest first, with the link to the cases behind it."""
    keys = (SATISFIED, MEASURES[SATISFIED].of or SATISFIED)
    this = Period.of(PeriodKind.YEAR, base.today())
    years = Period.span(this.first.replace(year=this.first.year - COMPARED + 1), this.last)
    found = measures.values(
        viewer(), keys, period=years, now=now, narrow=Narrow(path=place.path), by=(By.YEAR,), whole=False
    ).rows
    return [(row.period, row) for row in reversed(found) if row.numbers[SATISFIED] is not None]
