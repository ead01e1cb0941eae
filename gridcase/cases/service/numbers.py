"""Case numbers: counted by the database, so that two desks never give out the same."""

from __future__ import annotations

from datetime import date
from functools import cache

from sqlalchemy import Integer, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from gridcase.cases.models import CaseSequence
from gridcase.cases.rules import case_number
from gridcase.core.db import db, dialect_name
from gridcase.grid.models import Grid

TOWN_DIGITS = 9


def reserve(town: Grid, day: date, count: int) -> range:
    """Take the next `count` running numbers of a town's day; the row stays locked until the transaction ends."""
    wanted = {"town": town.code[:TOWN_DIGITS], "on_day": day, "more": count}
    last = db.session.execute(_taking(dialect_name()), wanted).scalar_one()
    return range(last - count + 1, last + 1)


@cache
def _taking(dialect: str) -> ReturningInsert[int]:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    more = bindparam("more", type_=Integer())
    first = insert(CaseSequence).values(town_code=bindparam("town"), day=bindparam("on_day"), last=more)
    longer = {"last": CaseSequence.last + more}
    return first.on_conflict_do_update(index_elements=["town_code", "day"], set_=longer).returning(CaseSequence.last)


def next_number(town: Grid, day: date) -> str:
    """The number of one new case: `GC20261121-610921104-0007`."""
    return number_of(town, day, reserve(town, day, 1)[0])


def number_of(town: Grid, day: date, n: int) -> str:
    """A reserved running number as a case number."""
    return case_number(day, town.code[:TOWN_DIGITS], n)
