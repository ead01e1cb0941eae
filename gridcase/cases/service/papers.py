"""Hanging photos and papers on a step of a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from gridcase.audit import service as audit
from gridcase.cases import queries
from gridcase.cases.models import Case, CaseFile, CaseStep
from gridcase.cases.rules.papers import CAPTION_LENGTH, PaperKind, kind_as_sent, quota_refusal
from gridcase.cases.service.door import lock
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean_line
from gridcase.files import service as files
from gridcase.files.service import Prepared


@dataclass(frozen=True)
class Papers:
    """What came along with a form: checked files that lie in the folder already."""

    files: Sequence[Prepared] = ()
    kind: PaperKind = PaperKind.PHOTO
    caption: str | None = None


def attach(case: Case, papers: Papers, *, actor: Viewer, now: datetime) -> list[CaseFile]:
    """Hang files on the step that was just made, in the same transaction; the same file twice hangs once."""
    if not papers.files:
        return []
    lock(case)
    step_id = db.session.scalar(
        select(CaseStep.id).where(CaseStep.case_id == case.id).order_by(CaseStep.seq.desc()).limit(1)
    )
    count, size, last = queries.papers_held(case.id)
    wanted = list({one.digest: one for one in papers.files}.values())
    refusal = quota_refusal(files=count + len(wanted), size=size + sum(one.size for one in wanted))
    if refusal is not None:
        raise Refused(refusal, field="papers")
    caption = clean_line(papers.caption or "")[:CAPTION_LENGTH] or None
    rows = [
        CaseFile(
            case_id=case.id, seq=last + place, step_id=step_id, file_id=files.keep(one, now=now).id,
            kind=kind_as_sent(papers.kind, one.type), caption=caption, added_by_user_id=actor.user_id, added_at=now,
        )
        for place, one in enumerate(wanted, start=1)
    ]  # fmt: skip
    db.session.add_all(rows)
    db.session.flush()
    audit.record(
        actor=actor, action="case.attach", subject_kind="case", subject_id=case.id, place_path=case.path, now=now,
        detail={"files": [[row.seq, row.file_id, row.kind] for row in rows], "step": step_id},
    )  # fmt: skip
    return rows
