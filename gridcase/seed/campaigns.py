"""Campaigns of the demo: burials the simple way in its town, with the counts that were published of one; a village that
visits its homes, hears what they think and changes its rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select

from gridcase.affairs.models import Campaign, CampaignAction
from gridcase.affairs.queries.opinions import changes
from gridcase.affairs.rules.campaigns import ActionKind
from gridcase.affairs.rules.opinions import Outcome
from gridcase.affairs.service import campaigns, opinions
from gridcase.affairs.service.campaigns import Plan, Wanted
from gridcase.affairs.service.opinions import Settled
from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.people.rules import Role
from gridcase.seed.places import OUJIANGCHA
from gridcase.seed.towns import Offices
from gridcase.seed.villages import Team
from gridcase.visits import service as visits
from gridcase.visits.rules import Purpose, VisitMode, VisitState
from gridcase.visits.service import VisitRecord

# (kind, name, unit, plan, what was done, of how many)
DONE = (
    (ActionKind.PEOPLE, "敲门行动", "人次", 200, 206, None),
    (ActionKind.MEETINGS, "屋场会", "场", 100, 104, None),
    (ActionKind.BUSINESSES, "走访业态", "家", 30, 32, None),
    (ActionKind.GOODS, "回收龙杠", "根", 100, 96, None),
    (ActionKind.RATE, "火化率", "%", 100, 17, 17),
)
TEXT = "移风易俗，殡葬改革：敲门宣传，开屋场会，走访香烛花圈店。"
# What was heard at one door after the other ("": nothing to say), and the sentences it became: which notes they hold.
SAID = (
    "扫门口公共的路不记分，不公平", "兑换店星期天不开门", "", "三组拐弯那里晚上黑", "红白事还是摆得太多", "",
    "我家天天清水沟，也没记上", "希望教智能手机",
)  # fmt: skip
HEARD = (
    ("清扫公共的地方也记分", (0, 6), Outcome.CHANGE, ""),
    ("兑换店星期天也开门", (1,), Outcome.ANSWERED, "店主同意每月第一个星期天开半天，已贴在店门口。"),
    ("拐弯处装路灯", (3,), Outcome.LEFT, "县里明年统一改造，现在装了还要拆；先涂反光漆。"),
    ("酒席标准再细一些", (4,), Outcome.OPEN, ""),
)
LISTENED = 20  # days ago it began
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


def listen(team: Team, *, now: datetime) -> None:
    """A village's own: a liaison asks at the doors, the head puts what was said into sentences and says what became of
    each."""
    head, liaison, today = team.one(Role.VILLAGE_HEAD).viewer, team.of(Role.LIAISON)[1], town_day(now)
    village, began = db.session.get_one(Grid, team.id), now - timedelta(days=LISTENED)
    plan = Plan(
        "大走访、大研讨、大改进", town_day(began), today + timedelta(days=40),
        "逐户走访听意见，村里商议，能改的改进积分细则和村规民约，不能改的说明白。", opinions=True,
    )  # fmt: skip
    with transaction():
        one = campaigns.begin(actor=head, place=village, client_uuid=_mark("listen"), plan=plan, now=began)
    noted = []
    for number, (home_id, note) in enumerate(zip(liaison.homes, SAID, strict=False)):
        at = now - timedelta(days=16 - number, hours=2)
        record = VisitRecord(
            _mark(f"listen/{number}"), at, VisitMode.HOME, VisitState.SAFE, Purpose.OPINIONS, note=note or None
        )
        home = db.session.get_one(Household, home_id)
        with transaction():
            noted.append(visits.log_visit(actor=liaison.viewer, household=home, record=record, now=at).id)
    with transaction():
        for text, heard, outcome, answer in HEARD:
            ids = [noted[number] for number in heard if number < len(noted)]
            row = opinions.collect(one, village, actor=head, visit_ids=ids, text=text, into=None, now=now)
            led = next(((kind, key) for kind, key, _title in changes(village.id, viewer=head)), None)
            what = Settled(text, outcome, answer, led if outcome is Outcome.CHANGE else None)
            opinions.settle(row, actor=head, what=what, now=now)


def _mark(words: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"campaign/{words}"))
