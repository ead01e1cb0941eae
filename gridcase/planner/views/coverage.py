"""The coverage report: numbers by village, the list behind each, the same as Excel and on paper."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.permissions import Permission
from gridcase.core.sheets_out import write_xlsx
from gridcase.core.words import N_
from gridcase.planner.forms.reorganise import numbers
from gridcase.planner.queries import coverage as queries
from gridcase.planner.queries import coverage_lists as lists
from gridcase.planner.queries.coverage import AsOf, VillageRow
from gridcase.planner.rules.coverage import FINDINGS, Listed, Numbers, total
from gridcase.planner.views.base import bp
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate
from gridcase.web.frame import NavItem

OPEN_TO = (Permission.PLAN_GRID, Permission.SEE_DASHBOARD)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHANGES = (
    "reorganise", "move_homes", "split_cell", "merge_cells", "replace_holder", "dissolve_circle", "stand_in", "change",
)  # fmt: skip
NAV = (
    NavItem(
        key="coverage", label=N_("覆盖"), endpoint="planner.coverage", icon="grid", needs=frozenset(OPEN_TO),
        order=46, group="registers",
        pages=frozenset({"planner.coverage", "planner.coverage_rows", *(f"planner.{name}" for name in _CHANGES)}),
    ),
)  # fmt: skip


def _as_of(today: date) -> AsOf:
    """The day and the moment of the link; what makes no sense, or lies ahead, counts as not chosen."""
    try:
        on = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        on = today
    try:
        known: datetime | None = datetime.fromisoformat(request.args.get("known", "")).replace(tzinfo=TOWN_ZONE)
    except ValueError:
        known = None
    return AsOf(on if date(2000, 1, 1) <= on <= today else today, _past(known))


def _past(known: datetime | None) -> datetime | None:
    if known is None or known.year < 2000 or known >= clock.now():
        return None
    return known


def _village() -> int | None:
    return next(iter(numbers([request.args.get("village", "")])), None)


def _link(at: AsOf, today: date, village_id: int | None) -> dict[str, Any]:
    """What links of the report carry along."""
    known = at.known_at.astimezone(TOWN_ZONE).strftime("%Y-%m-%dT%H:%M") if at.known_at else None
    return {"on": at.on.isoformat() if at.on != today else None, "known": known, "village": village_id}


@bp.get("/coverage")
@needs(*OPEN_TO)
def coverage() -> ResponseReturnValue:
    """The numbers of every village in reach, in code order."""
    today, village_id = town_day(clock.now()), _village()
    at = _as_of(today)
    villages = queries.report(viewer(), at, today=today, village_id=village_id)
    return render_template(
        "planner/coverage.html", villages=villages, whole=total(row.numbers for row in villages), at=at, today=today,
        listed=Listed, findings=FINDINGS, link=_link(at, today, village_id), village_id=village_id,
        known=_link(at, today, None)["known"], limits=_one_limit(villages),
    )  # fmt: skip


def _one_limit(villages: list[VillageRow]) -> Any:
    """The limits, where they are the same for all villages shown."""
    found = {row.limits for row in villages}
    return found.pop() if len(found) == 1 else None


@bp.get("/coverage/list")
@needs(*OPEN_TO)
def coverage_rows() -> ResponseReturnValue:
    """The list behind a number."""
    today, village_id = town_day(clock.now()), _village()
    listed = next((one for one in Listed if one == request.args.get("what")), Listed.NO_LIAISON)
    at = _as_of(today)
    page = lists.rows(
        listed, viewer(), at, today=today, village_id=village_id, after=request.args.get("after")
    )  # fmt: skip
    villages = queries.villages_seen(viewer(), at)
    return render_template(
        "planner/coverage_rows.html", page=page, what=listed, listed=Listed, at=at, today=today,
        link=_link(at, today, village_id), villages=villages, village_id=village_id,
        acts=viewer().may(Permission.PLAN_GRID) and at == AsOf(today),
    )  # fmt: skip


@bp.get("/coverage.xlsx")
@needs(*OPEN_TO)
def coverage_xlsx() -> ResponseReturnValue:
    """The same numbers as a sheet."""
    today = town_day(clock.now())
    at = _as_of(today)
    villages = queries.report(viewer(), at, today=today, village_id=_village())
    whole = total(row.numbers for row in villages)
    heads = [_("编码"), _("村"), *(words for words, _number in _figures(Numbers()))]
    cells = [[row.code, row.name, *(number for _words, number in _figures(row.numbers))] for row in villages]
    cells.append(["", _("合计"), *(number for _words, number in _figures(whole))])
    name = f"coverage-{at.on.isoformat()}.xlsx"
    body = write_xlsx(heads, cells, title=_("覆盖情况"))
    return Response(body, mimetype=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _figures(numbers: Numbers) -> list[tuple[str, Any]]:
    """Every number with its words, in the order of the report."""
    first: list[tuple[str, Any]] = [
        (_("住户"), numbers.homes), (_("人口"), numbers.persons), (_("片"), numbers.sections),
        (_("联户代表"), numbers.liaisons), (_("户均（户/代表）"), numbers.per_liaison), (_("三级网格"), numbers.cells),
    ]  # fmt: skip
    return first + [(translate(one.label), numbers.of(one)) for one in FINDINGS]
