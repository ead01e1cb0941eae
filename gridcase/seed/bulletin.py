"""Two announcements of the village one signs in to, told to some of its homes; a few looks at homes for the season."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from gridcase.bulletin import service as bulletin
from gridcase.bulletin.models import Announcement
from gridcase.bulletin.rules import How
from gridcase.checks import queries as checks
from gridcase.checks.rules import Looked
from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.people.rules import Role
from gridcase.seed.villages import Team, Worker
from gridcase.visits import service as visits
from gridcase.visits.rules import Purpose, VisitMode, VisitState
from gridcase.visits.service import VisitRecord

CIRCLES_TOLD = 8
# (title, text, days ago, days to go, the share told by those who pass it on)
WORDS = (
    (
        "城乡居民医保月底前缴清",
        "缴费到月底截止，每人 400 元。手机上不会缴的，带身份证到村部代缴；在外地的，请家里人代缴。",
        4, 9, 0.7,
    ),
    (
        "周六上午停水检修",
        "周六八点到十二点，二水厂检修，全村停水。请头天晚上存好水，独居老人家由联户代表帮着存。",
        1, 5, 0.3,
    ),
)  # fmt: skip
LOOKED_AT = 4


def work(team: Team, *, now: datetime) -> None:
    """Play them through the services, each at its time."""
    place = db.session.get_one(Grid, team.id)
    head = team.one(Role.VILLAGE_HEAD).viewer
    liaisons = [worker for worker in team.workers if worker.role is Role.LIAISON]
    for title, text, ago, to_go, share in WORDS:
        at = now - timedelta(days=ago)
        with transaction():
            one = bulletin.announce(
                actor=head, place=place, client_uuid=str(uuid5(NAMESPACE_URL, f"{place.code}/{title}")), title=title,
                text=text, until=town_day(now) + timedelta(days=to_go), now=at,
            )  # fmt: skip
        for number, liaison in enumerate(liaisons[1 : CIRCLES_TOLD + 1], start=1):
            _tell(one, liaison, share, at=at + timedelta(hours=3 * number), now=now, how=list(How)[number % len(How)])
    _look(liaisons[1], now=now)


def _tell(one: Announcement, liaison: Worker, share: float, *, at: datetime, now: datetime, how: How) -> None:
    homes = liaison.homes[: int(len(liaison.homes) * share)]
    if homes:
        with transaction():
            bulletin.tell(one, homes, actor=liaison.viewer, at=min(at, now), now=min(at, now), how=how)


def _look(liaison: Worker, *, now: datetime) -> None:
    """Homes looked at on a visit; at the last of them something was not in order."""
    for number, home_id in enumerate(liaison.homes[:LOOKED_AT], start=1):
        at = now - timedelta(hours=30 - number)
        home = db.session.get_one(Household, home_id)
        lists = checks.lists_for(home.path, on=town_day(at))
        wrong = [item.code for one in lists[:1] for item in one.items[:1] if number == LOOKED_AT]
        record = VisitRecord(
            client_uuid=str(uuid5(NAMESPACE_URL, f"{home.code}/look")), visited_at=at, mode=VisitMode.HOME,
            state=VisitState.SAFE, purpose=Purpose.SAFETY_CHECK, met=2,
            checks=tuple(Looked(one.kind, frozenset(wrong) & {item.code for item in one.items}) for one in lists),
        )  # fmt: skip
        with transaction():
            visits.log_visit(actor=liaison.viewer, household=home, record=record, now=at)
