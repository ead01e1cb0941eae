"""Outlines: drawn on the map, or read from a file, looked at and taken over."""

from __future__ import annotations

import orjson
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.grid import queries, service
from gridcase.grid.forms import DraftForm, FileForm, OutlineForm
from gridcase.grid.models import Grid
from gridcase.grid.queries import matching
from gridcase.grid.rules import Datum, GridLevel, polygons_to_wgs84, shape_files, shapes
from gridcase.grid.rules.shape_files import Polygons
from gridcase.grid.views.base import bp
from gridcase.grid.views.places import managed
from gridcase.web import mapkit
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate
from gridcase.web.formkit import submit
from gridcase.web.security import nonce

MOST_DRAWN = 200_000  # characters of a drawn outline
Layers = list[mapkit.Layer]


@bp.route("/<int:grid_id>/outline", methods=["GET", "POST"])
@needs(Permission.MANAGE_PLACES)
def outline(grid_id: int) -> ResponseReturnValue:
    """Draw or correct the outline of a place."""
    grid, now = managed(grid_id), clock.now()
    form, current = OutlineForm(), queries.outline_of(grid_id)
    if form.validate_on_submit() and (found := _drawn(form)) is not None:
        datum = Datum(form.datum.data)
        polygons = polygons_to_wgs84(found, datum)
        if submit(
            form, service.set_outline, grid, actor=viewer(), polygons=polygons, source="drawn", datum=datum, now=now
        ):
            off = _far_off(grid, polygons)
            if off > shapes.FAR_M:
                flash(_("轮廓已保存。注意：它离上级或中心点有 %(m)s 米，请核对坐标系。", m=round(off)), "warning")
            else:
                flash(_("轮廓已保存。"), "ok")
            return redirect(url_for("dossier.grid", grid_id=grid_id))
    several = current is not None and sum(len(polygon) for polygon in current.polygons) > 1
    return render_template(
        "grid/outline.html", form=form, grid=grid, current=current, ring=_kept_ring(form, current), several=several,
        words=_words(), parts=_map(_around(grid), grid),
    )  # fmt: skip


def _drawn(form: OutlineForm) -> Polygons | None:
    """What was drawn or typed; the form says why when it cannot be read."""
    try:
        return _sent(form)
    except Refused as refusal:
        form.refuse(Refused(refusal.text, field="outline"))
    return None


def _sent(form: OutlineForm) -> Polygons:
    text = form.geojson.data or ""
    if len(text) > MOST_DRAWN:
        raise Refused(N_("轮廓的角点太多，请先简化。"), field="outline")
    if text:
        return shape_files.read(text.encode(), near_lon=None).features[0].polygons
    ring = _typed(form)
    return [[ring]] if ring else []


def _typed(form: OutlineForm) -> list[tuple[float, float]]:
    lons, lats = ([field.data or "" for field in fields] for fields in (form.corner_lon, form.corner_lat))
    pairs = [(lon, lat) for lon, lat in zip(lons, lats, strict=False) if lon or lat]
    try:
        return [(float(lon), float(lat)) for lon, lat in pairs]
    except ValueError as error:
        raise Refused(N_("角点的经纬度要填数字，例如 112.61762 和 28.49158。"), field="outline") from error


def _kept_ring(form: OutlineForm, current: queries.Outline | None) -> list[tuple[float, float]]:
    """The corners the page begins with: what was sent and refused, else the largest part of what is stored."""
    polygons: Polygons = current.polygons if current else []
    if form.is_submitted():
        try:
            polygons = _sent(form)
        except Refused:
            return []
    ring = max((polygon[0] for polygon in polygons), key=lambda one: shapes.area_m2([[one]]), default=[])
    return list(ring[:-1]) if len(ring) > 1 and ring[0] == ring[-1] else list(ring)


def _far_off(grid: Grid, polygons: Polygons) -> float:
    above = queries.nearest_outline_above(grid)
    centre = (grid.lon, grid.lat) if grid.lon is not None and grid.lat is not None else None
    return shapes.far_off_m(polygons, centre=centre, parent=above.polygons if above else None)


def _around(grid: Grid) -> Layers:
    """The parent's outline and the neighbours, to draw against."""
    above = queries.nearest_outline_above(grid)
    today = clock.town_day(clock.now())
    near = queries.shapes_right_below(grid.parent_id, on=today) if grid.parent_id else []
    return [
        mapkit.Layer("village", [(grid.parent_id or 0, above.geojson)] if above else []),
        mapkit.Layer("cell", [(key, shape) for key, shape in near if key != grid.id]),
    ]


def _map(layers: Layers, grid: Grid) -> mapkit.MapParts:
    centre = (grid.lat, grid.lon) if grid.lon is not None and grid.lat is not None else None
    return mapkit.render(mapkit.base_map(layers, name="outline", centre=centre)).with_nonce(nonce())


def _words() -> dict[str, str]:
    return {
        "map": _("画轮廓的地图：方向键移动，加减号缩放；也可以用下面的表格填角点"),
        "zoom_in": _("放大"),
        "zoom_out": _("缩小"),
        "corner": _("角点 {number}，可拖动；按删除键去掉"),
        "count": _("{count} 个角点"),
        "crossing": _("边线有交叉，请移动角点。"),
        "few": _("至少要三个角点。"),
        "remove": _("去掉"),
        "lon": _("经度"),
        "lat": _("纬度"),
    }


@bp.route("/<int:grid_id>/import", methods=["GET", "POST"])
@needs(Permission.MANAGE_PLACES)
def import_file(grid_id: int) -> ResponseReturnValue:
    """Hand in a file of outlines for this place and what stands below it; nothing is changed yet."""
    place, form = managed(grid_id), FileForm()
    if form.validate_on_submit():
        upload = form.file.data
        data = upload.read(shape_files.LARGEST_FILE + 1)
        near = place.lon
        try:
            found = shape_files.read(data, near_lon=near)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            draft = submit(
                form, service.keep_draft, actor=viewer(), place=place, file_name=upload.filename or "", found=found,
                now=clock.now(),
            )  # fmt: skip
            if draft and draft is not True:
                return redirect(url_for(".draft", draft_id=draft.id))
    return render_template("grid/import.html", form=form, place=place)


@bp.route("/drafts/<int:draft_id>", methods=["GET", "POST"])
@needs(Permission.MANAGE_PLACES)
def draft(draft_id: int) -> ResponseReturnValue:
    """What a file would change: its shapes on the map, which place each belongs to, what speaks against it."""
    now = clock.now()
    kept, place = queries.draft(draft_id, viewer=viewer(), now=now)
    form = DraftForm(
        formdata=request.form if request.method == "POST" else request.args, columns=matching.columns_in(kept),
        meta={} if request.method == "POST" else {"csrf": False},
    )  # fmt: skip
    datum = matching.datum_of(kept, form.datum.data)
    preview = matching.preview(kept, place, datum=datum, column=form.column.data or "", on=clock.town_day(now))
    if request.method == "POST" and form.validate() and datum is not None:
        chosen = set(request.form.getlist("take", type=int))
        done = submit(
            form, service.take_over, kept, actor=viewer(), datum=datum, accuracy_m=form.accuracy_m.data, now=now,
            shapes=[(row.grid, row.polygons) for row in preview.rows if row.number in chosen and row.grid is not None],
        )  # fmt: skip
        if done:
            flash(_("已更新 %(count)s 个网格的轮廓。", count=done), "ok")
            return redirect(url_for("dossier.grid", grid_id=place.id))
    form.datum.data, form.column.data = datum.value if datum else None, preview.column
    ground = queries.outline_of(place.id) or queries.nearest_outline_above(place)
    layers = [mapkit.Layer("village", [(place.id, ground.geojson)] if ground else []), _file_layer(preview)]
    return render_template(
        "grid/draft.html", form=form, place=place, draft=kept, preview=preview, datum=datum, parts=_map(layers, place),
        said=kept.content.get("datum") is not None, words=_words(),
        notes=[translate(note) for note in kept.content.get("notes", ())], levels=GridLevel,
    )  # fmt: skip


def _file_layer(preview: matching.Preview) -> mapkit.Layer:
    drawn = [
        (row.number, orjson.dumps({"type": "MultiPolygon", "coordinates": row.polygons}).decode())
        for row in preview.rows
    ]
    return mapkit.Layer("file", drawn)
