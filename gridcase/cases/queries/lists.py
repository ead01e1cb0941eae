"""The work list: what waits for me, what is open here, what is late, what nobody has sorted yet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, false, literal_column, or_, select, union
from sqlalchemy.orm import selectinload

from gridcase.cases.models import Case, CaseClass, CaseRequest, Whistle, WhistleUnit
from gridcase.cases.queries.catalogue import unit_of_contact, unit_of_limit
from gridcase.cases.queries.searching import holding
from gridcase.cases.queries.sight import (
    STATEMENTS,
    VIEWERS,
    addressed_to,
    desk_of_post,
    in_party,
    open_condition,
    reached_by,
    scoped,
    visible,
    ways_in,
)
from gridcase.cases.queries.voices import voice_count
from gridcase.cases.rules import LEVELS, Light, PartyKind, RequestState, State, Urgency
from gridcase.core.db import UtcDateTime, at_most, db, one_of
from gridcase.core.labels import Labelled
from gridcase.core.paging import PAGE_SIZE, Page, cut, instant, read_mark
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.core.scope import under
from gridcase.core.text import clean_line
from gridcase.core.words import N_
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.people.models import Post, Unit

COUNT_CAP = 99
_CRITICAL = Case.urgency == int(Urgency.CRITICAL)
# As the partial indexes of a town and of a village have it, word for word: the number must be none of the parameters.
_URGENT_FIRST = (Case.urgency != literal_column(str(int(Urgency.CRITICAL))), Case.due_at, Case.id)
_NEWEST = (Case.registered_at.desc(), Case.id.desc())
_RUNNING = (open_condition(), Case.due_at.is_not(None))
# Statements are made once for a viewer and a filter; the moment of the request is handed to them.
NOW: Any = bindparam("now", type_=UtcDateTime())
_LAST_AT: Any = bindparam("last_at", type_=UtcDateTime())
_LAST_ID: Any = bindparam("last_id", type_=Integer())


class Tab(Labelled):
    """The parts of the work list."""

    MINE = "mine", N_("待我办")
    UNIT = "unit", N_("本单位")
    VILLAGE = "village", N_("在办")
    LATE = "late", N_("超期")
    TRAY = "tray", N_("待分类")
    CALLBACK = "callback", N_("待回访")
    CHECK = "check", N_("待复核")
    ALL = "all", N_("全部")


BY_NEED: dict[Tab, Permission] = {
    Tab.TRAY: Permission.ACCEPT_CASE, Tab.CALLBACK: Permission.ANSWER_CASE, Tab.CHECK: Permission.SECOND_CHECK,
}  # fmt: skip
BY_DUE = frozenset({Tab.MINE, Tab.UNIT, Tab.VILLAGE, Tab.LATE})
# Parts one works through: a case done leaves them.
WORKED = frozenset({Tab.MINE, Tab.TRAY, Tab.CALLBACK, Tab.CHECK})


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed by; empty values do not narrow."""

    tab: Tab = Tab.ALL
    state: str = ""
    village_id: int | None = None
    major: str = ""
    light: str = ""
    words: str = ""


def tabs_for(viewer: Viewer) -> list[Tab]:
    """The parts this viewer has a use for."""
    found = [tab for tab in Tab if tab not in BY_NEED or viewer.may(BY_NEED[tab])]
    return found if viewer.unit_ids() else [tab for tab in found if tab is not Tab.UNIT]


@lru_cache(maxsize=VIEWERS)
def waiting_for(viewer: Viewer) -> ColumnElement[bool]:
    """Open cases whose next move is the viewer's."""
    not_mine = or_(Case.handled_by_user_id.is_(None), Case.handled_by_user_id != (viewer.user_id or 0))
    waits: tuple[tuple[Permission, ColumnElement[bool]], ...] = (
        (Permission.ACCEPT_CASE, _in_state(State.REGISTERED)),
        (Permission.DISPATCH_CASE, and_(_in_state(State.ACCEPTED, State.RETURNED), _sent_here(viewer))),
        (Permission.ANSWER_CASE, and_(_in_state(State.FEEDBACK), Case.answer.is_(None))),
        (Permission.VERIFY_CASE, and_(_in_state(State.FEEDBACK), Case.answer.is_not(None), not_mine)),
        (Permission.GRANT_PAUSE, _in_state(State.SUSPENDED)),
        (Permission.GRANT_PAUSE, and_(_in_state(State.IN_PROGRESS), _asks(viewer))),
    )
    by_reach: dict[tuple[Grant, ...], list[ColumnElement[bool]]] = {}
    for permission, waiting in waits:  # none of them is of those that let one read along: see `scoped`
        by_reach.setdefault(viewer.grants_with(permission), []).append(waiting)
    return or_(
        and_(_in_state(State.DISPATCHED, State.IN_PROGRESS), addressed_to(viewer)),
        *(and_(reached_by(grants, along=False), or_(*several)) for grants, several in by_reach.items() if grants),
        and_(open_condition(), _whistled_for(viewer)),
    )


def _in_state(*states: State) -> ColumnElement[bool]:
    return one_of(Case.state, states)


def _sent_here(viewer: Viewer) -> ColumnElement[bool]:
    """Cases that have not climbed above the viewer's desk."""
    desks = [LEVELS.index(desk_of_post(grant)) for grant in viewer.grants_with(Permission.DISPATCH_CASE)]
    mine = LEVELS[: max(desks, default=-1) + 1]
    return or_(Case.level.is_(None), one_of(Case.level, mine))


def _asks(viewer: Viewer) -> ColumnElement[bool]:
    """Cases with a request that waits for an answer of somebody else than who asked."""
    asked = select(CaseRequest.case_id).where(
        CaseRequest.state == RequestState.ASKED,
        or_(CaseRequest.asked_by_user_id.is_(None), CaseRequest.asked_by_user_id != (viewer.user_id or 0)),
    )
    return Case.id.in_(asked)


def _whistled_for(viewer: Viewer) -> ColumnElement[bool]:
    """Cases whose whistle calls a unit of the viewer's that has not reported in."""
    units = sorted(viewer.unit_ids())
    if not units or not viewer.may(Permission.HANDLE_CASE):
        return false()
    called = select(Whistle.case_id).join(WhistleUnit, WhistleUnit.whistle_id == Whistle.id)
    return Case.id.in_(called.where(WhistleUnit.arrived_at.is_(None), WhistleUnit.unit_id.in_(units)))


def _of_my_units(viewer: Viewer) -> ColumnElement[bool]:
    """Cases sent to a unit of the viewer's, or in which it helps, was called, or is the desk."""
    as_party = in_party([grant for grant in viewer.grants if grant.unit_id is not None], frozenset(PartyKind))
    lead = Case.handler_unit_id.in_(sorted(viewer.unit_ids()))
    return lead if as_party is None else or_(lead, as_party)


def _in_tab(viewer: Viewer, tab: Tab) -> list[ColumnElement[bool]]:
    conditions: dict[Tab, Callable[[], list[ColumnElement[bool]]]] = {
        Tab.MINE: lambda: [*_RUNNING, waiting_for(viewer)],
        Tab.UNIT: lambda: [*_RUNNING, _of_my_units(viewer)],
        Tab.VILLAGE: lambda: [*_RUNNING],
        Tab.LATE: lambda: [*_RUNNING, Case.due_at < NOW],
        Tab.TRAY: lambda: [open_condition(), Case.unsorted.is_(True), scoped(viewer, Permission.ACCEPT_CASE)],
        Tab.CALLBACK: lambda: [
            open_condition(), _in_state(State.FEEDBACK), Case.answer.is_(None),
            scoped(viewer, Permission.ANSWER_CASE),
        ],
        Tab.CHECK: lambda: [Case.second_check == "due", scoped(viewer, Permission.SECOND_CHECK)],
        Tab.ALL: list,
    }  # fmt: skip
    return conditions[tab]()


def _with_light(light: str) -> list[ColumnElement[bool]]:
    if not light:
        return []
    return {
        Light.RED: [open_condition(), Case.due_at < NOW],
        Light.YELLOW: [open_condition(), Case.soon_at <= NOW, Case.due_at >= NOW],
        Light.GREEN: [open_condition(), Case.soon_at > NOW],
        Light.CLOSED: [Case.closed_at.is_not(None)],
    }.get(light, [])  # type: ignore[call-overload]


def _narrowed(filters: Filters) -> list[ColumnElement[bool]]:
    conditions = _with_light(filters.light)
    if filters.state:
        conditions.append(Case.state == filters.state)
    if filters.village_id:
        conditions.append(Case.village_id == filters.village_id)
    if filters.major:
        conditions.append(Case.class_id.in_(select(CaseClass.id).where(CaseClass.major == filters.major)))
    words = clean_line(filters.words)
    if words.upper().startswith("GC"):
        conditions.append(Case.number.startswith(words.upper(), autoescape=True))
    elif words:
        conditions.append(or_(*_ways_to_find(words)))
    return conditions


def _ways_to_find(words: str) -> list[ColumnElement[bool]]:
    """By the words of a case, as the box at the top finds it; by the end of its number or another office's whole
    number; by the head of its home."""
    by_name = select(Household.id).where(households.head_named(words))
    ways = [holding(words), Case.source_no == words, Case.household_id.in_(by_name)]
    return [*ways, Case.number.endswith(words, autoescape=True)] if words.isdigit() else ways


def conditions_of(viewer: Viewer, filters: Filters) -> list[ColumnElement[bool]]:
    """What a list asks of its cases, besides that the viewer may open them; who asks hands in `now`."""
    return [*_in_tab(viewer, filters.tab), *_narrowed(filters)]


def work_list(
    viewer: Viewer, filters: Filters, *, now: datetime, after: str | None = None, restricted: bool = True
) -> Page[Any]:
    """One page: open parts emergencies first, then by due time, the others newest first. One statement of columns.
    Without `restricted` none of the restricted cases, whoever reads."""
    by_due = filters.tab in BY_DUE
    mark = read_mark(after, int, instant, int) if by_due else read_mark(after, instant, int)
    values: dict[str, Any] = {"now": now}
    if mark:
        values |= {"last_at": mark[-2], "last_id": mark[-1]}
    beyond = None if mark is None else bool(mark[0]) if by_due else False
    query = _made(_page, viewer, filters, beyond=beyond, restricted=restricted)
    rows = [] if query is None else db.session.execute(query, values).all()
    if by_due:
        return cut(rows, lambda row: [int(row.urgency != Urgency.CRITICAL), row.due_at.isoformat(), row.id])
    return cut(rows, lambda row: [row.registered_at.isoformat(), row.id])


def _made(make: Any, viewer: Viewer, filters: Filters, **more: Any) -> Any:
    """A statement of the list, kept for the next time; not where something was typed: that is hardly asked twice, and
    each database looks for it in its own way."""
    return (make.__wrapped__ if filters.words else make)(viewer, filters, **more)


@lru_cache(maxsize=STATEMENTS)
def _page(
    viewer: Viewer, filters: Filters, *, beyond: bool | None, restricted: bool
) -> Select[*tuple[Any, ...]] | None:
    """The statement of a page; `beyond`: the first one (None), or what follows a row, in the parts by due time one that
    is no emergency or one that is."""
    conditions = conditions_of(viewer, filters)
    if not restricted:
        conditions.append(Case.restricted.is_(False))
    if beyond is not None:
        conditions.append(_later(past_emergencies=beyond) if filters.tab in BY_DUE else _older())
    order, newest = _order(filters.tab)
    return _rows(viewer, conditions, order, newest=newest, most=PAGE_SIZE)


def _order(tab: Tab) -> tuple[tuple[Any, ...], bool]:
    """The order of a part, and whether its cases are the first ones of an index in that order."""
    return (_URGENT_FIRST, True) if tab in BY_DUE else (_NEWEST, tab is Tab.ALL)


def whole_list(viewer: Viewer, filters: Filters, *, now: datetime, most: int) -> Sequence[Any]:
    """The rows of the list as a file takes them: no restricted case, at most one more than `most`."""
    conditions, (order, newest) = [*conditions_of(viewer, filters), Case.restricted.is_(False)], _order(filters.tab)
    return rows_of(viewer, conditions, order, newest=newest, most=most, now=now)


def rows_of(
    viewer: Viewer, conditions: list[ColumnElement[bool]], order: tuple[Any, ...], *, newest: bool, most: int,
    now: datetime | None = None,
) -> Sequence[Any]:  # fmt: skip
    """Rows with the columns of the list, at most one more than `most`, so that one knows when there are more."""
    query = _rows(viewer, conditions, order, newest=newest, most=most)
    return [] if query is None else db.session.execute(query, {"now": now}).all()


def _rows(
    viewer: Viewer, conditions: list[ColumnElement[bool]], order: tuple[Any, ...], *, newest: bool, most: int
) -> Select[*tuple[Any, ...]] | None:
    first = picked(ways_in(viewer, newest=newest), conditions, order, most + 1)
    if first is None:
        return None
    # Every way says how many it gives, the whole is told by a parameter: so PostgreSQL finds one plan for all values
    # cheap and keeps it. Planning this statement takes three times as long as answering it.
    query: Select[*tuple[Any, ...]] = _COLUMNS.join(first, first.c.id == Case.id).where(visible(viewer))
    return query.order_by(*order).limit(most + 1)


def chosen(viewer: Viewer, ids: Collection[int]) -> list[Case]:
    """Those of these cases that the viewer may open, the earliest due first."""
    query = select(Case).where(Case.id.in_(sorted(ids)), visible(viewer)).order_by(Case.due_at, Case.id)
    if viewer.may(Permission.KEEP_DECISIONS):  # asked of each by `standing_of`
        query = query.options(selectinload(Case.agenda))
    return list(db.session.scalars(query))


def picked(
    ways: Sequence[ColumnElement[bool]], conditions: list[ColumnElement[bool]], order: tuple[Any, ...], size: int
) -> Any:
    """The ids of the first cases of every way in, each from its own index; None for who sees nothing."""
    parts = [
        select(select(Case.id).where(way, *conditions).order_by(*order).limit(at_most(size)).subquery().c.id)
        for way in ways
    ]
    return (union(*parts) if len(parts) > 1 else parts[0]).subquery() if parts else None


def _later(*, past_emergencies: bool) -> ColumnElement[bool]:
    """What is due after the last row seen: after an emergency all others come, too."""
    later = and_(Case.due_at >= _LAST_AT, or_(Case.due_at > _LAST_AT, Case.id > _LAST_ID))
    return and_(~_CRITICAL, later) if past_emergencies else or_(~_CRITICAL, later)


def _older() -> ColumnElement[bool]:
    """What came in before the last row seen; its first half is where an index begins, however far down the list."""
    before = or_(Case.registered_at < _LAST_AT, Case.id < _LAST_ID)
    return and_(Case.registered_at <= _LAST_AT, before)


def _of(name: Any, key: Any, own: Any) -> Any:
    """A name that a case points to. As a join PostgreSQL would try every order of seven tables before it begins."""
    return select(name).where(key == own).correlate(Case).scalar_subquery()


_COLUMNS: Any = (
    select(
        Case.id, Case.number, Case.title, Case.state, Case.urgency, Case.restricted, Case.unsorted,
        Case.channel, Case.level, Case.village_id, Case.registered_at, Case.due_at, Case.soon_at, Case.closed_at,
        Case.closed_late, Case.second_check, Case.stage_due_at, Case.contact_due_at, Case.contacted_at,
        Case.anonymous, unit_of_contact(), Case.answer_attempts, CaseClass.zh, CaseClass.en, unit_of_limit(),
        _of(Grid.name, Grid.id, Case.village_id).label("village_name"),
        _of(Grid.name, Grid.id, Case.grid_id).label("place_name"),
        _of(Household.head_name, Household.id, Case.household_id).label("head_name"),
        _of(Post.title, Post.id, Case.handler_post_id).label("post_title"),
        _of(Unit.name, Unit.id, Case.handler_unit_id).label("unit_name"),
        voice_count().label("voices"),
    )
    .select_from(Case)
    .join(CaseClass, CaseClass.id == Case.class_id)
)  # fmt: skip


def row_of(viewer: Viewer, filters: Filters, *, now: datetime) -> list[int]:
    """The ids of the first hundred cases of a list, in its order: what one works through."""
    query = _made(_first_ids, viewer, filters)
    return [] if query is None else list(db.session.scalars(query, {"now": now}))


@lru_cache(maxsize=STATEMENTS)
def _first_ids(viewer: Viewer, filters: Filters) -> Select[int] | None:
    order, newest = _order(filters.tab)
    first = picked(ways_in(viewer, newest=newest), conditions_of(viewer, filters), order, COUNT_CAP + 1)
    if first is None:
        return None
    query = select(Case.id).join(first, first.c.id == Case.id).where(visible(viewer))
    return query.order_by(*order).limit(COUNT_CAP + 1)


def villages_seen(viewer: Viewer) -> Sequence[grids.Named]:
    """(id, name) of the villages whose cases the viewer sees, for the filter; nobody of one village needs it."""
    query = villages_of(viewer)
    return [] if query is None else grids.told_apart(db.session.execute(query).all())


@lru_cache(maxsize=VIEWERS)
def villages_of(viewer: Viewer) -> Select[*tuple[Any, ...]] | None:
    """The statement of it; None for who needs none."""
    paths = {grant.path for grant in viewer.grants_with(Permission.SEE_CASE) if grant.path}
    wide = [path for path in paths if path.count("/") <= 3]
    if not wide or all(grant.unit_id for grant in viewer.grants_with(Permission.SEE_CASE)):
        return None
    inside = or_(*(Grid.path >= "/" if path == "/" else under(Grid.path, path) for path in wide))
    villages = select(Grid.id, Grid.name, Grid.parent_id).where(
        Grid.level == GridLevel.VILLAGE, Grid.valid_to.is_(None)
    )
    return villages.where(inside).order_by(Grid.code)
