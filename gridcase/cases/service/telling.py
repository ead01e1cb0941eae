"""Who is told of a move. A notice carries the number and the title; of a restricted case the number alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from gridcase.cases.models import Case, CaseStep
from gridcase.cases.rules import Urgency
from gridcase.core.clock import TOWN_ZONE
from gridcase.core.db import db
from gridcase.core.words import N_, Text
from gridcase.notices import service as notices

_SENT: dict[str, Text] = {
    "dispatch": N_("%(what)s派给了您，请在 %(until)s 前签收。"),
    "rework": N_("%(what)s退回重办，请在 %(until)s 前办好。"),
    "reopen": N_("%(what)s已重启，请接着办理。"),
    "remind": N_("%(what)s被催办，请尽快办理。"),
}
_GIVEN_BACK = N_("%(what)s被退单，请重新派单。")
_HAS_RESULT = N_("%(what)s已有办理结果，请问问群众是否满意。")


def tell_handler(case: Case, step: CaseStep, *, now: datetime) -> None:
    """The post or unit the case is addressed to."""
    _tell(case, step, _SENT[step.move], now, post_id=case.handler_post_id, unit_id=case.handler_unit_id)


def tell_dispatcher(case: Case, step: CaseStep, *, now: datetime) -> None:
    """The post that sent the case."""
    sender = db.session.scalar(
        select(CaseStep.actor_post_id)
        .where(CaseStep.case_id == case.id, CaseStep.move == "dispatch")
        .order_by(CaseStep.seq.desc())
        .limit(1)
    )
    _tell(case, step, _GIVEN_BACK, now, post_id=sender)


def tell_taker(case: Case, step: CaseStep, *, now: datetime) -> None:
    """The post that registered the case: it knows the villager and asks for his word."""
    _tell(case, step, _HAS_RESULT, now, post_id=case.collector_post_id)


def _tell(
    case: Case, step: CaseStep, text: Text, now: datetime, *, post_id: int | None = None, unit_id: int | None = None
) -> None:
    if post_id is None and unit_id is None:
        return
    until = case.stage_due_at.astimezone(TOWN_ZONE).strftime("%m-%d %H:%M") if case.stage_due_at else ""
    what = case.number if case.restricted else f"{case.number}“{case.title}”"
    telling = notices.Telling(
        rule=f"case.{step.move}:{step.seq}", subject_kind="case", subject_id=case.id, due_at=case.stage_due_at,
        post_id=post_id, unit_id=unit_id, place_path=case.path, text=Text(text.msgid, {"what": what, "until": until}),
        link=f"/cases/{case.id}", urgent=case.urgency == Urgency.CRITICAL,
    )  # fmt: skip
    notices.tell(telling, now=now)
