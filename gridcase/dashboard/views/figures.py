"""The figures, and the lists behind them."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.dashboard import queries
from gridcase.dashboard.rules import Filters, Listed, percent
from gridcase.dashboard.views.base import bp, choices, sayer
from gridcase.web.access import needs, viewer
from gridcase.web.frame import NavItem

office = Blueprint("figures", __name__, url_prefix="/dashboard")
NAV = (
    NavItem(
        "f",
        N_("概况"),
        "dashboard.figures.show",
        "chart",
        frozenset({Permission.SEE_DASHBOARD}),
        35,
        phone=True,
        group="figures",
    ),
)


@office.get("/")
@needs(Permission.SEE_DASHBOARD)
def show() -> ResponseReturnValue:
    """The figures of the viewer's place; each leads to its list."""
    now = clock.now()
    return render_template(
        "dashboard/figures.html",
        figures=queries.figures(viewer(), now=now),
        villages=queries.by_village(viewer(), now=now),
        majors=queries.by_major(viewer(), now=now),
        now=now,
        percent=percent,
        doors=_all_open(),
        Listed=Listed,
    )


@office.get("/list")
@needs(Permission.SEE_DASHBOARD)
def listed() -> ResponseReturnValue:
    """The list behind a figure."""
    filters, now, after = Filters.read(request.args), clock.now(), request.args.get("after")
    page = queries.listed(viewer(), filters, now=now, after=after, permission=Permission.SEE_DASHBOARD)
    return render_template(
        "dashboard/list.html",
        filters=filters,
        page=page,
        say=sayer(now),
        Listed=Listed,
        **choices(Permission.SEE_DASHBOARD),
    )


def _all_open() -> bool:
    """Whether every case in the figures may be listed too; a county's manager has the numbers alone."""
    return all(Permission.SEE_CASE in held.permissions for held in viewer().grants_with(Permission.SEE_DASHBOARD))


bp.register_blueprint(office)
