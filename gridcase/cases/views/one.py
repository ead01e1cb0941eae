"""One case: its page, and its moves; each move is a route of its own."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from gridcase.cases import queries
from gridcase.cases.models import Case
from gridcase.cases.rules import move_named
from gridcase.cases.views import desk, papers, replies, urgent
from gridcase.cases.views.acts import ACTS, Act
from gridcase.cases.views.base import bp
from gridcase.cases.views.desk import Desk
from gridcase.cases.views.move_forms import form_of
from gridcase.cases.views.page import page
from gridcase.core import clock
from gridcase.core.permissions import Permission, Viewer
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit


@bp.get("/<int:case_id>")
@needs(Permission.SEE_CASE)
def show(case_id: int) -> ResponseReturnValue:
    """The page of a case."""
    someone, now = viewer(), clock.now()
    case = queries.get_case(case_id, viewer=someone)
    urgent.seen(case, someone, now=now)
    return page(case, someone, now, {}, desk.came_from(someone))


def _move_view(name: str, act: Act) -> Any:
    """The route of one move: opened in place on the page of the case, sent from there."""

    def make_move(case_id: int) -> ResponseReturnValue:
        someone, now = viewer(), clock.now()
        case = queries.get_case(case_id, viewer=someone)
        form, came = form_of(name, act, case, someone, now), desk.came_from(someone)
        if replies.FILL in request.form:
            papers.received(form, someone)
            return page(case, someone, now, {name: form}, came)
        row = came.row(someone, now) if came and request.method == "POST" else []
        valid, sent = form.validate_on_submit(), papers.received(form, someone)
        if valid and sent is not None:
            step = submit(form, papers.along(act.do, sent), case, form, actor=someone, now=now)
            if step:
                flash(act.said(case, step), "ok")
                return redirect(_next(case, someone, came, row))
        return page(case, someone, now, {name: form}, came)

    make_move.__doc__ = f"The move `{name}`."
    return needs(move_named(_row_of(name)).needs)(make_move)


def _row_of(name: str) -> str:
    """Sorting is the accepting of what came from elsewhere."""
    return "accept" if name == "sort" else name


def _next(case: Case, someone: Viewer, came: Desk | None, row: list[int]) -> str:
    """On to the next of the list that is worked through; else back to the case, or to the list when giving the case
    back has taken it out of one's sight."""
    onward = came.onward(case.id, row, someone, clock.now()) if came else None
    if onward is not None:
        return onward
    sees = Permission.SEE_CASE in queries.permissions_over(case, someone)
    return desk.link(case.id, came) if sees else url_for("cases.index")


for _name, _act in ACTS.items():
    bp.add_url_rule(
        f"/<int:case_id>/{_name.replace('_', '-')}", f"move_{_name}", _move_view(_name, _act), methods=["GET", "POST"]
    )
