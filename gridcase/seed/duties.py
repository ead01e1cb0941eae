"""A short duty list for every town of the demo, so that dispatching shows what such a list does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from gridcase.cases import queries
from gridcase.cases import service as cases
from gridcase.cases.rules import DutyKind
from gridcase.cases.service import Entry
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid

# item, kind, class, the town's unit by the end of its name, the county's by the end of its name
ITEMS = (
    ("小型水利设施日常管护", DutyKind.BASIC, "0505", "水利站", ""),
    ("矛盾纠纷排查调解", DutyKind.BASIC, "0102", "", ""),
    ("农村生活垃圾清运", DutyKind.BASIC, "0401", "", ""),
    ("便民事项代办", DutyKind.BASIC, "0802", "便民服务中心", ""),
    ("农村饮水安全", DutyKind.COOPERATE, "0501", "", "水利局"),
    ("动物疫病防控", DutyKind.COOPERATE, "0602", "", "农业农村局"),
    ("病死畜禽无害化处理监督执法", DutyKind.UPPER, "0404", "", "农业农村局"),
    ("农药经营许可", DutyKind.UPPER, None, "", "农业农村局"),
)


def fill(town_codes: Iterable[str], *, actor: Viewer, now: datetime) -> None:
    """Write the list of each of these towns."""
    for town in db.session.scalars(select(Grid).where(Grid.code.in_(sorted(town_codes))).order_by(Grid.code)):
        county = db.session.get_one(Grid, town.county_id)
        units = queries.units_over(town.path)
        for item, kind, class_code, unit_name, lead in ITEMS:
            unit = next((one for one in units if unit_name and one.name == town.name + unit_name), None)
            entry = Entry(item, kind, class_code, unit.id if unit else None, county.name + lead if lead else "")
            cases.keep_duty(town, entry, actor=actor, now=now)
