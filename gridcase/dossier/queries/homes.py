"""The list of households and everything one household's page shows; a few statements, however large the home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, or_, select
from sqlalchemy.orm import aliased

from gridcase.cases import queries as cases
from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import covers
from gridcase.core.text import clean_line
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import Household, TierChange
from gridcase.people import queries as people
from gridcase.people.rules import Role
from gridcase.visits.models import Visit

LEAST_WORDS = 2  # one character of a name finds half a village
VISITS_SHOWN, CASES_SHOWN = 5, 20


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed by; `due_by`: homes whose next visit is due on that day."""

    words: str = ""
    village_id: int | None = None
    tier: str = ""
    due_by: date | None = None


@dataclass(frozen=True)
class HomeRow:
    """One line of the list. `tier` and `next_visit_on` are None where the viewer may not see them."""

    id: int
    code: str
    head_name: str
    address: str
    absent: bool
    floating: bool
    place: str
    village: str
    tier: str | None
    next_visit_on: date | None


def page(viewer: Viewer, filters: Filters, *, after: str | None = None) -> Page[HomeRow]:
    """Households by code; when asked for what is due, the longest waiting first."""
    query = _homes(viewer).where(*_narrowed(viewer, filters))
    if filters.due_by:
        query = query.order_by(Household.next_visit_on, Household.code)
        if waited := read_mark(after, date.fromisoformat, str):
            query = query.where(_after_due(*waited))
    else:
        query = query.order_by(Household.code)
        if last := read_mark(after, str):
            query = query.where(Household.code > last[0])
    rows = [HomeRow(*row) for row in db.session.execute(query.limit(PAGE_SIZE + 1))]
    return cut(rows, lambda row: [row.next_visit_on, row.code] if filters.due_by else [row.code])


def _homes(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    village = aliased(Grid)
    columns: tuple[Any, ...] = (
        Household.id, Household.code, Household.head_name, Household.address, Household.absent, Household.floating,
        Grid.name, village.name,
        case((households.visible(viewer, Permission.SEE_TIER), Household.tier)),
        # the rhythm of visits would betray the tier
        case((households.visible(viewer, Permission.LOG_VISIT), Household.next_visit_on)),
    )  # fmt: skip
    return (
        select(*columns)
        .select_from(Household)
        .join(Grid, Grid.id == Household.grid_id)
        .join(village, village.id == Household.village_id)
        .where(households.visible(viewer))
    )


def _after_due(day: date, code: str) -> ColumnElement[bool]:
    return or_(Household.next_visit_on > day, and_(Household.next_visit_on == day, Household.code > code))


def _narrowed(viewer: Viewer, filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.words:
        conditions.append(_named(clean_line(filters.words)))
    if filters.village_id:
        conditions.append(Household.village_id == filters.village_id)
    if filters.tier:
        conditions += [Household.tier == filters.tier, households.visible(viewer, Permission.SEE_TIER)]
    if filters.due_by:
        conditions += [
            Household.next_visit_on <= filters.due_by,
            households.visible(viewer, Permission.LOG_VISIT),
        ]
    return conditions


def _named(words: str) -> ColumnElement[bool]:
    if len(words) < LEAST_WORDS:
        return false()
    if words.isascii():
        initials = Household.initials.startswith(words.lower(), autoescape=True)
        return or_(initials, Household.code.startswith(words.upper(), autoescape=True))
    return or_(
        Household.head_name.contains(words, autoescape=True),
        Household.address.contains(words, autoescape=True),
    )


def villages_of(viewer: Viewer) -> list[Grid]:
    """The villages with a household of the viewer's, by code."""
    homes = select(Household.id).where(Household.village_id == Grid.id, households.visible(viewer))
    query = select(Grid).where(Grid.level == GridLevel.VILLAGE, Grid.valid_to.is_(None), homes.exists())
    return list(db.session.scalars(query.order_by(Grid.code)))


def only_home(viewer: Viewer) -> int | None:
    """The household of a viewer who reaches exactly one (a villager)."""
    ids = db.session.scalars(
        select(Household.id).where(households.visible(viewer)).order_by(Household.id).limit(2)
    ).all()
    return ids[0] if len(ids) == 1 else None


# --- one household


def permissions_over(home: Household, viewer: Viewer) -> frozenset[Permission]:
    """What the viewer may do with this household."""
    reaching = (
        grant.permissions
        for grant in viewer.grants
        if covers(grant, path=home.path, section_id=home.section_id, household_id=home.id)
    )
    return frozenset().union(*reaching)


def lives_here(home: Household, viewer: Viewer) -> bool:
    """Whether the viewer looks at the own home, by its card."""
    return any(grant.role == Role.RESIDENT and home.id in (grant.household_ids or ()) for grant in viewer.grants)


@dataclass(frozen=True)
class MemberRow:
    """Who lives here; the page masks the name."""

    name: str
    relation: str
    phone: str | None
    born_on: date | None

    def age(self, on: date) -> int | None:
        """Full years on a day."""
        if self.born_on is None:
            return None
        birthday_to_come = (on.month, on.day) < (self.born_on.month, self.born_on.day)
        return on.year - self.born_on.year - birthday_to_come


def members_of(home: Household, *, on: date) -> list[MemberRow]:
    """Who lives here on a day."""
    return [
        MemberRow(member.person.name, member.relation, member.person.phone, member.person.born_on)
        for member in households.members_of(home.id, on=on)
    ]


@dataclass(frozen=True)
class Contact:
    """A role that looks after this home, and who holds it."""

    role: Role
    holders: str


def contacts_of(home: Household, *, on: date) -> list[Contact]:
    """Liaison first."""
    posts = households.liaison_posts_of(home.id, on=on)
    holders = people.holders_of([post.id for post in posts], on=on)
    return [Contact(Role(post.role), holders.get(post.id, "")) for post in posts]


def places_of(home: Household) -> list[str]:
    """The names of the places the home lies in, village first."""
    levels = (GridLevel.VILLAGE, GridLevel.GROUP, GridLevel.CELL)
    return [grid.name for grid in grids.ancestors(home.path) if grid.level in levels]


def tier_reason(home: Household) -> TierChange | None:
    """The newest confirmation of the care tier."""
    return db.session.scalar(
        select(TierChange).where(TierChange.household_id == home.id).order_by(TierChange.id.desc()).limit(1)
    )


def last_visits(home: Household, *, viewer: Viewer) -> Sequence[Visit]:
    """The newest visits, of those the viewer may see."""
    return db.session.scalars(
        select(Visit)
        .join(Household, Household.id == Visit.household_id)
        .where(Visit.household_id == home.id, households.visible(viewer, Permission.SEE_VISIT))
        .order_by(Visit.visited_at.desc(), Visit.id.desc())
        .limit(VISITS_SHOWN)
    ).all()


@dataclass(frozen=True)
class OpenCase:
    """One open case of the home."""

    id: int
    number: str
    title: str
    state: str
    due_at: datetime | None
    soon_at: datetime | None


def open_cases(home: Household, *, viewer: Viewer) -> list[OpenCase]:
    """Open cases of the home that the viewer may open. A restricted one never stands on a household's page."""
    columns: tuple[Any, ...] = (Case.id, Case.number, Case.title, Case.state, Case.due_at, Case.soon_at)
    rows = db.session.execute(
        select(*columns)
        .where(
            Case.household_id == home.id,
            Case.restricted.is_(False),
            cases.open_condition(),
            cases.visible(viewer),
        )
        .order_by(Case.registered_at.desc(), Case.id.desc())
        .limit(CASES_SHOWN)
    )
    return [OpenCase(*row) for row in rows]
