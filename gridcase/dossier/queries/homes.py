"""The list of households and everything one household's page shows; a few statements, however large the home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, null, or_, select
from sqlalchemy.orm import aliased

from gridcase.cases import queries as cases
from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.core.labels import Labelled
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import covers, reach, under
from gridcase.core.text import clean_line
from gridcase.core.words import N_
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import Household, PersonAway, TierChange
from gridcase.people import queries as people
from gridcase.people.rules import Role
from gridcase.visits.models import Visit

LEAST_WORDS = 2  # one character of a name finds half a village
VISITS_SHOWN, CASES_SHOWN, HAMLETS_MOST = 5, 20, 60


class Show(Labelled):
    """Which homes the list shows besides all that are in the register."""

    ABSENT = "absent", N_("外出")
    FLOATING = "floating", N_("流动")
    LONELY = "lonely", N_("没有联户代表")
    ENDED = "ended", N_("已销户")


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed by; `due_by`: homes whose next visit is due on that day.

    `on`: the homes of that day in their cells then, as known now or at a moment (`known_at`); then only places narrow.
    """

    words: str = ""
    village_id: int | None = None
    tier: str = ""
    due_by: date | None = None
    place_id: int | None = None
    hamlet: str = ""
    show: Show | None = None
    on: date | None = None
    known_at: datetime | None = None


@dataclass(frozen=True)
class HomeRow:
    """One line of the list. `tier` and `next_visit_on` are None where the viewer may not see them."""

    id: int
    code: str
    head_name: str
    address: str
    hamlet: str
    absent: bool
    floating: bool
    ended_on: date | None
    place: str
    village: str
    tier: str | None
    next_visit_on: date | None
    sorted_on: date


def page(viewer: Viewer, filters: Filters, *, after: str | None = None, today: date | None = None) -> Page[HomeRow]:
    """Households by code; when asked for what is due, the longest waiting first."""
    query = _homes_then(viewer, filters) if filters.on else _homes(viewer).where(*_narrowed(viewer, filters, today))
    if filters.due_by and not filters.on:
        query = query.order_by(households.due_day(), Household.code)
        if waited := read_mark(after, date.fromisoformat, str):
            query = query.where(_after_due(*waited))
    else:
        query = query.order_by(Household.code)
        if last := read_mark(after, str):
            query = query.where(Household.code > last[0])
    rows = [HomeRow(*row) for row in db.session.execute(query.limit(PAGE_SIZE + 1))]
    return cut(rows, lambda row: [row.sorted_on, row.code] if filters.due_by and not filters.on else [row.code])


def _columns(viewer: Viewer, village: Any) -> tuple[Any, ...]:
    return (
        Household.id, Household.code, Household.head_name, Household.address, Household.hamlet, Household.absent,
        Household.floating, Household.ended_on, Grid.name, village.name,
        case((households.visible(viewer, Permission.SEE_TIER), Household.tier)),
        # the rhythm of visits would betray the tier
        case((households.visible(viewer, Permission.LOG_VISIT), Household.next_visit_on)),
        households.due_day(),
    )  # fmt: skip


def _homes(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    village = aliased(Grid)
    return (
        select(*_columns(viewer, village))
        .select_from(Household)
        .join(Grid, Grid.id == Household.grid_id)
        .join(village, village.id == Household.village_id)
        .where(households.visible(viewer))
    )


def _homes_then(viewer: Viewer, filters: Filters) -> Select[*tuple[Any, ...]]:
    """The homes of a day in their cells of that day. Who serves a place reads what lay there then; who serves homes
    reads those of today."""
    assert filters.on is not None
    village = aliased(Grid)
    then = households.homes_on("/", on=filters.on, known_at=filters.known_at).subquery()
    columns = list(_columns(viewer, village))
    columns[7], columns[10], columns[11] = null(), null(), null()  # of today, and it is another day that is asked for
    reached = reach(
        viewer, Permission.SEE_HOUSEHOLD, path=Grid.path, section_id=Household.section_id, household_id=Household.id
    )
    query = (
        select(*columns)
        .select_from(Household)
        .join(then, then.c.household_id == Household.id)
        .join(Grid, Grid.id == then.c.grid_id)
        .join(village, village.id == Grid.village_id)
        .where(reached)
    )
    if filters.village_id:
        query = query.where(Grid.village_id == filters.village_id)
    if filters.words:
        query = query.where(_named(clean_line(filters.words)))
    return query.where(_in_place(filters.place_id, Grid.path)) if filters.place_id else query


def _after_due(day: date, code: str) -> ColumnElement[bool]:
    waits = households.due_day()
    return or_(waits > day, and_(waits == day, Household.code > code))


def _narrowed(viewer: Viewer, filters: Filters, today: date | None) -> list[ColumnElement[bool]]:
    conditions = [_shown(filters.show, today)]
    if filters.words:
        conditions.append(_named(clean_line(filters.words)))
    if filters.village_id:
        conditions.append(Household.village_id == filters.village_id)
    if filters.place_id:
        conditions.append(_in_place(filters.place_id, Household.path))
    if filters.hamlet:
        conditions.append(Household.hamlet == filters.hamlet)
    if filters.tier:
        conditions += [Household.tier == filters.tier, households.visible(viewer, Permission.SEE_TIER)]
    if filters.due_by:
        conditions += [households.due(filters.due_by), households.visible(viewer, Permission.LOG_VISIT)]
    return conditions


def _shown(show: Show | None, today: date | None) -> ColumnElement[bool]:
    if show is Show.ENDED:
        return Household.ended_on.is_not(None)
    if show is Show.ABSENT:
        return households.standing() & Household.absent
    if show is Show.FLOATING:
        return households.standing() & Household.floating
    if show is Show.LONELY and today is not None:
        return households.standing() & ~households.has_liaison(today)
    return households.standing()


def _in_place(place_id: int, path: Any) -> ColumnElement[bool]:
    """In a group or cell, whatever lies below it."""
    place = db.session.scalar(select(Grid.path).where(Grid.id == place_id))
    return under(path, place) if place else false()


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
    homes = select(Household.id).where(
        Household.village_id == Grid.id, households.standing(), households.visible(viewer)
    )
    query = select(Grid).where(Grid.level == GridLevel.VILLAGE, Grid.valid_to.is_(None), homes.exists())
    return list(db.session.scalars(query.order_by(Grid.code)))


def groups_of(village: Grid, *, viewer: Viewer) -> list[Grid]:
    """The groups and cells of a village in which the viewer has homes, or below which they lie; in the tree's order."""
    homes = select(Household.id).where(
        households.standing(), households.visible(viewer), Household.path >= Grid.path,
        Household.path < func.substr(Grid.path, 1, func.length(Grid.path) - 1).concat("0"),
    )  # fmt: skip
    query = select(Grid).where(
        Grid.village_id == village.id,
        Grid.level.in_((GridLevel.GROUP, GridLevel.CELL)),
        Grid.valid_to.is_(None),
        homes.exists(),
    )
    return list(db.session.scalars(query.order_by(Grid.code)))


def hamlets_of(village: Grid, *, viewer: Viewer) -> list[str]:
    """The natural villages (自然村) of a village in which the viewer has homes."""
    return list(
        db.session.scalars(
            select(Household.hamlet)
            .distinct()
            .where(
                Household.village_id == village.id, Household.hamlet != "", households.standing(),
                households.visible(viewer),
            )
            .order_by(Household.hamlet)
            .limit(HAMLETS_MOST)
        )
    )  # fmt: skip


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

    id: int
    name: str
    relation: str
    phone: str | None
    born_on: date | None
    absent: bool
    away: PersonAway | None

    def age(self, on: date) -> int | None:
        """Full years on a day."""
        if self.born_on is None:
            return None
        birthday_to_come = (on.month, on.day) < (self.born_on.month, self.born_on.day)
        return on.year - self.born_on.year - birthday_to_come


def members_of(home: Household, *, on: date) -> list[MemberRow]:
    """Who lives here on a day."""
    members = households.members_of(home.id, on=on)
    away = households.away_of([member.person_id for member in members if member.absent])
    return [
        MemberRow(
            member.person_id, member.person.name, member.relation, member.person.phone, member.person.born_on,
            member.absent, away.get(member.person_id),
        )
        for member in members
    ]  # fmt: skip


@dataclass(frozen=True)
class Contact:
    """A role that looks after this home, and who holds it."""

    role: Role
    holders: str
    reason: str = ""


def contacts_of(home: Household, *, on: date) -> list[Contact]:
    """Liaison first."""
    posts = households.liaison_posts_of(home.id, on=on)
    holders = people.holders_of([post.id for post in posts], on=on)
    reasons = households.reasons_of(home.id, on=on) if posts else {}
    return [Contact(Role(post.role), holders.get(post.id, ""), reasons.get(post.id, "")) for post in posts]


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
