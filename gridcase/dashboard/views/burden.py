"""What gridcase itself asks of people: which forms cost most, which fields nobody fills, which forms nobody opens."""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases.rules import MOVES
from gridcase.core import clock
from gridcase.core.errors import Missing
from gridcase.core.form_uses import STEPS
from gridcase.core.permissions import Permission
from gridcase.core.sheets_out import write_xlsx
from gridcase.core.words import Text
from gridcase.dashboard.queries import burden as queries
from gridcase.dashboard.rules.burden import HOLDERS_LEAST, SPANS, UNUSED_DAYS, Cost, never_filled
from gridcase.dashboard.rules.form_titles import TITLES
from gridcase.dashboard.views.base import bp
from gridcase.grid.models import Grid
from gridcase.web.access import access_of, needs, viewer
from gridcase.web.filters import show_date, translate
from gridcase.web.respond import xlsx_file

room = Blueprint("burden", __name__, url_prefix="/dashboard/burden")
MANAGES = (Permission.MANAGE_TOWN, Permission.MANAGE_COUNTY)
MOVED = {f"cases.move_{each.name}": each.label for each in MOVES}
SHOWN_MOST = 40


@room.get("/")
@needs(*MANAGES)
def show() -> ResponseReturnValue:
    """The forms, the dearest first."""
    months, town = _asked()
    found, costs = _found(months, town)
    since = queries.since_when(viewer())
    counted = (clock.town_day(clock.now()) - since).days + 1 if since else 0
    return render_template(
        "dashboard/burden.html", found=found, costs=costs[:SHOWN_MOST], more=max(len(costs) - SHOWN_MOST, 0),
        empty=never_filled(costs), unused=[_form_of(key) for key in found.unused], months=months, spans=SPANS,
        town=town, towns=queries.towns(viewer()), since=since, steps=STEPS, least=HOLDERS_LEAST,
        days=min(counted, UNUSED_DAYS), whole_days=UNUSED_DAYS, sum=_sum(costs),
    )  # fmt: skip


@room.get("/export")
@needs(*MANAGES)
def export() -> ResponseReturnValue:
    """The same as a table, a line a form and field."""
    months, town = _asked()
    _found_there, costs = _found(months, town)
    heads = [
        _("表单"), _("打开次数"), _("送出次数"), _("没送出"), _("退回再看"), _("时间中位数（分）"), _("栏目"),
        _("问了几次"), _("空着几次"),
    ]  # fmt: skip
    rows = []
    for cost in costs:
        start = [translate(cost.title), cost.opened, cost.sent, cost.given_up, cost.refused, cost.median(STEPS)]
        rows += [[*start, translate(Text(label)), *counts] for label, counts in cost.fields.items()] or [
            [*start, None, None, None]
        ]
    name = "-".join([_("系统负担"), *([town.name] if town else []), show_date(clock.town_day(clock.now()))])
    return xlsx_file(write_xlsx(heads, rows, title=_("系统负担")), name=name)


def _asked() -> tuple[int, Grid | None]:
    months = request.args.get("months", type=int)
    wanted = request.args.get("town", type=int)
    town = next((one for one in queries.towns(viewer()) if one.id == wanted), None)
    if wanted is not None and town is None:
        raise Missing
    return months if months in SPANS else SPANS[1], town


def _found(months: int, town: Grid | None) -> tuple[queries.Burden, list[Cost]]:
    forms = {key: _form_of(key) for key in _endpoints()}
    today = clock.town_day(clock.now())
    found = queries.burden(viewer(), forms, today=today, months=months, town=town)
    return found, sorted(found.costs, key=lambda cost: (-cost.total(STEPS), cost.form))


def _sum(costs: list[Cost]) -> Cost:
    whole = Cost("", "")
    for cost in costs:
        whole.opened, whole.sent = whole.opened + cost.opened, whole.sent + cost.sent
        whole.fields[cost.form] = (cost.asked, cost.empty)
    return whole


def _endpoints() -> set[str]:
    """Everything that answers to both GET and POST and asks for rights: the forms of those who work here."""
    app = _app()
    found = set()
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint) if rule.endpoint != "static" else None
        if access is not None and access.permissions and {"GET", "POST"} <= (rule.methods or set()):
            found.add(rule.endpoint)
    return found


def _form_of(endpoint: str) -> queries.Form:
    access = access_of(_app(), endpoint)
    return queries.Form(title_of(endpoint), access.permissions if access else frozenset())


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined]


def title_of(endpoint: str) -> Text | str:
    """What a form is called: by its own name, or that on the button of a move."""
    return TITLES.get(endpoint) or MOVED.get(endpoint) or endpoint


bp.register_blueprint(room)
