"""Keeping the reply templates of a place."""

from __future__ import annotations

from datetime import datetime

from gridcase.audit import service as audit
from gridcase.cases import queries
from gridcase.cases.models import CaseClass, ReplyTemplate
from gridcase.cases.rules.replies import TEXT_LENGTH, TITLE_LENGTH, ReplyKind, checked_text
from gridcase.core.changes import change, check_seen
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean, clean_line
from gridcase.core.words import N_
from gridcase.grid.models import Grid

TEMPLATE_SEEN = ("kind", "class_id", "title", "text", "retired_at")


def add_template(
    *, actor: Viewer, place: Grid, kind: ReplyKind, case_class: CaseClass | None, title: str, text: str, now: datetime
) -> ReplyTemplate:
    """A ready text for a county, town or village and all below it."""
    if not queries.may_set(actor, place):
        raise Missing
    title, text = _checked(title, text)
    row = ReplyTemplate(
        place_id=place.id, path=place.path, class_id=case_class.id if case_class else None, kind=kind, title=title,
        text=text,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor=actor, action="template.add", subject_kind="reply_template", subject_id=row.id, place_path=place.path,
        now=now, detail={"kind": kind, "title": title},
    )  # fmt: skip
    return row


def edit_template(
    row: ReplyTemplate,
    *,
    actor: Viewer,
    kind: ReplyKind,
    case_class: CaseClass | None,
    title: str,
    text: str,
    seen: str | None,
    now: datetime,
) -> None:
    """Change a template; replies already written keep their words."""
    check_seen(row, TEMPLATE_SEEN, seen)
    title, text = _checked(title, text)
    class_id = case_class.id if case_class else None
    changes = change(row, {"kind": str(kind), "class_id": class_id, "title": title, "text": text})
    if changes:
        _record(row, "template.edit", actor=actor, now=now, changes=changes)


def retire_template(row: ReplyTemplate, *, actor: Viewer, now: datetime) -> None:
    """Offer a template no more; it can be taken up again."""
    row.retired_at = now
    _record(row, "template.retire", actor=actor, now=now)


def restore_template(row: ReplyTemplate, *, actor: Viewer, now: datetime) -> None:
    """Offer a retired template again."""
    row.retired_at = None
    _record(row, "template.restore", actor=actor, now=now)


def _checked(title: str, text: str) -> tuple[str, str]:
    title, text = clean_line(title), clean(text)
    if not title:
        raise Refused(N_("请起个名字。"), field="title")
    if not text:
        raise Refused(N_("请写答复的内容。"), field="text")
    if len(title) > TITLE_LENGTH:
        raise Refused(N_("请写在 %(most)s 字以内。", most=TITLE_LENGTH), field="title")
    if len(text) > TEXT_LENGTH:
        raise Refused(N_("请写在 %(most)s 字以内。", most=TEXT_LENGTH), field="text")
    return title, checked_text(text)


def _record(row: ReplyTemplate, action: str, *, actor: Viewer, now: datetime, **detail: object) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="reply_template", subject_id=row.id, place_path=row.path, now=now,
        detail=detail,
    )  # fmt: skip
