"""Good deeds of the village one signs in to, and a worry for those who may read it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.households.models import Household
from gridcase.people.rules import Role
from gridcase.seed.villages import Team
from gridcase.visits import queries, service
from gridcase.visits.rules import Sign

# (what was done, which liaison told it, of which of his homes, days ago)
DEEDS = (
    ("下雨天把邻居晒场上的稻谷抢收进屋，忙到天黑。", 0, 1, 2),
    ("每天路过都给坡上的独居老人挑一担水。", 1, 4, 5),
    ("捡到钱包，在村口等了一下午，等失主回来。", 0, 5, 9),
    ("自己开拖拉机，把垮在路上的石头清到了路边。", 2, 0, 13),
)
WORRIED, DAYS_AGO = 1, 1


def work(team: Team, *, now: datetime) -> None:
    """Play them through the services, each at its time."""
    liaisons = [worker for worker in team.workers if worker.role is Role.LIAISON]
    for text, number, home, ago in DEEDS:
        liaison, at = liaisons[number], now - timedelta(days=ago)
        with transaction():
            service.note_deed(
                actor=liaison.viewer, client_uuid=str(uuid5(NAMESPACE_URL, f"{team.code}/{text}")), text=text,
                household=db.session.get_one(Household, liaison.homes[home]), on=town_day(at), now=at,
            )  # fmt: skip
    _worry(team, now=now - timedelta(days=DAYS_AGO))


def _worry(team: Team, *, now: datetime) -> None:
    """One sign on the newest visit of one home: its readers have thirty days."""
    liaison = [worker for worker in team.workers if worker.role is Role.LIAISON][WORRIED]
    home = db.session.get_one(Household, liaison.homes[0])
    visit = queries.last_visit(home.id, viewer=liaison.viewer)
    if visit is not None:
        with transaction():
            service.note_signs(visit, home, actor=liaison.viewer, signs=[Sign.MIND], now=now)
