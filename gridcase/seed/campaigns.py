"""A campaign of the demo's town: burials the simple way, with the counts that were published of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select

from gridcase.affairs.models import Campaign, CampaignAction
from gridcase.affairs.rules.campaigns import ActionKind
from gridcase.affairs.service import campaigns
from gridcase.affairs.service.campaigns import Plan, Wanted
from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.people.rules import Role
from gridcase.seed.places import OUJIANGCHA
from gridcase.seed.towns import Offices
from gridcase.seed.villages import Team

# (kind, name, unit, plan, what was done, of how many)
DONE = (
    (ActionKind.PEOPLE, "敲门行动", "人次", 200, 206, None),
    (ActionKind.MEETINGS, "屋场会", "场", 100, 104, None),
    (ActionKind.BUSINESSES, "走访业态", "家", 30, 32, None),
    (ActionKind.GOODS, "回收龙杠", "根", 100, 96, None),
    (ActionKind.RATE, "火化率", "%", 100, 17, 17),
)
TEXT = "移风易俗，殡葬改革：敲门宣传，开屋场会，走访香烛花圈店。"
BEGAN, TURNS = timedelta(days=54), (50, 33, 12)  # days ago


def work(teams: Sequence[Team], offices: Mapping[str, Offices], *, now: datetime) -> None:
    """Begin it and enter what the villages did, in three turns."""
    actor, today = offices[OUJIANGCHA].one(Role.TOWN_MANAGER).viewer, town_day(now)
    villages = [db.session.get_one(Grid, team.id) for team in teams if team.town_code == OUJIANGCHA]
    plan = Plan(
        "零点行动",
        today - BEGAN,
        today + timedelta(days=37),
        "移风易俗，殡葬改革：敲门宣传，开屋场会，走访香烛花圈店。",
    )
    with transaction():
        town = db.session.scalars(select(Grid).where(Grid.code == OUJIANGCHA)).one()
        one = campaigns.begin(actor=actor, place=town, client_uuid=_mark("begin"), plan=plan, now=now - BEGAN)
        for kind, name, unit, planned, done, whole in DONE:
            what = Wanted(kind, name, unit, planned)
            action = campaigns.add_action(one, actor=actor, what=what, now=now - BEGAN)
            _enter(one, action, villages, done, whole, actor=actor, now=now)


def _enter(
    one: Campaign, action: CampaignAction, villages: Sequence[Grid], done: int, whole: int | None, *, actor: Viewer,
    now: datetime,
) -> None:  # fmt: skip
    turns = [(village, ago) for village in villages for ago in TURNS]
    for number, (village, ago) in enumerate(turns):
        part, of = _part(done, number, len(turns)), _part(whole, number, len(turns)) if whole else None
        if part:
            at = now - timedelta(days=ago)
            campaigns.enter(
                action, one, actor=actor, place=village, client_uuid=_mark(f"{action.name}/{village.code}/{ago}"),
                day=town_day(at), number=part, whole=of, now=at,
            )  # fmt: skip


def _part(whole: int, number: int, count: int) -> int:
    """The share of one of `count` turns, so that all of them make the whole."""
    return whole * (number + 1) // count - whole * number // count


def _mark(words: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"campaign/{words}"))
