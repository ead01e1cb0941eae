"""Cases as a source of figures. Restricted classes are in none of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, literal, or_
from sqlalchemy.orm import aliased, join, outerjoin

from gridcase.cases import queries as cases
from gridcase.cases.models import Case, CaseClass
from gridcase.cases.rules import Answer, Level, Light, Rating, State, light_of
from gridcase.cases.rules.said import time_left
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_, Both
from gridcase.core.worktime import LimitUnit
from gridcase.grid.models import Grid
from gridcase.measures.queries.tables import Ask, Beside, Clock, Counted, Line, Table, equals, fixed
from gridcase.measures.rules import By, Source
from gridcase.people.models import Post

WORDS = tuple(answer for answer in Answer if answer.is_word)
CONTENT = (Rating.SATISFIED, Rating.BASICALLY)
SOLVED = (Answer.SOLVED, Answer.ANSWERED_QUESTION)
HEADS = (N_("编号"), N_("类别"), N_("地点"), N_("状态"), N_("时限"), N_("登记时间"), N_("结束时间"))

_VILLAGE, _PLACE = aliased(Grid), aliased(Grid)
UNIT = func.coalesce(Case.handler_unit_id, Post.unit_id)
LEVEL = func.coalesce(Case.resolved_level, Case.level, str(Level.GRID))
NEEDS = Permission.SEE_CASE


def of_unit(unit_id: int, _ask: Ask) -> ColumnElement[bool]:
    """Cases with this unit, or with a post of it; 0: with no unit."""
    if not unit_id:
        return UNIT.is_(None)
    by_post = and_(Case.handler_unit_id.is_(None), Post.unit_id == unit_id)
    return or_(Case.handler_unit_id == unit_id, by_post)


def with_posts(rows: Any) -> Any:
    """The handler's post beside its case; a database leaves out the join where nobody asks for it."""
    return outerjoin(rows, Post, Post.id == Case.handler_post_id)


def of_light(light: str, ask: Ask) -> ColumnElement[bool]:
    """Open cases of this light."""
    lit = [one for one in (Light.GREEN, Light.YELLOW, Light.RED) if one == light]
    return and_(cases.open_condition(), cases.light_is(lit[0], ask.now)) if lit else false()


def scope(viewer: Viewer) -> ColumnElement[bool]:
    """Cases that count for this viewer."""
    return cases.may_count(viewer, Permission.SEE_DASHBOARD)


def sight(viewer: Viewer) -> ColumnElement[bool]:
    """Those he may have listed."""
    return cases.visible_on_map(viewer)


def _open(_ask: Ask) -> ColumnElement[bool]:
    return cases.open_condition()


def _late_at(ask: Ask) -> ColumnElement[bool]:
    return and_(cases.open_at(ask.until), func.coalesce(Case.due_at < ask.until, false()))


def _ended_since(begins: datetime) -> ColumnElement[bool]:
    """What the indexes can look for before the finer question is asked."""
    return or_(cases.open_condition(), Case.closed_at >= begins)


def _closed(ask: Ask) -> ColumnElement[bool]:
    return cases.closed_in(ask.begins, ask.ends)


def _to_contact(ask: Ask) -> ColumnElement[bool]:
    due = or_(Case.contacted_at.is_not(None), Case.contact_due_at <= ask.now)
    return and_(Case.contact_due_at.is_not(None), Case.anonymous.is_(False), due)


_IN_TIME = func.coalesce(Case.contacted_at <= Case.contact_due_at, false())


CLOCKS = {
    "now": Clock(_open, order=Case.due_at, upward=True),
    "registered": Clock(
        lambda ask: cases.registered_in(ask.begins, ask.ends), Case.registered_at, order=Case.registered_at
    ),
    "closed": Clock(_closed, Case.closed_at, order=Case.closed_at),
    "owed": Clock(
        lambda ask: and_(_ended_since(ask.begins), or_(_closed(ask), _late_at(ask))), order=Case.registered_at
    ),
    "worked": Clock(
        lambda ask: and_(_ended_since(ask.begins), or_(_closed(ask), cases.open_at(ask.until))),
        order=Case.registered_at,
    ),
    "brought": Clock(lambda ask: and_(_ended_since(ask.begins), cases.open_at(ask.begins)), order=Case.registered_at),
    "left": Clock(lambda ask: and_(_ended_since(ask.until), cases.open_at(ask.until)), order=Case.registered_at),
    "dropped": Clock(lambda ask: cases.dropped_in(ask.begins, ask.ends), Case.closed_at, order=Case.closed_at),
    "check": Clock(fixed(Case.second_check == "due"), order=Case.closed_at),
}
RATED = Beside(N_("评价"), Case.rating, lambda value: Rating(value).label)
ANSWERED = Beside(N_("群众答复"), Case.answer, lambda value: Answer(value).label)
MEASURES = {
    "cases.satisfied": Counted("closed", fixed(Case.rating.in_(CONTENT)), beside=RATED),
    "cases.rated": Counted("closed", fixed(Case.rating.is_not(None)), beside=RATED),
    "cases.collected": Counted("registered"),
    "cases.open": Counted("now"),
    "cases.late": Counted("now", lambda ask: cases.light_is(Light.RED, ask.now)),
    "cases.soon": Counted("now", lambda ask: cases.light_is(Light.YELLOW, ask.now)),
    "cases.closed": Counted("closed"),
    "cases.on_time": Counted("closed", fixed(Case.closed_late.is_(False))),
    "cases.owed": Counted("owed"),
    "cases.closed_late": Counted("closed", fixed(Case.closed_late.is_(True))),
    "cases.in_grid": Counted("closed", fixed(Case.resolved_level == str(Level.GRID))),
    "cases.contacted": Counted("registered", lambda ask: and_(_to_contact(ask), _IN_TIME)),
    "cases.to_contact": Counted("registered", _to_contact),
    "cases.solved": Counted("closed", fixed(Case.answer.in_(SOLVED)), beside=ANSWERED),
    "cases.answered": Counted("closed", fixed(Case.answer.in_(WORDS)), beside=ANSWERED),
    "cases.questions": Counted("closed", fixed(Case.answer == str(Answer.ANSWERED_QUESTION))),
    "cases.hours": Counted("worked"),
    "cases.brought": Counted("brought"),
    "cases.dropped": Counted("dropped"),
    "cases.left": Counted("left"),
    "cases.late_left": Counted("left", lambda ask: func.coalesce(Case.due_at < ask.until, false())),
    "cases.check_due": Counted("check"),
}  # fmt: skip


def _ended_by(ask: Ask) -> Any:
    """Until when a case grew older: its closing, or the end of the period where that came first."""
    return case((Case.closed_at < ask.until, Case.closed_at), else_=literal(ask.until, Case.closed_at.type))


def place_of() -> tuple[Any, Any]:
    """The columns that `where_of` reads."""
    return _VILLAGE.name.label("village"), _PLACE.name.label("place")


def joined(query: Any) -> Any:
    """What a list shows of a case beside itself."""
    return (
        query.join(_PLACE, _PLACE.id == Case.grid_id).outerjoin(_VILLAGE, _VILLAGE.id == Case.village_id)
    )  # fmt: skip


WANTED = (
    Case.id, Case.number, Case.state, Case.channel, Case.due_at, Case.soon_at, Case.registered_at, Case.closed_at,
    CaseClass.zh, CaseClass.en, *place_of(), cases.unit_of_limit(),
)  # fmt: skip


def line(row: Any, ask: Ask) -> Line:
    """No title, no name, no text of anybody."""
    return Line(row.id, cells_of(row, ask), ("cases.show", {"case_id": row.id}))


def where_of(row: Any) -> str:
    """The village and the place within it."""
    return row.place if row.village in (None, row.place) else f"{row.village} {row.place}"


def cells_of(row: Any, ask: Ask) -> list[Any]:
    """The case as every list behind a number shows it."""
    lit = light_of(due_at=row.due_at, soon_at=row.soon_at, closed=row.closed_at is not None, now=ask.now)
    unit = LimitUnit(row.limit_unit)
    left = None if row.closed_at else time_left(due_at=row.due_at, now=ask.now, unit=unit, calendar=ask.calendar)
    return [
        row.number,
        Both(row.zh, row.en),
        where_of(row),
        State(row.state).label,
        (lit, left),
        row.registered_at,
        row.closed_at,
    ]


CASES = Table(
    source=Source.CASES,
    rows=with_posts(join(Case, CaseClass, CaseClass.id == Case.class_id)),
    id=Case.id,
    path=Case.path,
    village_id=Case.village_id,
    scope=scope,
    sight=sight,
    needs=NEEDS,
    clocks=CLOCKS,
    measures=MEASURES,
    columns={
        By.MAJOR: CaseClass.major, By.CLASS: CaseClass.code, By.CHANNEL: Case.channel, By.UNIT: UNIT, By.LEVEL: LEVEL,
    },
    narrows={
        "unit_id": of_unit, "major": equals(CaseClass.major), "class_code": equals(CaseClass.code),
        "channel": equals(Case.channel), "level": equals(LEVEL), "light": of_light,
    },
    heads=HEADS,
    wanted=WANTED,
    joined=joined,
    line=line,
    spans={"cases.hours": (Case.registered_at, _ended_by)},
)  # fmt: skip
