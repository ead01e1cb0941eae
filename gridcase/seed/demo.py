"""The demo of five places: real codes, invented people, ninety days of work done through the services.

The same `now` gives the same demo. Nothing here writes past a service, so what holds for a real town holds for it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import select

from gridcase.audit import service as audit
from gridcase.cases import service as cases
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.households import service as households
from gridcase.notices import service as notices
from gridcase.notices.models import Notice
from gridcase.reminders import jobs as reminders
from gridcase.seed import (
    accounts,
    affairs,
    blank,
    bulletin,
    campaigns,
    care,
    decided,
    deeds,
    desk,
    doors,
    duties,
    entries,
    ledger,
    legal,
    places,
    promises,
    reference,
    registers,
    schemes,
    shop,
    towns,
    villages,
)
from gridcase.seed.blank import empty, half_filled
from gridcase.seed.places import HOME_VILLAGE, OUJIANGCHA, TONGANYI, VillagePlan, chance
from gridcase.seed.scene import Scene
from gridcase.seed.story import Story
from gridcase.seed.towns import Offices
from gridcase.seed.villages import Team, Worker

__all__ = ["PASSWORD", "build", "empty", "half_filled"]

PASSWORD = "gridcase-demo-2026"  # noqa: S105 - printed at every start, served on this machine only
READ_AFTER = timedelta(days=4)
FOUNDED = timedelta(days=420)  # the registers are older than the story
FURNISHED = timedelta(days=100)  # before the story
STORY_SHARE = 12_000  # how much of the progress the story is, in homes

Progress = Callable[[int, int], None]


def build(*, actor: Viewer, now: datetime, small: bool, progress: Progress, thin: bool = False) -> None:
    """Fill an empty database with the demo as of `now`; `small` is one village each of two towns, `thin` every place
    with about every 20th home and the small story: both for tests."""
    config = blank.check()
    plans = places.plans(small=small)
    plans = [places.thinned(plan) for plan in plans] if thin else plans
    homes = sum(plan.size.homes for plan in plans)
    total = homes + STORY_SHARE
    teams, offices = _settle(plans, config, actor=actor, now=now, progress=lambda done: progress(done, total))
    schemes.put_in_force(teams, actor=actor, now=now - FURNISHED)
    story = Story(Scene(teams, offices, now), actor=actor, small=small or thin)
    story.play(lambda done, days: progress(homes + STORY_SHARE * done // days * 9 // 10, total))
    _finish(teams, offices, actor=actor, now=now)
    progress(total, total)


def _settle(
    plans: list[VillagePlan], config: Config, *, actor: Viewer, now: datetime, progress: Callable[[int], None]
) -> tuple[list[Team], dict[str, Offices]]:
    """Places, registers, circles, offices and accounts, one transaction a village or town."""
    founded = now - FOUNDED
    since = date(town_day(founded).year, 1, 1)
    with transaction():
        reference.load(actor=actor, now=now)
        audit.record(actor=actor, action=blank.BEGUN, subject_kind="installation", subject_id=None, now=now)
        upper = places.add_upper(plans=plans, actor=actor, since=since, now=founded)
    teams, done = [], 0
    for plan in plans:
        village = upper.grids[plan.code]
        with transaction():
            spots = places.add_lower(village, upper.rings[plan.code], plan.size, actor=actor, now=founded)
            teams.append(
                villages.settle(
                    village, spots, plan.size, town_code=plan.town_code, actor=actor, now=founded, rng=chance(plan.code)
                )
            )
            care.take_over(
                teams[-1], village, actor=actor, today=town_day(now), now=founded, rng=chance("care", plan.code)
            )
        done += plan.size.homes
        progress(done)
    offices = {}
    for code in sorted({plan.town_code for plan in plans}):
        with transaction():
            offices[code] = _open_town(code, actor=actor, now=founded)
    with transaction():
        team = next(team for team in teams if team.code == HOME_VILLAGE)
        accounts.open_all(
            team, offices[OUJIANGCHA], password=PASSWORD, memory_kib=config.argon2_memory_kib, actor=actor, now=founded
        )
        registers.certify_all(teams, actor=actor, now=founded, rng=chance("elections"))
        registers.wide_cells(TONGANYI[:6] + "000000", actor=actor, now=founded)
    with transaction():
        registers.furnish(team, actor=actor, now=now - FURNISHED, rng=chance("registers"))
        desk.furnish(team, offices[OUJIANGCHA], now=now - FURNISHED)
    return teams, offices


def _open_town(code: str, *, actor: Viewer, now: datetime) -> Offices:
    town = db.session.scalars(select(Grid).where(Grid.code == code)).one()
    county = db.session.get_one(Grid, town.county_id)
    return towns.open_offices(
        town, county, whole_county=code == OUJIANGCHA, actor=actor, now=now, rng=chance("offices", code)
    )


def _finish(teams: list[Team], offices: dict[str, Offices], *, actor: Viewer, now: datetime) -> None:
    """What the jobs of this minute leave: visits planned, notices told and read, counters folded, the audit sealed."""
    today = town_day(now)
    for n, team in enumerate(teams):
        with transaction():
            households.plan_first_visits(
                actor=actor, village=db.session.get_one(Grid, team.id), on=today + timedelta(days=3 * n % 20 - 2),
                now=now,
            )  # fmt: skip
    home = next(team for team in teams if team.code == HOME_VILLAGE)
    decided.work(teams, actor=actor, now=now)
    affairs.work(teams, now=now)
    promises.work(home, now=now)
    campaigns.work(teams, offices, now=now)
    care.work(home, now=now)
    legal.work(home, teams, actor=actor, now=now)
    doors.work(home, now=now)
    bulletin.work(home, now=now)
    deeds.work(home, now=now)
    desk.work(home, now=now)
    entries.work(teams, actor=actor, now=now)
    shop.work(teams, actor=actor, now=now)
    schemes.redraft(home, actor=actor, now=now)
    campaigns.listen(home, now=now)
    ledger.work(teams, actor=actor, now=now)
    reminders.sweep(actor=actor, now=_last_daytime(now))
    with transaction():
        duties.fill(offices, actor=actor, now=now)
        _read_old_notices([worker for team in teams for worker in team.workers], offices, now=now)
        audit.record(actor=actor, action=blank.DONE, subject_kind="installation", subject_id=None, now=now)
    with transaction():
        cases.fold_tallies()
    sealed = 1
    while sealed:
        with transaction():
            sealed = audit.seal()


def _last_daytime(now: datetime) -> datetime:
    """The newest moment at which reminders are told: at night that of the evening before."""
    local = now.astimezone(TOWN_ZONE)
    if local.hour < 7:
        local = (local - timedelta(days=1)).replace(hour=20)
    elif local.hour >= 21:
        local = local.replace(hour=20)
    return local.astimezone(now.tzinfo)


def _read_old_notices(workers: list[Worker], offices: dict[str, Offices], *, now: datetime) -> None:
    """The accounts have read what is older than some days."""
    staff = [worker for office in offices.values() for worker in office.workers]
    readers: dict[int, Viewer] = {}
    for worker in (*workers, *staff):
        if worker.viewer.user_id is not None:
            readers[worker.post_id] = worker.viewer
    for notice in db.session.scalars(
        select(Notice)
        .where(Notice.post_id.in_(sorted(readers)), Notice.created_at < now - READ_AFTER)
        .order_by(Notice.id)
    ):
        notices.mark_read(notice, actor=readers[notice.post_id or 0], now=now)
