"""Whom a case can be sent to, with all that speaks for it: one statement, however many units and posts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import (
    Boolean,
    Date,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    null,
    select,
    union_all,
)

from gridcase.cases.models import Case, CaseClass, DutyItem
from gridcase.cases.queries.catalogue import home_village
from gridcase.cases.queries.page import level_of_unit
from gridcase.cases.queries.posts import IN_HANDS
from gridcase.cases.queries.sight import open_condition
from gridcase.cases.rules import Address, Duty, DutyKind, Level, State
from gridcase.cases.rules.majors import ABOVE_THE_VILLAGE
from gridcase.cases.rules.routing import duty_at, leads
from gridcase.core.clock import town_day
from gridcase.core.dated import in_force
from gridcase.core.db import UtcDateTime, db, one_of, unseen
from gridcase.core.places import TOWN, cut_to, with_above
from gridcase.core.scope import given, under_given
from gridcase.core.words import N_, Text
from gridcase.households.models import CirclePlace
from gridcase.people import queries as people
from gridcase.people.models import Holding, Person, Post, Unit
from gridcase.people.rules import Absence, Role, UnitKind

YEAR, LATELY = timedelta(days=365), 2000  # so far back, and so many of a town's cases
LEVELS_OF_ROLES = {
    Role.LIAISON: Level.GRID, Role.GRID_LEADER: Level.GRID, Role.PARTTIME_GRID: Level.GRID,
}  # fmt: skip  # the others of a village stand above the cells
_CELL_DEPTH = 5
_TOWN, _DAY = bindparam("town_id", type_=Integer()), bindparam("day", type_=Date())
_CODE = bindparam("code", type_=String())
_DUTIES = (
    select(DutyItem).where(DutyItem.town_id == _TOWN, DutyItem.class_code == _CODE).order_by(DutyItem.id)
)  # fmt: skip
# The town several times, and first in the order: of such a list only the index of a town's newest has the rows in
# order, and it seems too long to be read whole and sorted. With the town named once PostgreSQL walks through the newest
# of all towns, or reads all a town ever had.
_LATELY = (
    select(Case.handler_unit_id, Case.class_id, Case.state, Case.restricted, Case.registered_at)
    .where(Case.town_id.in_([unseen(bindparam("done_in", type_=Integer()))] * 4))
    .order_by(Case.town_id.desc(), Case.registered_at.desc(), Case.id.desc())
    .limit(literal_column(str(LATELY), Integer()))
    .subquery()
)
_DONE = (
    select(_LATELY.c.handler_unit_id.label("unit_id"), func.count().label("n"))
    .where(
        _LATELY.c.class_id.in_(select(CaseClass.id).where(CaseClass.code == _CODE)),
        _LATELY.c.registered_at >= bindparam("since", type_=UtcDateTime()),
        one_of(_LATELY.c.state, [State.CLOSED]), _LATELY.c.restricted.is_(False),
    )
    .group_by(_LATELY.c.handler_unit_id)
    .subquery()
)  # fmt: skip
_LYING = (
    select(Case.handler_unit_id.label("unit_id"), Case.handler_post_id.label("post_id"), func.count().label("n"))
    .where(open_condition(), under_given(Case.path, "town"), one_of(Case.state, IN_HANDS), Case.restricted.is_(False))
    .group_by(Case.handler_unit_id, Case.handler_post_id)
    .cte("lying")
)
_IN_CIRCLE = exists().where(
    CirclePlace.post_id == Post.id, CirclePlace.household_id == bindparam("household_id", type_=Integer()),
    in_force(CirclePlace, _DAY),
)  # fmt: skip
_COLUMNS: dict[str, Any] = {
    "code": String(), "name": String(), "kind": String(), "place_path": String(), "section_id": Integer(),
    "in_circle": Boolean(), "holder": String(), "stand_in": Boolean(), "reason": String(), "until": Date(),
    "holding_id": Integer(), "unit_id": Integer(), "done": Integer(), "lying": Integer(), "lead": String(),
}  # fmt: skip
_DUTY, _UNIT, _POST = 0, 1, 2


def _rows(what: int, entry: Any, **known: Any) -> Select[*tuple[Any, ...]]:
    """One kind of row of the statement below; what it does not know stays empty."""
    values = (known.get(name, cast(null(), kind)).label(name) for name, kind in _COLUMNS.items())
    return select(literal_column(str(what), Integer()).label("what"), entry.label("id"), *values)


# Made once: what the duty list says of the class, the units over the place and the posts of the village with who holds
# them, what each closed of the class lately and what lies there now.
_WHOM = union_all(
    _rows(
        _DUTY, DutyItem.id, name=DutyItem.item, kind=DutyItem.kind, unit_id=DutyItem.unit_id, lead=DutyItem.lead
    ).where(DutyItem.town_id == _TOWN, DutyItem.class_code == _CODE),
    _rows(
        _UNIT, Unit.id, code=Unit.code, name=Unit.name, place_path=Unit.place_path, done=_DONE.c.n,
        lying=select(cast(func.sum(_LYING.c.n), Integer())).where(_LYING.c.unit_id == Unit.id).scalar_subquery(),
    )
    .outerjoin(_DONE, _DONE.c.unit_id == Unit.id)
    .where(people.serving_given(), ~one_of(Unit.kind, [UnitKind.ZONGZHI])),
    _rows(
        _POST, Post.id, name=Post.title, kind=Post.role, place_path=Post.place_path, section_id=Post.section_id,
        in_circle=_IN_CIRCLE, holder=Person.name, stand_in=Holding.stand_in, reason=Holding.reason,
        until=Holding.valid_to, holding_id=Holding.id,
        lying=select(_LYING.c.n)
        .where(_LYING.c.post_id == Post.id, _LYING.c.unit_id.is_(None)).scalar_subquery(),
    )
    .outerjoin(Holding, (Holding.post_id == Post.id) & people.valid_on(Holding, _DAY))
    .outerjoin(Person, Person.id == Holding.person_id)
    .where(
        under_given(Post.place_path, "village"), one_of(Post.role, people.HANDLER_ROLES), people.valid_on(Post, _DAY),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Whom:
    """All a case can be sent to. `units`: (id, name, place_path) of those that serve its place and can be sent a case;
    `posts`: of its village; a post that several hold or stand in for has a row for each."""

    duties: list[Duty]
    units: Sequence[Any]
    posts: Sequence[Any]


def whom(case: Case, *, now: datetime) -> Whom:
    """The units and posts a case can be sent to, and what the duty list of its town says of its class."""
    rows = sorted(db.session.execute(_WHOM, _asked(case, now)), key=_order)
    return Whom(
        [Duty(row.name, DutyKind(row.kind), row.unit_id, row.lead) for row in rows if row.what == _DUTY],
        [row for row in rows if row.what == _UNIT],
        [row for row in rows if row.what == _POST],
    )


def _order(row: Any) -> tuple[Any, ...]:
    """Units by code, posts as they were set up, of a post the holders before who stands in."""
    return row.what, row.code or "", row.id, row.stand_in or 0, row.holding_id or 0


def _asked(case: Case, now: datetime) -> dict[str, Any]:
    """The values of the statement. Of restricted matters nobody's record is looked at; what is above the village goes
    to none of its posts."""
    hidden = case.restricted or case.terms.restricted
    village = None if case.village_id is None or case.case_class.code in ABOVE_THE_VILLAGE else home_village(case.path)
    return given("town", cut_to(case.path, TOWN)) | given("village", village) | {
        "town_id": case.town_id, "code": case.case_class.code, "done_in": 0 if hidden else case.town_id,
        "since": now - YEAR,
        "day": town_day(now), "household_id": case.household_id, "paths": with_above(case.path),
    }  # fmt: skip


def routes(case: Case, *, now: datetime, known: Whom | None = None) -> list[Address]:
    """Every unit and post the case can be sent to: the units first, each kind in its own order. `known`: what was asked
    for before."""
    found = known or whom(case, now=now)
    return [*(_of_unit(unit, case, found.duties) for unit in found.units), *_of_posts(found, case)]


def duties_of(case: Case) -> list[Duty]:
    """What the duty list of the case's town says of its class."""
    rows = db.session.scalars(_DUTIES, {"town_id": case.town_id, "code": case.case_class.code})
    return [Duty(row.item, DutyKind(row.kind), row.unit_id, row.lead) for row in rows]


def duty_for(case: Case, *, post: Post | None, unit: Unit | None) -> Duty | None:
    """What the list says of sending the case to this unit or post."""
    level = level_of_unit(unit) if unit is not None else Level.VILLAGE
    return duty_at(duties_of(case), unit_id=unit.id if unit is not None else None, level=level)


def _of_unit(unit: Any, case: Case, duties: Sequence[Duty]) -> Address:
    named = case.terms.department.replace("（", "、").replace("）", "").split("、")
    level = level_of_unit(unit)
    return Address(
        f"u{unit.id}", unit.name, level, named=any(word and word in unit.name for word in named), done=unit.done or 0,
        open=unit.lying or 0, duty=duty_at(duties, unit_id=unit.id, level=level), leads=leads(duties, unit.name),
    )  # fmt: skip


def _of_posts(found: Whom, case: Case) -> Iterator[Address]:
    for _id, rows in groupby(found.posts, lambda row: row.id):
        yield _of_post(list(rows), case, found.duties)


def _of_post(rows: Sequence[Any], case: Case, duties: Sequence[Duty]) -> Address:
    """A post's own record is nobody's figure: only what lies there now."""
    row, level = rows[0], LEVELS_OF_ROLES.get(Role(rows[0].kind), Level.VILLAGE)
    own = [one.holder for one in rows if one.holder is not None and not one.stand_in]
    stand_in = next((one for one in rows if one.stand_in), None)
    return Address(
        f"p{row.id}", row.name, level, holder="、".join(own) or (stand_in.holder if stand_in else ""),
        near=_near(row, case), away=_away(stand_in) if stand_in else None, open=row.lying or 0,
        duty=duty_at(duties, unit_id=None, level=level),
    )  # fmt: skip


def _away(stand_in: Any) -> Text:
    """Who stands in, why, and until when."""
    why = Absence(stand_in.reason).label if stand_in.reason else N_("不在岗")
    if stand_in.until is None:
        return N_("%(why)s，%(name)s代班", why=why, name=stand_in.holder)
    last = stand_in.until - timedelta(days=1)
    return N_("%(why)s，%(name)s代班到 %(day)s", why=why, name=stand_in.holder, day=last)


def _near(row: Any, case: Case) -> Text | None:
    if row.in_circle:
        return N_("这一户在它的联户圈里")
    if row.section_id is not None and row.section_id == case.section_id and row.kind == Role.SECTION_LEADER:
        return N_("管这个片")
    depth = row.place_path.count("/") - 1
    if depth >= _CELL_DEPTH and case.path.startswith(row.place_path):
        return N_("管这个网格")
    return None
