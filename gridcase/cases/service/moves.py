"""From the tray to the result: taking up, sending, signing, giving back, handling, pausing, ending early."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gridcase.cases import queries
from gridcase.cases.models import Case, CaseClass, CaseStep
from gridcase.cases.rules import DutyKind, PartyKind, ReturnReason, State, Urgency
from gridcase.cases.rules.catalogue import stays_restricted
from gridcase.cases.rules.majors import ABOVE_THE_VILLAGE, UNSORTED_CLASS
from gridcase.cases.service import parties, voices
from gridcase.cases.service.catalogue import hold_class, in_use
from gridcase.cases.service.clocks import stage_due_at, start_clocks
from gridcase.cases.service.door import _move, lock
from gridcase.cases.service.hiding import hidden
from gridcase.cases.service.telling import tell_dispatcher, tell_former, tell_handler, tell_taker, tell_unit
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.people.models import Post, Unit
from gridcase.people.rules import UnitKind

# Where a case lies with somebody who can be asked to hurry.
REMINDABLE = frozenset({State.DISPATCHED, State.IN_PROGRESS})


def accept(
    case: Case,
    *,
    actor: Viewer,
    now: datetime,
    case_class: CaseClass | None = None,
    urgency: Urgency | None = None,
    note: str | None = None,
) -> CaseStep:
    """Take a case up under its class, or a better one; the clock goes on from its registration."""
    hold_class(case_class or case.case_class)
    lock(case)
    if case.unsorted:
        raise Refused(N_("这件事还没有分类，请先选类别和地点。"), field="case_class")
    changes = _classified(case, case_class or case.case_class, urgency, case.path)
    other = changes["class_id"] != case.class_id
    opened = not case.restricted
    step = _move(case, "accept", actor=actor, now=now, note=note, changes=changes)
    if case.restricted and opened:
        hidden([case.id], now=now)
    if other:  # the limits of the new class, from the same start
        db.session.refresh(case, ["case_class", "class_version"])
        start_clocks(case, start=queries.clock_of(case, queries.steps(case.id)).start)
        case.stage_due_at = stage_due_at(case, now=now)
    return step


def sort(
    case: Case,
    *,
    actor: Viewer,
    now: datetime,
    case_class: CaseClass,
    grid: Grid,
    household: Household | None = None,
    urgency: Urgency | None = None,
    note: str | None = None,
) -> CaseStep:
    """Take up what came from elsewhere: give it a class and a place, and start its clocks now."""
    hold_class(case_class)
    lock(case)
    if not case.unsorted:
        raise Refused(N_("这件事已经分过类了。"), field="case_class")
    if case_class.code == UNSORTED_CLASS:
        raise Refused(N_("请选一个具体的类别。"), field="case_class")
    if grid.village_id is None or grid.town_id != case.town_id:
        raise Refused(N_("请选本镇的一个村。"), field="grid")
    changes = {
        **_classified(case, case_class, urgency, grid.path), "unsorted": False, "village_id": grid.village_id,
        "grid_id": grid.id, "path": grid.path, "section_id": household.section_id if household else None,
        "household_id": household.id if household else None,
    }  # fmt: skip
    opened = not case.restricted
    step = _move(case, "accept", actor=actor, now=now, note=note, detail={"clock": "start"}, changes=changes)
    if case.restricted and opened:
        hidden([case.id], now=now)
    db.session.refresh(case, ["case_class", "class_version"])
    start_clocks(case, start=now)
    case.stage_due_at = stage_due_at(case, now=now)
    return step


def _classified(case: Case, case_class: CaseClass, urgency: Urgency | None, path: str) -> dict[str, Any]:
    """The class of a case, with its rules at a place. A case that keeps its class keeps its version too; what came from
    elsewhere gets one now."""
    if case_class.id == case.class_id and not case.unsorted:
        return {"class_id": case.class_id, "urgency": int(urgency or case.urgency)}
    entry = in_use(case_class, path)
    return {
        "class_id": case_class.id, "class_version_id": entry.version.id if entry.version else None,
        "urgency": int(urgency or entry.terms.urgency),
        "restricted": case.restricted or entry.terms.restricted or stays_restricted(entry.code),  # never opened again
    }  # fmt: skip


def dispatch(
    case: Case,
    *,
    actor: Viewer,
    now: datetime,
    post: Post | None = None,
    unit: Unit | None = None,
    note: str | None = None,
    anyway: str | None = None,
) -> CaseStep:
    """Address a case to a post of its village or to a unit that serves its place, and tell them. What the town's duty
    list took from town and village goes there only with a reason (`anyway`), which stands on the timeline.
    """
    lock(case)  # its class and place decide who may have it
    name = _address(case, post, unit)
    changes = {"handler_post_id": post.id if post else None, "handler_unit_id": unit.id if unit else None}
    detail = {"to": name, "post_id": changes["handler_post_id"], "unit_id": changes["handler_unit_id"]}
    detail |= _by_duty_list(case, post, unit, why=anyway, field="anyway")
    step = _move(case, "dispatch", actor=actor, now=now, note=note, detail=detail, changes=changes)
    parties.leave(case, post_id=changes["handler_post_id"], unit_id=changes["handler_unit_id"], now=now)
    tell_handler(case, step, now=now)
    return step


def _by_duty_list(case: Case, post: Post | None, unit: Unit | None, *, why: str | None, field: str) -> dict[str, Any]:
    """What the duty list says of this address, for the timeline; `Refused` where it takes the matter from below and no
    reason is given."""
    duty = queries.duty_for(case, post=post, unit=unit)
    if duty is None:
        return {}
    if duty.kind is DutyKind.COOPERATE:
        return {"duty": duty.kind, "lead": duty.lead} if duty.lead else {"duty": duty.kind}
    if duty.kind is not DutyKind.UPPER:
        return {}
    reason = clean(why or "")
    if not reason:
        raise Refused(
            N_("职责清单把这类事列为上级部门收回，不宜派给镇、村：请提级吹哨，或写明仍要派的理由。"), field=field
        )
    return {"duty": duty.kind, "anyway": reason}


def _address(case: Case, post: Post | None, unit: Unit | None) -> str:
    """The name of the one post or unit chosen, if the case may go there."""
    if (post is None) == (unit is None):
        raise Refused(N_("请选一个办理岗位或单位。"), field="handler")
    check_address(case, post, unit)
    return post.title if post else unit.name if unit else ""


def check_address(case: Case, post: Post | None, unit: Unit | None) -> None:
    """Whether a case may be sent there: `Refused` in words otherwise."""
    if post is not None and case.case_class.code in ABOVE_THE_VILLAGE:
        raise Refused(N_("反映村干部和村账的事不能派给村里，请派给镇级以上单位。"), field="handler")
    if post is not None and not post.place_path.startswith(queries.home_village(case.path)):
        raise Refused(N_("这个岗位不在事件所在的村。"), field="handler")
    if unit is not None and not case.path.startswith(unit.place_path):
        raise Refused(N_("这个单位不管事件所在的地方。"), field="handler")
    if unit is not None and unit.kind == UnitKind.ZONGZHI:
        raise Refused(N_("综治中心只派单、不办理，请选办理单位。"), field="handler")


def transfer(
    case: Case, *, actor: Viewer, now: datetime, note: str, post: Post | None = None, unit: Unit | None = None
) -> CaseStep:
    """Send a case on to another post or unit, with a reason; who had it hears of it, the stage clock starts anew."""
    lock(case)
    name = _address(case, post, unit)
    before = (case.handler_post_id, case.handler_unit_id)
    changes = {"handler_post_id": post.id if post else None, "handler_unit_id": unit.id if unit else None}
    if before == tuple(changes.values()):
        raise Refused(N_("已经在那里了，请选别的岗位或单位。"), field="handler")
    detail = {"to": name, "post_id": changes["handler_post_id"], "unit_id": changes["handler_unit_id"]}
    detail |= _by_duty_list(case, post, unit, why=note, field="note")
    detail.pop("anyway", None)  # the reason of the transfer is its note
    step = _move(case, "transfer", actor=actor, now=now, note=note, detail=detail, changes=changes)
    parties.leave(case, post_id=changes["handler_post_id"], unit_id=changes["handler_unit_id"], now=now)
    tell_handler(case, step, now=now)
    tell_former(case, step, now=now, post_id=before[0], unit_id=before[1])
    return step


def add_helper(
    case: Case,
    *,
    actor: Viewer,
    now: datetime,
    post: Post | None = None,
    unit: Unit | None = None,
    note: str | None = None,
) -> CaseStep:
    """Let another post or unit help; the lead stays one."""
    lock(case)
    name = _address(case, post, unit)
    post_id, unit_id = post.id if post else None, unit.id if unit else None
    if (post_id, unit_id) == (case.handler_post_id, case.handler_unit_id):
        raise Refused(N_("它已经是主办，请选别的岗位或单位。"), field="handler")
    if any((party.post_id, party.unit_id) == (post_id, unit_id) for party in parties.helping(case)):
        raise Refused(N_("它已经在协办。"), field="handler")
    step = _move(case, "add_helper", actor=actor, now=now, note=note, detail={"to": name})
    parties.join(case, PartyKind.HELPER, post_id=post_id, unit_id=unit_id, now=now)
    tell_unit(case, step, now=now, post_id=post_id, unit_id=unit_id)
    return step


def sign(case: Case, *, actor: Viewer, now: datetime, note: str | None = None) -> CaseStep:
    """Take a dispatched case into one's hands. The first who signs is the lead: a co-handler who is first takes it over
    from whom it was sent to, who helps from now on.
    """
    lock(case)
    if any(queries.is_addressed(case, grant) for grant in actor.grants):
        return _move(case, "sign", actor=actor, now=now, note=note)
    mine = next((party for party in parties.helping(case) if parties.works_for(actor, party)), None)
    changes: dict[str, Any] = {}
    if mine is not None:
        changes = {"handler_post_id": mine.post_id, "handler_unit_id": mine.unit_id}
    sent_to = (case.handler_post_id, case.handler_unit_id)
    step = _move(
        case, "sign", actor=actor, now=now, note=note, detail={"lead": True} if mine else None, changes=changes
    )
    if mine is not None:
        mine.ended_at = now
        parties.join(case, PartyKind.HELPER, post_id=sent_to[0], unit_id=sent_to[1], now=now)
    return step


def give_back(case: Case, *, actor: Viewer, now: datetime, reason: ReturnReason, note: str | None = None) -> CaseStep:
    """Return a case to who sent it, with a reason of the list; the citizen's clock goes on."""
    changes = {"handler_post_id": None, "handler_unit_id": None}
    step = _move(case, "give_back", actor=actor, now=now, note=note, detail={"reason": reason}, changes=changes)
    tell_dispatcher(case, step, now=now)
    return step


def submit_result(
    case: Case, *, actor: Viewer, now: datetime, result: str, helper_household: Household | None = None
) -> CaseStep:
    """Say what was done; the villager is asked next, and somebody else checks."""
    lock(case)
    changes: dict[str, Any] = {
        "result": result.strip(), "handled_by_user_id": actor.user_id, "answer": None, "answer_note": None,
        "answer_attempts": 0, "rating": None,
    }  # fmt: skip
    if helper_household is not None:
        changes["helper_household_id"] = helper_in_village(case, helper_household).id
    step = _move(case, "submit_result", actor=actor, now=now, note=result, changes=changes)
    tell_taker(case, step, now=now)
    voices.follow(case, now=now)
    return step


def helper_in_village(case: Case, helper: Household) -> Household:
    """The household that helped, if it is one of the case's village: points stay inside a village."""
    if helper.village_id != case.village_id:
        raise Refused(N_("协助户须是本村的住户。"), field="helper_household")
    return helper


def remind(case: Case, *, actor: Viewer, now: datetime, note: str | None = None) -> CaseStep:
    """Ask whoever has the case to hurry."""
    lock(case)
    if case.state not in REMINDABLE:
        raise Refused(N_("这件事不在办理人手上，没有人可以催办。"))
    step = _move(case, "remind", actor=actor, now=now, note=note)
    tell_handler(case, step, now=now)
    return step


def comment(case: Case, *, actor: Viewer, now: datetime, note: str, detail: dict[str, Any] | None = None) -> CaseStep:
    """Add a word to the timeline; `detail`: what a room above this one has to say (`said.what_happened`)."""
    return _move(case, "comment", actor=actor, now=now, note=note, detail=detail)


def withdraw(case: Case, *, actor: Viewer, now: datetime, note: str) -> CaseStep:
    """End a case because its reporter wants so."""
    step = _move(case, "withdraw", actor=actor, now=now, note=note)
    voices.follow(case, now=now)
    return step


def void(case: Case, *, actor: Viewer, now: datetime, note: str) -> CaseStep:
    """End a case that should never have been one."""
    step = _move(case, "void", actor=actor, now=now, note=note)
    voices.follow(case, now=now)
    return step
