"""What the codes of a file stand for: asked in pieces, within the reach of who hands it in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from gridcase.core.dated import in_force, known
from gridcase.core.db import db
from gridcase.core.geo import lon_lat
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import under
from gridcase.grid.models import Grid, Section
from gridcase.households.models import CirclePlace, Household, HouseholdPoint, Member, Nomination
from gridcase.people.models import Holding, Person, Post, Unit

AT_ONCE = 500


@dataclass(frozen=True)
class Reach:
    """The places somebody may write registers of; "/" is everywhere (jobs and the command line)."""

    paths: tuple[str, ...]

    def covers(self, path: str) -> bool:
        """Whether a place lies within."""
        return any(path.startswith(own) for own in self.paths)

    @property
    def everywhere(self) -> bool:
        """Whether nothing is outside."""
        return "/" in self.paths

    def condition(self, column: Any) -> ColumnElement[bool]:
        """Rows whose path lies within."""
        ways = [column >= "/" if path == "/" else under(column, path) for path in self.paths]
        return or_(*ways) if ways else false()


def reach_of(viewer: Viewer, permission: Permission = Permission.IMPORT_REGISTERS) -> Reach:
    """Where a viewer may import, or export."""
    return Reach(tuple(grant.path for grant in viewer.grants_with(permission) if grant.path))


def places(reach: Reach) -> dict[str, Any]:
    """Every place within reach by code."""
    rows = db.session.execute(
        select(
            Grid.id, Grid.code, Grid.level, Grid.kind, Grid.name, Grid.external_code, Grid.parent_id, Grid.path,
            Grid.village_id, Grid.lon, Grid.lat, Grid.valid_from, Grid.valid_to,
        ).where(reach.condition(Grid.path))
    )  # fmt: skip
    return {row.code: row for row in rows}


def taken_codes(model: Any, codes: Collection[str]) -> set[str]:
    """Of these codes, those that exist anywhere."""
    return {
        row[0] for some in pieces(codes) for row in db.session.execute(select(model.code).where(model.code.in_(some)))
    }


def codes_of(ids: Collection[int]) -> set[str]:
    """The codes of places by id."""
    return {row.code for some in pieces(ids) for row in db.session.execute(select(Grid.code).where(Grid.id.in_(some)))}


def sections(reach: Reach) -> dict[tuple[int, str], Any]:
    """The sections within reach by village and code."""
    rows = db.session.execute(
        select(Section.id, Section.village_id, Section.code, Section.name).where(reach.condition(Section.place_path))
    )
    return {(row.village_id, row.code): row for row in rows}


def units(reach: Reach) -> dict[str, Any]:
    """The units within reach by code."""
    rows = db.session.execute(
        select(Unit.id, Unit.code, Unit.name, Unit.kind, Unit.place_id).where(reach.condition(Unit.place_path))
    )
    return {row.code: row for row in rows}


def posts(reach: Reach) -> dict[str, Any]:
    """The posts within reach by code."""
    rows = db.session.execute(
        select(
            Post.id, Post.code, Post.role, Post.title, Post.place_id, Post.place_path, Post.section_id, Post.unit_id,
            Post.paid, Post.valid_from, Post.valid_to, Grid.village_id,
        )
        .join(Grid, Grid.id == Post.place_id)
        .where(reach.condition(Post.place_path))
    )  # fmt: skip
    return {row.code: row for row in rows}


def holders(reach: Reach, *, on: date) -> dict[int, Any]:
    """Who holds each post on a day, stand-ins left out: (post_id, person_id, name, phone, valid_from)."""
    rows = db.session.execute(
        select(Holding.post_id, Holding.valid_from, Person.id.label("person_id"), Person.name, Person.phone)
        .join(Person, Person.id == Holding.person_id)
        .join(Post, Post.id == Holding.post_id)
        .where(Holding.stand_in.is_(False), in_force(Holding, on), reach.condition(Post.place_path))
        .order_by(Holding.post_id, Holding.id.desc())
    )
    return {row.post_id: row for row in rows}


def namesakes(names: Collection[str], reach: Reach) -> dict[str, list[Any]]:
    """Persons within reach by name."""
    found: dict[str, list[Any]] = {}
    for some in pieces(names):
        rows = db.session.execute(
            select(Person.id, Person.name, Person.phone, Person.place_path)
            .where(Person.name.in_(some), reach.condition(Person.place_path))
            .order_by(Person.id)
        )
        for row in rows:
            found.setdefault(row.name, []).append(row)
    return found


def homes(codes: Collection[str]) -> dict[str, Any]:
    """Households by code, wherever they are, with the point they stand at."""
    lon, lat = lon_lat(HouseholdPoint.geom)
    found: dict[str, Any] = {}
    for some in pieces(codes):
        rows = db.session.execute(
            select(
                Household.id, Household.code, Household.path, Household.village_id, Household.grid_id,
                Household.head_name, Household.phone, Household.address, Household.hamlet, Household.external_code,
                Household.absent, Household.floating, Household.since, Household.ended_on, Household.ended_why,
                lon.label("lon"), lat.label("lat"),
            )
            .outerjoin(HouseholdPoint, HouseholdPoint.household_id == Household.id)
            .where(Household.code.in_(some))
        )  # fmt: skip
        found.update((row.code, row) for row in rows)
    return found


def members(household_ids: Collection[int]) -> dict[tuple[int, str], list[Any]]:
    """The newest stretch of each membership by household and name; who left is there too."""
    found: dict[tuple[int, str], list[Any]] = {}
    newest: dict[tuple[int, int], Any] = {}
    for some in pieces(household_ids):
        rows = db.session.execute(
            select(
                Member.id, Member.household_id, Member.person_id, Member.relation, Member.absent, Member.valid_from,
                Member.valid_to, Person.name, Person.gender, Person.born_on, Person.phone,
            )
            .join(Person, Person.id == Member.person_id)
            .where(Member.household_id.in_(some), known(Member))
            .order_by(Member.valid_from, Member.id)
        )  # fmt: skip
        newest.update(((row.household_id, row.person_id), row) for row in rows)
    for row in sorted(newest.values(), key=lambda one: one.person_id):
        found.setdefault((row.household_id, row.name), []).append(row)
    return found


def without_home(names: Collection[str], paths: Sequence[str]) -> dict[tuple[str, str], Any]:
    """Persons who hold a post and live in no registered home yet, by name and phone."""
    lives = select(Member.id).where(Member.person_id == Person.id, known(Member)).exists()
    holds = select(Holding.id).where(Holding.person_id == Person.id, known(Holding)).exists()
    within = or_(*[under(Person.place_path, path) for path in sorted(set(paths))]) if paths else false()
    found: dict[tuple[str, str], Any] = {}
    for some in pieces(names):
        rows = db.session.execute(
            select(Person.id, Person.name, Person.phone, Person.gender, Person.born_on)
            .where(and_(Person.name.in_(some), Person.phone.is_not(None), within, holds, ~lives))
            .order_by(Person.id.desc())
        )
        found.update(((row.name, row.phone), row) for row in rows)
    return found


def circles(household_ids: Collection[int]) -> dict[tuple[int, str], list[Any]]:
    """The time lines of homes in circles, as known now, by household and role."""
    found: dict[tuple[int, str], list[Any]] = {}
    for some in pieces(household_ids):
        rows = db.session.execute(
            select(
                CirclePlace.id, CirclePlace.household_id, CirclePlace.role, CirclePlace.post_id, CirclePlace.reason,
                CirclePlace.valid_from, CirclePlace.valid_to,
            )
            .where(CirclePlace.household_id.in_(some), known(CirclePlace))
            .order_by(CirclePlace.valid_from, CirclePlace.id)
        )  # fmt: skip
        for row in rows:
            found.setdefault((row.household_id, row.role), []).append(row)
    return found


def nominations(household_ids: Collection[int]) -> dict[tuple[int, int], Any]:
    """Nominations by household and rank."""
    found: dict[tuple[int, int], Any] = {}
    for some in pieces(household_ids):
        rows = db.session.execute(
            select(Nomination.id, Nomination.household_id, Nomination.rank, Nomination.person_id).where(
                Nomination.household_id.in_(some)
            )
        )
        found.update(((row.household_id, row.rank), row) for row in rows)
    return found


def pieces(values: Collection[Any]) -> Iterator[list[Any]]:
    """Values sorted, so many at a time as a statement takes."""
    every = sorted(set(values))
    for start in range(0, len(every), AT_ONCE):
        yield every[start : start + AT_ONCE]
