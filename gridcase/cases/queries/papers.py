"""The photos and papers of a case, as far as somebody may open them."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import ColumnElement, bindparam, exists, func, select

from gridcase.cases.models import Case, CaseFile
from gridcase.cases.queries.sight import get_case, permissions_over
from gridcase.cases.rules.papers import PaperKind
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.files.models import StoredFile

_PAPERS = select(CaseFile).where(CaseFile.case_id == bindparam("case_id")).order_by(CaseFile.seq)


def has_papers() -> ColumnElement[bool]:
    """Whether anything hangs on the case of the row."""
    return exists().where(CaseFile.case_id == Case.id)


def papers_by_step(case: Case, *, reads_letters: bool) -> dict[int, list[CaseFile]]:
    """What hangs on each step, in order; letters only for those who may read who reported."""
    rows = db.session.scalars(_PAPERS, {"case_id": case.id})
    found: dict[int, list[CaseFile]] = defaultdict(list)
    for row in rows:
        if reads_letters or not PaperKind(row.kind).names_reporter:
            found[row.step_id].append(row)
    return found


def get_paper(case_id: int, seq: int, *, viewer: Viewer) -> tuple[Case, CaseFile]:
    """One photo or paper of a case the viewer may open, else `Missing`."""
    case = get_case(case_id, viewer=viewer)
    row = db.session.scalar(select(CaseFile).where(CaseFile.case_id == case.id, CaseFile.seq == seq))
    if row is None:
        raise Missing
    if PaperKind(row.kind).names_reporter and Permission.SEE_REPORTER not in permissions_over(case, viewer):
        raise Missing
    return case, row


def papers_held(case_id: int) -> tuple[int, int, int]:
    """How many files a case has, their bytes, and the last number given."""
    files, size, last = db.session.execute(
        select(func.count(), func.coalesce(func.sum(StoredFile.size), 0), func.coalesce(func.max(CaseFile.seq), 0))
        .select_from(CaseFile)
        .join(StoredFile, StoredFile.id == CaseFile.file_id)
        .where(CaseFile.case_id == case_id)
    ).one()
    return int(files), int(size), int(last)
