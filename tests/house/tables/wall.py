"""Routes and objects of this part: campaigns and what was done in them, the screens on walls."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import func, select

from gridcase.affairs.models import Campaign, CampaignActivity
from gridcase.affairs.queries import campaigns as queries
from gridcase.affairs.rules import ActivityKind
from gridcase.affairs.rules.campaigns import ActionKind
from gridcase.affairs.service import activities, campaigns, opinions
from gridcase.affairs.service.activities import Call
from gridcase.affairs.service.campaigns import Plan
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.dashboard.models import WallScreen
from gridcase.dashboard.rules.wall import Lasts
from gridcase.dashboard.service import wall
from gridcase.grid.models import Grid
from tests.factories.objects import SPOTS, Spot, Thing
from tests.factories.world import MAKER, World
from tests.house.roles import SEES_FIGURES, VILLAGE, Row, names

ENTERS = names("grid_leader town_manager") | VILLAGE
MANAGES, ANSWERS_FOR = names("town_manager"), names("town_manager county_manager")
LOOKS = ENTERS | SEES_FIGURES

TABLE: tuple[Row, ...] = (
    Row("affairs.campaigns", LOOKS),
    Row("affairs.new_campaign", ENTERS),
    Row("affairs.campaign", LOOKS, "campaign"),
    Row("affairs.campaign_entries", LOOKS, "campaign"),
    Row("affairs.campaign_enter", ENTERS, "campaign"),
    Row("affairs.campaign_activities", ENTERS, "campaign"),
    Row("affairs.campaign_strike", ENTERS, "campaign entry"),
    Row("affairs.campaign_drop", ENTERS, "counted"),
    Row("affairs.campaign_action_new", ENTERS, "kept campaign"),
    Row("affairs.campaign_end", ENTERS, "kept campaign"),
    Row("affairs.campaign_action", ENTERS, "campaign action"),
    Row("affairs.campaign_homes", names("grid_leader") | VILLAGE, "campaign"),
    Row("affairs.campaign_opinions", LOOKS, "kept campaign"),
    Row("affairs.campaign_opinion", ENTERS, "campaign opinion"),
    Row("affairs.campaign_opinion_apart", ENTERS, "campaign opinion"),
    Row("dashboard.wall.show", SEES_FIGURES),
    Row("dashboard.wall.now", SEES_FIGURES),
    Row("dashboard.wall.screens", MANAGES),
    Row("dashboard.wall.end_screen", MANAGES, "screen"),
    Row("dashboard.burden.show", ANSWERS_FOR),
    Row("dashboard.burden.export", ANSWERS_FOR),
)


def things(world: World) -> list[Thing]:
    """What a village has of each, at every spot."""
    return [thing for spot in SPOTS for thing in _at(world, spot)]


def _at(world: World, spot: Spot) -> list[Thing]:
    whole = Thing("", spot.name, 0, village=spot.village)
    # who works in a part of a village takes part in what the whole village does
    part = replace(whole, cell=f"{spot.village}_cell_1")
    campaign, action, entry, link = _campaign(world, spot)
    return [
        replace(part, kind="campaign", id=campaign, mark=f"记号（{spot.name}）的行动"),
        replace(whole, kind="kept campaign", id=campaign),
        replace(whole, kind="campaign action", id=action),
        replace(whole, kind="campaign entry", id=entry, cell=spot.cell),
        replace(whole, kind="counted", id=link, cell=spot.cell),
        replace(whole, kind="campaign opinion", id=_opinion(campaign), mark=f"记号（{spot.name}）的意见"),
        replace(whole, kind="screen", id=_screen(world, spot), mark=f"记号（{spot.name}）的屏"),
    ]


def _campaign(world: World, spot: Spot) -> tuple[int, int, int, int]:
    now = clock.now()
    today, cell = clock.town_day(now), db.session.get_one(Grid, world.grids[spot.cell])
    kinds = (ActionKind.MEETINGS,)
    plan = Plan(f"记号（{spot.name}）的行动", today - timedelta(days=9), today, kinds=kinds, opinions=True)
    with transaction():
        village = db.session.get_one(Grid, world.grids[spot.village])
        one = campaigns.begin(actor=MAKER, place=village, client_uuid=str(uuid4()), plan=plan, now=now)
        action = queries.actions_of([one.id])[0]
        entry = campaigns.enter(
            action, one, actor=MAKER, place=cell, client_uuid=str(uuid4()), day=today, number=1, now=now
        )
        call = Call(ActivityKind.WORK, f"开会（{spot.name}）", "村部", now, 2)
        held = activities.call(actor=MAKER, place=cell, client_uuid=str(uuid4()), what=call, now=now)
        link = CampaignActivity(action_id=action.id, activity_id=held.id)
        db.session.add(link)
        db.session.flush()
        return one.id, action.id, entry.id, link.id


def _opinion(campaign_id: int) -> int:
    with transaction():
        one = db.session.get_one(Campaign, campaign_id)
        village = db.session.get_one(Grid, one.place_id)
        text = one.name.replace("行动", "意见")
        return opinions.collect(
            one, village, actor=MAKER, visit_ids=(), text=text, into=None, now=clock.now()
        ).id  # fmt: skip


def _screen(world: World, spot: Spot) -> int:
    with transaction():
        village = db.session.get_one(Grid, world.grids[spot.village])
        name = f"记号（{spot.name}）的屏"
        wall.hang(actor=MAKER, place=village, name=name, lasts=Lasts.MONTH, now=clock.now())
    found = db.session.scalar(select(func.max(WallScreen.id)))
    assert found
    return found
