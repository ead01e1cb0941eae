"""A quick answer: ten seconds, two lines."""

from __future__ import annotations

from datetime import datetime

from gridcase.audit import service as audit
from gridcase.cases import queries as case_queries
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean_line
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.reception.models import QuickAnswer
from gridcase.reception.service import legal
from gridcase.reception.service.raising import grant_at, once, past_the_village

QUESTION_LENGTH, ANSWER_LENGTH = 120, 200


def answer(
    *,
    actor: Viewer,
    place: Grid,
    client_uuid: str,
    question: str,
    reply: str,
    class_code: str,
    now: datetime,
    not_officials: bool = False,
    point_id: int | None = None,
) -> QuickAnswer:
    """Note a question and what was said; no name, no case. `point_id`: the legal service point it was given at."""
    grant = grant_at(actor, place)
    question, reply = clean_line(question)[:QUESTION_LENGTH], clean_line(reply)[:ANSWER_LENGTH]
    if not question:
        raise Refused(N_("请写一句问了什么。"), field="question")
    if not reply:
        raise Refused(N_("请写一句怎么答的。"), field="reply")
    found = case_queries.entry_in_use(class_code, path=place.path)
    if found.terms.restricted:
        raise Refused(N_("这类事不能快速答复，请登记成事件。"), field="case_class")
    if point_id is not None:
        legal.check_point(point_id, class_code=found.code, place=place)
    past_the_village(question, reply, sure=not_officials)
    row, new = once(
        QuickAnswer(
            client_uuid=client_uuid, place_id=place.id, path=place.path, at=now, question=question, answer=reply,
            class_id=found.case_class.id, user_id=actor.user_id, post_id=grant.post_id,
        ),
        QuickAnswer,
    )  # fmt: skip
    if new:
        detail: dict[str, object] = {"class": found.code}
        if point_id is not None:
            legal.count_at(row, point_id)
            detail["point"] = point_id
        audit.record(
            actor=actor, action="reception.answer", subject_kind="quick_answer", subject_id=row.id,
            place_path=place.path, post_id=grant.post_id, now=now, detail=detail,
        )  # fmt: skip
        db.session.flush()
    return row
