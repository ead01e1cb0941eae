"""The ladder: a case climbs to the next desk, with a whistle from the town on; units report in; both sides rate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gridcase.calendar.queries import work_calendar
from gridcase.cases import queries
from gridcase.cases.models import Case, CaseStep, Whistle, WhistleUnit
from gridcase.cases.rules import LEVELS, Level, PartyKind, Rating, WhistleKind, climbs_to
from gridcase.cases.rules.lights import REPORT_IN
from gridcase.cases.service import parties
from gridcase.cases.service.door import _move, acting, lock
from gridcase.cases.service.telling import tell_desk, tell_unit
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.people.models import Unit

WHISTLED = frozenset({Level.TOWN, Level.COUNTY})


def escalate(
    case: Case,
    *,
    actor: Viewer,
    now: datetime,
    note: str,
    kind: WhistleKind | None = None,
    units: Sequence[Unit] = (),
) -> CaseStep:
    """Up one step, to be sent on by the desk there; to the town or county with a whistle. The stage clock starts anew,
    the citizen's does not; who had the case helps.
    """
    lock(case)
    standing = queries.standing_of(case, actor)
    to = climbs_to(standing)
    desk = _checked(case, to, kind, units)
    grant = acting(case, actor, Permission.ESCALATE_CASE)
    before = (case.handler_post_id, case.handler_unit_id)
    changes: dict[str, Any] = {"level": to, "handler_post_id": None, "handler_unit_id": None}
    detail = {"from": standing.reach, "level": to, "kind": kind, "units": [unit.id for unit in units]}
    step = _move(case, "escalate", actor=actor, now=now, note=note, detail=detail, changes=changes)
    if not case.restricted:
        parties.join(case, PartyKind.HELPER, post_id=before[0], unit_id=before[1], now=now)
    if desk is not None:
        parties.join(case, PartyKind.DESK, unit_id=desk.id, now=now)
    if desk is not None or to is Level.VILLAGE:
        tell_desk(case, step, now=now, unit_id=desk.id if desk else None)
    if to is not None and kind is not None:
        whistle = _blow(
            case, kind, standing.reach, to, actor=actor, post_id=grant.post_id if grant else None, step=step
        )
        _call(case, whistle, units, step)
    return step


def _checked(case: Case, to: Level | None, kind: WhistleKind | None, units: Sequence[Unit]) -> Unit | None:
    """The desk above, once all that was asked for makes sense."""
    if to in WHISTLED and kind is None:
        raise Refused(N_("提到镇、县要吹哨，请选一种情形。"), field="whistle_kind")
    if to not in WHISTLED and (units or kind is not None):
        raise Refused(N_("提到村里不用吹哨。"), field="whistle_kind")
    if units and case.restricted:
        raise Refused(N_("限定可见的事不点名单位，由上一级派单。"), field="units")
    callable_ids = {unit.id for unit in queries.units_to_call(case, to)} if to else set()
    if any(unit.id not in callable_ids for unit in units):
        raise Refused(N_("这个单位不管事件所在的地方。"), field="units")
    desk = queries.desk_of(case, to) if to in WHISTLED and to else None
    if to is Level.COUNTY and desk is None:
        raise Refused(N_("县里还没有设综治中心，不能提到县级。"))
    return desk


def _blow(
    case: Case, kind: WhistleKind, begins: Level, to: Level, *, actor: Viewer, post_id: int | None, step: CaseStep
) -> Whistle:
    """One matter, one whistle: the first makes it, climbing again takes it along."""
    whistle = case.whistle
    if whistle is None:
        whistle = case.whistle = Whistle(
            case_id=case.id, kind=kind, from_level=begins, to_level=to, text=step.note or "", blown_at=step.at,
            by_user_id=actor.user_id, by_post_id=post_id, by_name=actor.name,
        )  # fmt: skip
    else:
        whistle.kind, whistle.to_level = kind, max(Level(whistle.to_level), to, key=LEVELS.index)
    db.session.flush()
    return whistle


def _call(case: Case, whistle: Whistle, units: Sequence[Unit], step: CaseStep) -> None:
    by = work_calendar().add(step.at, REPORT_IN[WhistleKind(whistle.kind)]).at
    known = {one.unit_id for one in whistle.units}
    for unit in units:
        if unit.id not in known:
            whistle.units.append(WhistleUnit(unit_id=unit.id, called_at=step.at, report_by=by))
        parties.join(case, PartyKind.CALLED, unit_id=unit.id, now=step.at)
        tell_unit(case, step, now=step.at, unit_id=unit.id, by=by)
    db.session.flush()


def report_in(case: Case, *, actor: Viewer, now: datetime, note: str | None = None) -> CaseStep:
    """The unit has come; after the time set it is late, and said to be."""
    lock(case)
    mine = [one for one in _mine(case, actor) if one.arrived_at is None]
    detail = {"units": [one.unit_id for one in mine], "late": any(now > one.report_by for one in mine)}
    step = _move(case, "report_in", actor=actor, now=now, note=note, detail=detail)
    for one in mine:
        one.arrived_at, one.arrived_name = now, actor.name
    db.session.flush()
    return step


def rate_units(case: Case, *, actor: Viewer, now: datetime, rating: Rating, note: str | None = None) -> CaseStep:
    """Who whistled says how the units came and helped."""
    lock(case)
    rated = [one for one in case.whistle.units if one.unit_rating is None] if case.whistle else []
    detail = {"rating": rating, "units": [one.unit_id for one in rated]}
    step = _move(case, "rate_units", actor=actor, now=now, note=note, detail=detail)
    for one in rated:
        one.unit_rating = rating
    db.session.flush()
    return step


def rate_whistle(case: Case, *, actor: Viewer, now: datetime, rating: Rating, note: str | None = None) -> CaseStep:
    """A called unit says whether the whistle was called for."""
    lock(case)
    step = _move(case, "rate_whistle", actor=actor, now=now, note=note, detail={"rating": rating})
    for one in _mine(case, actor):
        one.whistle_rating = one.whistle_rating or rating
    db.session.flush()
    return step


def _mine(case: Case, actor: Viewer) -> list[WhistleUnit]:
    return [] if case.whistle is None else [one for one in case.whistle.units if one.unit_id in actor.unit_ids()]
