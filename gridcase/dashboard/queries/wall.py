"""What stands on the wall: counts of a place, of nobody in particular; and the screens that may show them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.core.scope import reach
from gridcase.dashboard.models import WallScreen
from gridcase.dashboard.queries.office import kept
from gridcase.dashboard.queries.places import Root, named, outlines, root_of
from gridcase.dashboard.rules.wall import GOOD_MOST, ONLY_MAJOR, VILLAGES_MOST, WEEKS, Area, areas
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.measures import queries as measures
from gridcase.measures.queries import Row
from gridcase.measures.rules import By

COUNTS = frozenset({Permission.SEE_DASHBOARD, Permission.SEE_MAP})  # all that a screen's viewer holds
_LIVE = ("cases.open", "cases.late", "cases.soon")
_VISITS, WHISTLES, WHISTLE_DAYS = ("homes.on_time", "homes.all"), "whistles.rate", 30
_SPELL = ("cases.collected", "cases.closed")
_MONTH = ("cases.satisfied", "cases.rated", "cases.on_time", "cases.in_grid")
_BELOW = {GridLevel.COUNTY: By.TOWN, GridLevel.TOWN: By.VILLAGE, GridLevel.VILLAGE: By.GROUP}


@dataclass(frozen=True)
class Part:
    """A village (of a county a town, of a village a group): its open cases, those of them late or soon to be."""

    id: int
    name: Any
    open: int
    late: int
    soon: int

    @property
    def calm(self) -> int:
        """Open, with time left."""
        return self.open - self.late - self.soon


@dataclass(frozen=True)
class Good:
    """What was finished today: a class, a village, how often."""

    what: Any
    village: Any
    count: int


@dataclass(frozen=True)
class Wall:
    """Everything the screen shows."""

    root: Root
    live: Row
    today: Row
    week: Row
    month: Row
    before: Row  # the month before
    visits: Row
    whistles: Row  # of the last thirty days: a month that has just begun says little
    weeks: Sequence[Row]
    parts: Sequence[Part]  # by what is late, then by how much is open; the first of `parts_all`
    parts_all: Sequence[Part]
    more_parts: int
    areas: Sequence[Area]
    names: dict[int, str]
    good: Sequence[Good]
    more_good: int


def screen_of(viewer: Viewer) -> Viewer:
    """Whoever stands before the screen: the places of these posts, with the right to their counts and to no more.
    `Missing` where the posts name no place."""
    paths = sorted({grant.path for grant in viewer.grants_with(Permission.SEE_DASHBOARD) if grant.path})
    if not paths:
        raise Missing
    return _screen(paths)


def _screen(paths: Sequence[str]) -> Viewer:
    return Viewer(kind="screen", name="", grants=tuple(Grant("screen", COUNTS, path=path) for path in paths))


def wall(screen: Viewer, *, now: datetime) -> Wall:
    """The figures of this minute: counted once for all screens of a place, and anew after a write in its town."""
    return kept(screen, ("wall",), now=now, make=lambda: _counted(screen, now))


def _counted(screen: Viewer, now: datetime) -> Wall:
    day = town_day(now)
    root, month = root_of(screen), Period.of(PeriodKind.MONTH, day)
    spans = {kind: Period.of(kind, day) for kind in (PeriodKind.DAY, PeriodKind.WEEK)}
    by = _BELOW.get(root.level, By.COUNTY) if root.level else By.COUNTY
    twelve = Period.span(spans[PeriodKind.WEEK].first - timedelta(weeks=WEEKS - 1), day)
    thirty = Period.span(day - timedelta(days=WHISTLE_DAYS - 1), day)
    live = measures.values(screen, _LIVE, period=month, now=now, by=(by,))
    parts = sorted((_part(row) for row in live.rows), key=lambda one: (-one.late, -one.open, one.id))
    shapes = outlines(screen, root)
    drawn = next((found for level, found in shapes.items() if level is not root.level and found), [])
    good = _good(screen, spans[PeriodKind.DAY], now)
    return Wall(
        root=root, live=live.total,
        today=measures.values(screen, _SPELL, period=spans[PeriodKind.DAY], now=now).total,
        week=measures.values(screen, _SPELL, period=spans[PeriodKind.WEEK], now=now).total,
        month=measures.values(screen, _MONTH, period=month, now=now).total,
        before=measures.values(screen, _MONTH, period=month.before, now=now).total,
        visits=measures.values(screen, _VISITS, period=month, now=now).total,
        whistles=measures.values(screen, (WHISTLES,), period=thirty, now=now).total,
        weeks=measures.values(screen, (*_SPELL, "cases.satisfied"), period=twelve, now=now, by=(By.WEEK,)).rows,
        parts=parts[:VILLAGES_MOST], parts_all=parts, more_parts=max(len(parts) - VILLAGES_MOST, 0), areas=areas(drawn),
        names={one.id: one.name for one in named(screen, root)},
        good=good[:GOOD_MOST], more_good=sum(x.count for x in good[GOOD_MOST:]),
    )  # fmt: skip


def _part(row: Row) -> Part:
    group, counts = row.group[0], row.counts
    key = group.key if isinstance(group.key, int) else _last(group.key)
    return Part(key, group.label, counts["cases.open"], counts["cases.late"], counts["cases.soon"])


def _last(path: str | None) -> int:
    """The place a path leads to; 0 for what lies in none."""
    return int(path.rstrip("/").rpartition("/")[2]) if path and path.strip("/") else 0


def _good(screen: Viewer, today: Period, now: datetime) -> list[Good]:
    """What was closed today by class and village, the most frequent first; where a class would point at a family, by
    its major class."""
    found: dict[tuple[Any, Any], Good] = {}
    for by in (By.CLASS, By.MAJOR):
        for row in measures.values(screen, ("cases.closed",), period=today, now=now, by=(by, By.VILLAGE)).rows:
            what, village = row.group
            count = row.counts["cases.closed"]
            if count and (by is By.MAJOR) == (str(what.key)[:2] in ONLY_MAJOR):
                found[what.key, village.key] = Good(what.label, village.label, count)
    return sorted(found.values(), key=lambda one: (-one.count, str(one.what), str(one.village)))


def digest_of(secret: str) -> str:
    """What is kept of a screen's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def at_secret(secret: str, *, now: datetime) -> tuple[WallScreen, Viewer]:
    """The screen with this secret and who stands before it; `Missing` where it was ended, has run out or never was."""
    found = db.session.scalar(
        select(WallScreen).where(
            WallScreen.digest == digest_of(secret), WallScreen.ended_at.is_(None), WallScreen.expires_at > now
        )
    )
    if found is None:
        raise Missing
    return found, _screen([found.path])


def screens(viewer: Viewer) -> list[Any]:
    """(screen, place) of the viewer's places, newest first."""
    return list(
        db.session.execute(
            select(WallScreen, Grid.name.label("place"))
            .join(Grid, Grid.id == WallScreen.place_id)
            .where(reach(viewer, Permission.MANAGE_TOWN, path=WallScreen.path))
            .order_by(WallScreen.ended_at.is_not(None), WallScreen.id.desc())
            .limit(100)
        )
    )


def get_screen(screen_id: int, *, viewer: Viewer) -> WallScreen:
    """One screen of the viewer's places, else `Missing`."""
    found = db.session.scalar(
        select(WallScreen).where(
            WallScreen.id == screen_id, reach(viewer, Permission.MANAGE_TOWN, path=WallScreen.path)
        )
    )
    if found is None:
        raise Missing
    return found


def places_for(viewer: Viewer) -> list[Grid]:
    """The towns and villages the viewer may put on a screen, the widest first."""
    return list(
        db.session.scalars(
            select(Grid)
            .where(
                Grid.level.in_((GridLevel.TOWN, GridLevel.VILLAGE)), Grid.valid_to.is_(None),
                reach(viewer, Permission.MANAGE_TOWN, path=Grid.path),
            )
            .order_by(Grid.code)
        )
    )  # fmt: skip
