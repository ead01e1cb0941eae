"""What the demo's villages closed, announced and brought along: last months, the end of the year, totals of before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.points import jobs
from gridcase.points import service as points
from gridcase.points.rules.periods import ANNOUNCE_DAYS, PeriodKind, recent
from gridcase.seed.places import HOME_VILLAGE, OUJIANGCHA, YIMA, ZHILONG
from gridcase.seed.villages import Team

# What two places published of the years before: points, goods in fen, people. The third begins with nothing.
BEFORE = {ZHILONG: (31_133, 3_584_000, 1_600), YIMA: (1_056_000, 33_900_000, 0)}
CLOSED = {PeriodKind.MONTH: 2, PeriodKind.QUARTER: 1}


def work(teams: Sequence[Team], *, actor: Viewer, now: datetime) -> None:
    """The first village of each place, the demo's own at home, up to now."""
    today = town_day(now)
    for town_code in (OUJIANGCHA, ZHILONG, YIMA):
        fitting = [team for team in teams if team.town_code == town_code]
        if not fitting:
            continue
        team = min(fitting, key=lambda one: (one.code != HOME_VILLAGE, one.code))
        with transaction():
            village = db.session.get_one(Grid, team.id)
            _before(village, town_code, today, actor=actor, now=now)
            for kind, count in CLOSED.items():
                for period in recent(kind, today, count):
                    points.close_period(village, period, actor=actor, now=now)
            _announce(village, today, actor=actor, now=now)
    jobs.seal(now=now)


def _before(village: Grid, town_code: str, today: date, *, actor: Viewer, now: datetime) -> None:
    if town_code in BEFORE:
        issued, goods_fen, people = BEFORE[town_code]
        points.enter_total(
            village, until=date(today.year - 1, 12, 31), points=issued, redeemed=0, goods_fen=goods_fen, people=people,
            note="上线前的公示合计", actor=actor, now=now,
        )  # fmt: skip


def _announce(village: Grid, today: date, *, actor: Viewer, now: datetime) -> None:
    """The year's last day to exchange: its own last day, or thirty days from now."""
    until = max(date(today.year, 12, 31), today + timedelta(days=ANNOUNCE_DAYS))
    points.announce_year(village, until.year if until.month > 1 else until.year - 1, until=until, actor=actor, now=now)
