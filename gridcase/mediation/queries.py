"""Reading mediations: always through the case, whose scope decides who sees them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy import case as sql_case

from gridcase.cases import queries as cases
from gridcase.cases.models import Case, CaseFile
from gridcase.cases.rules.papers import PaperKind
from gridcase.cases.rules.standing import may_mediate as may_mediate_as
from gridcase.core.clock import town_day
from gridcase.core.db import UtcDateTime, db
from gridcase.core.errors import Missing
from gridcase.core.labels import Labelled
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import outside
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.mediation import rules
from gridcase.mediation.models import Mediation, MediationLook, MediationParty
from gridcase.notices.models import Notice

TELL_AT_ONCE = 200
LOOK_TOLD, PERIOD_TOLD, COURT_TOLD = "mediation.look", "mediation.period", "mediation.court"
# To whom the case was sent, else the post that opened the mediation.
TOLD_POST = sql_case(
    (Case.handler_post_id.is_not(None), Case.handler_post_id), (Case.handler_unit_id.is_not(None), None),
    else_=Mediation.opened_by_post_id,
)  # fmt: skip


class Tab(Labelled):
    """The parts of the list."""

    LOOKS = "looks", N_("待回访")
    RUNNING = "running", N_("在调")
    ENDED = "ended", N_("已结束")


def of_case(case: Case) -> Mediation | None:
    """The mediation of a case somebody has already been let into."""
    return db.session.scalar(select(Mediation).where(Mediation.case_id == case.id))


def get_mediation(case_id: int, *, viewer: Viewer) -> tuple[Case, Mediation]:
    """The mediation of a case of the viewer's, else `Missing`."""
    case = cases.get_case(case_id, viewer=viewer)
    found = of_case(case)
    if found is None:
        raise Missing
    return case, found


def may_mediate(case: Case, mediation: Mediation | None, viewer: Viewer) -> bool:
    """Whether this viewer keeps the record of this mediation, or may open it."""
    standing = cases.standing_of(case, viewer)
    elsewhere = (case.handler_post_id or case.handler_unit_id) is not None and not standing.is_addressed
    opened = mediation is not None and mediation.opened_by_post_id in viewer.post_ids()
    return may_mediate_as(standing, class_code=case.case_class.code, elsewhere=elsewhere, opened=opened)


def party_of(mediation: Mediation, seq: int) -> MediationParty:
    """One party by its number, else `Missing`."""
    found = next((one for one in mediation.parties if one.seq == seq), None)
    if found is None:
        raise Missing
    return found


def drafted(mediation: Mediation) -> rules.Drafted:
    """How far a mediation is on its way to an agreement."""
    return rules.Drafted(
        [one.consented_on for one in mediation.parties], mediation.dispute, mediation.terms,
        [town_day(one.held_at) for one in mediation.sessions],
    )  # fmt: skip


def first_party(case: Case, mediation: Mediation, viewer: Viewer) -> dict[str, str | None]:
    """Who reported, offered as the first party: to who may read that anyhow, while nobody is written down."""
    if mediation.parties or not case.reporter_name or not reads_names(case, viewer):
        return {}
    name = case.reporter_name.partition("（")[0].strip()  # without who spoke for him
    return {"name": name, "phone": case.reporter_phone, "household": _code_seen(case.household_id, viewer)}


def _code_seen(household_id: int | None, viewer: Viewer) -> str | None:
    """The code of a home, if the viewer may look it up."""
    if household_id is None or not viewer.may(Permission.SEE_HOUSEHOLD):
        return None
    try:
        return households.get_household(household_id, viewer=viewer).code
    except Missing:
        return None


def home_of_party(mediation: Mediation, seq: int) -> Household | None:
    """The home a party lives in."""
    found = party_of(mediation, seq)
    return db.session.get(Household, found.household_id) if found.household_id else None


def homes_of(parties: Collection[MediationParty]) -> dict[int, str]:
    """The codes of the homes these parties live in, by household."""
    ids = sorted({party.household_id for party in parties if party.household_id is not None})
    rows = db.session.execute(select(Household.id, Household.code).where(Household.id.in_(ids))) if ids else ()
    return {row.id: row.code for row in rows}


def scans(case: Case) -> Sequence[CaseFile]:
    """The agreements among the papers of a case."""
    query = select(CaseFile).where(CaseFile.case_id == case.id, CaseFile.kind == PaperKind.AGREEMENT)
    return db.session.scalars(query.order_by(CaseFile.seq)).all()


def listed(viewer: Viewer, tab: Tab, *, after: str | None = None) -> Page[Any]:
    """One part of the list: looks by their day, what runs by the end of its period, what ended the newest first."""
    return {Tab.LOOKS: _looks, Tab.RUNNING: _running, Tab.ENDED: _ended}[tab](viewer, after)


def _columns(*more: Any) -> Any:
    return (
        select(
            Mediation.id, Mediation.case_id, Mediation.mediators, Mediation.due_on, Mediation.result,
            Mediation.ended_at, Mediation.signed_on, Mediation.court_asked_on, Mediation.confirmed_on, Case.number,
            Case.title, Case.restricted, Grid.name.label("place_name"), *more,
        )
        .join(Case, Case.id == Mediation.case_id)
        .join(Grid, Grid.id == Case.grid_id)
    )  # fmt: skip


def _looks(viewer: Viewer, after: str | None) -> Page[Any]:
    mark, day = read_mark(after, date.fromisoformat, int), MediationLook.due_on
    query = (
        _columns(day.label("look_on"), MediationLook.id.label("look_id"))
        .join(MediationLook, MediationLook.mediation_id == Mediation.id)
        .where(MediationLook.done_on.is_(None), cases.visible(viewer))
    )
    if mark is not None:
        query = query.where(_later(day, MediationLook.id, mark))
    rows = db.session.execute(query.order_by(day, MediationLook.id).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: [row.look_on, row.look_id])


def _running(viewer: Viewer, after: str | None) -> Page[Any]:
    mark = read_mark(after, date.fromisoformat, int)
    query = _columns().where(Mediation.result.is_(None), cases.visible(viewer))
    if mark is not None:
        query = query.where(_later(Mediation.due_on, Mediation.id, mark))
    rows = db.session.execute(query.order_by(Mediation.due_on, Mediation.id).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: [row.due_on, row.id])


def _ended(viewer: Viewer, after: str | None) -> Page[Any]:
    mark = read_mark(after, int)
    query = _columns().where(Mediation.result.is_not(None), cases.visible(viewer))
    if mark is not None:
        query = query.where(Mediation.id < mark[0])
    rows = db.session.execute(query.order_by(Mediation.id.desc()).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: [row.id])


def _later(day: Any, key: Any, mark: Sequence[Any]) -> ColumnElement[bool]:
    found: ColumnElement[bool] = (day > mark[0]) | ((day == mark[0]) & (key > mark[1]))
    return found


def looks_waiting(viewer: Viewer, *, on: date) -> int:
    """How many looks are due on a day or before it."""
    query = (
        select(func.count())
        .select_from(MediationLook)
        .join(Mediation, Mediation.id == MediationLook.mediation_id)
        .join(Case, Case.id == Mediation.case_id)
        .where(MediationLook.done_on.is_(None), MediationLook.due_on <= on, cases.visible(viewer))
    )
    return db.session.scalar(query) or 0


def looks_due(*, on: date, asleep: Collection[str] = ()) -> Sequence[Any]:
    """(id, mediation, number and addressee of the case) of looks due in the last month and not told yet."""
    subject, begins = MediationLook.id, on - timedelta(days=31)
    untold = _untold(LOOK_TOLD, "mediation_look", subject, Notice.due_at.is_(None))
    query = _to_tell(subject, untold, asleep).join(MediationLook, MediationLook.mediation_id == Mediation.id)
    return db.session.execute(
        query.where(MediationLook.done_on.is_(None), MediationLook.due_on <= on, MediationLook.due_on >= begins)
    ).all()


def periods_ending(*, on: date, asleep: Collection[str] = ()) -> Sequence[Any]:
    """Mediations still running whose period ends within days, and of whose end nobody was told."""
    ends = {day: day for day in _days(on, rules.SOON_DAYS)}
    query = _to_tell(Mediation.id, _untold(PERIOD_TOLD, "mediation", Mediation.id, _told_for(Mediation.due_on, ends)),
                     asleep)  # fmt: skip
    return db.session.execute(query.where(Mediation.result.is_(None), Mediation.due_on.in_(ends))).all()


def courts_ending(*, on: date, asleep: Collection[str] = ()) -> Sequence[Any]:
    """Signed agreements nobody has taken to the court yet, whose thirty days end soon, and nobody was told so."""
    signed = _days(on - timedelta(days=rules.COURT_DAYS), rules.COURT_SOON_DAYS)
    ends = {day: rules.court_until(day) for day in signed}
    query = _to_tell(Mediation.id, _untold(COURT_TOLD, "mediation", Mediation.id, _told_for(Mediation.signed_on, ends)),
                     asleep)  # fmt: skip
    return db.session.execute(
        query.where(
            Mediation.result == rules.Result.AGREED, Mediation.signed_on.in_(ends),
            Mediation.court_asked_on.is_(None), Mediation.confirmed_on.is_(None),
        )
    ).all()  # fmt: skip


def due_moment(day: date) -> datetime:
    """The moment that a notice about the end of a day carries."""
    return datetime.combine(day, time(), UTC)


def _days(first: date, number: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(number + 1)]


def _told_for(column: Any, ends: Mapping[date, date]) -> ColumnElement[bool]:
    """A notice about the end that belongs to the day of the row."""
    moments = [(column == day, literal(due_moment(end), UtcDateTime())) for day, end in ends.items()]
    found: ColumnElement[bool] = Notice.due_at == sql_case(*moments)
    return found


def _untold(rule: str, kind: str, subject: Any, same_end: ColumnElement[bool]) -> ColumnElement[bool]:
    """Nobody was told who would be told now: left out before the limit, or old ones would starve the new."""
    told = select(Notice.id).where(
        Notice.subject_kind == kind, Notice.subject_id == subject, Notice.rule == rule, same_end,
        Notice.post_id.is_not_distinct_from(TOLD_POST), Notice.unit_id.is_not_distinct_from(Case.handler_unit_id),
    )  # fmt: skip
    return ~told.exists()


def _to_tell(subject: Any, untold: ColumnElement[bool], asleep: Collection[str]) -> Any:
    return (
        select(
            subject.label("subject_id"), Mediation.due_on, Mediation.signed_on, Mediation.case_id, Case.number,
            Case.path, TOLD_POST.label("post_id"), Case.handler_unit_id.label("unit_id"),
        )
        .join(Case, Case.id == Mediation.case_id)
        .where(untold, outside(Case.path, asleep))
        .order_by(subject)
        .limit(TELL_AT_ONCE)
    )  # fmt: skip


def reads_names(case: Case, viewer: Viewer) -> bool:
    """Whether names and numbers of the parties stand in full: as for who reported the case."""
    return Permission.SEE_REPORTER in cases.permissions_over(case, viewer)
