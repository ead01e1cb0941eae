"""The register of places and one place's page. They stand at /grids beside the room's own addresses; the list keeps the
name `grid.index`, for it is the register of the room `grid`, which itself lies below homes and posts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission
from gridcase.dossier import queries, service
from gridcase.dossier.forms import EndForm, ResourceForm
from gridcase.dossier.queries import GridFilters
from gridcase.dossier.queries.grids import LEAST_WORDS
from gridcase.dossier.views.base import bp
from gridcase.grid import queries as grids
from gridcase.grid import service as grid_service
from gridcase.grid.models import Grid
from gridcase.grid.rules import DEEDS, FIELDS, OTHER_DEED, Datum, GridKind, GridLevel, Line, ResourceKind
from gridcase.households.rules import CareTier
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit

View = Callable[..., ResponseReturnValue]
DEEDS_SHOWN = 15
WITH_SIZES = (GridLevel.COUNTY, GridLevel.TOWN, GridLevel.VILLAGE)


def place_route(rule: str, endpoint: str, methods: tuple[str, ...] = ("GET",)) -> Callable[[View], View]:
    """A route under /grids, which is not below the prefix of this room's blueprint."""

    def keep(view: View) -> View:
        bp.record(lambda state: state.app.add_url_rule(f"/grids{rule}", endpoint, view, methods=list(methods)))
        return view

    return keep


@place_route("/", "grid.index")
@needs(Permission.SEE_PLACE)
def index() -> ResponseReturnValue:
    """The tree of places in reach, one step at a time, or what is searched for, as of a day."""
    someone, today = viewer(), clock.town_day(clock.now())
    filters, kept = _filters(today)
    tops = queries.roots(someone, on=filters.on)
    at = _at(filters, tops)
    page = queries.grid_page(someone, filters, at, after=request.args.get("after"))
    return render_template(
        "dossier/grids.html", page=page, filters=filters, at=at, today=today, kept=kept, lines=Line, levels=GridLevel,
        above=_above(at, tops), limits=grids.size_limits(at.path, on=filters.on) if at else None,
        names=_words_at(at, filters.on), too_short=0 < len(filters.words) < LEAST_WORDS,
        may=grids.permissions_over(at, someone) if at else frozenset(),
    )  # fmt: skip


def _filters(today: date) -> tuple[GridFilters, dict[str, Any]]:
    """Read the link; what makes no sense does not narrow."""
    asked = request.args
    level, line = asked.get("level", ""), asked.get("line", "")
    filters = GridFilters(
        on=day_asked(today), at=asked.get("at", type=int), words=asked.get("q", "").strip()[:40],
        level=level if level in list(GridLevel) else "", line=line if line in list(Line) else "",
    )  # fmt: skip
    kept = {"at": filters.at, "q": filters.words, "level": filters.level, "line": filters.line}
    if filters.on != today:
        kept["on"] = filters.on.isoformat()
    return filters, {key: value for key, value in kept.items() if value}


def day_asked(today: date) -> date:
    """The day of ?on=, today where there is none or it lies ahead."""
    try:
        return min(date.fromisoformat(request.args.get("on", "")), today)
    except ValueError:
        return today


def _at(filters: GridFilters, tops: list[Grid]) -> Grid | None:
    if filters.at:
        return grids.get_grid(filters.at, viewer=viewer())
    return tops[0] if len(tops) == 1 else None


def _above(at: Grid | None, tops: list[Grid]) -> list[Grid]:
    """The way from the top of the viewer's reach down to a place."""
    if at is None:
        return []
    top = next((len(grid.path) for grid in tops if at.path.startswith(grid.path)), 0)
    return [grid for grid in grids.ancestors(at.path) if len(grid.path) >= top]


def _words_at(at: Grid | None, on: date) -> dict[str, Any]:
    """What the levels are called here."""
    naming = grids.naming(at.path, on=on) if at else None
    return {level.value: naming.word(level) if naming else level.label for level in GridLevel}


def _page_values(grid_id: int) -> dict[str, Any]:
    """Everything the page of a place shows, on the screen and on paper."""
    someone, now = viewer(), clock.now()
    today = clock.town_day(now)
    grid, on = grids.get_grid(grid_id, viewer=someone), day_asked(today)
    if on < grid.valid_from:
        on = grid.valid_from
    may, history = grids.permissions_over(grid, someone), queries.history_of(grid)
    limits = grids.size_limits(grid.path, on=on)
    resources, posts = grids.resources_of(grid.id, on=on), queries.posts_of(grid, on=on)
    return {
        "grid": grid, "on": on, "today": today, "may": may, "names": _words_at(grid, on),
        "facts_then": queries.facts_on(grid, history, on=on), "kinds": GridKind, "posts": posts,
        "numbers": queries.numbers_of(grid, viewer=someone, may=may, on=on, today=today, now=now), "tiers": CareTier,
        "limits": limits, "lines": [Line(line) for line in grids.lines_of(grid.id, on=on)],
        "resources": resources, "resource_kinds": ResourceKind,
        "contacts": dict(queries.contact_posts(grid, on=on)) if resources else {},
        "picture": queries.picture_of(grid, on=on), "outline": grids.outline_of(grid.id), "datums": Datum,
        "ancestors": [place for place in grids.ancestors(grid.path) if place.id != grid.id],
        "without_line": queries.leaders_without_line(grid, on=on)
        if limits.three_lines and Permission.MANAGE_POSTS in may
        else [],
        "history": history[:DEEDS_SHOWN], "deeds": DEEDS, "other_deed": OTHER_DEED, "field_words": FIELDS,
        "sections": grids.sections(someone, on=on, village_id=grid.id) if grid.level == GridLevel.VILLAGE else [],
        "next_level": _below(grid),
    }  # fmt: skip


def _below(grid: Grid) -> GridLevel | None:
    order = list(GridLevel)
    place = order.index(GridLevel(grid.level)) + 1
    return order[place] if place < len(order) else None


@place_route("/<int:grid_id>", "dossier.grid")
@needs(Permission.SEE_PLACE)
def grid(grid_id: int) -> ResponseReturnValue:
    """One place: facts, people, numbers, resources, services; each part for those who may see it."""
    values = _page_values(grid_id)
    found: Grid = values["grid"]
    filters = GridFilters(on=values["on"], at=grid_id)
    children = queries.grid_page(viewer(), filters, found, after=request.args.get("after"))
    return render_template(
        "dossier/grid.html", children=children, with_sizes=found.level in WITH_SIZES,
        reached=_reached([*values["ancestors"]]), **values,
    )  # fmt: skip


def _reached(places: list[Grid]) -> set[int]:
    """Which of these places the viewer may open."""
    return {place.id for place in places if Permission.SEE_PLACE in grids.permissions_over(place, viewer())}


@place_route("/<int:grid_id>/print", "dossier.print_grid")
@needs(Permission.SEE_PLACE)
def print_grid(grid_id: int) -> ResponseReturnValue:
    """The same on paper."""
    return render_template("dossier/grid_print.html", now=clock.now(), **_page_values(grid_id))


def managed(grid_id: int) -> Grid:
    """A place the viewer may change, else 404."""
    return grids.get_grid(grid_id, viewer=viewer(), permission=Permission.MANAGE_PLACES)


@place_route("/<int:grid_id>/close", "dossier.close_grid", methods=("GET", "POST"))
@needs(Permission.MANAGE_PLACES)
def close_grid(grid_id: int) -> ResponseReturnValue:
    """Close a place that nothing hangs on any more."""
    found, now = managed(grid_id), clock.now()
    today = clock.town_day(now)
    form = EndForm(on=today)
    if form.validate_on_submit() and submit(form, service.close_grid, found, actor=viewer(), on=form.on.data, now=now):
        flash(_("%(name)s已撤销。按日期仍可查到。", name=found.name), "ok")
        return redirect(url_for("grid.index", at=found.parent_id))
    return render_template(
        "dossier/grid_close.html", form=form, grid=found, held=queries.held_by(found, today=today)
    )  # fmt: skip


@place_route("/<int:grid_id>/resources/add", "dossier.add_resource", methods=("GET", "POST"))
@needs(Permission.MANAGE_PLACES)
def add_resource(grid_id: int) -> ResponseReturnValue:
    """Write down what a place has to work with."""
    found, now = managed(grid_id), clock.now()
    today = clock.town_day(now)
    form = ResourceForm(posts=queries.contact_posts(found, on=today))
    if form.validate_on_submit() and submit(
        form, grid_service.add_resource, found, actor=viewer(), kind=ResourceKind(form.kind.data),
        name=form.name.data or "", quantity=form.quantity.data or 0, contact_post_id=form.contact.data or None,
        note=form.note.data or "", on=today, now=now,
    ):  # fmt: skip
        flash(_("已登记%(name)s。", name=form.name.data), "ok")
        return redirect(url_for("dossier.grid", grid_id=grid_id))
    return render_template("dossier/grid_resource.html", form=form, grid=found)


@place_route("/resources/<int:resource_id>/end", "dossier.end_resource", methods=("POST",))
@needs(Permission.MANAGE_PLACES)
def end_resource(resource_id: int) -> ResponseReturnValue:
    """A resource is not there any more from today on."""
    resource, found = grids.get_resource(resource_id, viewer=viewer())
    form, now = EndForm(), clock.now()
    form.on.data = clock.town_day(now)
    if submit(form, grid_service.end_resource, resource, grid=found, actor=viewer(), on=clock.town_day(now), now=now):
        flash(_("%(name)s已停用。", name=resource.name), "ok")
    else:
        flash(_("这项资源已经停用。"), "warning")
    return redirect(url_for("dossier.grid", grid_id=found.id))


@place_route("/sections/<int:section_id>/close", "dossier.close_section", methods=("GET", "POST"))
@needs(Permission.MANAGE_PLACES)
def close_section(section_id: int) -> ResponseReturnValue:
    """Close a section that no post and no home belongs to any more."""
    section, now = grids.get_section(section_id, viewer=viewer()), clock.now()
    today = clock.town_day(now)
    if section.valid_to is not None:
        raise Missing
    form = EndForm(on=today)
    if form.validate_on_submit() and submit(
        form, service.close_section, section, actor=viewer(), on=form.on.data, now=now
    ):
        flash(_("%(name)s已撤销。", name=section.name), "ok")
        return redirect(url_for("grid.sections"))
    return render_template(
        "dossier/grid_section_close.html", form=form, section=section,
        held=queries.held_by_section(section, today=today),
    )  # fmt: skip
