"""Liaison representatives with their circles; what is open at a post or a unit before it may end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select

from gridcase.cases import queries as cases
from gridcase.cases.models import Case
from gridcase.core.dated import in_force, known
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import under
from gridcase.core.text import clean_line
from gridcase.core.words import N_, Text
from gridcase.dossier.queries.grid_page import ELSEWHERE
from gridcase.grid.models import Grid, Section
from gridcase.grid.rules import SizeLimits
from gridcase.households import queries as households
from gridcase.households.models import CirclePlace, Household
from gridcase.households.rules import CareTier
from gridcase.people import queries as people
from gridcase.people.models import Certificate, Holding, Person, Post
from gridcase.people.rules import Role

CIRCLE_ROLES = (Role.LIAISON, Role.PARTY_CONTACT)
WORK_SHOWN, DAYS_A_YEAR = 20, 365


@dataclass(frozen=True)
class LiaisonFilters:
    """What the register of liaisons is narrowed by; `show`: uncertified, few or many."""

    words: str = ""
    place: str = ""
    show: str = ""


@dataclass(frozen=True)
class LiaisonRow:
    """One line of the register."""

    post_id: int
    code: str
    title: str
    place: str
    section: str | None
    homes: int


def liaisons(
    viewer: Viewer, filters: LiaisonFilters, *, limits: SizeLimits, on: date, after: str | None = None
) -> Page[LiaisonRow]:
    """Liaisons' posts in force on a day, by code: never by the size of their circles, nobody is ranked."""
    homes = _circle_size(on)
    columns: tuple[Any, ...] = (Post.id, Post.code, Post.title, Grid.name, Section.name, homes)
    query = (
        select(*columns)
        .select_from(Post)
        .join(Grid, Grid.id == Post.place_id)
        .outerjoin(Section, Section.id == Post.section_id)
        .where(Post.role == Role.LIAISON, people.visible(viewer), people.valid_on(Post, on))
        .where(*_narrowed(filters, homes, limits, on))
    )
    if last := read_mark(after, str):
        query = query.where(Post.code > last[0])
    rows = db.session.execute(query.order_by(Post.code).limit(PAGE_SIZE + 1))
    return cut([LiaisonRow(*row) for row in rows], lambda row: [row.code])


def _circle_size(on: date) -> Any:
    return (
        select(func.count())
        .select_from(CirclePlace)
        .where(CirclePlace.post_id == Post.id, in_force(CirclePlace, on))
        .correlate(Post)
        .scalar_subquery()
    )


def _narrowed(filters: LiaisonFilters, homes: Any, limits: SizeLimits, on: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if words := clean_line(filters.words):
        conditions.append(_named(words, on))
    if filters.place:
        conditions.append(under(Post.place_path, filters.place))
    if filters.show == "few":
        conditions.append(homes < limits.circle_few)
    if filters.show == "many":
        conditions.append(homes > limits.circle_many)
    if filters.show == "uncertified":
        conditions.append(~_certified(on))
    return conditions


def _named(words: str, on: date) -> ColumnElement[bool]:
    held = (Holding.post_id == Post.id) & (Holding.person_id == Person.id) & in_force(Holding, on)
    if len(words) < people.LEAST_WORDS:
        return Post.id < 0
    if words.isascii():
        number = Certificate.number.startswith(words.upper(), autoescape=True)
        numbered = exists().where(Certificate.post_id == Post.id, number)
        return or_(exists().where(held, Person.initials.startswith(words.lower(), autoescape=True)), numbered)
    by_name = exists().where(held, Person.name.contains(words, autoescape=True))
    return or_(by_name, Post.title.contains(words, autoescape=True))


def _certified(on: date) -> ColumnElement[bool]:
    """Whether the holder's certificate holds on a day."""
    return exists().where(
        Certificate.post_id == Post.id,
        Certificate.term_from <= on,
        Certificate.term_to > on,
        or_(Certificate.revoked_on.is_(None), Certificate.revoked_on > on),
        Holding.post_id == Post.id,
        Holding.person_id == Certificate.person_id,
        in_force(Holding, on),
    )


def liaison_post(post_id: int, *, viewer: Viewer) -> Post:
    """The post of a liaison or a party contact: the viewer's own, or one of the viewer's places; else `Missing`."""
    own = Post.id.in_(viewer.post_ids())
    found = db.session.scalar(
        select(Post).where(Post.id == post_id, Post.role.in_(CIRCLE_ROLES), or_(own, people.visible(viewer)))
    )
    if found is None:
        raise Missing
    return found


def own_post(viewer: Viewer) -> int | None:
    """The post with a circle that the viewer holds, the liaison's first."""
    query = select(Post.id).where(Post.id.in_(viewer.post_ids()), Post.role.in_(CIRCLE_ROLES))
    return db.session.scalar(query.order_by(Post.role, Post.id).limit(1))


@dataclass(frozen=True)
class CircleHome:
    """One home of a circle. `tier` and `next_visit_on` are None where the viewer may not see them."""

    id: int
    code: str
    head_name: str
    address: str
    absent: bool
    since: date
    tier: str | None
    next_visit_on: date | None


def circle_of(post_id: int, *, viewer: Viewer, on: date) -> list[CircleHome]:
    """The homes of a circle on a day that the viewer may see, by code."""
    columns: tuple[Any, ...] = (
        Household.id, Household.code, Household.head_name, Household.address, Household.absent, CirclePlace.valid_from,
        case((households.visible(viewer, Permission.SEE_TIER), Household.tier)),
        case((households.visible(viewer, Permission.LOG_VISIT), Household.next_visit_on)),
    )  # fmt: skip
    query = _in_circle(select(*columns), post_id, on).where(households.visible(viewer))
    return [CircleHome(*row) for row in db.session.execute(query.order_by(Household.code))]


def _in_circle(query: Select[*tuple[Any, ...]], post_id: int, on: date) -> Select[*tuple[Any, ...]]:
    return (
        query.select_from(CirclePlace)
        .join(Household, Household.id == CirclePlace.household_id)
        .where(CirclePlace.post_id == post_id, in_force(CirclePlace, on))
    )


def circle_size(post_id: int, *, on: date) -> int:
    """How many homes a circle has on a day."""
    return db.session.scalar(_in_circle(select(func.count()), post_id, on)) or 0


def visits_a_year(homes: Sequence[CircleHome]) -> int | None:
    """How many visits the tiers ask for in a year; None where a tier may not be seen."""
    tiers = [CareTier(home.tier) for home in homes if home.tier is not None]
    return sum(-(-DAYS_A_YEAR // tier.interval_days) for tier in tiers) if len(tiers) == len(homes) else None


def open_demands(post_id: int, *, viewer: Viewer, on: date) -> int:
    """Open cases of the circle's homes that the viewer may open; restricted ones never count here."""
    homes = _in_circle(select(Household.id), post_id, on)
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Case)
            .where(
                Case.household_id.in_(homes), Case.restricted.is_(False), cases.open_condition(), cases.visible(viewer)
            )
        )
        or 0
    )


@dataclass(frozen=True)
class Pair:
    """A home paired with a party contact, from when to when."""

    household_id: int
    code: str
    head_name: str
    valid_from: date
    valid_to: date | None


def pairs_of(post_id: int, *, viewer: Viewer) -> list[Pair]:
    """The homes paired with a post, now and before, the newest first, of those the viewer may see; the page masks the
    names."""
    rows = db.session.execute(
        select(Household.id, Household.code, Household.head_name, CirclePlace.valid_from, CirclePlace.valid_to)
        .join(Household, Household.id == CirclePlace.household_id)
        .where(CirclePlace.post_id == post_id, known(CirclePlace), households.visible(viewer))
        .order_by(CirclePlace.valid_to.is_not(None), CirclePlace.valid_from.desc(), Household.code)
        .limit(200)
    )
    return [Pair(*row) for row in rows]


def home_by_code(code: str, *, path: str) -> Household | None:
    """The standing home with this whole code below a place."""
    return db.session.scalar(
        select(Household).where(Household.code == code, under(Household.path, path), households.standing())
    )


# --- what is open before something ends


@dataclass(frozen=True)
class OpenWork:
    """Sentences for the refusal, and the cases that may be shown with it."""

    sentences: tuple[Text, ...]
    cases: tuple[tuple[int, str, str], ...]  # id, number, title
    homes: int


def open_work_of_post(post_id: int, *, viewer: Viewer, on: date) -> OpenWork:
    """What lies at a post: cases not ended that are addressed to it, homes in its circle on a day or later."""
    homes = db.session.scalar(
        select(func.count(CirclePlace.household_id.distinct())).where(
            CirclePlace.post_id == post_id,
            known(CirclePlace),
            or_(CirclePlace.valid_to.is_(None), CirclePlace.valid_to > on),
        )
    )
    return _open_work(Case.handler_post_id == post_id, homes or 0, viewer)


def open_work_of_unit(unit_id: int, *, viewer: Viewer) -> OpenWork:
    """What lies at a unit: cases not ended that are addressed to it."""
    return _open_work(Case.handler_unit_id == unit_id, 0, viewer)


def _open_work(addressed: ColumnElement[bool], homes: int, viewer: Viewer) -> OpenWork:
    plain, restricted = db.session.execute(
        select(func.count().filter(Case.restricted.is_(False)), func.count().filter(Case.restricted)).where(
            addressed, cases.open_condition()
        )
    ).one()
    sentences = [N_("%(n)s 件在办的事件", n=plain)] if plain else []
    if restricted:  # how many is nobody's business here
        sentences.append(ELSEWHERE)
    if homes:
        sentences.append(N_("%(n)s 户联系户", n=homes))
    rows = db.session.execute(
        select(Case.id, Case.number, Case.title)
        .where(addressed, cases.open_condition(), Case.restricted.is_(False), cases.visible(viewer))
        .order_by(Case.id)
        .limit(WORK_SHOWN)
    )
    return OpenWork(tuple(sentences), tuple((row.id, row.number, row.title) for row in rows), homes)
