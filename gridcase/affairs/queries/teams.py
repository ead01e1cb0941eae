"""Teams of villages, what they were asked for, and which homes volunteers could do something for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from gridcase.affairs.models import HelpRequest, Team, TeamMember
from gridcase.affairs.queries.activities import JOINS, RUNS, joinable
from gridcase.affairs.rules import (
    FIVE_KINDS,
    SERVICES,
    Candidate,
    RequestState,
    Service,
    TeamKind,
    services_for,
)
from gridcase.core.clock import TOWN_ZONE
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import Household, HouseholdFactor
from gridcase.households.queries.tiers import in_force as factor_in_force
from gridcase.people.models import Person

OPEN = (RequestState.ASKED, RequestState.ACCEPTED)


@dataclass(frozen=True)
class TeamRow:
    """One team with how many it is, what it has in hand, and what it did this year."""

    id: int
    name: str
    kind: TeamKind
    members: int
    in_hand: int
    done: int
    visits: int


@dataclass(frozen=True)
class Mate:
    """Somebody in a team."""

    id: int
    person_id: int
    name: str
    leads: bool
    joined_on: date
    left_on: date | None


def villages(viewer: Viewer) -> list[Grid]:
    """The villages whose teams the viewer may see, by code."""
    seen = or_(reach(viewer, RUNS, path=Grid.path), joinable(viewer, Grid.id))
    return list(
        db.session.scalars(
            select(Grid).where(Grid.level == GridLevel.VILLAGE, Grid.valid_to.is_(None), seen).order_by(Grid.code)
        )
    )


def own_villages(viewer: Viewer, *, permission: Permission = RUNS) -> list[Grid]:
    """The villages that the viewer answers for as a whole, by code."""
    return list(
        db.session.scalars(
            select(Grid)
            .where(
                Grid.level == GridLevel.VILLAGE, Grid.valid_to.is_(None), reach(viewer, permission, path=Grid.path)
            )
            .order_by(Grid.code)
        )
    )  # fmt: skip


def teams_of(village: Grid, *, on: date) -> list[TeamRow]:
    """The teams of a village, by kind."""
    mates = select(func.count()).where(TeamMember.team_id == Team.id, _in(on)).correlate(Team).scalar_subquery()
    year = datetime(on.year, 1, 1, tzinfo=TOWN_ZONE)

    def asked(*conditions: ColumnElement[bool], what: Any = None) -> Any:
        counted = func.count() if what is None else func.coalesce(func.sum(what), 0)
        return select(counted).where(HelpRequest.team_id == Team.id, *conditions).correlate(Team).scalar_subquery()

    done = (HelpRequest.state == RequestState.DONE, HelpRequest.ended_at >= year)
    rows = db.session.execute(
        select(
            Team.id, Team.name, Team.kind, mates, asked(HelpRequest.state.in_(OPEN)), asked(*done),
            asked(*done, what=HelpRequest.visits),
        )
        .where(Team.village_id == village.id, _standing(on))
        .order_by(Team.id)
    )  # fmt: skip
    found = [TeamRow(row[0], row[1], TeamKind(row[2]), *row[3:]) for row in rows]
    return sorted(found, key=lambda one: (list(TeamKind).index(one.kind), one.id))


def gaps(rows: Collection[TeamRow]) -> list[TeamKind]:
    """Of the five kinds every village is to have, those it lacks."""
    there = {one.kind for one in rows if one.members}
    return [kind for kind in FIVE_KINDS if kind not in there]


def _in(on: date) -> ColumnElement[bool]:
    return and_(TeamMember.joined_on <= on, or_(TeamMember.left_on.is_(None), TeamMember.left_on > on))


def _standing(on: date) -> ColumnElement[bool]:
    return and_(Team.since <= on, or_(Team.ended_on.is_(None), Team.ended_on > on))


def get_team(team_id: int, *, viewer: Viewer) -> Team:
    """One team of a village the viewer may see, else `Missing`."""
    seen = or_(reach(viewer, RUNS, path=Team.path), joinable(viewer, Team.village_id))
    return _one(select(Team).where(Team.id == team_id, seen))


def get_own(team_id: int, *, viewer: Viewer) -> Team:
    """One team of a village the viewer answers for, else `Missing`."""
    return _one(select(Team).where(Team.id == team_id, reach(viewer, RUNS, path=Team.path)))


def _one(query: Any) -> Any:
    found = db.session.scalar(query)
    if found is None:
        raise Missing
    return found


def mates_of(team: Team, *, on: date, over: bool = False) -> list[Mate]:
    """Who is in a team on a day, who leads first; or who was."""
    rows = db.session.execute(
        select(TeamMember.id, Person.id, Person.name, TeamMember.leads, TeamMember.joined_on, TeamMember.left_on)
        .join(Person, Person.id == TeamMember.person_id)
        .where(TeamMember.team_id == team.id, ~_in(on) if over else _in(on))
        .order_by(TeamMember.leads.desc(), TeamMember.joined_on, TeamMember.id)
    )
    return [Mate(*row) for row in rows]


def get_mate(mate_id: int, *, viewer: Viewer) -> tuple[TeamMember, Team]:
    """One membership of a team the viewer answers for, else `Missing`."""
    row = db.session.execute(
        select(TeamMember, Team)
        .join(Team, Team.id == TeamMember.team_id)
        .where(TeamMember.id == mate_id, reach(viewer, RUNS, path=Team.path))
    ).first()
    if row is None:
        raise Missing
    return row[0], row[1]


def is_mate(team_id: int | None, person_id: int | None, *, on: date) -> bool:
    """Whether a person is in a team on a day."""
    if team_id is None or person_id is None:
        return False
    mine = select(TeamMember.id).where(TeamMember.team_id == team_id, TeamMember.person_id == person_id, _in(on))
    return db.session.scalar(mine) is not None


def candidates(village_id: int, *, on: date) -> list[Candidate]:
    """The teams of a village as they are chosen from."""
    village = db.session.get_one(Grid, village_id)
    return [Candidate(one.id, one.name, one.kind, one.members, one.in_hand) for one in teams_of(village, on=on)]


# --- requests


def visible(viewer: Viewer, *, on: date) -> ColumnElement[bool]:
    """Requests of the places one answers for, of one's homes, one's own, and those of one's teams."""
    homes = select(Household.id).where(households.visible(viewer, JOINS))
    ways = [reach(viewer, RUNS, path=HelpRequest.path), HelpRequest.household_id.in_(homes)]
    if viewer.user_id is not None:
        ways.append(HelpRequest.user_id == viewer.user_id)
    if viewer.person_id is not None:
        mine = select(TeamMember.team_id).where(TeamMember.person_id == viewer.person_id, _in(on))
        ways.append(HelpRequest.team_id.in_(mine))
    return or_(*ways)


def get_request(request_id: int, *, viewer: Viewer, on: date) -> HelpRequest:
    """One request the viewer may see, else `Missing`."""
    found: HelpRequest = _one(select(HelpRequest).where(HelpRequest.id == request_id, visible(viewer, on=on)))
    return found


def works_on(request: HelpRequest, *, viewer: Viewer, on: date) -> bool:
    """Whether the viewer takes part in it: answers for the place, or is in the team."""
    over = any(
        grant.path and request.path.startswith(grant.path)
        for grant in viewer.grants_with(RUNS)
        if grant.household_ids is None and grant.section_id is None
    )
    return over or is_mate(request.team_id, viewer.person_id, on=on)


def page(viewer: Viewer, *, over: bool, on: date, after: str | None = None) -> Page[Any]:
    """(HelpRequest, team name, home's head, place) that are open, oldest first; or over, newest first."""
    query = (
        select(HelpRequest, Team.name.label("team"), Household.head_name.label("head"), Grid.name.label("place"))
        .outerjoin(Team, Team.id == HelpRequest.team_id)
        .outerjoin(Household, Household.id == HelpRequest.household_id)
        .outerjoin(Grid, Grid.id == Household.grid_id)
        .where(visible(viewer, on=on), HelpRequest.state.not_in(OPEN) if over else HelpRequest.state.in_(OPEN))
        .order_by(HelpRequest.id.desc() if over else HelpRequest.id)
        .limit(PAGE_SIZE + 1)
    )
    last = read_mark(after, int)
    if last:
        query = query.where(HelpRequest.id < last[0] if over else HelpRequest.id > last[0])
    return cut(db.session.execute(query).all(), lambda row: [row.HelpRequest.id])


def by_uuid(client_uuid: str) -> HelpRequest | None:
    """The request sent under this mark."""
    return db.session.scalar(select(HelpRequest).where(HelpRequest.client_uuid == client_uuid))


def open_for_home(household_id: int) -> HelpRequest | None:
    """What is being done for a home already."""
    return db.session.scalar(
        select(HelpRequest).where(HelpRequest.household_id == household_id, HelpRequest.state.in_(OPEN)).limit(1)
    )


# --- what could be offered


@dataclass(frozen=True)
class Suggestion:
    """A home volunteers could do something for; the words say what, never why."""

    household_id: int
    code: str
    head_name: str
    place: str
    services: tuple[Service, ...]
    asked: bool
    visits: int


def suggestions(viewer: Viewer, *, on: date, after: str | None = None) -> Page[Suggestion]:
    """Homes whose tier the viewer may see and to which a factor in force suggests a service, by code. Factors that only
    named roles read are not looked at."""
    codes = sorted({code for one in SERVICES for code in one.factors})
    weighs = select(HouseholdFactor.household_id).where(HouseholdFactor.code.in_(codes), factor_in_force(on))
    query = (
        select(Household.id, Household.code, Household.head_name, Grid.name)
        .join(Grid, Grid.id == Household.grid_id)
        .where(households.visible(viewer, Permission.SEE_TIER), households.standing(), Household.id.in_(weighs))
        .order_by(Household.code)
        .limit(PAGE_SIZE + 1)
    )
    last = read_mark(after, str)
    if last:
        query = query.where(Household.code > last[0])
    rows = db.session.execute(query).all()
    ids = [row[0] for row in rows]
    factors: dict[int, set[str]] = {}
    for home, code in db.session.execute(
        select(HouseholdFactor.household_id, HouseholdFactor.code).where(
            HouseholdFactor.household_id.in_(ids), HouseholdFactor.code.in_(codes), factor_in_force(on)
        )
    ):
        factors.setdefault(home, set()).add(code)
    helped = {
        row[0]: (row[1], row[2])
        for row in db.session.execute(
            select(
                HelpRequest.household_id, func.count().filter(HelpRequest.state.in_(OPEN)),
                func.coalesce(func.sum(HelpRequest.visits), 0),
            )
            .where(HelpRequest.household_id.in_(ids))
            .group_by(HelpRequest.household_id)
        )
    }  # fmt: skip
    found = [
        Suggestion(*row, tuple(services_for(factors.get(row[0], ()))), bool(helped.get(row[0], (0, 0))[0]),
                   helped.get(row[0], (0, 0))[1])
        for row in rows
    ]  # fmt: skip
    return cut(found, lambda one: [one.code])
