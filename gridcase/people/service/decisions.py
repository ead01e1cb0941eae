"""Writing what a village decided: the proposal, the steps one by one, a council's opinion, dropping a wrong one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from gridcase.audit import service as audit
from gridcase.core.changes import change, check_seen
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_, Text
from gridcase.files import service as files
from gridcase.files.service import Prepared
from gridcase.grid import service as grids
from gridcase.grid.models import Grid, PlaceSetting
from gridcase.grid.rules import GridLevel
from gridcase.people import queries
from gridcase.people.models import Decision, DecisionPaper, DecisionRemark, DecisionStep, Organisation
from gridcase.people.rules import (
    RULES_KEY,
    DecisionKind,
    DecisionStepKind,
    Rules,
    Step,
    check_step,
    passing_step,
)

MOST_PAPERS = 30
DECISION_EDITED = ("title", "text", "collected")


def propose(
    *,
    actor: Viewer,
    village: Grid,
    kind: DecisionKind,
    title: str,
    text: str,
    held_on: date,
    now: datetime,
    collected: str = "",
    note: str = "",
) -> Decision:
    """The party branch proposes something: the decision gets its number, and its first step is taken."""
    if kind is DecisionKind.COUNCIL:
        raise Refused(N_("四会意见由所在的组织登记。"), field="kind")
    decision = _add(actor, village, kind, title, text, held_on, now, collected=collected)
    record_step(decision, Step(DecisionStepKind.PROPOSE, held_on, note=note), actor=actor, now=now)
    return decision


def opine(
    *,
    actor: Viewer,
    body: Organisation,
    title: str,
    text: str,
    held_on: date,
    entitled: int,
    present: int,
    in_favour: int,
    now: datetime,
    note: str = "",
) -> Decision:
    """A council met and agreed on an opinion; it holds at once."""
    village = db.session.get_one(Grid, body.place_id)
    if not body.valid_from <= held_on or (body.valid_to is not None and held_on >= body.valid_to):
        raise Refused(N_("这一天这个组织不存在，请改日期。"), field="held_on")
    decision = _add(actor, village, DecisionKind.COUNCIL, title, text, held_on, now, body=body)
    step = Step(DecisionStepKind.VOTE, held_on, entitled, present, in_favour, note=note)
    record_step(decision, step, actor=actor, now=now)
    return decision


def _add(
    actor: Viewer,
    village: Grid,
    kind: DecisionKind,
    title: str,
    text: str,
    held_on: date,
    now: datetime,
    *,
    collected: str = "",
    body: Organisation | None = None,
) -> Decision:
    if village.level != GridLevel.VILLAGE:
        raise Refused(N_("决议是村里的，请选一个村。"), field="village")
    db.session.refresh(village, with_for_update=True)  # two at once get two numbers
    taken = [int(number.split("-")[1]) for number in queries.decision_numbers(village.id, held_on.year)]
    decision = Decision(
        village_id=village.id, path=village.path, number=f"{held_on.year}-{max(taken, default=0) + 1:02d}",
        kind=str(kind), organisation_id=body.id if body else None, title=title, text=text, collected=collected,
        user_id=actor.user_id, made_at=now,
    )  # fmt: skip
    db.session.add(decision)
    db.session.flush()
    _note(decision, "decision.open", actor, now, kind=str(kind))
    return decision


def record_step(decision: Decision, step: Step, *, actor: Viewer, now: datetime) -> DecisionStep:
    """Take the next step. `Refused` where another comes first, too few were present, or it was voted down."""
    _lock(decision)
    rules = queries.decision_rules(decision.path, on=step.held_on)
    check_step(decision.kind, decision.steps, step, rules=rules, today=town_day(now))
    row = DecisionStep(
        decision_id=decision.id, rank=len(decision.steps) + 1, step=str(step.kind), held_on=step.held_on,
        until=step.until, assembly=str(step.assembly or ""), entitled=step.entitled, present=step.present,
        in_favour=step.in_favour, note=step.note, user_id=actor.user_id, recorded_at=now,
    )  # fmt: skip
    decision.steps.append(row)
    if step.kind is passing_step(decision.kind):
        decision.passed_on = step.held_on
    db.session.flush()
    _note(
        decision, "decision.step", actor, now, step=str(step.kind), on=step.held_on.isoformat(),
        entitled=step.entitled, present=step.present, in_favour=step.in_favour,
    )  # fmt: skip
    return row


def take_back(decision: Decision, *, actor: Viewer, now: datetime) -> None:
    """The last step was entered wrongly; possible until the decision has passed, and never for the first one."""
    _lock(decision)
    _refuse_passed(decision)
    if len(decision.steps) < 2:
        raise Refused(N_("只有提议一步，要改请修改内容，不办了请作废。"))
    last = decision.steps.pop()
    db.session.delete(last)
    db.session.flush()
    _note(decision, "decision.take_back", actor, now, step=last.step, on=last.held_on.isoformat())


def edit_decision(
    decision: Decision, *, actor: Viewer, title: str, text: str, collected: str, seen: str | None, now: datetime
) -> Decision:
    """Change the words of a proposal; after the vote they stand as they were voted on."""
    _lock(decision)
    _refuse_passed(decision)
    check_seen(decision, DECISION_EDITED, seen)
    if any(step.step == DecisionStepKind.VOTE for step in decision.steps):
        raise Refused(N_("已经表决，内容不能再改。登记错了请作废，另行提议。"))
    changes = change(decision, {"title": title, "text": text, "collected": collected}, personal=DECISION_EDITED)
    _note(decision, "decision.edit", actor, now, changes=changes)
    return decision


def drop_decision(decision: Decision, *, actor: Viewer, why: str, resting: Sequence[Text], now: datetime) -> None:
    """The decision holds no longer and says why. Refused while something rests on it, as the caller found."""
    _lock(decision)
    if resting:
        raise Refused(N_("%(what)s 依据这项决议正在执行，请先停用，再作废。", what=list(resting)))
    decision.dropped_at, decision.dropped_why = now, why
    _note(decision, "decision.drop", actor, now)


def attach(decision: Decision, prepared: Sequence[Prepared], *, actor: Viewer, caption: str, now: datetime) -> int:
    """Hang papers onto a decision: minutes, the sign-in sheet, a photo of the notice. Returns how many."""
    db.session.refresh(decision, with_for_update=True)
    if len(decision.papers) + len(prepared) > MOST_PAPERS:
        raise Refused(N_("一项决议最多放 %(n)s 份材料。", n=MOST_PAPERS), field="papers")
    first = max((one.seq for one in decision.papers), default=0) + 1
    for seq, one in enumerate(prepared, start=first):
        row = DecisionPaper(
            decision_id=decision.id, seq=seq, file_id=files.keep(one, now=now).id, caption=caption,
            user_id=actor.user_id, added_at=now,
        )  # fmt: skip
        decision.papers.append(row)
    db.session.flush()
    _note(decision, "decision.paper", actor, now, count=len(prepared))
    return len(prepared)


def remark(decision: Decision, *, actor: Viewer, text: str, now: datetime) -> DecisionRemark:
    """The supervisor's word on a decision, passed or not; it stays."""
    db.session.refresh(decision, with_for_update=True)
    grant = actor.acting(Permission.OBJECT_POINTS, path=decision.path)
    row = DecisionRemark(
        decision_id=decision.id, seq=len(decision.remarks) + 1, text=text, user_id=actor.user_id, said_at=now,
        said_by=(grant.title if grant else "") or actor.name,
    )  # fmt: skip
    decision.remarks.append(row)
    db.session.flush()
    _note(decision, "decision.remark", actor, now)
    return row


def set_decision_rules(*, actor: Viewer, place: Grid, rules: Rules, now: datetime) -> PlaceSetting:
    """From today on the decisions of a place are counted by these rules."""
    return grids.set_setting(
        actor=actor, place=place, key=RULES_KEY, value=rules.checked().to_json(), valid_from=town_day(now), now=now
    )


def _lock(decision: Decision) -> None:
    """Whoever comes second sees what the first one wrote."""
    db.session.refresh(decision, with_for_update=True)
    if decision.dropped_at is not None:
        raise Refused(N_("这项决议已经作废，请另行提议。"))


def _refuse_passed(decision: Decision) -> None:
    if decision.passed_on is not None:
        raise Refused(N_("已经通过的决议不能再改。登记错了请作废，另行提议。"))


def _note(decision: Decision, action: str, actor: Viewer, now: datetime, **detail: object) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="decision", subject_id=decision.id, place_path=decision.path, now=now,
        detail={key: value for key, value in detail.items() if value is not None},
    )  # fmt: skip
