"""What a village decided: for its pages, and for the rooms that rest on a passed decision."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased, selectinload

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import covers, reach, under
from gridcase.core.text import clean_line
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.people.models import Decision, DecisionPaper, DecisionStep, Organisation
from gridcase.people.queries.bodies import near
from gridcase.people.rules import RULES_KEY, BodyKind, DecisionKind, DecisionStepKind, Role, Rules

ABOUT_ONE_HOME = (DecisionKind.VETO, DecisionKind.COUNCIL)
READS = (Permission.SEE_PLACE, Permission.SEE_POINTS)


@dataclass(frozen=True)
class DecisionRow:
    """One line of the list; `step` is the last one taken."""

    id: int
    number: str
    title: str
    kind: str
    village: str
    body: str | None
    step: str
    held_on: date
    passed_on: date | None
    dropped: bool


def villagers_too(viewer: Viewer, path: Any) -> ColumnElement[bool]:
    """What a village decided is for everybody in it: whose post lies in it or above it, villagers included."""
    ways: list[ColumnElement[bool]] = []
    for grant in viewer.grants:
        if not grant.path or not grant.permissions.intersection(READS):
            continue
        above = [grant.path[: end + 1] for end, sign in enumerate(grant.path) if sign == "/" and end]
        ways += [under(path, grant.path) if grant.path != "/" else path >= "/", path.in_(above)]
    return or_(*ways) if ways else path.is_(None)


def readable(viewer: Viewer) -> ColumnElement[bool]:
    """The decisions a viewer reads. Vetoes and opinions are about single homes: villagers do not read them."""
    return and_(villagers_too(viewer, Decision.path), Decision.kind.in_(kinds_read(viewer)))


def kinds_read(viewer: Viewer) -> list[DecisionKind]:
    """The kinds of decision a viewer may read."""
    villager = all(grant.role == Role.RESIDENT for grant in viewer.grants)
    return [kind for kind in DecisionKind if not (villager and kind in ABOUT_ONE_HOME)]


def villages_reading(viewer: Viewer) -> list[Grid]:
    """The villages whose decisions the viewer may read, by code."""
    return list(
        db.session.scalars(
            select(Grid)
            .where(Grid.level == GridLevel.VILLAGE, Grid.valid_to.is_(None), villagers_too(viewer, Grid.path))
            .order_by(Grid.code)
        )
    )


def decisions(
    viewer: Viewer, *, village_id: int | None = None, kind: str = "", words: str = "", after: str | None = None
) -> Page[DecisionRow]:
    """Decisions and opinions of the viewer's villages, the newest first."""
    step = aliased(DecisionStep)
    last = select(func.max(step.rank)).where(step.decision_id == Decision.id).scalar_subquery()
    query = (
        select(
            Decision.id, Decision.number, Decision.title, Decision.kind, Grid.name, Organisation.name,
            DecisionStep.step, DecisionStep.held_on, Decision.passed_on, Decision.dropped_at.is_not(None),
        )
        .join(Grid, Grid.id == Decision.village_id)
        .join(DecisionStep, and_(DecisionStep.decision_id == Decision.id, DecisionStep.rank == last))
        .outerjoin(Organisation, Organisation.id == Decision.organisation_id)
        .where(readable(viewer))
    )  # fmt: skip
    if village_id is not None:
        query = query.where(Decision.village_id == village_id)
    if kind:
        query = query.where(Decision.kind == kind)
    if words := clean_line(words):
        query = query.where(
            or_(Decision.title.contains(words, autoescape=True), Decision.number.startswith(words, autoescape=True))
        )
    if mark := read_mark(after, int):
        query = query.where(Decision.id < mark[0])
    rows = db.session.execute(query.order_by(Decision.id.desc()).limit(PAGE_SIZE + 1))
    return cut([DecisionRow(*values) for values in map(tuple, rows)], lambda row: [row.id])


def decision_for(decision_id: int, *, viewer: Viewer, permission: Permission | None = None) -> Decision:
    """One decision the viewer may read, or use `permission` on; else `Missing`."""
    allowed = reach(viewer, permission, path=Decision.path) if permission else readable(viewer)
    found = db.session.scalar(
        select(Decision).where(Decision.id == decision_id, allowed).options(selectinload(Decision.steps))
    )
    if found is None:
        raise Missing
    return found


def may_keep(viewer: Viewer, path: str) -> bool:
    """Whether the viewer keeps the decisions of this place."""
    return any(grant.path and path.startswith(grant.path) for grant in viewer.grants_with(Permission.KEEP_DECISIONS))


def may_remark(viewer: Viewer, path: str) -> bool:
    """Whether the viewer supervises this village: an objector by place, not by the own home."""
    return any(
        covers(grant, path=path, section_id=None, household_id=None)
        for grant in viewer.grants_with(Permission.OBJECT_POINTS)
    )


def paper_for(decision_id: int, seq: int, *, viewer: Viewer) -> DecisionPaper:
    """A paper of a decision: names stand in it, so it opens to those who work in the place, not to every home."""
    found = db.session.scalar(
        select(DecisionPaper)
        .join(Decision, Decision.id == DecisionPaper.decision_id)
        .where(DecisionPaper.decision_id == decision_id, DecisionPaper.seq == seq, near(viewer, Decision.path))
    )
    if found is None:
        raise Missing
    return found


def last_entitled(village_id: int, step: str, *, body_id: int | None = None) -> int | None:
    """How many could vote the last time at such a meeting of the village."""
    query = (
        select(DecisionStep.entitled)
        .join(Decision, Decision.id == DecisionStep.decision_id)
        .where(Decision.village_id == village_id, DecisionStep.step == step, Decision.organisation_id == body_id)
        .order_by(DecisionStep.held_on.desc(), Decision.id.desc())
    )
    return db.session.scalar(query.limit(1))


def keeping_places(viewer: Viewer) -> list[Grid]:
    """The counties, towns and villages whose decisions the viewer keeps, the widest first."""
    levels = (GridLevel.COUNTY, GridLevel.TOWN, GridLevel.VILLAGE)
    return list(
        db.session.scalars(
            select(Grid)
            .where(
                Grid.level.in_(levels), Grid.valid_to.is_(None),
                reach(viewer, Permission.KEEP_DECISIONS, path=Grid.path),
            )
            .order_by(func.length(Grid.path), Grid.code)
        )
    )  # fmt: skip


def _passed(village_id: int, kinds: Collection[str], on: date) -> ColumnElement[bool]:
    return and_(
        Decision.village_id == village_id, Decision.kind.in_(kinds), Decision.passed_on <= on,
        Decision.dropped_at.is_(None),
    )  # fmt: skip


def passed_decision(
    decision_id: int, *, village_id: int, kind: DecisionKind, on: date, body: BodyKind | None = None
) -> Decision | None:
    """The decision, if the village passed it by that day as one of this kind (and, of a council, by this body)."""
    query = select(Decision).where(Decision.id == decision_id, _passed(village_id, [str(kind)], on))
    if body is not None:
        query = query.join(Organisation, Organisation.id == Decision.organisation_id).where(
            Organisation.kind == str(body)
        )
    return db.session.scalar(query)


def passed_decisions(
    village_id: int, *, kind: DecisionKind, on: date, body: BodyKind | None = None, limit: int = 50
) -> list[Decision]:
    """The decisions of this kind that the village had passed by a day, the newest first: what can be chosen."""
    query = select(Decision).where(_passed(village_id, [str(kind)], on))
    if body is not None:
        query = query.join(Organisation, Organisation.id == Decision.organisation_id).where(
            Organisation.kind == str(body)
        )
    return list(db.session.scalars(query.order_by(Decision.passed_on.desc(), Decision.id.desc()).limit(limit)))


def voted_at(decision_ids: Collection[int]) -> dict[int, datetime]:
    """When the vote of each of these decisions was recorded: what was voted on cannot be younger."""
    rows = db.session.execute(
        select(DecisionStep.decision_id, DecisionStep.recorded_at).where(
            DecisionStep.decision_id.in_(decision_ids), DecisionStep.step == DecisionStepKind.VOTE
        )
    )
    return {row.decision_id: row.recorded_at for row in rows}


def decision_numbers(village_id: int, year: int) -> list[str]:
    """The numbers given in a village and year."""
    return list(
        db.session.scalars(
            select(Decision.number).where(Decision.village_id == village_id, Decision.number.startswith(f"{year}-"))
        )
    )


def decision_numbered(village_id: int, number: str) -> Decision | None:
    """The decision of a village with this number, one that still stands and concerns more than one home."""
    return db.session.scalar(
        select(Decision).where(
            Decision.village_id == village_id, Decision.number == number, Decision.dropped_at.is_(None),
            Decision.kind.not_in(ABOUT_ONE_HOME),
        )
    )  # fmt: skip


def decision_rules(path: str, *, on: date) -> Rules:
    """The counts and days in force for a place."""
    found = grids.setting(path, RULES_KEY, on=on)
    return Rules.from_json(found[0]) if found else Rules()


def opinions_of(body_id: int, *, limit: int = 20) -> list[Decision]:
    """The opinions of a council, the newest first."""
    query = select(Decision).where(Decision.organisation_id == body_id).options(selectinload(Decision.steps))
    return list(db.session.scalars(query.order_by(Decision.id.desc()).limit(limit)))
