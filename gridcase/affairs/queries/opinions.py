"""What people said in a campaign: homes heard and still to hear, notes of visits, opinions and what became of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_, select

from gridcase.affairs.models import Campaign, CampaignOpinion, CampaignOpinionVisit
from gridcase.affairs.queries.campaign_places import reached
from gridcase.affairs.queries.campaigns import actions_of, after_days, begins, visible
from gridcase.affairs.rules.opinions import LedTo, Outcome
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import covers, reach, under
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.people import queries as people
from gridcase.people.models import Covenant, Decision
from gridcase.people.queries.decisions import ABOUT_ONE_HOME
from gridcase.points import queries as points
from gridcase.points.models import SchemeVersion
from gridcase.visits.models import Visit
from gridcase.visits.queries.past import visible as visits_seen
from gridcase.visits.rules import Purpose

NOTES_MOST, OFFERED_MOST = 100, 20


@dataclass
class Heard:
    """One village of a campaign that asks for opinions."""

    homes: int = 0
    heard: int = 0
    opinions: dict[str, int] = field(default_factory=dict)  # by outcome

    @property
    def left(self) -> int:
        """Homes still to hear."""
        return self.homes - self.heard


@dataclass(frozen=True)
class Note:
    """What was noted on one visit: where and when, never whose home or by whom."""

    id: int
    place: str
    at: datetime
    note: str


def _asked(campaign: Campaign) -> list[ColumnElement[bool]]:
    """Visits between the campaign's days to ask for opinions, where somebody was met."""
    return [
        Visit.purpose == Purpose.OPINIONS, Visit.met > 0, Visit.visited_at >= begins(campaign.begins_on),
        Visit.visited_at < begins(after_days(campaign)),
    ]  # fmt: skip


def _was_heard(campaign: Campaign) -> ColumnElement[bool]:
    return exists(select(Visit.id).where(Visit.household_id == Household.id, *_asked(campaign)))


def _homes(campaign: Campaign, viewer: Viewer) -> list[ColumnElement[bool]]:
    return [households.standing(), under(Household.path, campaign.path), reached(viewer, Household.path)]


def heard(campaign: Campaign, *, viewer: Viewer) -> dict[int, Heard]:
    """How far each village the viewer looks at has come, and what became of what was said: two statements."""
    homes = db.session.execute(
        select(Household.village_id, func.count(), func.sum(case((_was_heard(campaign), 1), else_=0)))
        .where(*_homes(campaign, viewer))
        .group_by(Household.village_id)
    )
    found = {village: Heard(count, int(came)) for village, count, came in homes}
    opinions = db.session.execute(
        select(CampaignOpinion.village_id, CampaignOpinion.outcome, func.count())
        .where(CampaignOpinion.campaign_id == campaign.id, reached(viewer, CampaignOpinion.path))
        .group_by(CampaignOpinion.village_id, CampaignOpinion.outcome)
    )
    for village, outcome, count in opinions:
        found.setdefault(village, Heard()).opinions[outcome] = count
    return found


def homes_left(campaign: Campaign, *, viewer: Viewer, village_id: int | None, after: str | None = None) -> Page[Any]:
    """The homes still to hear, by code: those `heard` counts, as far as the viewer sees homes."""
    query = (
        select(Household.id, Household.code, Household.head_name, Household.address, Grid.name.label("place"))
        .join(Grid, Grid.id == Household.grid_id)
        .where(*_homes(campaign, viewer), households.visible(viewer), ~_was_heard(campaign))
    )
    if village_id is not None:
        query = query.where(Household.village_id == village_id)
    if mark := read_mark(after, str):
        query = query.where(Household.code > mark[0])
    return cut(db.session.execute(query.order_by(Household.code).limit(PAGE_SIZE + 1)).all(), lambda row: [row.code])


def villages(campaign: Campaign, *, viewer: Viewer) -> list[Grid]:
    """The villages whose opinions the viewer reads, by code."""
    wanted = (Grid.level == GridLevel.VILLAGE, Grid.valid_to.is_(None), under(Grid.path, campaign.path))
    return list(db.session.scalars(select(Grid).where(*wanted, reached(viewer, Grid.path)).order_by(Grid.code)))


def opinions(campaign: Campaign, *, village_id: int) -> list[tuple[CampaignOpinion, int]]:
    """The opinions of a village and in how many homes each was heard; what waits first."""
    heard_on = (
        select(func.count(Visit.household_id.distinct()))
        .join(CampaignOpinionVisit, CampaignOpinionVisit.visit_id == Visit.id)
        .where(CampaignOpinionVisit.opinion_id == CampaignOpinion.id)
        .correlate(CampaignOpinion)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(CampaignOpinion, heard_on)
        .where(CampaignOpinion.campaign_id == campaign.id, CampaignOpinion.village_id == village_id)
        .order_by(CampaignOpinion.outcome != Outcome.OPEN, CampaignOpinion.id)
    )
    return [(row[0], row[1]) for row in rows]


def notes(campaign: Campaign, *, viewer: Viewer, village_id: int) -> list[Note]:
    """What was noted and belongs to no opinion yet, of visits the viewer may read, the oldest first."""
    sorted_out = (
        select(CampaignOpinionVisit.visit_id)
        .join(CampaignOpinion, CampaignOpinion.id == CampaignOpinionVisit.opinion_id)
        .where(CampaignOpinion.campaign_id == campaign.id, CampaignOpinion.village_id == village_id)
    )
    return _read(
        *_asked(campaign), Visit.village_id == village_id, visits_seen(viewer), Visit.note.is_not(None),
        Visit.note != "", Visit.id.not_in(sorted_out),
    )  # fmt: skip


def notes_of(opinion: CampaignOpinion, *, viewer: Viewer) -> list[Note]:
    """The notes an opinion was made of, as far as the viewer may read those visits."""
    mine = select(CampaignOpinionVisit.visit_id).where(CampaignOpinionVisit.opinion_id == opinion.id)
    return _read(Visit.id.in_(mine), visits_seen(viewer))


def _read(*wanted: ColumnElement[bool]) -> list[Note]:
    rows = db.session.execute(
        select(Visit.id, Grid.name, Visit.visited_at, Visit.note)
        .join(Grid, Grid.path == Visit.path)
        .where(*wanted)
        .order_by(Visit.visited_at, Visit.id)
        .limit(NOTES_MOST)
    )
    return [Note(row[0], row[1], row[2], row[3] or "") for row in rows]


def get_opinion(opinion_id: int, *, viewer: Viewer) -> tuple[CampaignOpinion, Campaign]:
    """One opinion of a village the viewer looks at, with its campaign, else `Missing`."""
    row = db.session.execute(
        select(CampaignOpinion, Campaign)
        .join(Campaign, Campaign.id == CampaignOpinion.campaign_id)
        .where(CampaignOpinion.id == opinion_id, visible(viewer), reached(viewer, CampaignOpinion.path))
    ).first()
    if row is None:
        raise Missing
    return row[0], row[1]


def changes(village_id: int, *, viewer: Viewer) -> list[tuple[LedTo, int, str]]:
    """What of the village an opinion can have led to, the newest first: (kind, id, what it is called). A decision about
    a single home is none; a draft of the scheme is offered to who sets the scheme there."""
    drafts = reach(viewer, Permission.SET_SCHEME, path=SchemeVersion.path)
    schemes = db.session.execute(
        select(SchemeVersion.id, SchemeVersion.name, SchemeVersion.number)
        .where(SchemeVersion.village_id == village_id, or_(SchemeVersion.valid_from.is_not(None), drafts))
        .order_by(SchemeVersion.number.desc())
        .limit(2)
    )
    covenants = db.session.execute(
        select(Covenant.id, Covenant.number)
        .where(Covenant.village_id == village_id)
        .order_by(Covenant.number.desc())
        .limit(2)
    )
    decisions = db.session.execute(
        select(Decision.id, Decision.number, Decision.title)
        .where(
            Decision.village_id == village_id, Decision.dropped_at.is_(None),
            Decision.kind.not_in(ABOUT_ONE_HOME),
        )
        .order_by(Decision.id.desc())
        .limit(OFFERED_MOST)
    )  # fmt: skip
    return [
        *((LedTo.SCHEME, row.id, f"{row.name} #{row.number}") for row in schemes),
        *((LedTo.COVENANT, row.id, f"#{row.number}") for row in covenants),
        *((LedTo.DECISION, row.id, f"{row.number} {row.title}") for row in decisions),
    ]


def asks(campaign: Campaign) -> bool:
    """Whether homes are visited in this campaign to hear what they think."""
    return any(action.purpose == Purpose.OPINIONS for action in actions_of([campaign.id]))


def sets_scheme(viewer: Viewer, path: str) -> bool:
    """Whether the viewer sets the scheme of this village, and so reads and starts its drafts."""
    return any(
        covers(grant, path=path, section_id=None, household_id=None)
        for grant in viewer.grants_with(Permission.SET_SCHEME)
    )


@dataclass(frozen=True)
class Change:
    """What an opinion led to, for one reader: how it is called ("" where he may not know) and whether it opens."""

    title: str
    opens: bool


def led_to(rows: Collection[CampaignOpinion], *, viewer: Viewer) -> dict[int, Change]:
    """What these opinions led to, by opinion. A draft, also one that was thrown away, is known to who sets the scheme
    there; everybody else reads only that there was a change. A statement for each kind of change there is."""
    ids: dict[str, set[int]] = {kind: {row.led_id for row in rows if row.led_id and row.led_kind == kind}
                                for kind in LedTo}  # fmt: skip
    held, opening = _schemes(ids[LedTo.SCHEME], viewer)
    opening |= {(LedTo.COVENANT, one) for one in _read_of(Covenant.id, ids[LedTo.COVENANT],
                                                          people.villagers_too(viewer, Covenant.path))}  # fmt: skip
    opening |= {(LedTo.DECISION, one) for one in _read_of(Decision.id, ids[LedTo.DECISION], people.readable(viewer))}
    found = {}
    for row in rows:
        if row.led_id:
            known = row.led_kind != LedTo.SCHEME or row.led_id in held or sets_scheme(viewer, row.path)
            found[row.id] = Change(row.led_title if known else "", (row.led_kind, row.led_id) in opening)
    return found


def _schemes(ids: set[int], viewer: Viewer) -> tuple[set[int], set[tuple[str, int]]]:
    """Of these versions those that came into force, and those the viewer opens."""
    if not ids:
        return set(), set()
    rows = db.session.execute(
        select(SchemeVersion.id, SchemeVersion.valid_from, case((points.version_reads(viewer), 1), else_=0))
        .join(Grid, Grid.id == SchemeVersion.village_id)
        .where(SchemeVersion.id.in_(ids))
    ).all()
    return {row[0] for row in rows if row[1] is not None}, {(str(LedTo.SCHEME), row[0]) for row in rows if row[2]}


def _read_of(column: Any, ids: set[int], readable: ColumnElement[bool]) -> set[int]:
    return set(db.session.scalars(select(column).where(column.in_(ids), readable))) if ids else set()
