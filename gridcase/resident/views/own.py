"""One's own case by number and code: how far it is, what was answered, and one's own word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.calendar.queries import work_calendar
from gridcase.cases import queries as cases
from gridcase.cases.models import Case
from gridcase.cases.rules import Rating, moves_open_to
from gridcase.cases.rules.said import time_left, what_happened
from gridcase.core import clock
from gridcase.core.db import transaction
from gridcase.core.words import Text
from gridcase.core.worktime import LimitUnit
from gridcase.resident import queries, service
from gridcase.resident.forms import NoteForm, OpenForm, WordForm
from gridcase.resident.rules import strides, typed
from gridcase.resident.views.base import OWN, bp, from_where, keep_open, keys, own_case
from gridcase.resident.views.wall import FRESH
from gridcase.web.access import public
from gridcase.web.formkit import BaseForm, submit

WHY = "a case opens to its reporter's own secret"
ACTS = {"comment", "withdraw", "reopen"}


@bp.route("/v", methods=["GET", "POST"])
@public("a villager looks up his own case by number and code; wrong tries are counted")
def look_up() -> ResponseReturnValue:
    """Number or phone, and the code."""
    form, now = OpenForm(), clock.now()
    if form.validate_on_submit():
        with transaction():  # wrong tries are counted, so they are kept
            case, refusal = service.open_case(
                form.who.data or "", typed(form.code.data or ""), address_digest=from_where(now), keys=keys(), now=now
            )
        if case is not None:
            keep_open(case, now)
            return redirect(url_for(".own"))
        if refusal is not None:
            form.refuse(refusal)
    return render_template("resident/look_up.html", form=form)


@bp.get("/v/own")
@public(WHY)
def own() -> ResponseReturnValue:
    """The case that was opened on this device."""
    return _page({})


def _page(filled: dict[str, BaseForm]) -> ResponseReturnValue:
    case = own_case()
    if case is None:
        flash(_("请用编号和查询码再打开一次。"))
        return redirect(url_for(".look_up"))
    now, reporter = clock.now(), queries.reporter_of(case)
    open_moves = {move.name for move in moves_open_to(cases.standing_of(case, reporter), now=now)}
    word = filled.get("record_answer") or WordForm(formdata=None)
    state, result = cases.seen_by_reporter(case)
    way = queries.way_of(case)
    if isinstance(word, WordForm):
        word.offer()
    return render_template(
        "resident/own.html", case=case, place=queries.place_of(case), strides=strides(state),
        state=state, result=result, way=way, council=queries.council_of(case, way), what_happened=what_happened,
        moves=open_moves, word=word,
        notes={name: filled.get(name) or NoteForm(formdata=None, prefix=f"{name}-") for name in sorted(ACTS)},
        left=_left(case, now),
        fresh=session.pop(FRESH, None), rating=Rating(case.rating) if case.rating else None,
    )  # fmt: skip


def _left(case: Case, now: datetime) -> Text:
    unit = LimitUnit(case.terms.limit_unit)
    return time_left(due_at=case.due_at, now=now, unit=unit, calendar=work_calendar())


def _act(name: str, form: BaseForm, done: str, act: Callable[..., None], **said: Any) -> ResponseReturnValue:
    case = own_case()
    if case is None:
        return _page({})
    if form.validate_on_submit() and submit(form, act, case, now=clock.now(), **said):
        flash(done, "ok")
        return redirect(url_for(".own"))
    return _page({name: form})


@bp.post("/v/own/word")
@public(WHY)
def give_word() -> ResponseReturnValue:
    """Solved or not, and how content."""
    form = WordForm()
    form.offer()
    return _act(
        "record_answer", form, _("谢谢，您的意见已记下。"), service.answer, solved=form.solved.data == "yes",
        rating=Rating(form.rating.data) if form.rating.data else None, note=form.note.data,
    )  # fmt: skip


@bp.post("/v/own/comment")
@public(WHY)
def add_word() -> ResponseReturnValue:
    """Something to add."""
    form = NoteForm(prefix="comment-")
    return _act("comment", form, _("已补充。"), service.add_word, note=form.note.data or "")


@bp.post("/v/own/withdraw")
@public(WHY)
def withdraw() -> ResponseReturnValue:
    """Take it back."""
    form = NoteForm(prefix="withdraw-")
    return _act("withdraw", form, _("已撤回。"), service.withdraw, note=form.note.data or "")


@bp.post("/v/own/reopen")
@public(WHY)
def reopen() -> ResponseReturnValue:
    """Not solved after all."""
    form = NoteForm(prefix="reopen-")
    return _act("reopen", form, _("已重启，会接着办。"), service.reopen, note=form.note.data or "")


@bp.post("/v/leave")
@public(WHY)
def leave() -> ResponseReturnValue:
    """Close the case on this device."""
    session.pop(OWN, None)
    session.pop(FRESH, None)
    flash(_("已退出，这台手机上看不到这件事了。"))
    return redirect(url_for(".look_up"))
