"""Everything on the page of figures, kept a while: counting a county takes longer than the page."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, TypeVar

from gridcase.core.clock import town_day
from gridcase.core.config import current
from gridcase.core.periods import Period
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.places import depth_of
from gridcase.dashboard.queries.written import in_towns, last_written
from gridcase.dashboard.rules import office as rules
from gridcase.measures import queries as measures
from gridcase.measures.queries import Row, Values
from gridcase.measures.rules import MEASURES, By, Narrow

Found = TypeVar("Found")
KEPT_MOST, KEPT_SECONDS = 64, 60
_kept: OrderedDict[Any, tuple[Any, Any]] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class Office:
    """The figures of a period and of what can be compared with it; `now` is when they were counted."""

    period: Period
    now: datetime
    total: Row
    before: Row | None
    places: Values
    units: Values
    majors: Values
    trend: Values
    tiers: Values | None  # for those alone who may see the tiers


def office(viewer: Viewer, *, period: Period, now: datetime, narrow: Narrow) -> Office:
    """The page's figures: as they were at most a minute ago, and of a town never from before the last write in it."""
    asked = ("office", str(period), tuple(narrow.link().items()))
    return kept(viewer, asked, now=now, make=lambda: _counted(viewer, period, now, narrow))


def _counted(viewer: Viewer, period: Period, now: datetime, narrow: Narrow) -> Office:
    by = (_places(viewer, narrow),)
    places = measures.values(viewer, rules.OF_PLACES, period=period, now=now, narrow=narrow, by=by)
    passed = [key for key in rules.ALL if not MEASURES[key].live]
    earlier = period.before_until(town_day(now))
    before = measures.values(viewer, passed, period=earlier, now=now, narrow=narrow).total if earlier else None
    units = measures.values(viewer, rules.BY_UNIT, period=period, now=now, narrow=narrow, by=(By.UNIT,))
    majors = measures.values(viewer, rules.BY_MAJOR, period=period, now=now, narrow=narrow, by=(By.MAJOR,))
    tiers = None
    if measures.may_tell_apart(viewer, MEASURES[rules.BY_TIER[0]], By.TIER):
        tiers = measures.values(viewer, rules.BY_TIER, period=period, now=now, narrow=narrow, by=(By.TIER,))
    over = rules.trend_over(period)
    trend = measures.values(
        viewer, rules.TREND + rules.TREND_SHARE, period=over, now=now, narrow=narrow, by=(rules.spell_of(over),)
    )
    return Office(period, now, places.total, before, places, units, majors, trend, tiers)


def _places(viewer: Viewer, narrow: Narrow) -> By:
    """One step below the widest place looked at: a county by its towns, a town by its villages, a village by groups."""
    if narrow.village_id is not None:
        return By.GROUP
    paths = [narrow.path] if narrow.path else _paths(viewer)
    depth = min((depth_of(path) for path in paths), default=0)
    return (By.COUNTY, By.TOWN, By.VILLAGE, By.GROUP)[min(depth, 3)]


def _paths(viewer: Viewer) -> list[str]:
    return [grant.path for grant in viewer.grants_with(Permission.SEE_DASHBOARD) if grant.path]


def kept(viewer: Viewer, asked: Any, *, now: datetime, make: Callable[[], Found]) -> Found:
    """What was found for the same question of the same scope, while a minute has not passed and nothing was written
    since in the viewer's towns; else it is made anew. For a county the minute alone counts: anything written anywhere
    would make the dearest page anew."""
    key = (current().url, asked, _scope(viewer))
    grants = list(viewer.grants_with(Permission.SEE_DASHBOARD))
    stamp = (last_written(grants) if in_towns(grants) else None, int(now.timestamp()) // KEPT_SECONDS)
    with _lock:
        found = _kept.get(key)
    if found is not None and found[0] == stamp:
        value: Found = found[1]
        return value
    value = make()
    with _lock:
        _kept[key] = (stamp, value)
        _kept.move_to_end(key)
        while len(_kept) > KEPT_MOST:
            _kept.popitem(last=False)
    return value


def _scope(viewer: Viewer) -> Any:
    return tuple(
        (grant.path, grant.section_id, grant.unit_id, grant.household_ids, tuple(sorted(grant.permissions)))
        for grant in viewer.grants_with(Permission.SEE_DASHBOARD)
    )
