"""What leaves the system as a table is written down."""

from __future__ import annotations

from datetime import datetime

from gridcase.audit import service as audit
from gridcase.core.permissions import Viewer


def note_export(*, actor: Viewer, now: datetime, what: str, count: int | None = None) -> None:
    """How many rows of which list, by whom; the names in it are masked. Without a count: it begins to leave."""
    audit.record(
        actor=actor, action="case.export", subject_kind="case", subject_id=None, now=now,
        place_path=next((grant.path for grant in actor.grants if grant.path), "/"),
        detail={"what": what} | ({} if count is None else {"rows": count}),
    )  # fmt: skip
