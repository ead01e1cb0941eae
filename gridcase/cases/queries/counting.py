"""Which cases stand in a figure, and of which time: one condition each, for the ledger, the figures and the map."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_

from gridcase.cases.models import Case, CaseClass, CaseMap
from gridcase.cases.queries.sight import open_condition, visible_on_map
from gridcase.cases.rules import Light, State
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach

# What never was a matter of its own: not counted, not listed.
LEFT_OUT = (State.VOIDED, State.DUPLICATE)


def may_count(viewer: Viewer, permission: Permission) -> ColumnElement[bool]:
    """Cases that may stand in a figure of this viewer: in reach of the permission, and never of a restricted class.

    Both marks are asked: that of the case (it stays when a class is opened later) and that of the class. In a select
    over `Case` and its class.
    """
    reached = reach(viewer, permission, path=Case.path, section_id=Case.section_id, household_id=Case.household_id)
    return and_(reached, Case.restricted.is_(False), CaseClass.restricted.is_(False))


def may_list(viewer: Viewer, permission: Permission) -> ColumnElement[bool]:
    """Those among them that the viewer may open: what stands on a map or in a list leads to the case itself."""
    return and_(may_count(viewer, permission), visible_on_map(viewer))


def light_is(light: Light, now: datetime, rows: type[Case] | type[CaseMap] = Case) -> ColumnElement[bool]:
    """`cases.rules.light_of` as a condition on open cases, or on their rows of the map (a test compares the two)."""
    late = func.coalesce(rows.due_at < now, false())
    soon = func.coalesce(rows.soon_at <= now, false())
    conditions = {Light.RED: late, Light.YELLOW: ~late & soon, Light.GREEN: ~late & ~soon}
    return conditions[light]


def registered_in(begins: datetime, ends: datetime) -> ColumnElement[bool]:
    """Registered from one moment on and before another."""
    return and_(Case.registered_at >= begins, Case.registered_at < ends, Case.state.not_in(LEFT_OUT))


def closed_in(begins: datetime, ends: datetime) -> ColumnElement[bool]:
    """Closed from one moment on and before another; what was voided or withdrawn has ended, but was not closed."""
    return and_(Case.closed_at >= begins, Case.closed_at < ends, Case.state == State.CLOSED)


def dropped_in(begins: datetime, ends: datetime) -> ColumnElement[bool]:
    """Ended from one moment on and before another without being closed: withdrawn."""
    return and_(Case.closed_at >= begins, Case.closed_at < ends, Case.state.not_in((State.CLOSED, *LEFT_OUT)))


def open_at(moment: datetime) -> ColumnElement[bool]:
    """Registered before a moment and not ended by then. A case reopened since counts as never ended."""
    waiting = or_(open_condition(), Case.closed_at >= moment)
    return and_(Case.registered_at < moment, waiting, Case.state.not_in(LEFT_OUT))
