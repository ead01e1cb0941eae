"""Closing months and quarters, the end of a year, base points; and what was published, for the village to read."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.points import queries, service
from gridcase.points.forms.periods import AnnounceForm, BoardForm, ConfirmForm
from gridcase.points.rules import CASE_RULES
from gridcase.points.rules.periods import Period, PeriodKind, period_of, recent
from gridcase.points.rules.schemes import YearEnd
from gridcase.points.views.base import bp, today, village_of
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate
from gridcase.web.formkit import submit
from gridcase.web.frame import NavItem

SHOWN = {PeriodKind.MONTH: 6, PeriodKind.QUARTER: 2}  # the newest periods on the page
PAGES = frozenset(
    f"points.{name}" for name in ("periods", "close_period", "period", "year", "announce_year", "report", "history")
)
NAV = (
    NavItem(
        "points-periods", N_("结算"), "points.periods", "points",
        frozenset({Permission.SETTLE_POINTS, Permission.MANAGE_TOWN}), 48, group="points", module="points", pages=PAGES,
    ),
)  # fmt: skip


def _period(kind: str, starts_on: str) -> Period:
    """The period that a link names; one that is no calendar month or quarter does not exist."""
    try:
        period = Period(PeriodKind(kind), date.fromisoformat(starts_on))
    except ValueError:
        raise Missing from None
    if period_of(period.kind, period.starts_on) != period:
        raise Missing
    return period


@bp.get("/periods")
@needs(Permission.SETTLE_POINTS, Permission.MANAGE_TOWN)
def periods() -> ResponseReturnValue:
    """What of a village is to be closed, what is announced, what is done; a town reads it."""
    settles = viewer().may(Permission.SETTLE_POINTS)
    villages = queries.keeps_periods(viewer()) if settles else queries.boards(viewer())
    if not villages:
        return render_template("points/none.html")
    village, day = village_of(villages), today()
    parts = [(kind, recent(kind, day, count), queries.closed(village.id, kind)) for kind, count in SHOWN.items()]
    return render_template(
        "points/periods.html", village=village, villages=villages, parts=parts, years=queries.years_of(village.id),
        year=day.year, today=day, policy=service.policy_of(village.id, on=day), form=ConfirmForm(),
        without_base=queries.count_without_base(village.id, day.year), YearEnd=YearEnd,
        shows_homes=queries.shows_homes(village.path, on=day), settles=settles,
    )  # fmt: skip


@bp.route("/periods/<int:village_id>/<span>/<starts_on>/close", methods=["GET", "POST"])
@needs(Permission.SETTLE_POINTS)
def close_period(village_id: int, span: str, starts_on: str) -> ResponseReturnValue:
    """Look at a month or quarter, then publish it."""
    village, period = queries.kept_village(village_id, viewer=viewer()), _period(span, starts_on)
    form, here = ConfirmForm(), url_for(".period", village_id=village.id, span=span, starts_on=starts_on)
    if queries.close_of(village.id, period) is not None:
        return redirect(here)
    if form.validate_on_submit() and submit(
        form, service.close_period, village, period, actor=viewer(), now=clock.now()
    ):
        flash(_("%(period)s已结账并公布。", period=translate(period.label)), "ok")
        return redirect(here)
    return render_template(
        "points/close_period.html", form=form, village=village, period=period, over=period.over(today()),
        figures=queries.figures(village.id, period),
    )  # fmt: skip


@bp.get("/periods/<int:village_id>/<span>/<starts_on>")
@needs(Permission.SEE_POINTS, Permission.MANAGE_TOWN)
def period(village_id: int, span: str, starts_on: str) -> ResponseReturnValue:
    """A published month or quarter, masked."""
    village, asked = queries.read_village(village_id, viewer=viewer()), _period(span, starts_on)
    close = queries.close_of(village.id, asked)
    if close is None:
        raise Missing
    boards = queries.quarter_boards(village, asked, on=today()) if asked.kind is PeriodKind.QUARTER else []
    lists = asked.kind is not PeriodKind.QUARTER or queries.shows_homes(village.path, on=today())
    after = request.args.get("after")
    return render_template(
        "points/period.html", village=village, period=asked, close=close, boards=boards, rules=CASE_RULES,
        page=queries.posted_in(village.id, close, viewer=viewer(), after=after) if lists else None,
        taken=queries.taken_in(village.id, close, viewer=viewer()),
    )  # fmt: skip


@bp.post("/periods/<int:village_id>/boards")
@needs(Permission.SETTLE_POINTS)
def choose_boards(village_id: int) -> ResponseReturnValue:
    """Name homes on the quarter boards, masked, or no longer."""
    village, form = queries.kept_village(village_id, viewer=viewer()), BoardForm()
    shown = form.homes.data == "yes"
    if form.validate_on_submit() and submit(
        form, service.show_homes_on_boards, village, shown=shown, actor=viewer(), on=today(), now=clock.now()
    ):
        flash(_("季榜今后列出农户，姓名隐去。") if shown else _("季榜今后只列合计。"), "ok")
    return redirect(url_for(".periods", village=village.id))


@bp.post("/periods/<int:village_id>/base")
@needs(Permission.SETTLE_POINTS)
def grant_base(village_id: int) -> ResponseReturnValue:
    """Give this year's base points to the homes that have none."""
    village, form = queries.kept_village(village_id, viewer=viewer()), ConfirmForm()
    homes = form.validate_on_submit() and submit(form, service.grant_base, village, actor=viewer(), now=clock.now())
    if form.form_errors:
        flash(form.form_errors[0], "error")
    elif homes:
        flash(_("已给 %(count)s 户发放基础分。", count=homes), "ok")
    return redirect(url_for(".periods", village=village.id))


@bp.route("/periods/<int:village_id>/year/<int:year>/announce", methods=["GET", "POST"])
@needs(Permission.SETTLE_POINTS)
def announce_year(village_id: int, year: int) -> ResponseReturnValue:
    """Say until when the points of a year can be exchanged."""
    village, form = queries.kept_village(village_id, viewer=viewer()), AnnounceForm()
    row = queries.year_of(village.id, year)
    if year not in {today().year, today().year - 1}:
        raise Missing
    if not form.is_submitted():
        form.until.data = row.redeem_until if row else date(year, 12, 31)
    if form.validate_on_submit() and submit(
        form, service.announce_year, village, year, until=form.until.data, actor=viewer(), now=clock.now()
    ):
        flash(_("已公布，村民在积分公示和自己的积分页上都看得到。"), "ok")
        return redirect(url_for(".periods", village=village.id))
    policy = service.policy_of(village.id, on=today())
    return render_template(
        "points/announce_year.html", form=form, village=village, year=year, policy=policy, YearEnd=YearEnd
    )


@bp.route("/periods/<int:village_id>/year/<int:year>", methods=["GET", "POST"])
@needs(Permission.SETTLE_POINTS)
def year(village_id: int, year: int) -> ResponseReturnValue:
    """What settling a year will do; confirmed, it is done."""
    village, form = queries.kept_village(village_id, viewer=viewer()), ConfirmForm()
    row = queries.year_of(village.id, year)
    if row is None:
        raise Missing
    if form.validate_on_submit() and submit(form, service.settle_year, village, year, actor=viewer(), now=clock.now()):
        flash(_("%(year)s年已结算。", year=year), "ok")
        return redirect(url_for(".year", village_id=village.id, year=year))
    policy = queries.YearPolicy(YearEnd(row.policy), row.expire_months, row.base_points, row.version_id)
    return render_template(
        "points/year.html", form=form, village=village, row=row, today=today(), policy=policy, YearEnd=YearEnd,
        preview=None if row.settled_at else queries.preview_year(
            village.id, year, until=row.redeem_until, policy=policy
        ),
    )  # fmt: skip
