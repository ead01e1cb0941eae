"""What leaves with a list of figures is written down."""

from __future__ import annotations

from datetime import datetime

from gridcase.audit import service as audit
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_


def refuse_too_many(more: bool, *, most: int) -> None:
    """A file holds what fits into it, or is refused: one that ends somewhere would be taken for the whole."""
    if more:
        raise Refused(N_("超过 %(n)s 条，请先换一个时段、村或类别缩小范围，再存成 Excel。", n=most))


def note_export(*, actor: Viewer, now: datetime, measure: str, period: str, count: int) -> None:
    """How many rows behind which number, by whom; the names in it are masked."""
    audit.record(
        actor=actor, action="figures.export", subject_kind="measure", subject_id=None, now=now,
        place_path=next((grant.path for grant in actor.grants if grant.path), "/"),
        detail={"measure": measure, "period": period, "rows": count},
    )  # fmt: skip
