"""The rows of each register as of a day, in the columns of its file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.geo import lon_lat
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach, under
from gridcase.exchange.rules.registers import ROLES
from gridcase.grid.models import Grid, Section
from gridcase.households.models import CirclePlace, Household, HouseholdPlace, HouseholdPoint, Member, Nomination
from gridcase.people.models import Certificate, Holding, Organisation, Person, Post, Seat, Unit
from gridcase.people.rules import Role

STREAMED = 1_000
Statement = Callable[[Any, date], Any]


def rows(register: str, *, viewer: Viewer, path: str, on: date) -> Iterator[Any]:
    """What stands in a register on a day below a place, by code; within the viewer's reach, streamed."""
    statement = _STATEMENTS[register](lambda column: _within(viewer, path, column), on)
    yield from db.session.execute(statement.execution_options(yield_per=STREAMED))


def places_of(viewer: Viewer) -> list[Any]:
    """(path, code, name) of the places whose registers the viewer may export: down to the villages."""
    levels = ("county", "town", "village")
    return list(
        db.session.execute(
            select(Grid.path, Grid.code, Grid.name, Grid.level)
            .where(
                Grid.level.in_(levels), Grid.valid_to.is_(None),
                reach(viewer, Permission.EXPORT_REGISTERS, path=Grid.path),
            )
            .order_by(Grid.code)
        )
    )  # fmt: skip


def _within(viewer: Viewer, path: str, column: Any) -> Any:
    return and_(under(column, path), reach(viewer, Permission.EXPORT_REGISTERS, path=column))


def _span(model: Any, on: date) -> Any:
    return and_(model.valid_from <= on, or_(model.valid_to.is_(None), model.valid_to > on))


def _stood(since: Any, until: Any, on: date) -> Any:
    """Like `_span` where no first day means from the start."""
    return and_(or_(since.is_(None), since <= on), or_(until.is_(None), until > on))


def _places(within: Any, on: date) -> Any:
    above = aliased(Grid)
    return (
        select(
            Grid.code, Grid.name, Grid.level, above.code.label("parent"), Grid.kind, Grid.external_code, Grid.lon,
            Grid.lat, Grid.valid_from, Grid.valid_to,
        )
        .outerjoin(above, above.id == Grid.parent_id)
        .where(within(Grid.path), _span(Grid, on))
        .order_by(Grid.code)
    )  # fmt: skip


def _sections(within: Any, on: date) -> Any:
    return (
        select(Grid.code.label("village"), Section.code, Section.name)
        .join(Grid, Grid.id == Section.village_id)
        .where(within(Section.place_path), _stood(Section.valid_from, Section.valid_to, on))
        .order_by(Grid.code, Section.code)
    )


def _units(within: Any, on: date) -> Any:
    return (
        select(Unit.code, Unit.name, Unit.kind, Grid.code.label("place"))
        .join(Grid, Grid.id == Unit.place_id)
        .where(within(Unit.place_path), or_(Unit.ended_on.is_(None), Unit.ended_on > on))
        .order_by(Unit.code)
    )


def _posts(within: Any, on: date) -> Any:
    return _holders(within, on).where(Post.role.in_(list(ROLES)))


def _liaisons(within: Any, on: date) -> Any:
    newer = aliased(Certificate)
    newest = (
        select(func.max(newer.id))
        .where(
            newer.post_id == Post.id, newer.person_id == Holding.person_id, newer.elected_on <= on,
            or_(newer.revoked_on.is_(None), newer.revoked_on > on),
        )
        .correlate(Post, Holding)
        .scalar_subquery()
    )  # fmt: skip
    return (
        _holders(within, on)
        .add_columns(
            Certificate.number, Certificate.elected_on, Certificate.meeting, Certificate.candidate, Certificate.votes,
            Certificate.signatures, Certificate.led_by, Certificate.oath_on, Certificate.term_from,
            Certificate.term_to,
        )
        .outerjoin(Certificate, Certificate.id == newest)
        .where(Post.role == Role.LIAISON)
    )  # fmt: skip


def _organisations(within: Any, on: date) -> Any:
    above, place_above = aliased(Organisation), aliased(Grid)
    return (
        select(
            Grid.code.label("place"), Organisation.kind, Organisation.name, above.name.label("parent"),
            place_above.code.label("parent_place"), Organisation.valid_from, Organisation.valid_to,
            Person.name.label("holder"), Person.phone, _home_code(on).label("home"), Seat.title, Seat.rank,
            Seat.valid_from.label("since"), Seat.valid_to.label("until"),
        )
        .join(Grid, Grid.id == Organisation.place_id)
        .outerjoin(above, above.id == Organisation.parent_id)
        .outerjoin(place_above, place_above.id == above.place_id)
        .outerjoin(Seat, and_(Seat.organisation_id == Organisation.id, in_force(Seat, on)))
        .outerjoin(Person, Person.id == Seat.person_id)
        .where(within(Organisation.place_path), _span(Organisation, on))
        .order_by(Grid.code, Organisation.name, Organisation.id, Seat.rank, Person.name, "home", Seat.id)
    )  # fmt: skip


def _home_code(on: date) -> Any:
    """The code of the home a person lives in."""
    return (
        select(Household.code)
        .join(Member, Member.household_id == Household.id)
        .where(Member.person_id == Person.id, in_force(Member, on))
        .order_by(Member.id)
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )


def _holders(within: Any, on: date) -> Any:
    return (
        select(
            Post.code, Post.role, Post.title, Grid.code.label("place"), Section.code.label("section"),
            Unit.code.label("unit"), Post.paid, Post.valid_from, Post.valid_to, Person.name.label("holder"),
            Person.phone, _home_code(on).label("home"), Holding.valid_from.label("since"),
        )
        .join(Grid, Grid.id == Post.place_id)
        .outerjoin(Section, Section.id == Post.section_id)
        .outerjoin(Unit, Unit.id == Post.unit_id)
        .outerjoin(
            Holding, and_(Holding.post_id == Post.id, Holding.stand_in.is_(False), in_force(Holding, on))
        )
        .outerjoin(Person, Person.id == Holding.person_id)
        .where(within(Post.place_path), _span(Post, on))
        .order_by(Post.code, Holding.id)
    )  # fmt: skip


def _households(within: Any, on: date) -> Any:
    lon, lat = lon_lat(HouseholdPoint.geom)
    return (
        select(
            Household.code, Grid.code.label("grid"), Household.head_name, Household.phone, Household.address,
            Household.hamlet, Household.external_code, Household.absent, Household.floating, Household.since,
            lon.label("lon"), lat.label("lat"), Household.ended_on, Household.ended_why,
        )
        .join(HouseholdPlace, and_(HouseholdPlace.household_id == Household.id, in_force(HouseholdPlace, on)))
        .join(Grid, Grid.id == HouseholdPlace.grid_id)
        .outerjoin(HouseholdPoint, HouseholdPoint.household_id == Household.id)
        .where(within(Grid.path))
        .order_by(Household.code)
    )  # fmt: skip


def _members(within: Any, on: date) -> Any:
    return (
        select(
            Household.code.label("household"), Person.name, Member.relation, Person.gender, Person.born_on,
            Person.phone, Member.absent, Member.valid_from, Member.valid_to,
        )
        .join(HouseholdPlace, and_(HouseholdPlace.household_id == Household.id, in_force(HouseholdPlace, on)))
        .join(Grid, Grid.id == HouseholdPlace.grid_id)
        .join(Member, and_(Member.household_id == Household.id, in_force(Member, on)))
        .join(Person, Person.id == Member.person_id)
        .where(within(Grid.path))
        .order_by(Household.code, Member.relation != "head", Person.born_on, Person.name, Person.id)
    )  # fmt: skip


def _circles(within: Any, on: date) -> Any:
    return (
        select(
            Household.code.label("household"), Post.code.label("post"), CirclePlace.valid_from, CirclePlace.reason,
            CirclePlace.valid_to,
        )
        .join(HouseholdPlace, and_(HouseholdPlace.household_id == Household.id, in_force(HouseholdPlace, on)))
        .join(Grid, Grid.id == HouseholdPlace.grid_id)
        .join(CirclePlace, and_(CirclePlace.household_id == Household.id, in_force(CirclePlace, on)))
        .join(Post, Post.id == CirclePlace.post_id)
        .where(within(Grid.path))
        .order_by(Household.code, Post.code)
    )  # fmt: skip


def _nominations(within: Any, on: date) -> Any:
    other = aliased(Household)
    return (
        select(Household.code.label("household"), Nomination.rank, Person.name, other.code.label("home"))
        .join(Nomination, Nomination.household_id == Household.id)
        .join(Person, Person.id == Nomination.person_id)
        .join(Member, and_(Member.person_id == Person.id, in_force(Member, on)))
        .join(other, other.id == Member.household_id)
        .where(within(Household.path))
        .order_by(Household.code, Nomination.rank)
    )


_STATEMENTS: Mapping[str, Statement] = {
    "places": _places,
    "sections": _sections,
    "units": _units,
    "posts": _posts,
    "liaisons": _liaisons,
    "households": _households,
    "members": _members,
    "organisations": _organisations,
    "circles": _circles,
    "nominations": _nominations,
}
