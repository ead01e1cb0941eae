"""Case numbers: counted by the database, so that two desks never give out the same."""

from __future__ import annotations

from datetime import date
from functools import cache

from sqlalchemy import Date, Integer, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert

from gridcase.cases.models import CaseSequence
from gridcase.cases.rules import case_number
from gridcase.core.db import TOUCHED, db, dialect_name
from gridcase.grid.models import Grid

TOWN_DIGITS = 9


def reserve(town_id: int, day: date, count: int) -> list[str]:
    """Take the next `count` numbers of a town's day, `GC20261121-610921104-0007`; the counter stays locked until the
    transaction ends."""
    wanted = {"town_id": town_id, "on_day": day, "more": count}
    session = db.session()
    session.info[TOUCHED] = True  # past the session, which would take twice the time for it
    town, last = session.connection().execute(_taking(dialect_name()), wanted).one()
    return [case_number(day, town, n) for n in range(last - count + 1, last + 1)]


@cache
def _taking(dialect: str) -> ReturningInsert[str, int]:
    """The town's code is taken where the number is counted, so that nobody must read the town before."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    more = bindparam("more", type_=Integer())
    town = select(func.substr(Grid.code, 1, TOWN_DIGITS), bindparam("on_day", type_=Date()), more)
    first = insert(CaseSequence).from_select(
        ["town_code", "day", "last"], town.where(Grid.id == bindparam("town_id", type_=Integer()))
    )
    return first.on_conflict_do_update(
        index_elements=["town_code", "day"], set_={"last": CaseSequence.last + more}
    ).returning(CaseSequence.town_code, CaseSequence.last)
