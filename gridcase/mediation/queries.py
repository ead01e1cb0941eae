"""Reading mediations: always through the case, whose scope decides who sees them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select

from gridcase.cases import queries as cases
from gridcase.cases.models import Case, CaseFile
from gridcase.cases.rules.papers import PaperKind
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.labels import Labelled
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.mediation import rules
from gridcase.mediation.models import Mediation, MediationLook, MediationParty
from gridcase.notices.models import Notice

TELL_AT_ONCE = 200


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
    return rules.may_mediate(standing, class_code=case.case_class.code, elsewhere=elsewhere, opened=opened)


def party_of(mediation: Mediation, seq: int) -> MediationParty:
    """One party by its number, else `Missing`."""
    found = next((one for one in mediation.parties if one.seq == seq), None)
    if found is None:
        raise Missing
    return found


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


def looks_due(*, on: date) -> Sequence[Any]:
    """(id, mediation, number and addressee of the case) of looks due in the last month."""
    begins = on - timedelta(days=31)
    return _to_tell(
        MediationLook.id.label("subject_id"), MediationLook.done_on.is_(None), MediationLook.due_on <= on,
        MediationLook.due_on >= begins, looks=True,
    )  # fmt: skip


def periods_ending(*, on: date) -> Sequence[Any]:
    """Mediations still running whose period ends within days."""
    until = on + timedelta(days=rules.SOON_DAYS)
    return _to_tell(
        Mediation.id.label("subject_id"), Mediation.result.is_(None), Mediation.due_on >= on, Mediation.due_on <= until
    )


def courts_ending(*, on: date) -> Sequence[Any]:
    """Signed agreements nobody has taken to the court yet, whose thirty days end soon."""
    first = on - timedelta(days=rules.COURT_DAYS)
    last = first + timedelta(days=rules.COURT_SOON_DAYS)
    return _to_tell(
        Mediation.id.label("subject_id"), Mediation.result == rules.Result.AGREED, Mediation.signed_on >= first,
        Mediation.signed_on <= last, Mediation.court_asked_on.is_(None), Mediation.confirmed_on.is_(None),
    )  # fmt: skip


def _to_tell(subject: Any, *conditions: Any, looks: bool = False) -> Sequence[Any]:
    query = select(
        subject, Mediation.due_on, Mediation.signed_on, Mediation.case_id, Mediation.opened_by_post_id, Case.number,
        Case.path, Case.handler_post_id, Case.handler_unit_id,
    ).join(Case, Case.id == Mediation.case_id)  # fmt: skip
    if looks:
        query = query.join(MediationLook, MediationLook.mediation_id == Mediation.id)
    return db.session.execute(query.where(*conditions).order_by(subject).limit(TELL_AT_ONCE)).all()


def told(keys: Collection[str]) -> frozenset[str]:
    """Which of these notices are written already."""
    found = db.session.scalars(select(Notice.key).where(Notice.key.in_(sorted(keys)))) if keys else ()
    return frozenset(found)


def reads_names(case: Case, viewer: Viewer) -> bool:
    """Whether names and numbers of the parties stand in full: as for who reported the case."""
    return Permission.SEE_REPORTER in cases.permissions_over(case, viewer)
