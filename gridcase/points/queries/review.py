"""What waits for the review group, the council or the town, and how the votes stand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.masking import mask_name
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach, under
from gridcase.core.words import Text
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.people.models import Holding, Person, Post
from gridcase.people.queries import valid_on
from gridcase.people.rules import Role
from gridcase.points.models import Declaration, DeclarationPhoto, Review, SchemeItem, SchemeVersion, Vote
from gridcase.points.queries.awards import kin_homes
from gridcase.points.rules import DeclarationState
from gridcase.points.rules.review import Choice, Tally, aside

SHOWN_AT_ONCE = 100  # declarations on one form of a meeting


@dataclass(frozen=True)
class Pending:
    """One declaration as those read it who decide: the home masked, who did it never named."""

    id: int
    household_id: int
    name: str
    grid_name: str
    code: str
    item: str
    evidence: str
    points: int
    at_most: bool
    happened_on: date
    text: str
    document_no: str
    how: str
    declared_by: str
    declared_at: datetime
    state: str
    by_person_id: int | None
    person_id: int | None
    photos: int = 0
    home_code: str = ""
    aside: Text | None = None  # why this reader may not judge it
    mine: str = ""  # what this reader has voted
    favour: int = 0
    against: int = 0


@dataclass(frozen=True)
class Member:
    """A member of the review group, and the homes that are the own or kin's."""

    person_id: int
    name: str
    homes: frozenset[int]


def group_of(village_path: str, *, on: date) -> list[Member]:
    """The members of a village's review group on a day, by name."""
    rows = db.session.execute(
        select(Person.id, Person.name)
        .join(Holding, Holding.person_id == Person.id)
        .join(Post, Post.id == Holding.post_id)
        .where(
            Post.role == Role.REVIEW_MEMBER, under(Post.place_path, village_path), valid_on(Holding, on),
            valid_on(Post, on),
        )
        .group_by(Person.id, Person.name)
        .order_by(Person.name, Person.id)
    )  # fmt: skip
    return [Member(row.id, row.name, kin_homes(row.id)) for row in rows]


def villages_to_review(viewer: Viewer) -> list[Grid]:
    """The villages whose declarations the viewer reviews, by code."""
    return list(
        db.session.scalars(
            select(Grid)
            .where(
                Grid.level == GridLevel.VILLAGE, Grid.valid_to.is_(None),
                reach(viewer, Permission.REVIEW_POINTS, path=Grid.path),
            )
            .order_by(Grid.code)
        )
    )  # fmt: skip


def _rows() -> Select[*tuple[Any, ...]]:
    by = select(Person.name).where(Person.id == Declaration.by_person_id).scalar_subquery()
    photos = (
        select(func.count()).where(DeclarationPhoto.declaration_id == Declaration.id).correlate(Declaration)
    ).scalar_subquery()
    columns: tuple[Any, ...] = (
        Declaration.id, Declaration.household_id, Household.head_name, Grid.name, SchemeItem.code, SchemeItem.name,
        SchemeItem.evidence, Declaration.points, SchemeItem.at_most, Declaration.happened_on, Declaration.text,
        Declaration.document_no, Declaration.how, by, Declaration.declared_at, Declaration.state,
        Declaration.by_person_id, Declaration.person_id, photos, Household.code,
    )  # fmt: skip
    return (
        select(*columns)
        .join(SchemeItem, SchemeItem.id == Declaration.item_id)
        .join(Household, Household.id == Declaration.household_id)
        .join(Grid, Grid.id == Household.grid_id)
    )


def _pending(row: Any) -> Pending:
    values = list(row)
    values[2] = mask_name(values[2])
    values[13] = mask_name(values[13] or "")
    return Pending(*values)


def _reviews(viewer: Viewer) -> ColumnElement[bool]:
    return households.visible(viewer, Permission.REVIEW_POINTS)


def pending(viewer: Viewer, *, village_id: int, after: str | None = None, size: int = PAGE_SIZE) -> Page[Pending]:
    """What waits for the group of a village, oldest first, with the votes so far and the viewer's own."""
    query = (
        _rows()
        .where(
            Declaration.village_id == village_id, Declaration.state == DeclarationState.DECLARED, _reviews(viewer)
        )
        .order_by(Declaration.id)
        .limit(size + 1)
    )  # fmt: skip
    if mark := read_mark(after, int):
        query = query.where(Declaration.id > mark[0])
    page = cut([_pending(row) for row in db.session.execute(query)], lambda row: [row.id], size=size)
    return replace(page, rows=_voted(page.rows, viewer))


def _voted(rows: Sequence[Pending], viewer: Viewer) -> list[Pending]:
    votes = votes_on([row.id for row in rows])
    homes = kin_homes(viewer.person_id)
    told = []
    for row in rows:
        said = votes.get(row.id, {})
        why = aside(row.household_id, row.by_person_id, row.person_id, member=viewer.person_id or 0, homes=homes)
        choices = list(said.values())
        told.append(replace(
            row, aside=why, mine=said.get(viewer.person_id or 0, ""),
            favour=choices.count(Choice.FOR), against=choices.count(Choice.AGAINST),
        ))  # fmt: skip
    return told


def votes_on(declaration_ids: Collection[int]) -> dict[int, dict[int, str]]:
    """The votes cast, by declaration and person."""
    rows = db.session.execute(
        select(Vote.declaration_id, Vote.person_id, Vote.choice).where(Vote.declaration_id.in_(declaration_ids))
    )
    found: dict[int, dict[int, str]] = {}
    for declaration_id, person_id, choice in rows:
        found.setdefault(declaration_id, {})[person_id] = choice
    return found


def tally(declaration: Declaration, group: Collection[Member]) -> Tally:
    """How the votes on line stand among those of the group who may judge it."""
    may = {one.person_id for one in group if why_aside(declaration, one) is None}
    said = votes_on([declaration.id]).get(declaration.id, {})
    choices = [choice for person, choice in said.items() if person in may]
    return Tally(choices.count(Choice.FOR), choices.count(Choice.AGAINST), len(may))


def why_aside(declaration: Declaration, member: Member) -> Text | None:
    """Why this member may not judge this declaration; None when it may."""
    return aside(
        declaration.household_id, declaration.by_person_id, declaration.person_id, member=member.person_id,
        homes=member.homes,
    )  # fmt: skip


def count_pending(viewer: Viewer) -> int:
    """How many declarations wait for the viewer's group."""
    found: int | None = db.session.scalar(
        select(func.count())
        .select_from(Declaration)
        .join(Household, Household.id == Declaration.household_id)
        .where(Declaration.state == DeclarationState.DECLARED, _reviews(viewer))
    )
    return found or 0


# --- the council's and the town's turn

WAITS: dict[str, Permission] = {
    DeclarationState.COUNCIL: Permission.KEEP_DECISIONS,
    DeclarationState.TOWN: Permission.MANAGE_TOWN,
}


def waiting(viewer: Viewer, state: DeclarationState, *, after: str | None = None) -> Page[Pending]:
    """What waits for the council's opinion or the town's word, oldest first."""
    query = (
        _rows()
        .where(Declaration.state == state, reach(viewer, WAITS[state], path=Declaration.path))
        .order_by(Declaration.id)
        .limit(PAGE_SIZE + 1)
    )
    if mark := read_mark(after, int):
        query = query.where(Declaration.id > mark[0])
    return cut([_pending(row) for row in db.session.execute(query)], lambda row: [row.id])


def to_decide(declaration_id: int, state: DeclarationState, *, viewer: Viewer) -> tuple[Declaration, Pending]:
    """One declaration that waits for the viewer in this state, else `Missing`."""
    allowed = _reviews(viewer) if state is DeclarationState.DECLARED else reach(
        viewer, WAITS[state], path=Declaration.path
    )  # fmt: skip
    row = db.session.execute(
        _rows().where(Declaration.id == declaration_id, Declaration.state == state, allowed)
    ).first()
    if row is None:
        raise Missing
    return db.session.get_one(Declaration, declaration_id), _voted([_pending(row)], viewer)[0]


def for_update(declaration_ids: Collection[int]) -> dict[int, tuple[Declaration, SchemeItem, SchemeVersion]]:
    """Declarations with their items and versions, locked in the order of their ids."""
    rows = db.session.execute(
        select(Declaration, SchemeItem, SchemeVersion)
        .join(SchemeItem, SchemeItem.id == Declaration.item_id)
        .join(SchemeVersion, SchemeVersion.id == SchemeItem.version_id)
        .where(Declaration.id.in_(declaration_ids))
        .order_by(Declaration.id)
        .with_for_update(of=Declaration)
        .execution_options(populate_existing=True)
    )
    return {row[0].id: (row[0], row[1], row[2]) for row in rows}


# --- meetings


def review_by_uuid(client_uuid: str) -> Review | None:
    """The meeting entered under this mark."""
    return db.session.scalar(select(Review).where(Review.client_uuid == client_uuid))


def get_review(review_id: int, *, viewer: Viewer) -> Review:
    """One meeting of a group of the viewer's, else `Missing`."""
    found = db.session.scalar(
        select(Review).where(Review.id == review_id, reach(viewer, Permission.REVIEW_POINTS, path=Review.path))
    )
    if found is None:
        raise Missing
    return found


@dataclass(frozen=True)
class Decided:
    """A declaration a meeting decided, for the sheet on the wall."""

    id: int
    name: str
    grid_name: str
    item: str
    points: int
    state: DeclarationState
    favour: int
    against: int
    recused: int
    reason: str


def decided_at(review: Review) -> list[Decided]:
    """What a meeting decided, masked, in the order of declaring."""
    own = select(Vote.declaration_id).where(Vote.review_id == review.id)
    rows = db.session.execute(
        select(Declaration, Household.head_name, Grid.name, SchemeItem.name)
        .join(SchemeItem, SchemeItem.id == Declaration.item_id)
        .join(Household, Household.id == Declaration.household_id)
        .join(Grid, Grid.id == Household.grid_id)
        .where(Declaration.id.in_(own))
        .order_by(Declaration.id)
    )
    return [
        Decided(
            row.id, mask_name(head), grid, item, row.points, DeclarationState(row.state), row.votes_for or 0,
            row.votes_against or 0, row.recused or 0, row.reason,
        )
        for row, head, grid, item in rows
    ]  # fmt: skip


def present_at(review: Review) -> list[str]:
    """Who was at a meeting, by name."""
    return list(
        db.session.scalars(
            select(Person.name)
            .join(Vote, Vote.person_id == Person.id)
            .where(Vote.review_id == review.id)
            .group_by(Person.id, Person.name)
            .order_by(Person.name, Person.id)
        )
    )


def reviews_of(viewer: Viewer, *, village_id: int) -> list[Review]:
    """The last meetings of a village's group, the newest first."""
    return list(
        db.session.scalars(
            select(Review)
            .where(Review.village_id == village_id, reach(viewer, Permission.REVIEW_POINTS, path=Review.path))
            .order_by(Review.id.desc())
            .limit(12)
        )
    )
