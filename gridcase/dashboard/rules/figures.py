"""The figures: their lists and their numbers. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.labels import Labelled
from gridcase.core.words import N_


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
