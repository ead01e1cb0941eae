"""Where a home lies: its pin on the map, and the cell the pin falls into."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.dossier.forms import EndForm, PinForm
from gridcase.dossier.views.base import bp
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import Datum, GridLevel
from gridcase.households import queries as households
from gridcase.households import service as household_service
from gridcase.households.models import Household
from gridcase.web import mapkit
from gridcase.web.access import needs, viewer
from gridcase.web.filters import show_date
from gridcase.web.formkit import submit
from gridcase.web.security import nonce


def _edited(household_id: int) -> Household:
    return households.get_household(household_id, viewer=viewer(), permission=Permission.EDIT_HOUSEHOLD)


@bp.route("/<int:household_id>/pin", methods=["GET", "POST"])
@needs(Permission.EDIT_HOUSEHOLD)
def pin(household_id: int) -> ResponseReturnValue:
    """Move the pin; where it falls into another cell the page offers to move the home too."""
    home = _edited(household_id)
    spot = households.place_of(home.id)
    form = PinForm(data={"lon": round(spot[0], 6), "lat": round(spot[1], 6)} if spot else {})
    if form.validate_on_submit() and submit(
        form, household_service.move_pin, home, actor=viewer(), lon=form.lon.data, lat=form.lat.data,
        datum=Datum(form.datum.data), now=clock.now(),
    ):  # fmt: skip
        flash(_("位置已保存。"), "ok")
        return redirect(url_for(".pin", household_id=household_id))
    return _page(home, form, EndForm(formdata=None, on=clock.town_day(clock.now())))


def _page(home: Household, form: PinForm, move: EndForm) -> ResponseReturnValue:
    spot, village = households.place_of(home.id), grids.by_ids([home.village_id])[home.village_id]
    return render_template(
        "dossier/pin.html", home=home, form=form, move=move, spot=spot, village=village,
        here=grids.by_ids([home.grid_id])[home.grid_id], there=_cell_of(home, spot, village), parts=_map(village, spot),
        outside=spot is not None and grids.cell_at(*spot, village_path=village.path) is None,
        outlined=grids.outline_of(village.id) is not None,
        words={
            "map": _("住户位置地图：方向键移动地图，加减号缩放；也可以直接填经纬度"),
            "pin": _("住户位置，可拖动"), "zoom_in": _("放大"), "zoom_out": _("缩小"),
        },
    )  # fmt: skip


def _cell_of(home: Household, spot: tuple[float, float] | None, village: Grid) -> Grid | None:
    """The group or cell the pin falls into, where the home is registered elsewhere."""
    found = grids.cell_at(*spot, village_path=village.path) if spot else None
    if found is None or found.level == GridLevel.VILLAGE or home.path.startswith(found.path):
        return None
    return found


def _map(village: Grid, spot: tuple[float, float] | None) -> mapkit.MapParts:
    whole = grids.outline_of(village.id)
    cells = [
        (place.id, shape) for place, shape in grids.outline_geojson(village.path, [GridLevel.GROUP, GridLevel.CELL])
    ]
    layers = [mapkit.Layer("village", [(village.id, whole.geojson)] if whole else []), mapkit.Layer("cell", cells)]
    centre = (spot[1], spot[0]) if spot else (village.lat, village.lon) if village.lat and village.lon else None
    return mapkit.render(mapkit.base_map(layers, name="pin", centre=centre)).with_nonce(nonce())


@bp.post("/<int:household_id>/pin/move")
@needs(Permission.EDIT_HOUSEHOLD)
def move_to_pin(household_id: int) -> ResponseReturnValue:
    """Move the home into the cell its pin falls into, from a day on."""
    home = _edited(household_id)
    spot, village = households.place_of(home.id), grids.by_ids([home.village_id])[home.village_id]
    there, form, now = _cell_of(home, spot, village), EndForm(), clock.now()
    if there is None:
        flash(_("这一户已经登记在位置所在的网格。"), "info")
        return redirect(url_for(".pin", household_id=household_id))
    if form.validate_on_submit() and _may_begin(form, home, village) and submit(
        form, household_service.move_homes, actor=viewer(), place=village.path, homes={home.id: there},
        start=form.on.data, reason="pin", now=now,
    ):  # fmt: skip
        flash(_("已从 %(day)s 起调整到%(cell)s。", day=show_date(form.on.data), cell=there.name), "ok")
        return redirect(url_for(".show", household_id=household_id))
    spot_form = PinForm(formdata=None, data={"lon": spot[0], "lat": spot[1]} if spot else {})
    return _page(home, spot_form, form)


def _may_begin(form: EndForm, home: Household, village: Grid) -> bool:
    """Not before the home or its village stood."""
    first: date = max(day for day in (home.since, village.valid_from) if day is not None)
    day: date = form.on.data
    if day < first:
        form.on.errors = [_("不能早于 %(day)s。", day=show_date(first))]
    return day >= first
