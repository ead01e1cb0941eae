"""What stands on the page of one case, what is due, and the figures of the clocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, false, func, select
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value

from gridcase.calendar.queries import MARK
from gridcase.cases.models import (
    Case,
    CaseAgenda,
    CaseParty,
    CaseRequest,
    CaseStep,
    CaseTransfer,
    CaseWindow,
    ClassTerms,
    SupervisionSheet,
)
from gridcase.cases.queries.beside import has_links
from gridcase.cases.queries.editing import has_templates
from gridcase.cases.queries.papers import has_papers
from gridcase.cases.queries.sight import STATEMENTS, visible
from gridcase.cases.queries.voices import has_voices
from gridcase.cases.rules import LADDER, STAGE_LATE, Level, State
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.core.places import depth_of
from gridcase.core.worktime import Limit, LimitUnit, Span, WorkCalendar
from gridcase.grid.models import Grid, Section
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.notices import queries as notices
from gridcase.people import queries as people
from gridcase.people.models import Post, ServicePoint, Unit
from gridcase.people.rules import UnitKind

# Made once: an alias made for every page costs more than the rest of its statement.
_TOWN, _VILLAGE, _PLACE = aliased(Grid), aliased(Grid), aliased(Grid)
TOLD_LATE = tuple(rung.name for rung in (*LADDER, STAGE_LATE))  # the reminders that stand in the timeline
_HELPER, _COLLECTOR, _AT = aliased(Household), aliased(Post), aliased(Grid)


def facts(case: Case) -> Any:
    """The names that belong to a case: places, household, who has it, who collected it."""
    return db.session.execute(_NAMES, {"case_id": case.id}).one()


def page_facts(case: Case, viewer: Viewer) -> Any:
    """The same for its page: whether the viewer may open its household, the mark of the calendar, and what else there
    is to ask for. What there is none of is not asked for; one statement."""
    found = db.session.execute(_facts(viewer), {"case_id": case.id}).one()
    if not found.has_parties:
        set_committed_value(case, "parties", [])
    if not found.has_requests:
        set_committed_value(case, "requests", [])
    if not found.has_agenda:
        set_committed_value(case, "agenda", [])
    return found


_NAMES = (
    select(
        _TOWN.name.label("town_name"), _VILLAGE.name.label("village_name"), _VILLAGE.path.label("village_path"),
        _PLACE.name.label("place_name"), _PLACE.level.label("place_level"), Section.name.label("section_name"),
        Household.code.label("household_code"), Household.head_name, Household.address.label("home_address"),
        Post.title.label("post_title"), Unit.name.label("unit_name"), _COLLECTOR.title.label("collector_title"),
        _HELPER.head_name.label("helper_name"),
    )
    .select_from(Case)
    .join(_TOWN, _TOWN.id == Case.town_id)
    .join(_PLACE, _PLACE.id == Case.grid_id)
    .outerjoin(_VILLAGE, _VILLAGE.id == Case.village_id)
    .outerjoin(Section, Section.id == Case.section_id)
    .outerjoin(Household, Household.id == Case.household_id)
    .outerjoin(_HELPER, _HELPER.id == Case.helper_household_id)
    .outerjoin(Post, Post.id == Case.handler_post_id)
    .outerjoin(Unit, Unit.id == Case.handler_unit_id)
    .outerjoin(_COLLECTOR, _COLLECTOR.id == Case.collector_post_id)
    .where(Case.id == bindparam("case_id"))
)  # fmt: skip


@lru_cache(maxsize=STATEMENTS)
def _facts(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    beside = _NAMES.outerjoin(CaseTransfer, CaseTransfer.case_id == Case.id)
    beside = beside.outerjoin(CaseWindow, CaseWindow.case_id == Case.id)
    beside = beside.outerjoin(ServicePoint, ServicePoint.id == CaseWindow.point_id)
    return beside.outerjoin(_AT, _AT.id == ServicePoint.place_id).add_columns(
        _opens_home(viewer).label("home_opens"), CaseTransfer.received_on, *MARK,
        ServicePoint.name.label("window_name"), _AT.name.label("window_place"),
        has_voices().label("has_voices"), has_papers().label("has_papers"), has_links().label("has_links"),
        has_templates().label("has_templates"), exists().where(CaseParty.case_id == Case.id).label("has_parties"),
        exists().where(CaseRequest.case_id == Case.id).label("has_requests"),
        exists().where(SupervisionSheet.case_id == Case.id).label("has_sheets"),
        exists().where(CaseAgenda.case_id == Case.id).label("has_agenda"),
        notices.was_told("case", Case.id, TOLD_LATE).label("was_told"),
    )  # fmt: skip


def _opens_home(viewer: Viewer) -> ColumnElement[bool]:
    return func.coalesce(households.standing() & households.visible(viewer), false())


_STEPS = select(CaseStep).where(CaseStep.case_id == bindparam("case_id")).order_by(CaseStep.seq)


def steps(case_id: int) -> Sequence[CaseStep]:
    """The timeline, oldest first."""
    return db.session.scalars(_STEPS, {"case_id": case_id}).all()


def last_attempt(case_id: int) -> datetime | None:
    """When the villager was last called and not reached."""
    line = db.session.execute(
        select(CaseStep.at, CaseStep.detail)
        .where(CaseStep.case_id == case_id, CaseStep.move == "record_answer")
        .order_by(CaseStep.seq.desc())
        .limit(1)
    ).first()
    return line.at if line is not None and not line.detail.get("answer") else None


@dataclass(frozen=True)
class Clock:
    """Since when the citizen's clock runs, when it stood, and by how much its limit was extended (in its unit)."""

    start: datetime
    pauses: tuple[Span, ...] = ()
    extra: float = 0


def clock_of(case: Case, line: Sequence[CaseStep]) -> Clock:
    """Read the clock off the timeline. It starts at the registration, when an imported case was taken up, or when
    a transfer was received here.
    A pause stands until it is ended, and never longer than was granted: what went on late does not become in time."""
    start, began, pauses = case.registered_at, None, []
    extra = sum(float(step.detail["extra"]) for step in line if step.move == "grant_extension")
    for step in line:
        if step.detail.get("clock"):
            start = step.at
        if "since" in step.detail:
            start = datetime.fromisoformat(step.detail["since"])
        if step.to_state == State.SUSPENDED and step.from_state != State.SUSPENDED:
            began = step
        elif began is not None and step.from_state == State.SUSPENDED and step.to_state != State.SUSPENDED:
            pauses.append((began.at, min(step.at, _granted_until(began))))
            began = None
    if began is not None:
        pauses.append((began.at, _granted_until(began)))
    return Clock(start, tuple(pauses), extra)


def _granted_until(suspension: CaseStep) -> datetime:
    return datetime.fromisoformat(suspension.detail["until"])


def limit_of(terms: ClassTerms, *, extra: float = 0) -> Limit:
    """How long a case under these rules may take; `extra`: what was granted on top, in the same unit."""
    return Limit(terms.limit + extra, LimitUnit(terms.limit_unit))


def contact_limit_of(terms: ClassTerms) -> Limit:
    """Within what time the villager is spoken to first."""
    return Limit(terms.contact_limit, LimitUnit(terms.contact_unit))


def explained(case: Case, line: Sequence[CaseStep], calendar: WorkCalendar) -> Any:
    """Why the deadline is where it is (`core.worktime.Explanation`); None without a clock."""
    if case.due_at is None:
        return None
    clock = clock_of(case, line)
    return calendar.explain(clock.start, limit_of(case.terms, extra=clock.extra), pauses=clock.pauses)


def by_number(number: str, *, viewer: Viewer) -> Case | None:
    """The case of the viewer's with this number."""
    return db.session.scalar(select(Case).where(Case.number == number.strip().upper(), visible(viewer)))


def by_source(town_id: int, system: str, number: str) -> Case | None:
    """The case of a town that bears this number of another office; nobody's sight is asked."""
    return db.session.scalar(
        select(Case).where(Case.town_id == town_id, Case.source_system == system, Case.source_no == number)
    )


def seen_by_source(viewer: Viewer, system: str, number: str) -> Case | None:
    """The newest case of the viewer's that bears this number of another office."""
    mine = select(Case).where(Case.source_system == system, Case.source_no == number, visible(viewer))
    return db.session.scalar(mine.order_by(Case.id.desc()).limit(1))


def villages_of_town(town_id: int) -> Sequence[Any]:
    """(id, name) of the villages of a town, for sorting."""
    return db.session.execute(
        select(Grid.id, Grid.name)
        .where(Grid.town_id == town_id, Grid.level == GridLevel.VILLAGE, Grid.valid_to.is_(None))
        .order_by(Grid.code)
    ).all()


def units_over(path: str) -> list[Unit]:
    """The units that serve a place and can be sent a case: all but the desks."""
    return [unit for unit in people.units_for(path) if unit.kind != UnitKind.ZONGZHI]


def units_to_call(case: Case, level: Level, *, units: Sequence[Unit] | None = None) -> list[Unit]:
    """The units of a level that serve a case's place and can be called by a whistle. `units`: those over its place,
    where they are known."""
    over = units_over(case.path) if units is None else units
    return [unit for unit in over if _depth(unit) == _DEPTH[level]]


def desk_of(case: Case, level: Level) -> Unit | None:
    """The duty desk of a level over a case's place."""
    units = people.units_for(case.path)
    return next((unit for unit in units if unit.kind == UnitKind.ZONGZHI and _depth(unit) == _DEPTH[level]), None)


def level_of_unit(unit: Unit) -> Level:
    """The level a unit sits at, by its place."""
    return next((level for level, depth in _DEPTH.items() if depth == _depth(unit)), Level.GRID)


_DEPTH = {Level.COUNTY: 1, Level.TOWN: 2, Level.VILLAGE: 3, Level.GRID: 4}


def _depth(unit: Unit) -> int:
    return depth_of(unit.place_path)
