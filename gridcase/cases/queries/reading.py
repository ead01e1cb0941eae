"""One case for programs that read: its own columns and its steps, no names of persons, nothing restricted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import aliased

from gridcase.cases.models import Case, CaseClass, CaseStep
from gridcase.cases.queries.sight import STATEMENTS, visible
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
_STEPS = (
    select(CaseStep.seq, CaseStep.move, CaseStep.from_state, CaseStep.to_state, CaseStep.actor_role, CaseStep.at)
    .where(CaseStep.case_id == bindparam("case_id"))
    .order_by(CaseStep.seq)
)


def read_case(case_id: int, *, viewer: Viewer) -> Any:
    """One case of the viewer's, else `Missing`; a restricted one is missing to everybody."""
    found = db.session.execute(_one(viewer), {"case_id": case_id}).first()
    if found is None:
        raise Missing
    return found


@lru_cache(maxsize=STATEMENTS)
def _one(viewer: Viewer) -> Select[*tuple[Any, ...]]:
    return _CASE.where(Case.id == bindparam("case_id"), Case.restricted.is_(False), visible(viewer))


def read_steps(case_id: int) -> Sequence[Any]:
    """Its steps by their number: which move, by whom in which role, when."""
    return db.session.execute(_STEPS, {"case_id": case_id}).all()
