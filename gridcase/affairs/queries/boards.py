"""Red and black lists: what hangs today, which homes could stand on a red one, which conduct a black one counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from gridcase.affairs.models import Board, BoardHome
from gridcase.affairs.queries.honours import GIVES, SHOWN_MOST, agreed, candidates, is_open, sees_village
from gridcase.affairs.rules import BoardKind, told
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Viewer
from gridcase.core.scope import reach
from gridcase.grid.models import Grid
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.people import queries as people
from gridcase.people.models import Decision, Person
from gridcase.people.rules import DecisionKind
from gridcase.points.models import Declaration, PointNotice, SchemeItem
from gridcase.points.rules import NoticeOutcome

ADULT_FROM = 18  # what a minor did hangs nowhere


def hanging(village_id: int, kind: BoardKind, *, on: date) -> list[Board]:
    """The lists of a village that hang today, the newest first."""
    return list(
        db.session.scalars(
            select(Board)
            .where(Board.village_id == village_id, Board.kind == kind, _hangs(on))
            .order_by(Board.begins_on.desc(), Board.id.desc())
            .limit(12)
        )
    )


def _hangs(on: date) -> ColumnElement[bool]:
    return and_(Board.hung_on <= on, or_(Board.down_on.is_(None), Board.down_on > on))


def get_board(board_id: int, *, viewer: Viewer, on: date, gives: bool = False) -> Board:
    """One list that hangs in a village of the viewer's (`gives`: one answers for), else `Missing`."""
    seen = reach(viewer, GIVES, path=Board.path) if gives else sees_village(viewer, Board.path, Board.village_id)
    found = db.session.scalar(select(Board).where(Board.id == board_id, seen, _hangs(on)))
    if found is None or not is_open(found.path, on=on):
        raise Missing
    return found


def homes_on(board: Board, *, on: date) -> Sequence[Any]:
    """(BoardHome, head, place) of a red list. A home that has taken its word back since is not there any more, nor one
    that a child leads by now."""
    rows = db.session.execute(
        select(BoardHome, Household.head_name, Grid.name.label("place"))
        .join(Household, Household.id == BoardHome.household_id)
        .join(Grid, Grid.id == Household.grid_id)
        .where(BoardHome.board_id == board.id, Household.ended_on.is_(None))
        .order_by(Household.code)
    ).all()
    ids = [row.BoardHome.household_id for row in rows]
    still = agreed(ids).keys() - households.child_led(ids, on=on)
    return [row for row in rows if row.BoardHome.household_id in still]


@dataclass(frozen=True)
class Praised:
    """A home that could stand on a red list, for what, and since when it agrees."""

    household_id: int
    code: str
    head_name: str
    place: str
    points: int
    deeds: str
    agreed_on: date | None


def praised(village: Grid, *, begins: date, last: date, on: date) -> list[Praised]:
    """The homes with the most points of a span, with what they were for; those that have not agreed can not be
    picked, and those a child leads are not named."""
    best = [one for one in candidates(village, first=begins, last=last, on=on) if one.frozen_until is None]
    children = households.child_led([one.household_id for one in best], on=on)
    best = [one for one in best if one.total > 0 and one.household_id not in children]
    ids = [one.household_id for one in best]
    deeds: dict[int, list[str]] = {}
    rows = db.session.execute(
        select(Declaration.household_id, SchemeItem.name)
        .join(SchemeItem, SchemeItem.id == Declaration.item_id)
        .where(
            Declaration.household_id.in_(ids), Declaration.state == "posted", Declaration.points > 0,
            Declaration.happened_on >= begins, Declaration.happened_on <= last,
        )
        .group_by(Declaration.household_id, SchemeItem.name)
        .order_by(Declaration.household_id, func.sum(Declaration.points).desc(), SchemeItem.name)
    )  # fmt: skip
    for home, name in rows:
        deeds.setdefault(home, []).append(name)
    word = agreed(ids)
    return [
        Praised(one.household_id, one.code, one.head_name, one.place, one.total,
                "、".join(deeds.get(one.household_id, [])[:2])[:60], word.get(one.household_id))
        for one in best[:SHOWN_MOST]
    ]  # fmt: skip


@dataclass(frozen=True)
class Conduct:
    """A kind of conduct and how often; None: too seldom to be told."""

    name: str
    times: int | None


def conduct(board: Board) -> list[Conduct]:
    """What a black list tells: kinds of conduct and counts, never a person; of minors nothing."""
    grown = or_(
        Declaration.person_id.is_(None), Person.born_on.is_(None),
        Person.born_on <= board.begins_on.replace(year=board.begins_on.year - ADULT_FROM, day=1),
    )  # fmt: skip
    rows = db.session.execute(
        select(SchemeItem.name, func.count())
        .join(Declaration, Declaration.item_id == SchemeItem.id)
        .outerjoin(Person, Person.id == Declaration.person_id)
        .outerjoin(PointNotice, PointNotice.transfer_id == Declaration.transfer_id)
        .where(
            Declaration.village_id == board.village_id, Declaration.state == "posted", Declaration.points < 0, grown,
            Declaration.happened_on >= board.begins_on, Declaration.happened_on < board.ends_on,
            or_(PointNotice.outcome.is_(None), PointNotice.outcome != NoticeOutcome.REVERSED),
        )
        .group_by(SchemeItem.name)
        .order_by(func.count().desc(), SchemeItem.name)
    )  # fmt: skip
    return [Conduct(name, told(times)) for name, times in rows]


def same(village_id: int, kind: BoardKind, begins: date, ends: date) -> Board | None:
    """The list of this span that was hung before."""
    return db.session.scalar(
        select(Board).where(
            Board.village_id == village_id, Board.kind == kind, Board.begins_on == begins, Board.ends_on == ends
        )
    )


def hung_by(decision_id: int) -> bool:
    """Whether a list was hung by this decision; one hangs one list once."""
    return db.session.scalar(select(Board.id).where(Board.decision_id == decision_id).limit(1)) is not None


def unused(village_id: int, *, on: date) -> list[Decision]:
    """The decisions on a black list that have not hung one yet, the newest first."""
    passed = people.passed_decisions(village_id, kind=DecisionKind.BOARD, on=on)
    hung = set(db.session.scalars(select(Board.decision_id).where(Board.decision_id.in_([one.id for one in passed]))))
    return [one for one in passed if one.id not in hung]
