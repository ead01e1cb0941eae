"""The red and the black list of a village."""

from __future__ import annotations

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.affairs.forms.honours import BlackForm
from gridcase.affairs.models import Board
from gridcase.affairs.queries import activities as activity_queries
from gridcase.affairs.queries import boards as queries
from gridcase.affairs.queries import honours
from gridcase.affairs.rules import BLACK_DAYS, BoardKind, Span, period_of, periods_before
from gridcase.affairs.service import boards as service
from gridcase.affairs.views.base import GIVES, JOINS, bp, say_refusals, today
from gridcase.affairs.views.honours import OBJECTS, village_of
from gridcase.core import clock
from gridcase.core.errors import Missing
from gridcase.grid.models import Grid
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import BaseForm, options, submit


@bp.get("/affairs/boards")
@needs(GIVES, JOINS, OBJECTS)
def boards() -> ResponseReturnValue:
    """What hangs today."""
    someone, day = viewer(), today()
    villages = honours.villages(someone, on=day)
    village = village_of(villages)
    red = queries.hanging(village.id, BoardKind.RED, on=day) if village else []
    black = queries.hanging(village.id, BoardKind.BLACK, on=day) if village else []
    return render_template(
        "affairs/boards.html", villages=villages, village=village,
        red=[(one, queries.homes_on(one, on=day)) for one in red],
        black=[(one, queries.conduct(one)) for one in black], span=_span_of, form=BaseForm(formdata=None),
        gives=activity_queries.may(village.path, someone, GIVES) if village else False, timedelta=timedelta,
    )  # fmt: skip


def _span_of(board: Board) -> Span:
    """The span a list is about, with its name."""
    months = 1 if (board.ends_on - board.begins_on).days < 32 else 3
    return period_of(board.begins_on, months=months)


def _village(village_id: int) -> Grid:
    """A village one answers for, with the module in use, else `Missing`."""
    found = [one for one in honours.villages(viewer(), on=today(), permission=GIVES) if one.id == village_id]
    if not found:
        raise Missing
    return found[0]


def _spans() -> list[Span]:
    """The last two months and the last quarter."""
    day = today()
    return [*periods_before(day, months=1, count=2), *periods_before(day, months=3, count=1)]


def _asked_span() -> Span:
    wanted = request.values.get("span", "")
    spans = _spans()
    return next((one for one in spans if f"{one.begins}/{one.ends}" == wanted), spans[0])


@bp.route("/affairs/boards/<int:village_id>/red", methods=["GET", "POST"])
@needs(GIVES)
def hang_red(village_id: int) -> ResponseReturnValue:
    """Pick who stands on the red list; only who has agreed can be picked."""
    village, form, span = _village(village_id), BaseForm(), _asked_span()
    if form.validate_on_submit():
        ids = [int(one[:12]) for one in request.form.getlist("ids") if one.isascii() and one.isdigit()]
        if isinstance(submit(form, service.hang_red, village, span, ids, actor=viewer(), now=clock.now()), Board):
            flash(_("红榜已张出。"), "ok")
            return redirect(url_for(".boards", village=village_id))
    day = today()
    rows = queries.praised(village, begins=span.begins, last=span.ends - timedelta(days=1), on=day)
    return render_template(
        "affairs/board_red.html", village=village, rows=rows, span=span, spans=_spans(), form=form,
        asks=[one for one in rows if one.agreed_on is None],
    )  # fmt: skip


@bp.route("/affairs/boards/<int:village_id>/black", methods=["GET", "POST"])
@needs(GIVES)
def hang_black(village_id: int) -> ResponseReturnValue:
    """Hang kinds of conduct and counts, by a decision of the village."""
    village, span = _village(village_id), _asked_span()
    form = BlackForm(span=f"{span.begins}/{span.ends}")
    decisions = queries.unused(village.id, on=today())
    form.decision.choices = options([(one.id, f"{one.number} {one.title}") for one in decisions])
    if form.validate_on_submit():
        made = submit(
            form, service.hang_black, village, span, actor=viewer(), decision_id=form.decision.data, now=clock.now()
        )
        if isinstance(made, Board):
            flash(_("黑榜已张出，%(days)s 天后自动撤下。", days=BLACK_DAYS), "ok")
            return redirect(url_for(".boards", village=village_id))
    return render_template(
        "affairs/board_black.html", village=village, form=form, span=span, spans=_spans(), decisions=decisions,
        days=BLACK_DAYS,
    )  # fmt: skip


@bp.post("/affairs/boards/down/<int:board_id>")
@needs(GIVES)
def take_down(board_id: int) -> ResponseReturnValue:
    """The list hangs no more."""
    one, form = queries.get_board(board_id, viewer=viewer(), on=today(), gives=True), BaseForm()
    if form.validate_on_submit() and submit(form, service.take_down, one, actor=viewer(), now=clock.now()):
        flash(_("已撤下。"), "ok")
    say_refusals(form)
    return redirect(url_for(".boards", village=one.village_id))
