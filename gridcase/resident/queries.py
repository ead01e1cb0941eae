"""The codes of places, the case behind a number and a code, and what its reporter may read of it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import or_, select

from gridcase.cases import queries as cases
from gridcase.cases.models import Case, CaseStep
from gridcase.cases.rules.agenda import AgendaOutcome
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.core.scope import reach, under
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.resident.models import CaseSecret, DoorKnock, DoorSheet
from gridcase.resident.rules import ABOUT_OFFICIALS, DANGERS, HIS_OWN, SAID_TO_THE_VILLAGER

MOST_BY_PHONE = 20
_OWN = frozenset({
    Permission.SEE_CASE, Permission.SEE_RESTRICTED_CASE, Permission.REGISTER_CASE, Permission.ANSWER_CASE,
})  # fmt: skip


def digest_of(code: str, case_id: int, key: bytes) -> str:
    """What is kept of a code: keyed, so that who steals the table alone cannot try codes; and of one case only."""
    return hmac.new(key, f"{case_id}:{code}".encode(), hashlib.sha256).hexdigest()


def caller(place: Grid) -> Viewer:
    """Whoever scanned the code of a place: may register there, and nothing else."""
    grant = Grant(role=HIS_OWN, permissions=frozenset({Permission.REGISTER_CASE}), path=place.path)
    return Viewer(kind=HIS_OWN, name="", grants=(grant,))


def reporter_of(case: Case) -> Viewer:
    """Who holds the secret of this case: everything a reporter may do, with this case alone."""
    return Viewer(kind=HIS_OWN, name="", grants=(Grant(role=HIS_OWN, permissions=_OWN, case_id=case.id),))


def sheet_at(token: str) -> DoorSheet:
    """The printed code behind an address; one that is revoked, or whose place is gone, is missing."""
    found = db.session.scalar(select(DoorSheet).where(DoorSheet.token == token, DoorSheet.revoked_at.is_(None)))
    if found is None or found.grid.valid_to is not None:
        raise Missing
    return found


def sheets_of(village: Grid, *, viewer: Viewer) -> Sequence[DoorSheet]:
    """The codes of a village and what lies in it, those in use first."""
    return db.session.scalars(
        select(DoorSheet)
        .join(Grid, Grid.id == DoorSheet.grid_id)
        .where(under(DoorSheet.path, village.path), reach(viewer, Permission.MANAGE_POSTS, path=DoorSheet.path))
        .order_by(DoorSheet.revoked_at.isnot(None), Grid.code, DoorSheet.id.desc())
    ).all()


def get_sheet(sheet_id: int, *, viewer: Viewer) -> DoorSheet:
    """One code of the viewer's places, else `Missing`."""
    found = db.session.scalar(
        select(DoorSheet).where(DoorSheet.id == sheet_id, reach(viewer, Permission.MANAGE_POSTS, path=DoorSheet.path))
    )
    if found is None:
        raise Missing
    return found


def places_in(village: Grid) -> Sequence[Grid]:
    """The village and what lies in it, as one looks for it."""
    return db.session.scalars(
        select(Grid)
        .where(
            under(Grid.path, village.path), Grid.valid_to.is_(None),
            Grid.level.in_([GridLevel.VILLAGE, GridLevel.GROUP, GridLevel.CELL]),
        )
        .order_by(Grid.code)
    ).all()  # fmt: skip


def kinds(place: Grid) -> list[cases.Entry]:
    """The kinds offered to a villager: the common ones, and the one about officials, said to be confidential."""
    return [
        row
        for row in cases.catalogue(path=place.path)
        if row.terms.common or row.major == DANGERS or row.code == ABOUT_OFFICIALS
    ]


def knocks(kind: str, who: str, *, hour: datetime) -> int:
    """How often it was done in this hour."""
    return (
        db.session.scalar(
            select(DoorKnock.times).where(DoorKnock.kind == kind, DoorKnock.who == who, DoorKnock.hour == hour)
        )
        or 0
    )


def sent_before(once: str) -> CaseSecret | None:
    """The case that this very form has registered already."""
    return db.session.scalar(select(CaseSecret).where(CaseSecret.once == once))


def opened(words: str, code: str, *, keys: Sequence[bytes]) -> tuple[list[int], Case | None]:
    """The ids that a number or a phone points to, and the case of these that the code opens."""
    phone = "".join(sign for sign in words if sign.isdigit())
    rows = db.session.execute(
        select(Case, CaseSecret.digest)
        .join(CaseSecret, CaseSecret.case_id == Case.id)
        .where(or_(Case.number == words.strip().upper(), Case.reporter_phone.in_([words.strip(), phone])))
        .order_by(Case.id.desc())
        .limit(MOST_BY_PHONE)
    ).all()
    fits = [
        case for case, digest in rows if any(hmac.compare_digest(digest, digest_of(code, case.id, key)) for key in keys)
    ]
    return [case.id for case, _digest in rows], next(iter(fits), None)


def still_open(case_id: int, mark: str) -> Case | None:
    """The case a villager has opened on this device, while the code is the one he opened it with."""
    row = db.session.execute(
        select(Case, CaseSecret.digest).join(CaseSecret, CaseSecret.case_id == Case.id).where(Case.id == case_id)
    ).one_or_none()
    return row[0] if row is not None and hmac.compare_digest(row[1][:16], mark) else None


def mark_of(case_id: int) -> str:
    """The beginning of the digest, kept on the device that opened the case."""
    return db.session.scalars(select(CaseSecret.digest).where(CaseSecret.case_id == case_id)).one()[:16]


@dataclass(frozen=True)
class Line:
    """One line of the way of a case: what happened, when, and the words meant for the villager."""

    step: CaseStep
    words: str | None


def way_of(case: Case) -> list[Line]:
    """What its reporter may read: each step, but only those words that were written for him or by him."""
    return [
        Line(step, step.note if step.move in SAID_TO_THE_VILLAGER or step.actor_role == HIS_OWN else None)
        for step in cases.steps(case.id)
        if step.move not in ("comment", "lapse") or step.actor_role == HIS_OWN
    ]


@dataclass(frozen=True)
class Council:
    """What the village's council has to do with a case: which, for which day; once it has met, what it made of it."""

    name: str
    day: date
    outcome: AgendaOutcome | None = None
    words: str | None = None


def council_of(case: Case, way: Sequence[Line]) -> Council | None:
    """The last time a council had the case, read off its way; nobody's name, and no reason of the village's own. A
    restricted one stands on no agenda any more."""
    put = next((line.step for line in reversed(way) if line.step.move == "put_on_agenda"), None)
    if put is None:
        return None
    taken = Council(put.detail["council"], date.fromisoformat(put.detail["day"]))
    said = next(
        (line for line in reversed(way) if line.step.move == "agenda_outcome" and line.step.seq > put.seq), None
    )
    if said is None:
        return None if case.restricted else taken
    return replace(taken, outcome=AgendaOutcome(said.step.detail["outcome"]), words=said.words)


def place_of(case: Case) -> str:
    """The names of the town, the village and the place in it that a case is of."""
    ids = list(dict.fromkeys(one for one in (case.town_id, case.village_id, case.grid_id) if one is not None))
    names = grids.names_of(ids)
    return "".join(names.get(one, "") for one in ids)


def place_words(grid: Grid) -> str:
    """Town, village and place in one line, as it stands on a poster."""
    return " ".join(one.name for one in grids.ancestors(grid.path)[1:])


def has_code(case_id: int) -> bool:
    """Whether somebody holds a query code of the case already."""
    return db.session.get(CaseSecret, case_id) is not None
