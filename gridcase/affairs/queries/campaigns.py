"""Campaigns for who may see them, and how far each has come: counted over the places the viewer reaches."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import aliased

from gridcase.affairs.models import (
    Activity,
    Campaign,
    CampaignAction,
    CampaignActivity,
    CampaignEntry,
    CampaignPlan,
    Participation,
)
from gridcase.affairs.queries.campaign_places import above, entered, reached
from gridcase.affairs.rules import ActivityState
from gridcase.affairs.rules.campaigns import ActionKind, Count, Progress, total_plan
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Viewer
from gridcase.core.scope import under
from gridcase.grid.models import Grid
from gridcase.people.models import Post
from gridcase.visits.models import Visit

_VILLAGE = aliased(Grid)
# A place that lies in a village, behind the village's name: every village has a first group.
_NAME = case((_VILLAGE.id != Grid.id, _VILLAGE.name + Grid.name), else_=Grid.name)

OFFERED_MOST = 50


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """Campaigns of the own places, of those below and of those above: a village takes part in its town's."""
    return or_(reached(viewer, Campaign.path), Campaign.path.in_(above(viewer)))


def page(viewer: Viewer, *, over: bool, on: date, after: str | None = None) -> Page[Any]:
    """Campaigns with their place, those that end first on top; what is over latest first."""
    ended = or_(Campaign.ended_on.is_not(None), Campaign.ends_on < on)
    order = (Campaign.ends_on.desc(), Campaign.id.desc()) if over else (Campaign.ends_on, Campaign.id)
    query = select(Campaign, Grid.name.label("place")).join(Grid, Grid.id == Campaign.place_id)
    query = query.where(visible(viewer), ended if over else ~ended)
    last = read_mark(after, date.fromisoformat, int)
    if last:
        mark, key = tuple_(literal(last[0]), literal(last[1])), tuple_(Campaign.ends_on, Campaign.id)
        query = query.where(key < mark if over else key > mark)
    rows = db.session.execute(query.order_by(*order).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: [row.Campaign.ends_on, row.Campaign.id])


def get_campaign(campaign_id: int, *, viewer: Viewer) -> Campaign:
    """One campaign the viewer may see, else `Missing`."""
    found = db.session.scalar(select(Campaign).where(Campaign.id == campaign_id, visible(viewer)))
    if found is None:
        raise Missing
    return found


def keeps(campaign: Campaign, *, viewer: Viewer) -> bool:
    """Whether the viewer answers for the whole campaign: its actions, its plan, its end."""
    return bool(
        db.session.scalar(select(Campaign.id).where(Campaign.id == campaign.id, entered(viewer, Campaign.path)))
    )


def get_kept(campaign_id: int, *, viewer: Viewer) -> Campaign:
    """One campaign the viewer answers for, else `Missing`."""
    one = get_campaign(campaign_id, viewer=viewer)
    if not keeps(one, viewer=viewer):
        raise Missing
    return one


def by_uuid(client_uuid: str) -> Campaign | None:
    """The campaign begun under this mark."""
    return db.session.scalar(select(Campaign).where(Campaign.client_uuid == client_uuid))


def actions_of(campaign_ids: Collection[int]) -> list[CampaignAction]:
    """What is counted, in the order it was written."""
    return list(
        db.session.scalars(
            select(CampaignAction)
            .where(CampaignAction.campaign_id.in_(set(campaign_ids)))
            .order_by(CampaignAction.campaign_id, CampaignAction.id)
        )
    )


def get_action(action_id: int, *, viewer: Viewer) -> tuple[CampaignAction, Campaign]:
    """One action of a campaign the viewer may see, else `Missing`."""
    row = db.session.execute(
        select(CampaignAction, Campaign)
        .join(Campaign, Campaign.id == CampaignAction.campaign_id)
        .where(CampaignAction.id == action_id, visible(viewer))
    ).first()
    if row is None:
        raise Missing
    return row[0], row[1]


def progress(campaigns: Collection[Campaign], *, viewer: Viewer) -> dict[int, list[Progress]]:
    """How far the actions of these campaigns have come where the viewer looks, beside what was planned there: a part of
    what was done is never held against the plan of the whole. Four statements, however many there are, and one more
    for visits."""
    actions = actions_of([one.id for one in campaigns])
    ids = [action.id for action in actions]
    plans, whole = _plans(ids, viewer), _seen_whole(campaigns, viewer)
    made = {
        action.id: Progress(
            action.id, ActionKind(action.kind), action.name, action.unit, plans=plans.get(action.id, {}),
            purpose=action.purpose,
            planned=total_plan(
                action.planned if action.campaign_id in whole else None, list(plans.get(action.id, {}).values())
            ),
        )
        for action in actions
    }  # fmt: skip
    by_id = {one.id: one for one in campaigns}
    for action_id, village_id, number, whole in [*_entries(ids, viewer), *_visits(actions, by_id, viewer)]:
        counts = made[action_id].counts
        counts.setdefault(village_id, Count()).add(int(number), int(whole or 0))
    found: dict[int, list[Progress]] = {one.id: [] for one in campaigns}
    for action in actions:
        found[action.campaign_id].append(made[action.id])
    return found


def _plans(action_ids: Collection[int], viewer: Viewer) -> dict[int, dict[int, int]]:
    """What each village planned, by action: of the villages whose counts the viewer sees."""
    rows = db.session.scalars(
        select(CampaignPlan)
        .join(Grid, Grid.id == CampaignPlan.village_id)
        .where(CampaignPlan.action_id.in_(set(action_ids)), reached(viewer, Grid.path))
    )
    found: dict[int, dict[int, int]] = {}
    for plan in rows:
        found.setdefault(plan.action_id, {})[plan.village_id] = plan.planned
    return found


def _seen_whole(campaigns: Collection[Campaign], viewer: Viewer) -> set[int]:
    """The campaigns whose counts the viewer sees everywhere."""
    ids = {one.id for one in campaigns}
    return set(db.session.scalars(select(Campaign.id).where(Campaign.id.in_(ids), reached(viewer, Campaign.path))))


def _entries(action_ids: Collection[int], viewer: Viewer) -> list[Any]:
    """(action, village, number, whole): what was entered, and the activities that are counted."""
    written = (
        select(CampaignEntry.action_id, CampaignEntry.village_id, CampaignEntry.number, CampaignEntry.whole)
        .where(
            CampaignEntry.action_id.in_(set(action_ids)), CampaignEntry.struck_at.is_(None),
            reached(viewer, CampaignEntry.path),
        )
    )  # fmt: skip
    came = (
        select(func.count(Participation.id))
        .where(Participation.activity_id == Activity.id, Participation.came != "")
        .correlate(Activity)
        .scalar_subquery()
    )
    people = CampaignAction.kind == ActionKind.PEOPLE
    held = (
        select(CampaignActivity.action_id, Activity.village_id, case((people, came), else_=1), literal(0))
        .join(Activity, Activity.id == CampaignActivity.activity_id)
        .join(CampaignAction, CampaignAction.id == CampaignActivity.action_id)
        .where(CampaignActivity.action_id.in_(set(action_ids)), reached(viewer, Activity.path))
    )
    both = union_all(written, held).subquery()
    action, village, number, whole = both.c
    rows = select(action, village, func.sum(number), func.sum(whole)).group_by(action, village)
    return list(db.session.execute(rows).all())


def _visits(actions: Collection[CampaignAction], campaigns: dict[int, Campaign], viewer: Viewer) -> list[Any]:
    """(action, village, homes, 0): homes visited for the purpose an action names, each once."""
    ways = []
    for action in actions:
        if action.purpose:
            one = campaigns[action.campaign_id]
            ways.append(
                select(literal(action.id).label("action"), Visit.village_id, Visit.household_id)
                .where(
                    Visit.purpose == action.purpose, under(Visit.path, one.path), reached(viewer, Visit.path),
                    Visit.visited_at >= begins(one.begins_on), Visit.visited_at < begins(after_days(one)),
                )
                .distinct()
            )  # fmt: skip
    if not ways:
        return []
    homes = union_all(*ways).subquery()
    rows = select(homes.c.action, homes.c.village_id, func.count(), literal(0))
    return list(db.session.execute(rows.group_by(homes.c.action, homes.c.village_id)).all())


def begins(day: date) -> datetime:
    """The first moment of a day in the town."""
    return datetime.combine(day, time(), tzinfo=TOWN_ZONE)


def after_days(campaign: Campaign) -> date:
    """The first day that counts no more."""
    return min(campaign.ends_on, campaign.ended_on or campaign.ends_on) + timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """One entry as it is read: no person's name stands in it, only the post."""

    id: int
    action: str
    unit: str
    place: str
    day: date
    number: int
    whole: int | None
    note: str
    post: str | None
    struck: bool
    own: bool


def entries(
    campaign: Campaign, *, viewer: Viewer, action_id: int | None = None, village_id: int | None = None,
    after: str | None = None,
) -> Page[Line]:  # fmt: skip
    """What was entered, latest first: the rows behind the numbers."""
    own = entered(viewer, CampaignEntry.path).label("own")
    query = (
        select(CampaignEntry, CampaignAction.name, CampaignAction.unit, _NAME, Post.title, own)
        .join(CampaignAction, CampaignAction.id == CampaignEntry.action_id)
        .join(Grid, Grid.path == CampaignEntry.path)
        .outerjoin(_VILLAGE, _VILLAGE.id == Grid.village_id)
        .outerjoin(Post, Post.id == CampaignEntry.post_id)
        .where(CampaignAction.campaign_id == campaign.id, reached(viewer, CampaignEntry.path))
    )
    if action_id is not None:
        query = query.where(CampaignEntry.action_id == action_id)
    if village_id is not None:
        query = query.where(CampaignEntry.village_id == village_id)
    last = read_mark(after, int)
    if last:
        query = query.where(CampaignEntry.id < last[0])
    rows = db.session.execute(query.order_by(CampaignEntry.id.desc()).limit(PAGE_SIZE + 1)).all()
    lines = [
        Line(
            row.id, action, unit, place, row.day, row.number, row.whole, row.note, post, row.struck_at is not None, mine
        )
        for row, action, unit, place, post, mine in rows
    ]  # fmt: skip
    return cut(lines, lambda line: [line.id])


def get_entry(entry_id: int, *, viewer: Viewer) -> tuple[CampaignEntry, Campaign]:
    """One entry of a place the viewer writes for, with its campaign, else `Missing`."""
    row = db.session.execute(
        select(CampaignEntry, Campaign)
        .join(CampaignAction, CampaignAction.id == CampaignEntry.action_id)
        .join(Campaign, Campaign.id == CampaignAction.campaign_id)
        .where(CampaignEntry.id == entry_id, visible(viewer), entered(viewer, CampaignEntry.path))
    ).first()
    if row is None:
        raise Missing
    return row[0], row[1]


def entry_by_uuid(client_uuid: str) -> CampaignEntry | None:
    """The entry written under this mark."""
    return db.session.scalar(select(CampaignEntry).where(CampaignEntry.client_uuid == client_uuid))


def activities_for(campaign: Campaign, *, viewer: Viewer) -> list[Activity]:
    """Activities that ended between the campaign's days in places the viewer writes for and are not counted yet."""
    counted = (
        select(CampaignActivity.activity_id)
        .join(CampaignAction, CampaignAction.id == CampaignActivity.action_id)
        .where(CampaignAction.campaign_id == campaign.id)
    )
    return list(
        db.session.scalars(
            select(Activity)
            .where(
                Activity.state == ActivityState.ENDED, under(Activity.path, campaign.path),
                Activity.starts_at >= begins(campaign.begins_on), Activity.starts_at < begins(after_days(campaign)),
                entered(viewer, Activity.path), Activity.id.not_in(counted),
            )
            .order_by(Activity.starts_at.desc(), Activity.id)
            .limit(OFFERED_MOST)
        )
    )  # fmt: skip


def counted(campaign: Campaign, *, viewer: Viewer) -> list[Any]:
    """(id, title, moment, place, action, whether the viewer may take it out) of activities counted, latest first."""
    own = entered(viewer, Activity.path).label("own")
    return list(
        db.session.execute(
            select(
                CampaignActivity.id,
                Activity.title,
                Activity.starts_at,
                _NAME.label("place"),
                CampaignAction.name,
                own,
            )
            .join(CampaignActivity, CampaignActivity.activity_id == Activity.id)
            .join(CampaignAction, CampaignAction.id == CampaignActivity.action_id)
            .join(Grid, Grid.id == Activity.place_id)
            .outerjoin(_VILLAGE, _VILLAGE.id == Grid.village_id)
            .where(CampaignAction.campaign_id == campaign.id, reached(viewer, Activity.path))
            .order_by(Activity.starts_at.desc(), Activity.id)
            .limit(OFFERED_MOST)
        )
    )


def get_counted(link_id: int, *, viewer: Viewer) -> tuple[CampaignActivity, Campaign]:
    """An activity that is counted, of a place the viewer writes for, with its campaign, else `Missing`."""
    row = db.session.execute(
        select(CampaignActivity, Campaign)
        .join(Activity, CampaignActivity.activity_id == Activity.id)
        .join(CampaignAction, CampaignAction.id == CampaignActivity.action_id)
        .join(Campaign, Campaign.id == CampaignAction.campaign_id)
        .where(CampaignActivity.id == link_id, visible(viewer), entered(viewer, Activity.path))
    ).first()
    if row is None:
        raise Missing
    return row[0], row[1]


def is_open(campaign: Campaign, *, now: datetime) -> bool:
    """Whether entries are taken."""
    return campaign.ended_on is None and campaign.begins_on <= town_day(now)
