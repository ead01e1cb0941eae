"""Campaigns: begun, planned, fed by short entries and by activities that were held, ended."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from gridcase.affairs.models import (
    Activity,
    Campaign,
    CampaignAction,
    CampaignActivity,
    CampaignEntry,
    CampaignPlan,
)
from gridcase.affairs.queries import campaign_places as places
from gridcase.affairs.queries import campaigns as queries
from gridcase.affairs.rules.campaigns import ACTIONS_MOST, NUMBER_MOST, ActionKind
from gridcase.affairs.service.activities import SENT_BEFORE
from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean, clean_line
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.visits.rules import Purpose

LONGEST = timedelta(days=3 * 366)
OPINION_VISITS = N_("征求意见走访")
ENDED = N_("这个专项行动已经结束，不再记数。")


@dataclass(frozen=True)
class Plan:
    """A campaign as it was typed."""

    name: str
    begins_on: date
    ends_on: date
    text: str = ""
    kinds: tuple[ActionKind, ...] = ()
    opinions: bool = False  # homes are visited to hear what they think


@dataclass(frozen=True)
class Wanted:
    """An action as it was typed."""

    kind: ActionKind
    name: str
    unit: str = ""
    planned: int | None = None
    purpose: str = ""


def begin(*, actor: Viewer, place: Grid, client_uuid: str, plan: Plan, now: datetime) -> Campaign:
    """Begin a campaign with the kinds of action that were ticked. The same form twice is one campaign."""
    if place.id not in {one.id for one in places.bases(actor)}:
        raise Missing
    if not (name := clean_line(plan.name)[:40]):
        raise Refused(N_("请写专项行动的名称。"), field="name")
    if not plan.begins_on <= plan.ends_on <= plan.begins_on + LONGEST:
        raise Refused(N_("结束的日期不能早于开始，最长三年。"), field="ends_on")
    row = Campaign(
        client_uuid=client_uuid, place_id=place.id, path=place.path, name=name, text=clean(plan.text)[:300],
        begins_on=plan.begins_on, ends_on=plan.ends_on, post_id=_post(actor, place.path), user_id=actor.user_id,
        made_at=now,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        first = queries.by_uuid(client_uuid)
        if first is None or first.user_id != actor.user_id or first.name != name:
            raise Refused(SENT_BEFORE) from None
        return first
    for kind in plan.kinds:
        db.session.add(CampaignAction(campaign_id=row.id, kind=kind, name=str(kind.label), unit=str(kind.unit)))
    if plan.opinions:
        kind, name = ActionKind.DOORS, str(OPINION_VISITS)
        db.session.add(
            CampaignAction(campaign_id=row.id, kind=kind, name=name, unit=str(kind.unit), purpose=Purpose.OPINIONS)
        )
    _note("campaign.begin", row, actor, now, kinds=[str(kind) for kind in plan.kinds])
    return row


def _post(actor: Viewer, path: str) -> int | None:
    grant = actor.acting(places.RUNS, path=path) or actor.acting(places.MANAGES, path=path)
    return grant.post_id if grant else None


def add_action(campaign: Campaign, *, actor: Viewer, what: Wanted, now: datetime) -> CampaignAction:
    """Count one more thing."""
    _kept(campaign, actor)
    if len(queries.actions_of([campaign.id])) >= ACTIONS_MOST:
        raise Refused(N_("一个专项行动最多 %(most)s 项。", most=ACTIONS_MOST))
    name, unit = _named(what)
    row = CampaignAction(
        campaign_id=campaign.id, kind=what.kind, name=name, unit=unit, planned=_planned(what.planned, "planned"),
        purpose=_purpose(what),
    )  # fmt: skip
    _keep(row, campaign)
    _note("campaign.action", campaign, actor, now, counted=row.id, kind=str(what.kind))
    return row


def change_action(
    action: CampaignAction, campaign: Campaign, *, actor: Viewer, what: Wanted, plans: Mapping[int, int | None],
    now: datetime,
) -> None:  # fmt: skip
    """Other words, another plan; `plans` by village, None where a village has none. What kind it is stays."""
    _kept(campaign, actor)
    db.session.refresh(action, with_for_update=True)
    villages = {one.id for one in places.villages_in(campaign, viewer=actor)}
    if not plans.keys() <= villages:
        raise Missing
    action.name, action.unit = _named(what)
    action.planned, action.purpose = _planned(what.planned, "planned"), _purpose(what)
    _keep(action, campaign)
    db.session.execute(
        delete(CampaignPlan).where(CampaignPlan.action_id == action.id, CampaignPlan.village_id.in_(villages))
    )
    for village_id, planned in plans.items():
        if planned:
            wanted = _planned(planned, f"village_{village_id}")
            db.session.add(CampaignPlan(action_id=action.id, village_id=village_id, planned=wanted))
    _note("campaign.plan", campaign, actor, now, counted=action.id, villages=len([1 for one in plans.values() if one]))


def _named(what: Wanted) -> tuple[str, str]:
    name = clean_line(what.name)[:20] or str(what.kind.label)
    return name, clean_line(what.unit)[:6] or str(what.kind.unit)


def _planned(number: int | None, field: str) -> int | None:
    if number is not None and not 0 < number <= NUMBER_MOST:
        raise Refused(N_("计划数填 1 到 %(most)s；没有计划就空着。", most=NUMBER_MOST), field=field)
    return number


def _purpose(what: Wanted) -> str:
    if not what.purpose or not what.kind.takes_visits:
        return ""
    return Purpose(what.purpose).value


def _keep(action: CampaignAction, campaign: Campaign) -> None:
    name, campaign_id = action.name, campaign.id
    with db.session.no_autoflush:
        same = select(CampaignAction.id).where(CampaignAction.campaign_id == campaign_id, CampaignAction.name == name)
        others = set(db.session.scalars(same)) - {action.id}
    if others:
        raise Refused(N_("已经有叫这个名字的一项了。"), field="name")
    db.session.add(action)
    db.session.flush()


def enter(
    action: CampaignAction, campaign: Campaign, *, actor: Viewer, place: Grid, client_uuid: str, day: date, number: int,
    whole: int | None = None, note: str = "", now: datetime,
) -> CampaignEntry:  # fmt: skip
    """So many were done on a day in a place. The same form twice counts once."""
    if not places.enters(campaign, viewer=actor, place=place):
        raise Missing
    _open(campaign)
    if not campaign.begins_on <= day <= min(campaign.ends_on, town_day(now)):
        raise Refused(N_("日期要在专项行动期间，最晚是今天。"), field="day")
    whole = _checked(ActionKind(action.kind), number, whole)
    row = CampaignEntry(
        client_uuid=client_uuid, action_id=action.id, village_id=place.village_id or place.id, path=place.path, day=day,
        number=number, whole=whole, note=clean_line(note)[:100], post_id=_post(actor, place.path),
        user_id=actor.user_id, at=now,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        first = queries.entry_by_uuid(client_uuid)
        if first is None or (first.action_id, first.number, first.user_id) != (action.id, number, actor.user_id):
            raise Refused(SENT_BEFORE) from None
        return first
    _note("campaign.enter", campaign, actor, now, counted=action.id, number=number, entry=row.id)
    return row


def _checked(kind: ActionKind, number: int, whole: int | None) -> int | None:
    if kind is ActionKind.RATE:
        if whole is None or not 1 <= whole <= NUMBER_MOST:
            raise Refused(N_("指标要填总数，至少 1。"), field="whole")
        if not 0 <= number <= whole:
            raise Refused(N_("达到的数不能比总数大。"), field="number")
        return whole
    if not 1 <= number <= NUMBER_MOST:
        raise Refused(N_("数量填 1 到 %(most)s。", most=NUMBER_MOST), field="number")
    return None


def strike(entry: CampaignEntry, campaign: Campaign, *, actor: Viewer, now: datetime) -> None:
    """An entry was wrong: it stays to be read and counts no more. Twice is once."""
    if not places.writes_for(actor, entry.path):
        raise Missing
    _open(campaign)
    db.session.refresh(entry, with_for_update=True)
    if entry.struck_at is None:
        entry.struck_at, entry.struck_by_user_id = now, actor.user_id
        _note("campaign.strike", campaign, actor, now, entry=entry.id, number=entry.number)


def count_activities(
    action: CampaignAction, campaign: Campaign, *, actor: Viewer, activity_ids: Collection[int], now: datetime
) -> int:
    """Count activities that were held: as so many meetings, or by the people who came."""
    _open(campaign)
    if not ActionKind(action.kind).takes_activities:
        raise Missing
    db.session.refresh(campaign, with_for_update=True)
    offered = {one.id for one in queries.activities_for(campaign, viewer=actor)}
    if not set(activity_ids) <= offered:
        raise Refused(N_("有的活动刚被别人记进去了，请看一下再选。"))
    for activity_id in sorted(set(activity_ids)):
        db.session.add(CampaignActivity(action_id=action.id, activity_id=activity_id))
    if activity_ids:
        _note("campaign.count", campaign, actor, now, counted=action.id, activities=sorted(set(activity_ids)))
    return len(set(activity_ids))


def drop_activity(link: CampaignActivity, campaign: Campaign, *, actor: Viewer, now: datetime) -> None:
    """An activity was counted in the wrong place."""
    if not places.writes_for(actor, db.session.get_one(Activity, link.activity_id).path):
        raise Missing
    _open(campaign)
    activity_id, counted = link.activity_id, link.action_id
    db.session.delete(link)
    _note("campaign.drop", campaign, actor, now, activity=activity_id, counted=counted)


def end(campaign: Campaign, *, actor: Viewer, now: datetime) -> None:
    """Nothing is counted any more; the numbers stand."""
    _kept(campaign, actor)
    campaign.ended_on = town_day(now)
    _note("campaign.end", campaign, actor, now)


def _kept(campaign: Campaign, actor: Viewer) -> None:
    if not queries.keeps(campaign, viewer=actor):
        raise Missing
    db.session.refresh(campaign, with_for_update=True)
    _open(campaign)


def _open(campaign: Campaign) -> None:
    if campaign.ended_on is not None:
        raise Refused(ENDED)


def _note(action: str, row: Campaign, actor: Viewer, now: datetime, **detail: object) -> None:
    db.session.flush()
    audit.record(
        actor=actor, action=action, subject_kind="campaign", subject_id=row.id, place_path=row.path,
        post_id=_post(actor, row.path), now=now, detail=dict(detail),
    )  # fmt: skip
