"""Where a home stands on the map."""

from __future__ import annotations

from datetime import datetime

from gridcase.audit import service as audit
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.geo import point
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import Datum, to_wgs84
from gridcase.households.models import Household, HouseholdPoint


def move_pin(
    household: Household, *, actor: Viewer, lon: float, lat: float, datum: Datum, now: datetime
) -> tuple[float, float]:
    """Put the pin of a home where these degrees of `datum` are; returns them as WGS 84. Its cell stays as it is.

    `Refused` outside of the county. The history says that the pin was moved, not where to.
    """
    spot = to_wgs84(lon, lat, datum)
    village = db.session.get_one(Grid, household.village_id)
    if not grids.county_box(village).holds(spot):
        raise Refused(N_("这个点不在本县范围内，请检查坐标系和经纬度次序。"), field="lon")
    pin = db.session.get(HouseholdPoint, household.id) or HouseholdPoint(household_id=household.id)
    pin.geom, pin.source = point(*spot), f"pin:{datum.value}"
    db.session.add(pin)
    audit.record(
        actor=actor, action="household.pin", subject_kind="household", subject_id=household.id,
        place_path=household.path, now=now, detail={"datum": datum.value},
    )  # fmt: skip
    db.session.flush()
    return spot
