"""Reading persons, posts and units; the grants of a person's posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Date, Row, bindparam, or_, select

from gridcase.core.dated import known
from gridcase.core.db import db
from gridcase.core.permissions import Grant
from gridcase.core.places import with_above
from gridcase.core.scope import under
from gridcase.people.models import Holding, Person, Post, Unit
from gridcase.people.rules import HOUSEHOLD_ROLES, ROLE_PERMISSIONS, Role


def valid_on(model: type[Holding] | type[Post], day: date | BindParameter[date]) -> ColumnElement[bool]:
    """Rows in force on a day; `valid_to` is the first day no longer in force."""
    span: ColumnElement[bool] = (model.valid_from <= day) & or_(model.valid_to.is_(None), model.valid_to > day)
    return span & known(Holding) if model is Holding else span


_DAY: BindParameter[date] = bindparam("day", type_=Date())
_HELD = (
    select(Post)
    .join(Holding, Holding.post_id == Post.id)
    .where(Holding.person_id == bindparam("person_id"), valid_on(Holding, _DAY), valid_on(Post, _DAY))
    .order_by(Post.id)
)
# For a statement that reads somebody with the posts he holds on `day`: what `grant_of` asks of them.
POSTS_OF_PERSON = (
    select(Post.id, Post.role, Post.title, Post.place_path, Post.section_id, Post.unit_id, Holding.person_id)
    .join(Holding, Holding.post_id == Post.id)
    .where(valid_on(Holding, _DAY), valid_on(Post, _DAY))
    .subquery("held")
)


def posts_held_by(person_id: int, *, on: date) -> list[Post]:
    """The posts a person holds on a day, stand-ins included, oldest first."""
    return list(db.session.scalars(_HELD, {"person_id": person_id, "day": on}))


def grant_of(post: Post | Row[*tuple[Any, ...]]) -> Grant:
    """What a post gives. Roles over households get theirs named later, by the room that knows the circles."""
    role = Role(post.role)
    return Grant(
        role=post.role,
        permissions=ROLE_PERMISSIONS[role],
        post_id=post.id,
        title=post.title,
        path=post.place_path,
        section_id=post.section_id if role is Role.SECTION_LEADER else None,
        unit_id=post.unit_id if role in UNIT_SCOPED else None,
        household_ids=frozenset() if role in HOUSEHOLD_ROLES else None,
    )


# A station, and all the county's desks, see what was sent to them; a town's duty desk sees its whole town.
UNIT_SCOPED = frozenset({Role.DEPT, Role.UNIT_LEAD, Role.COUNTY_DISPATCHER, Role.COUNTY_DEPT})


def posts_at(path: str, *roles: Role, on: date) -> list[Post]:
    """Posts of these roles in the subtree of a place."""
    return list(
        db.session.scalars(
            select(Post).where(under(Post.place_path, path), Post.role.in_(roles), valid_on(Post, on)).order_by(Post.id)
        )
    )


def holders_of(post_ids: Sequence[int], *, on: date) -> dict[int, str]:
    """Who holds these posts today, by post id: "张三、李四(代)"."""
    if not post_ids:
        return {}
    rows = db.session.execute(
        select(Holding.post_id, Person.name, Holding.stand_in)
        .join(Person, Person.id == Holding.person_id)
        .where(Holding.post_id.in_(set(post_ids)), valid_on(Holding, on))
        .order_by(Holding.post_id, Holding.stand_in, Holding.id)
    )
    names: dict[int, list[str]] = {}
    for row in rows:
        names.setdefault(row.post_id, []).append(row.name + ("(代)" if row.stand_in else ""))
    return {post_id: "、".join(holders) for post_id, holders in names.items()}


def serving_given() -> ColumnElement[bool]:
    """The open units at one of some places, for a statement that is made once and handed their `paths`."""
    return Unit.place_path.in_(bindparam("paths", expanding=True)) & Unit.ended_on.is_(None)


_UNITS = select(Unit).where(serving_given()).order_by(Unit.code)


def units_for(path: str) -> list[Unit]:
    """The open units that serve a place: those at the place or above it, by code."""
    return list(db.session.scalars(_UNITS, {"paths": list(with_above(path))}))


HANDLER_ROLES = (
    Role.VILLAGE_HEAD, Role.SECTION_LEADER, Role.FULLTIME_GRID, Role.PARTTIME_GRID, Role.GRID_LEADER, Role.LIAISON,
)  # fmt: skip


def get_post(post_id: int) -> Post | None:
    """One post."""
    return db.session.get(Post, post_id)


def get_unit(unit_id: int) -> Unit | None:
    """One unit."""
    return db.session.get(Unit, unit_id)
