"""One case for programs that read: its own columns and its steps, no names of persons, nothing restricted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from gridcase.cases.models import Case, CaseClass, CaseStep
from gridcase.cases.queries.sight import visible
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.people.models import Post, Unit

_VILLAGE, _PLACE = aliased(Grid), aliased(Grid)
_CASE = (
    select(
        Case.id, Case.number, Case.title, Case.text, Case.state, Case.urgency, Case.channel, Case.level,
        Case.registered_at, Case.due_at, Case.soon_at, Case.closed_at, Case.closed_late, Case.result, Case.answer,
        Case.rating, CaseClass.code, CaseClass.zh, CaseClass.en, _VILLAGE.name.label("village_name"),
        _PLACE.name.label("place_name"), Post.title.label("post_title"), Unit.name.label("unit_name"),
    )
    .select_from(Case)
    .join(CaseClass, CaseClass.id == Case.class_id)
    .join(_PLACE, _PLACE.id == Case.grid_id)
    .outerjoin(_VILLAGE, _VILLAGE.id == Case.village_id)
    .outerjoin(Post, Post.id == Case.handler_post_id)
    .outerjoin(Unit, Unit.id == Case.handler_unit_id)
)  # fmt: skip
_STEPS = select(
    CaseStep.seq, CaseStep.move, CaseStep.from_state, CaseStep.to_state, CaseStep.actor_role, CaseStep.at
).order_by(CaseStep.seq)  # fmt: skip


def read_case(case_id: int, *, viewer: Viewer) -> Any:
    """One case of the viewer's, else `Missing`; a restricted one is missing to everybody."""
    found = db.session.execute(_CASE.where(Case.id == case_id, Case.restricted.is_(False), visible(viewer))).first()
    if found is None:
        raise Missing
    return found


def read_steps(case_id: int) -> Sequence[Any]:
    """Its steps by their number: which move, by whom in which role, when."""
    return db.session.execute(_STEPS.where(CaseStep.case_id == case_id)).all()
