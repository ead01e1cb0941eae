"""Adding and changing places, the lines they serve, sizes and names of levels."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.permissions import Permission
from gridcase.grid import queries, service
from gridcase.grid.forms import LinesForm, NamingForm, NewPlaceForm, PlaceForm, SizesForm
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridKind, GridLevel, Line, Naming, SizeLimits
from gridcase.grid.views.base import bp
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate
from gridcase.web.formkit import submit

NAMED_FROM = (GridLevel.COUNTY, GridLevel.TOWN, GridLevel.VILLAGE)


def managed(grid_id: int) -> Grid:
    """A place the viewer may change, else 404."""
    return queries.get_grid(grid_id, viewer=viewer(), permission=Permission.MANAGE_PLACES)


def _back(grid_id: int, said: str) -> ResponseReturnValue:
    flash(said, "ok")
    return redirect(url_for("dossier.grid", grid_id=grid_id))


@bp.route("/<int:grid_id>/add", methods=["GET", "POST"])
@needs(Permission.MANAGE_PLACES)
def add(grid_id: int) -> ResponseReturnValue:
    """Add a place right below this one."""
    parent, now = managed(grid_id), clock.now()
    level = service.level_below(parent)
    form = NewPlaceForm(code=queries.proposed_code(level, parent), valid_from=clock.town_day(now))
    if form.validate_on_submit():
        made = submit(
            form, service.add_place, actor=viewer(), parent=parent, code=form.code.data or "",
            name=form.name.data or "", kind=GridKind(form.kind.data), external_code=form.external_code.data,
            lon=form.lon.data, lat=form.lat.data, valid_from=form.valid_from.data, now=now,
        )  # fmt: skip
        if isinstance(made, Grid):
            return _back(made.id, _("已新增%(name)s。接下来可以画轮廓、设岗位。", name=made.name))
    word = queries.naming(parent.path, on=clock.town_day(now)).word(level)
    return render_template("grid/add.html", form=form, parent=parent, word=translate(word))


@bp.route("/<int:grid_id>/edit", methods=["GET", "POST"])
@needs(Permission.MANAGE_PLACES)
def edit(grid_id: int) -> ResponseReturnValue:
    """Change name, external code, kind or centre."""
    grid = managed(grid_id)
    form = PlaceForm(obj=grid, seen=fingerprint(grid, service.EDITED))
    if form.validate_on_submit() and submit(
        form, service.edit_grid, grid, actor=viewer(), name=form.name.data or "",
        external_code=form.external_code.data, kind=GridKind(form.kind.data), lon=form.lon.data, lat=form.lat.data,
        seen=form.seen.data, now=clock.now(),
    ):  # fmt: skip
        return _back(grid_id, _("已保存。"))
    return render_template("grid/edit.html", form=form, grid=grid)


@bp.route("/<int:grid_id>/lines", methods=["GET", "POST"])
@needs(Permission.MANAGE_PLACES)
def lines(grid_id: int) -> ResponseReturnValue:
    """Which lines of work this place serves."""
    grid, now = managed(grid_id), clock.now()
    today = clock.town_day(now)
    form = LinesForm(lines=queries.lines_of(grid_id, on=today))
    if form.validate_on_submit() and submit(
        form, service.set_lines, grid, actor=viewer(), lines=[Line(line) for line in form.lines.data or ()],
        on=today, now=now,
    ):  # fmt: skip
        return _back(grid_id, _("条线已调整，今天起生效。"))
    return render_template("grid/lines.html", form=form, grid=grid)


@bp.route("/<int:grid_id>/sizes", methods=["GET", "POST"])
@needs(Permission.MANAGE_PLACES)
def sizes(grid_id: int) -> ResponseReturnValue:
    """The soft sizes of cells and circles of a county, town or village."""
    grid, now = managed(grid_id), clock.now()
    limits = queries.size_limits(grid.path, on=clock.town_day(now))
    form = SizesForm(data={
        "households_low": limits.households[0], "households_high": limits.households[1],
        "persons_low": limits.persons[0], "persons_high": limits.persons[1],
        "circle_target": limits.circle_target, "circle_few": limits.circle_few, "circle_many": limits.circle_many,
        "three_lines": limits.three_lines,
    })  # fmt: skip
    if form.validate_on_submit() and submit(
        form, service.set_sizes, actor=viewer(), place=grid, limits=_limits(form), on=clock.town_day(now), now=now
    ):
        return _back(grid_id, _("规模标准已保存，今天起生效。"))
    return render_template("grid/sizes.html", form=form, grid=grid)


def _limits(form: SizesForm) -> SizeLimits:
    return SizeLimits(
        households=(form.households_low.data or 0, form.households_high.data or 0),
        persons=(form.persons_low.data or 0, form.persons_high.data or 0),
        circle_target=form.circle_target.data or 0, circle_few=form.circle_few.data or 0,
        circle_many=form.circle_many.data or 0, three_lines=form.three_lines.data,
    )  # fmt: skip


@bp.route("/<int:grid_id>/naming", methods=["GET", "POST"])
@needs(Permission.MANAGE_PLACES)
def naming(grid_id: int) -> ResponseReturnValue:
    """What the levels are called here."""
    grid, now = managed(grid_id), clock.now()
    form = NamingForm(data=queries.naming(grid.path, on=clock.town_day(now)).to_json())
    if form.validate_on_submit() and submit(
        form, service.set_naming, actor=viewer(), place=grid, on=clock.town_day(now), now=now,
        naming=Naming(form.village.data or "", form.group.data or "", form.cell.data or ""),
    ):  # fmt: skip
        return _back(grid_id, _("称呼已保存。"))
    return render_template("grid/naming.html", form=form, grid=grid)
