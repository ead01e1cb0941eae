"""One move for several cases: shown first, with the refusal of each that cannot take part; then each on its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases import forms, queries, service
from gridcase.cases.models import Case
from gridcase.cases.rules import State, move_named, why_not
from gridcase.cases.views import desk
from gridcase.cases.views.base import bp
from gridcase.core import clock
from gridcase.core.db import transaction
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_, Text
from gridcase.people import queries as people
from gridcase.web.access import needs, viewer

MOST = 50
BULK: dict[str, Callable[..., Any]] = {
    "accept": service.accept, "dispatch": service.dispatch, "remind": service.remind,
}  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """A case chosen, and why it cannot take part; of one that is `gone` from sight only the number is shown."""

    case: Case
    refusal: Text | None = None
    gone: bool = False


@bp.post("/bulk")
@needs(Permission.SEE_CASE)
def bulk() -> ResponseReturnValue:
    """The preview, and with `sure` the deed; what was refused stays on the page with its reason."""
    someone, now, name = viewer(), clock.now(), request.form.get("move", "")
    came = desk.came_from(someone)
    back = came.back if came else url_for("cases.index")
    wanted = _ids()
    cases = queries.chosen(someone, wanted) if name in BULK else []
    if cases and len(cases) < len(wanted):
        flash(_("选中的有 %(n)s 件已不归您看，没有列出。", n=len(wanted) - len(cases)), "info")
    if not cases:
        flash(_("请先选中要办的事件。"), "info")
        return redirect(back)
    checked = [Checked(case, _refusal(name, case, someone, now)) for case in cases]
    form = forms.BulkForm(prefix="bulk-")
    form.offer(_units(checked) if name == "dispatch" else None)
    if request.form.get("sure") and form.validate():
        checked = _made(name, checked, form, someone, now)
        if not checked:
            return redirect(back)
    return render_template(
        "cases/bulk.html", move=move_named(name), checked=checked, form=form, State=State,
        back=back, mark=came.mark if came else "", possible=[one.case.id for one in checked if one.refusal is None],
    )  # fmt: skip


def _ids() -> list[int]:
    """The cases ticked, each once, at most fifty; what is no number is left out."""
    ticked = (int(key) for key in request.form.getlist("ids") if key.isascii() and key.isdigit() and len(key) < 10)
    return list(dict.fromkeys(ticked))[:MOST]


def _refusal(name: str, case: Case, someone: Viewer, now: datetime) -> Text | None:
    refusal = why_not(move_named(name), queries.standing_of(case, someone), now=now)
    if refusal is None and name == "remind" and case.state not in service.REMINDABLE:
        return N_("这件事不在办理人手上，没有人可以催办。")
    if refusal is None and name == "accept" and case.unsorted:
        return N_("这件事还没有分类，请先选类别和地点。")
    return refusal


def _units(checked: list[Checked]) -> list[tuple[str, str]]:
    """The units every possible case can be sent to."""
    found: dict[str, str] | None = None
    for path in {one.case.path for one in checked if one.refusal is None}:
        here = {str(unit.id): unit.name for unit in queries.units_over(path)}
        found = here if found is None else {key: name for key, name in found.items() if key in here}
    return list((found or {}).items())


def _made(name: str, checked: list[Checked], form: Any, someone: Viewer, now: datetime) -> list[Checked]:
    """Do it, case by case, each in a transaction of its own; what is left are the refused ones."""
    given: dict[str, Any] = {"note": form.note.data}
    if "handler" in form:
        given["unit"] = people.get_unit(int(form.handler.data))
    left, done = [], 0
    for one in checked:
        found = one if one.refusal is not None else _done(name, one.case, someone, now, given)
        if found is None:
            done += 1
        else:
            left.append(found)
    if done:
        flash(_("已办 %(n)s 件。", n=done), "ok")
    return left


def _done(name: str, case: Case, someone: Viewer, now: datetime, given: dict[str, Any]) -> Checked | None:
    """Do it for one case, which is looked up anew: another may have taken it out of sight since it was ticked. None
    when done; a case that fails stops no other."""
    case_id = case.id
    try:
        with transaction():
            BULK[name](queries.get_case(case_id, viewer=someone), actor=someone, now=now, **given)
    except Refused as refused:
        return Checked(case, refused.text)
    except Missing:
        return Checked(case, N_("这件事刚刚已不归您看，没有办。"), gone=True)
    return None
