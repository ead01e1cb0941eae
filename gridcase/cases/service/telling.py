"""Who is told of a move. A notice carries the number and the title; of a restricted case the number alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from gridcase.cases import queries
from gridcase.cases.models import Case, CaseRequest, CaseStep
from gridcase.cases.rules import RequestKind, Urgency
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.words import N_, Text
from gridcase.notices import service as notices

_SENT: dict[str, Text] = {
    "register": N_("特急：%(what)s刚登记，请在 %(until)s 前受理。"),
    "dispatch": N_("%(what)s派给了您，请在 %(until)s 前签收。"),
    "rework": N_("%(what)s退回重办，请在 %(until)s 前办好。"),
    "reopen": N_("%(what)s已重启，请接着办理。"),
    "remind": N_("%(what)s被催办，请尽快办理。"),
    "transfer": N_("%(what)s转给了您，请在 %(until)s 前签收。"),
    "add_helper": N_("请协办%(what)s。"),
    "supervise": N_("%(what)s被督办，请按督办单要求办理。"),
    "agenda_outcome": N_("%(what)s有了四会商量的结果，请打开看。"),
    "escalate": N_("%(what)s吹哨请您单位报到，请在 %(until)s 前到场。"),
}
# Where the deadline has passed there is no later time to name.
_LATE: dict[str, Text] = {
    _SENT["dispatch"].msgid: N_("%(what)s派给了您，已经超期，请马上签收。"),
    _SENT["transfer"].msgid: N_("%(what)s转给了您，已经超期，请马上签收。"),
    _SENT["rework"].msgid: N_("%(what)s退回重办，已经超期，请马上办理。"),
}
_ANSWERED: dict[str, Text] = {
    "grant_extension": N_("%(what)s的延期已准予。"),
    "refuse_extension": N_("%(what)s的延期未准予，请按原期限办理。"),
    "suspend": N_("%(what)s的挂起已准予。"),
    "refuse_pause": N_("%(what)s的挂起未准予，请继续办理。"),
}
_LAPSED = N_("%(what)s的%(kind)s申请没有等到答复就转到下一步了，已自动失效。")
_ASKED = N_("%(what)s有延期或挂起的申请，请答复。")
_SENT_ON = N_("%(what)s已转给别处，不用再办。")
_CLIMBED = N_("%(what)s提级到您这里，请在 %(until)s 前派单。")
_LATE[_CLIMBED.msgid] = N_("%(what)s提级到您这里，已经超期，请马上派单。")
_GIVEN_BACK = N_("%(what)s被退单，请重新派单。")
_VOICE = N_("%(what)s附议的事有了新进展，请告诉反映人。")
_VOICE_OUT = N_("%(what)s恢复单独办理，期限仍从登记时算起。")
_SPOKEN = N_("%(what)s又有人反映，现在有 %(n)s 个声音。")
_SPOKEN_AGAIN = N_("%(what)s的反映人又来反映，请看是否要催办或提级。")
_HAS_RESULT = N_("%(what)s已有办理结果，请问问群众是否满意。")


def tell_handler(case: Case, step: CaseStep, *, now: datetime) -> None:
    """The post or unit the case is addressed to."""
    _tell(case, step, _SENT[step.move], now, post_id=case.handler_post_id, unit_id=case.handler_unit_id)


def tell_dispatcher(case: Case, step: CaseStep, *, now: datetime) -> None:
    """The post that sent the case."""
    _tell(case, step, _GIVEN_BACK, now, post_id=_sender(case))


def tell_taker(case: Case, step: CaseStep, *, now: datetime) -> None:
    """The post that registered the case: it knows the villager and asks for his word."""
    _tell(case, step, _HAS_RESULT, now, post_id=case.collector_post_id)


def tell_voice(case: Case, step: CaseStep, *, now: datetime) -> None:
    """The post that registered a voice: what it has joined has moved on, or it has its own life again."""
    text = _VOICE if step.move == "follow_first" else _VOICE_OUT
    _tell(case, step, text, now, post_id=case.collector_post_id, rule="voice")


def tell_spoken(first: Case, voice_id: int, *, now: datetime, count: int | None) -> None:
    """Whoever has a case: more have spoken for it, or (`count` None) the same home again, which the sender hears too:
    it may be a call for more than waiting."""
    what = f"{first.number}“{first.title}”"
    text = Text(_SPOKEN.msgid, {"what": what, "n": count}) if count else Text(_SPOKEN_AGAIN.msgid, {"what": what})
    rule = f"case.voice:{count}" if count else f"case.voice_again:{voice_id}"
    sender = None if count else _sender(first)
    told = {(first.handler_post_id, first.handler_unit_id), (sender, None)} - {(None, None)}
    tellings = [
        notices.Telling(
            rule=rule, subject_kind="case", subject_id=first.id, due_at=None, post_id=post, unit_id=unit,
            place_path=first.path, text=text, link=f"/cases/{first.id}", urgent=False,
        )
        for post, unit in sorted(told, key=str)
    ]  # fmt: skip
    notices.tell_all(tellings, now=now)


def tell_at_once(case: Case, step: CaseStep, *, now: datetime) -> None:
    """An emergency just written down: the village's and the town's desk, at any hour."""
    for post_id in queries.posts_to_warn(case, on=town_day(now)):
        _tell(case, step, _SENT[step.move], now, post_id=post_id)


def tell_former(case: Case, step: CaseStep, *, now: datetime, post_id: int | None, unit_id: int | None) -> None:
    """Whoever had the case before it was sent on."""
    _tell(case, step, _SENT_ON, now, post_id=post_id, unit_id=unit_id, rule="former", link="/cases/")


def tell_unit(
    case: Case,
    step: CaseStep,
    *,
    now: datetime,
    post_id: int | None = None,
    unit_id: int | None = None,
    by: datetime | None = None,
) -> None:
    """A co-handler, or a unit called by a whistle until `by`."""
    _tell(case, step, _SENT[step.move], now, post_id=post_id, unit_id=unit_id, rule="party", by=by)


def tell_desk(case: Case, step: CaseStep, *, now: datetime, unit_id: int | None) -> None:
    """The desk the case has climbed to; without a unit the village's posts."""
    if unit_id is not None:
        _tell(case, step, _CLIMBED, now, unit_id=unit_id, rule="desk")
        return
    for post_id in queries.village_desk(case, on=town_day(now)):
        _tell(case, step, _CLIMBED, now, post_id=post_id, rule="desk")


def tell_granters(case: Case, step: CaseStep, *, now: datetime) -> None:
    """Who sent the case: the desk that may grant, or knows who may; the unit's lead finds it in the unit's list."""
    _tell(case, step, _ASKED, now, post_id=_sender(case))


def tell_asker(case: Case, step: CaseStep, request: CaseRequest, *, now: datetime) -> None:
    """The post that asked for more time or a pause."""
    _tell(case, step, _ANSWERED[step.move], now, post_id=request.asked_by_post_id, rule="asker")


def tell_lapsed(case: Case, step: CaseStep, request: CaseRequest, *, now: datetime) -> None:
    """The post whose request was not decided before the case went on."""
    text = Text(_LAPSED.msgid, {"kind": RequestKind(request.kind).label})
    _tell(case, step, text, now, post_id=request.asked_by_post_id, rule="asker")


def _sender(case: Case) -> int | None:
    return db.session.scalar(
        select(CaseStep.actor_post_id)
        .where(CaseStep.case_id == case.id, CaseStep.move.in_(("dispatch", "transfer")))
        .order_by(CaseStep.seq.desc())
        .limit(1)
    )


def _tell(
    case: Case,
    step: CaseStep,
    text: Text,
    now: datetime,
    *,
    post_id: int | None = None,
    unit_id: int | None = None,
    rule: str = "",
    by: datetime | None = None,
    link: str = "",
) -> None:
    if post_id is None and unit_id is None:
        return
    by = by or case.stage_due_at
    if by is not None and by <= step.at:
        text = _LATE.get(text.msgid, text)
    what = case.number if case.restricted else f"{case.number}“{case.title}”"
    telling = notices.Telling(
        rule=f"case.{step.move}:{step.seq}{rule and '.' + rule}", subject_kind="case", subject_id=case.id, due_at=by,
        post_id=post_id, unit_id=unit_id, place_path=case.path,
        text=Text(text.msgid, {**text.params, "what": what, "until": by or ""}),
        link=link or f"/cases/{case.id}", urgent=case.urgency == Urgency.CRITICAL, number=case.number,
        for_groups=not case.restricted,
    )  # fmt: skip
    notices.tell(telling, now=now)
