"""Entries of campaigns as a source of figures; activities and visits that count in one are sources of their own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import aliased, join

from gridcase.affairs.models import Campaign, CampaignAction, CampaignEntry
from gridcase.affairs.queries.campaign_places import reached
from gridcase.affairs.rules.campaigns import ActionKind
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.measures.queries.tables import Ask, Clock, Counted, Line, Table
from gridcase.measures.rules import Source

_PLACE = aliased(Grid)
_NUMBER, _WHOLE = CampaignEntry.number, CampaignEntry.whole


def _scope(viewer: Viewer) -> ColumnElement[bool]:
    return reach(viewer, Permission.SEE_DASHBOARD, path=CampaignEntry.path)


def _sight(viewer: Viewer) -> ColumnElement[bool]:
    return reached(viewer, CampaignEntry.path)


def _entered(ask: Ask) -> ColumnElement[bool]:
    return and_(CampaignEntry.day.between(ask.period.first, ask.period.last), CampaignEntry.struck_at.is_(None))


def _of(kind: ActionKind, amount: Any = _NUMBER) -> Counted:
    return Counted("entered", lambda _ask: CampaignAction.kind == kind, amount=amount)


def _line(row: Any, _ask: Ask) -> Line:
    done = row.number if row.whole is None else f"{row.number}/{row.whole}"
    page = ("affairs.campaign_entries", {"campaign_id": row.campaign_id, "action": row.action_id})
    return Line(row.id, [row.campaign, row.action, row.place, done, row.day], page)


CAMPAIGNS = Table(
    source=Source.CAMPAIGNS,
    rows=join(
        join(
            join(CampaignEntry, CampaignAction, CampaignAction.id == CampaignEntry.action_id),
            Campaign, Campaign.id == CampaignAction.campaign_id,
        ),
        _PLACE, _PLACE.path == CampaignEntry.path,
    ),
    id=CampaignEntry.id, path=CampaignEntry.path, village_id=CampaignEntry.village_id, scope=_scope, sight=_sight,
    needs=Permission.SEE_DASHBOARD,
    clocks={"entered": Clock(_entered, CampaignEntry.day, order=CampaignEntry.at)},
    measures={
        "campaigns.entries": Counted("entered"),
        "campaigns.doors": _of(ActionKind.DOORS), "campaigns.people": _of(ActionKind.PEOPLE),
        "campaigns.meetings": _of(ActionKind.MEETINGS), "campaigns.businesses": _of(ActionKind.BUSINESSES),
        "campaigns.goods": _of(ActionKind.GOODS), "campaigns.reached": _of(ActionKind.RATE),
        "campaigns.whole": _of(ActionKind.RATE, _WHOLE),
    },
    columns={}, narrows={}, heads=(N_("专项行动"), N_("项目"), N_("地点"), N_("数量"), N_("日期")),
    wanted=(
        CampaignEntry.id, CampaignEntry.number, CampaignEntry.whole, CampaignEntry.day, CampaignEntry.action_id,
        CampaignAction.campaign_id, CampaignAction.name.label("action"), Campaign.name.label("campaign"),
        _PLACE.name.label("place"),
    ),
    joined=lambda query: query, line=_line,
)  # fmt: skip
