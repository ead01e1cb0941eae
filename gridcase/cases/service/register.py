"""Registering a case: who may do it where, its number, its place, its clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypedDict, Unpack

from sqlalchemy import update

from gridcase.audit import service as audit
from gridcase.cases import queries
from gridcase.cases.models import Case, CaseClass, CasePoint, CaseTransfer, CaseWindow
from gridcase.cases.queries import Ruling, Window
from gridcase.cases.rules import Answer, Channel, Rating, State, Urgency
from gridcase.cases.rules.catalogue import stays_restricted
from gridcase.cases.rules.transfers import SOURCES, checked_number
from gridcase.cases.service.catalogue import ruling_over
from gridcase.cases.service.clocks import clocks, stage_due
from gridcase.cases.service.closing import DEFAULTS, ClosingPolicy, self_solve
from gridcase.cases.service.entering import enter
from gridcase.cases.service.numbers import reserve
from gridcase.cases.service.telling import tell_at_once
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.geo import point
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.core.text import clean, clean_line
from gridcase.core.together import Along
from gridcase.core.words import N_
from gridcase.core.worktime import WorkCalendar
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.households import queries as households
from gridcase.households.models import Household

TITLE_LENGTH = 120
# Whoever registers through these has spoken with the villager already.
SPOKEN_WITH = frozenset({Channel.VISIT, Channel.RECEPTION, Channel.MEETING, Channel.PHONE, Channel.PROXY})


@dataclass(frozen=True)
class Transferred:
    """Another desk's number of a case that it passed on, and the day it was received here: the clock runs from then."""

    number: str
    received_on: date


@dataclass(frozen=True)
class ImportedFrom:
    """Where a case of another system comes from: it keeps its date, no clock runs until somebody takes it up."""

    source_system: str
    source_no: str
    happened_at: datetime


class Intake(TypedDict, total=False):
    """What is known when a case comes in: the keyword arguments of `collect` besides who and when."""

    case_class: CaseClass
    title: str
    text: str
    channel: Channel
    grid: Grid
    household: Household | None
    reporter_name: str | None
    reporter_phone: str | None
    anonymous: bool
    address: str | None
    lon: float | None
    lat: float | None
    collector_post: int | None
    imported: ImportedFrom | None
    transferred: Transferred | None
    urgency: Urgency | None
    restricted: bool
    window: Window | None


def collect(
    *,
    actor: Viewer,
    case_class: CaseClass,
    title: str,
    text: str,
    channel: Channel,
    grid: Grid,
    now: datetime,
    household: Household | None = None,
    reporter_name: str | None = None,
    reporter_phone: str | None = None,
    anonymous: bool = False,
    address: str | None = None,
    lon: float | None = None,
    lat: float | None = None,
    collector_post: int | None = None,
    imported: ImportedFrom | None = None,
    transferred: Transferred | None = None,
    urgency: Urgency | None = None,
    restricted: bool = False,
    window: Window | None = None,
) -> Case:
    """Register one case. `grid` is its place as known so far: the household's own place, or else the outline that holds
    the point (`lon`, `lat`: WGS 84 degrees), makes it finer. `collector_post` is left out for the actor's own post.
    `urgency` is more pressing than the class has it, never less; `restricted` hides more than the class does.
    `window`: at which service point it was taken in; there cases of every village of the town are taken.
    """
    title = clean_line(title)[:TITLE_LENGTH]
    if not title:
        raise Refused(N_("请用一句话写明是什么事。"), field="title")
    place, town_id = _place(grid, household, lon, lat)
    ruling = ruling_over(case_class, place.path)
    entry, grant = ruling.entry, _registering(actor, place, household, window)
    case = Case(
        number=reserve(town_id, town_day(now), 1)[0], case_class=case_class, class_id=case_class.id, title=title,
        class_version=entry.version, class_version_id=entry.version.id if entry.version else None, text=clean(text),
        channel=channel, state=State.REGISTERED, urgency=min(urgency or Urgency.ORDINARY, entry.terms.urgency),
        county_id=place.county_id, town_id=town_id, village_id=place.village_id, grid_id=place.id, path=place.path,
        section_id=household.section_id if household else None, household_id=household.id if household else None,
        address=clean_line(address or "") or (household.address if household else None),
        reporter_name=None if anonymous else clean_line(reporter_name or "") or None,
        reporter_phone=None if anonymous else clean_line(reporter_phone or "") or None,
        anonymous=anonymous, restricted=restricted or entry.terms.restricted or stays_restricted(entry.code),
        collector_post_id=collector_post or (grant.post_id if grant else None), collector_user_id=actor.user_id,
        registered_at=now,
    )  # fmt: skip
    since = _source(case, channel, transferred, ruling.calendar, now)
    _time(case, channel, imported, since, ruling, now)
    detail = {"since": since.isoformat()} if since < now else {}
    more = [Along(CaseTransfer, "case_id", {"received_on": transferred.received_on})] if transferred else []
    more += [Along(CaseWindow, "case_id", {"point_id": window.id})] if window else []
    step = enter(
        case, "import" if imported else "register", place=place, actor=actor, grant=grant, now=now, detail=detail,
        more=more,
    )  # fmt: skip
    _pin(case, household, lon, lat, channel)
    if case.urgency == Urgency.CRITICAL and imported is None:
        tell_at_once(case, step, now=now)
    return case


def _source(
    case: Case, channel: Channel, transferred: Transferred | None, calendar: WorkCalendar, now: datetime
) -> datetime:
    """Note the other office's number, once in its town and source; returns since when the citizen's clock runs."""
    if transferred is None:
        return now
    number = clean_line(transferred.number)
    checked_number(number, transferred.received_on, today=town_day(now))
    known = queries.by_source(case.town_id, SOURCES[channel], number)
    if known is not None:
        raise Refused(
            N_("来件编号 %(number)s 已经登记过，是 %(known)s，不用再登记。", number=number, known=known.number),
            field="source_no",
        )
    case.source_system, case.source_no = SOURCES[channel], number
    if transferred.received_on == town_day(now):
        return now
    midnight = datetime.combine(transferred.received_on, time(), TOWN_ZONE)
    return min(now, calendar.next_opening(midnight))


def _place(grid: Grid, household: Household | None, lon: float | None, lat: float | None) -> tuple[Grid, int]:
    """The finest place known, and the town."""
    if household is None and lon is not None and lat is not None and grid.village_id is not None:
        village_path = queries.home_village(grid.path)
        grid = grids.cell_at(lon, lat, village_path=village_path) or grid
    if grid.town_id is None or grid.county_id is None:
        raise Refused(N_("请选到乡镇或村。"), field="grid")
    return (db.session.get_one(Grid, household.grid_id) if household else grid), grid.town_id


def _registering(actor: Viewer, place: Grid, household: Household | None, window: Window | None) -> Grant | None:
    own = queries.may_register(actor, path=place.path, household_id=household.id if household else None)
    if not own and not (window and queries.may_take(actor, window=window, path=place.path)):
        raise Refused(N_("这个地方不在您的工作范围内，不能登记。"), field="grid")
    return actor.acting(Permission.REGISTER_CASE, path=place.path)


def _time(
    case: Case, channel: Channel, imported: ImportedFrom | None, since: datetime, ruling: Ruling, now: datetime
) -> None:
    if imported is not None:
        case.registered_at, case.unsorted = imported.happened_at, True
        case.source_system, case.source_no = imported.source_system, imported.source_no
        return
    found = clocks(case, start=since, pauses=(), extra=0, calendar=ruling.calendar, soon=ruling.soon)
    for column, value in found.items():
        setattr(case, column, value)
    case.stage_due_at = stage_due(case, due_at=found["due_at"], came=now, calendar=ruling.calendar)
    case.contacted_at = now if channel in SPOKEN_WITH else None


def _pin(case: Case, household: Household | None, lon: float | None, lat: float | None, channel: Channel) -> None:
    """Where it is: the point given, else the home's."""
    spot, source = ((lon, lat), str(channel)) if lon is not None and lat is not None else (None, "household")
    if spot is None and household is not None:
        spot = households.place_of(household.id)
    if spot is not None:
        db.session.add(CasePoint(case_id=case.id, geom=point(*spot), source=source))


def collect_and_solve(
    *,
    actor: Viewer,
    now: datetime,
    result: str,
    answer: Answer,
    rating: Rating | None = None,
    helper_household: Household | None = None,
    policy: ClosingPolicy = DEFAULTS,
    **intake: Unpack[Intake],
) -> Case:
    """Register and close what was dealt with on the spot, in one form: the normal way inside a grid. What was taken in
    at a window for another village is that village's to settle."""
    case = collect(actor=actor, now=now, **intake)
    self_solve(
        case, actor=actor, now=now, result=result, answer=answer, rating=rating, helper_household=helper_household,
        policy=policy,
    )  # fmt: skip
    return case


def repoint_household(double: Household, kept: Household, *, actor: Viewer, now: datetime) -> int:
    """The cases of a home that was written twice are those of the kept one; each keeps the place it had."""
    moved: list[int] = []
    for column in (Case.household_id, Case.helper_household_id):
        moved += db.session.scalars(
            update(Case).where(column == double.id).values({column.key: kept.id}).returning(Case.id),
            execution_options={"synchronize_session": False},
        )
    ids = sorted(set(moved))
    if ids:
        audit.record(
            actor=actor, action="case.repoint", subject_kind="household", subject_id=kept.id, place_path=kept.path,
            now=now, detail={"double": double.id, "count": len(ids), "cases": ids[:200]},
        )  # fmt: skip
    return len(ids)
