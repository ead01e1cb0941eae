"""Rounds of honours: who sees them, who could be named by the points of a span, who was honoured."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from gridcase.affairs.models import Award, AwardRound, HomeChoice
from gridcase.affairs.queries.activities import JOINS, joinable
from gridcase.affairs.rules import AwardKind, AwardState, RoundState
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.points import queries as points
from gridcase.points.rules import Module

GIVES, OBJECTS = Permission.GIVE_AWARDS, Permission.OBJECT_POINTS
SHOWN_MOST = 60
OTHER = N_("其他")
SHOWN_TO_ALL = (RoundState.NOTICE, RoundState.GIVEN)


def sees_village(viewer: Viewer, path: Any, village_id: Any) -> ColumnElement[bool]:
    """Villages in which one gives honours, watches over the points, or has a home."""
    return or_(reach(viewer, GIVES, path=path), reach(viewer, OBJECTS, path=path), joinable(viewer, village_id))


def villages(viewer: Viewer, *, on: date, permission: Permission | None = None) -> list[Grid]:
    """The villages whose honours and boards the viewer may see, by code; those that closed the module are left out."""
    seen = reach(viewer, permission, path=Grid.path) if permission else sees_village(viewer, Grid.path, Grid.id)
    rows = db.session.scalars(
        select(Grid).where(Grid.level == GridLevel.VILLAGE, Grid.valid_to.is_(None), seen).order_by(Grid.code)
    )
    return [one for one in rows if is_open(one.path, on=on)]


def is_open(path: str, *, on: date) -> bool:
    """Whether honours and boards are in use in a place."""
    return Module.BOARDS in points.modules_on(path, on=on)


def rounds(viewer: Viewer, village: Grid, *, after: str | None = None) -> Page[AwardRound]:
    """The rounds of a village, newest first; what is being prepared only to who gives honours."""
    query = (
        select(AwardRound)
        .where(AwardRound.village_id == village.id, _visible(viewer))
        .order_by(AwardRound.id.desc())
        .limit(PAGE_SIZE + 1)
    )
    last = read_mark(after, int)
    if last:
        query = query.where(AwardRound.id < last[0])
    return cut(db.session.scalars(query).all(), lambda row: [row.id])


def _visible(viewer: Viewer) -> ColumnElement[bool]:
    others = and_(
        AwardRound.state.in_(SHOWN_TO_ALL),
        or_(reach(viewer, OBJECTS, path=AwardRound.path), joinable(viewer, AwardRound.village_id)),
    )
    return or_(reach(viewer, GIVES, path=AwardRound.path), others)


def get_round(round_id: int, *, viewer: Viewer, on: date, gives: bool = False) -> AwardRound:
    """One round the viewer may see (`gives`: works on), else `Missing`."""
    condition = reach(viewer, GIVES, path=AwardRound.path) if gives else _visible(viewer)
    found = db.session.scalar(select(AwardRound).where(AwardRound.id == round_id, condition))
    if found is None or not is_open(found.path, on=on):
        raise Missing
    return found


def by_uuid(client_uuid: str) -> AwardRound | None:
    """The round begun under this mark."""
    return db.session.scalar(select(AwardRound).where(AwardRound.client_uuid == client_uuid))


def named_in(round_: AwardRound) -> Sequence[Any]:
    """(Award, home's head, code, place) of a round, by code of the home."""
    return db.session.execute(
        select(Award, Household.head_name, Household.code, Grid.name.label("place"))
        .join(Household, Household.id == Award.household_id)
        .join(Grid, Grid.id == Household.grid_id)
        .where(Award.round_id == round_.id)
        .order_by(Award.state == AwardState.STRUCK, Household.code)
    ).all()


def get_award(award_id: int, *, viewer: Viewer, on: date, gives: bool = False) -> tuple[Award, AwardRound]:
    """One nomination with its round, of a round the viewer may see (`gives`: works on), else `Missing`."""
    award = db.session.get(Award, award_id)
    if award is None:
        raise Missing
    return award, get_round(award.round_id, viewer=viewer, on=on, gives=gives)


def awards_of(round_: AwardRound, *states: AwardState) -> list[Award]:
    """The nominations of a round in these states, oldest first."""
    return list(
        db.session.scalars(select(Award).where(Award.round_id == round_.id, Award.state.in_(states)).order_by(Award.id))
    )


# --- who could be named


@dataclass(frozen=True)
class Candidate:
    """A home with its points by board in a span, and the veto that stands against it."""

    household_id: int
    code: str
    head_name: str
    place: str
    boards: dict[str, int]
    frozen_until: date | None

    @property
    def total(self) -> int:
        """All boards together."""
        return sum(self.boards.values())


def candidates(village: Grid, *, first: date, last: date, on: date, limit: int = SHOWN_MOST) -> list[Candidate]:
    """Homes of a village by their points in a span of days, the most first. A home that does not want to be compared is
    left out."""
    sums = points_by_board(village.id, first=first, last=last)
    refused = select(HomeChoice.household_id).where(HomeChoice.compared.is_(False))
    rows = db.session.execute(
        select(Household.id, Household.code, Household.head_name, Grid.name)
        .join(Grid, Grid.id == Household.grid_id)
        .where(Household.village_id == village.id, households.standing(), Household.id.not_in(refused))
    ).all()
    best = sorted((row for row in rows if row[0] in sums), key=lambda row: (-sum(sums[row[0]].values()), row[1]))
    shown = best[:limit]
    frozen = points.frozen_homes([row[0] for row in shown], on=on)
    return [Candidate(row[0], row[1], row[2], row[3], sums[row[0]], frozen.get(row[0])) for row in shown]


def points_by_board(village_id: int, *, first: date, last: date) -> dict[int, dict[str, int]]:
    """What homes of a village were given and lost in a span of days, by board of the scheme: the ledger's own sums."""
    sums: dict[int, dict[str, int]] = {}
    for row in points.home_points(village_id, starts_on=first, ends_on=last):
        sums.setdefault(row.household_id, {})[row.board] = row.points
    return sums


def board_names(village_id: int, *, on: date) -> dict[str, str]:
    """The boards of the scheme in force, by code; "" is what belongs to none."""
    scheme = points.scheme_of(village_id, on=on)
    named = {code: board.name for code, board in scheme.boards.items()} if scheme else {}
    return named | {"": str(OTHER)}


# --- figures and homes


def counts(village: Grid) -> list[tuple[AwardKind, int]]:
    """How many homes hold each honour, of those anybody holds."""
    rows = db.session.execute(
        select(AwardRound.kind, func.count())
        .join(Award, Award.round_id == AwardRound.id)
        .where(AwardRound.village_id == village.id, Award.state == AwardState.GIVEN)
        .group_by(AwardRound.kind)
    )
    found = {row[0]: row[1] for row in rows}
    return [(kind, found[kind]) for kind in AwardKind if kind in found]


def honours_of(household_id: int, *, viewer: Viewer) -> Sequence[Any]:
    """(Award, AwardRound) of a home of the viewer's that were given, newest first."""
    may = or_(
        households.visible(viewer, JOINS), households.visible(viewer, Permission.SEE_POINTS),
        reach(viewer, GIVES, path=Household.path),
    )  # fmt: skip
    return db.session.execute(
        select(Award, AwardRound)
        .join(AwardRound, AwardRound.id == Award.round_id)
        .join(Household, Household.id == Award.household_id)
        .where(
            Award.household_id == household_id, Award.state.in_((AwardState.GIVEN, AwardState.REVOKED)), may
        )
        .order_by(Award.given_on.desc(), Award.id.desc())
    ).all()  # fmt: skip


def last_plate(start: str) -> int:
    """The highest running number of the plates whose number begins so; 0 where there is none."""
    found = db.session.scalar(
        select(Award.plate)
        .where(Award.plate.startswith(start, autoescape=True))
        .order_by(func.length(Award.plate).desc(), Award.plate.desc())
        .limit(1)
    )
    return int(found.removeprefix(start)) if found else 0


def choice_of(household_id: int) -> HomeChoice | None:
    """What a home said about being compared and named."""
    return db.session.get(HomeChoice, household_id)


def agreed(household_ids: Collection[int]) -> dict[int, date]:
    """Of these homes, those that agreed to stand on a red list, with the day they said so."""
    rows = db.session.execute(
        select(HomeChoice.household_id, HomeChoice.said_on).where(
            HomeChoice.household_id.in_(set(household_ids)), HomeChoice.named
        )
    )
    return {row[0]: row[1] for row in rows}
