"""The working calendar: its years, one day changed, a year out of a file; what would move is shown before saving."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.calendar import queries as calendar
from gridcase.calendar.rules import FIRST_YEAR, LAST_YEAR, SOURCE_LENGTH, as_lines, from_lines, with_day
from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.db import transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission
from gridcase.core.sheets import TableRefused
from gridcase.core.words import N_, Text
from gridcase.core.worktime import DayKind
from gridcase.reminders.forms import DayForm, SaveForm, YearFileForm
from gridcase.reminders.service import calendar as service
from gridcase.reminders.views.base import bp
from gridcase.web.access import needs, viewer
from gridcase.web.frame import NavItem

PAGES = frozenset(f"reminders.calendar_{one}" for one in ("index", "year", "day", "file", "save"))
BY_HAND = N_("手工修改")
NAV = (
    NavItem(
        "calendar", N_("工作日历"), "reminders.calendar_index", "calendar", frozenset({Permission.MANAGE_COUNTY}), 80,
        group="clocks", pages=PAGES,
    ),
)  # fmt: skip


@bp.get("/calendar/")
@needs(Permission.SEE_WORK)
def calendar_index() -> ResponseReturnValue:
    """The year whose turn it is: the one that is missing, else this one."""
    today = town_day(clock.now())
    year = calendar.missing_year(today) if viewer().may(Permission.MANAGE_COUNTY) else None
    return redirect(url_for(".calendar_year", year=year or today.year))


@bp.get("/calendar/<int:year>")
@needs(Permission.SEE_WORK)
def calendar_year(year: int) -> ResponseReturnValue:
    """The days of a year."""
    return _page(_known(year))


@bp.route("/calendar/<int:year>/day", methods=["GET", "POST"])
@needs(Permission.MANAGE_COUNTY)
def calendar_day(year: int) -> ResponseReturnValue:
    """One day as something else: looked at first."""
    form = DayForm()
    if form.validate_on_submit() and form.day.data:
        days = with_day(calendar.days_of(_known(year)), form.day.data, form.chosen, form.name.data or "")
        try:
            return _look(service.draft(year, days), str(BY_HAND))
        except Refused as refusal:
            form.refuse(Refused(refusal.text, field="day"))
    return _page(_known(year), day_form=form)


@bp.route("/calendar/<int:year>/file", methods=["GET", "POST"])
@needs(Permission.MANAGE_COUNTY)
def calendar_file(year: int) -> ResponseReturnValue:
    """All days of a year out of a file: looked at first."""
    form, problems = YearFileForm(), list[Text]()
    if form.validate_on_submit():
        try:
            days = service.read_year(form.file.data.read(), _known(year))
            return _look(service.draft(year, days), form.source.data or "")
        except TableRefused as refusal:
            form.refuse(refusal)
            problems = [problem.text for problem in refusal.problems]
        except Refused as refusal:
            form.refuse(refusal)
    return _page(_known(year), file_form=form, problems=problems)


@bp.post("/calendar/<int:year>/save")
@needs(Permission.MANAGE_COUNTY)
def calendar_save(year: int) -> ResponseReturnValue:
    """Put in force what was looked at; looked at anew when the calendar has changed meanwhile."""
    form = SaveForm()
    if not form.validate_on_submit():
        return redirect(url_for(".calendar_year", year=_known(year)))
    source = (form.source.data or "")[:SOURCE_LENGTH]
    try:
        looked_at = service.draft(_known(year), from_lines(form.lines.data or ""))
        with transaction():
            version = service.save(
                looked_at, actor=viewer(), source=source, seen=form.seen.data or "", now=clock.now()
            )  # fmt: skip
            number, moved = version.id, version.moved
    except Refused as refusal:
        form.refuse(refusal)
        return _look(service.draft(year, from_lines(form.lines.data or "")), source, form)
    flash(_("已保存，日历第 %(number)s 版；更新了 %(moved)s 件在办事件的期限。", number=number, moved=moved), "ok")
    return redirect(url_for(".calendar_year", year=year))


def _known(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Missing
    return year


def _look(draft: service.Draft, source: str, form: SaveForm | None = None) -> ResponseReturnValue:
    """What a draft would change, with the button that saves it."""
    form = form or SaveForm()
    form.lines.data, form.source.data, form.seen.data = as_lines(draft.days), source, draft.seen
    return render_template("reminders/calendar_look.html", draft=draft, form=form, source=source)


def _page(
    year: int,
    *,
    day_form: DayForm | None = None,
    file_form: YearFileForm | None = None,
    problems: Sequence[Text] = (),
) -> ResponseReturnValue:
    known = [row.year for row in calendar.years()]
    today = town_day(clock.now())
    return render_template(
        "reminders/calendar.html", year=year, days=calendar.days_of(year), known=known, today=today,
        years=sorted({*range(today.year - 2, today.year + 2), year}, reverse=True),
        versions=calendar.versions(year), may_change=viewer().may(Permission.MANAGE_COUNTY),
        day_form=day_form or DayForm(), file_form=file_form or YearFileForm(), problems=problems, DayKind=DayKind,
    )  # fmt: skip
