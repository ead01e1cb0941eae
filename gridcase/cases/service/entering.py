"""A new case enters: itself, its first step, the audit row, its count and its words, written together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gridcase.audit import service as audit
from gridcase.cases.models import Case, CaseStep, CaseTally
from gridcase.cases.service import searching
from gridcase.cases.service.door import step_of
from gridcase.cases.service.tallies import key_of
from gridcase.core.db import adopt
from gridcase.core.permissions import Grant, Viewer
from gridcase.core.together import Along, insert_together, values_of
from gridcase.grid.models import Grid


def enter(
    case: Case,
    name: str,
    *,
    place: Grid,
    actor: Viewer,
    grant: Grant | None,
    now: datetime,
    detail: Mapping[str, Any],
    more: Sequence[Along] = (),
) -> CaseStep:
    """Write a case that is complete, with what `door.write_step` would write of its first move and what the caller has
    `more` beside it. The step it returns is for telling of it; it is not one of the session's."""
    step = step_of(case, name, seq=1, actor=actor, grant=grant, now=now, from_state=None, detail=detail)
    case.id = insert_together(
        Case,
        values_of(case),
        Along(CaseStep, "case_id", values_of(step)),
        audit.along(
            actor=actor, action=f"case.{name}", subject_kind="case", place_path=case.path, now=now,
            post_id=step.actor_post_id, detail={"step": 1, "from": None, "to": case.state},
        ),
        Along(CaseTally, None, {**key_of(case)._asdict(), "delta": 1}),
        *searching.along_new(case, place),
        *more,
    )  # fmt: skip
    adopt(case)
    return step
