"""What the map and the figures are made of: the major classes with their signs, the lists, the filters. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gridcase.cases.rules import Light
from gridcase.cases.rules.majors import MAJORS as CLASSES
from gridcase.core.clock import TOWN_ZONE
from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text

POINTS_MOST = 10_000  # drawn at once; beyond it the page says so and asks for a filter
LIGHTS = (Light.GREEN, Light.YELLOW, Light.RED)  # their place here is the code the map gets
FRESH_SECONDS = 300  # a light may turn by itself: nothing the map holds counts as current for longer


@dataclass(frozen=True)
class Major:
    """A major class of the catalogue: its name, and the sign on its pin (one character, two letters in English)."""

    code: str
    label: Text
    sign: Text


_SIGNS = {
    "01": N_("纠"),
    "02": N_("险"),
    "04": N_("环"),
    "05": N_("设"),
    "06": N_("农"),
    "07": N_("助"),
    "08": N_("代"),
    "09": N_("风"),
    "10": N_("询"),
}
# 03 (public order) is not among them: its cases are restricted, never on a map or in a figure.
MAJORS = {code: Major(code, CLASSES[code], sign) for code, sign in _SIGNS.items()} | {
    "00": Major("00", N_("未分类"), N_("未"))
}


class Listed(Labelled):
    """The lists behind the figures."""

    OPEN = "open", N_("未办结")
    LATE = "late", N_("超期未办")
    SOON = "soon", N_("将到期")
    CLOSED = "closed", N_("本月办结")
    ON_TIME = "on_time", N_("本月按期办结")
    IN_GRID = "in_grid", N_("本月网格内解决")

    @property
    def ended(self) -> bool:
        """Whether the list holds closed cases."""
        return self in (Listed.CLOSED, Listed.ON_TIME, Listed.IN_GRID)


@dataclass(frozen=True)
class Filters:
    """What the reader chose; None means all."""

    village_id: int | None = None
    major: str | None = None
    light: Light | None = None
    listed: Listed = Listed.OPEN

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Filters:
        """The filters of a link; what makes no sense counts as not chosen."""
        village, major = values.get("village", ""), values.get("major", "")
        return cls(
            village_id=int(village) if village.isascii() and village.isdigit() and len(village) < 10 else None,
            major=major if major in MAJORS else None,
            light=next((light for light in LIGHTS if light == values.get("light")), None),
            listed=next((each for each in Listed if each == values.get("list")), Listed.OPEN),
        )

    def link(self) -> dict[str, str]:
        """The same as the values of a link."""
        chosen = {"village": self.village_id, "major": self.major, "light": self.light}
        values = {name: str(value) for name, value in chosen.items() if value is not None}
        return values | ({} if self.listed is Listed.OPEN else {"list": str(self.listed)})


def month_start(moment: datetime) -> datetime:
    """The first instant of the town's month in which `moment` lies."""
    local = moment.astimezone(TOWN_ZONE)
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Figures:
    """The numbers of one moment; rates are 0 to 1, None where there is nothing to measure."""

    open: int
    late: int
    soon: int
    closed: int
    on_time: int
    in_grid: int
    on_time_rate: float | None
    in_grid_rate: float | None


def percent(share: float | None) -> str:
    """A share as whole per cent, never rounded up to 100 nor down to 0."""
    if share is None:
        return "–"
    whole = round(share * 100)
    if 0 < share < 1:
        whole = min(max(whole, 1), 99)
    return f"{whole}%"
