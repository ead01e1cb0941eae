"""While a mediation runs: opening it, its parties, sessions and the text of the agreement."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import update

from gridcase.audit import service as audit
from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.cases.rules import ENDED_STATES
from gridcase.cases.service.door import lock
from gridcase.core.changes import change, check_seen
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean, clean_line
from gridcase.core.words import N_
from gridcase.households.models import Household
from gridcase.mediation import queries, rules
from gridcase.mediation.models import Mediation, MediationParty, MediationSession

OVER = N_("这次调解已经结束，不能再改。")
AGREEMENT = ("dispute", "facts", "terms", "fulfilment", "fulfil_by")


def open_mediation(case: Case, *, actor: Viewer, now: datetime, mediators: str) -> Mediation:
    """Begin to mediate a dispute; the period of a month runs from today. The case stays where it is."""
    lock(case)
    if not rules.is_dispute(case.case_class.code):
        raise Refused(N_("只有矛盾纠纷类的事件可以调解。"))
    if case.state in ENDED_STATES:
        raise Refused(N_("这件事已经结束，不能再开始调解。"))
    if queries.of_case(case) is not None:
        raise Refused(N_("这件事已经在调解，请刷新页面。"))
    _check_may(case, None, actor)
    names = clean_line(mediators)
    acting = next(iter(case_queries.grants_over(case, actor)), None)
    made = Mediation(
        case_id=case.id, mediators=names, opened_at=now, opened_by_user_id=actor.user_id,
        opened_by_post_id=acting.post_id if acting else None, opened_by_name=actor.name,
        due_on=rules.usual_end(town_day(now)), longer=False, ways_told=False,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    cases.comment(case, actor=actor, now=now, note=names, detail={"mediation": "opened"})
    record(made, case, "opened", actor=actor, now=now)
    return made


def set_frame(
    mediation: Mediation, *, actor: Viewer, now: datetime, mediators: str, due_on: date, both_agreed: bool = False
) -> None:
    """Change who mediates, or the last day: beyond the usual month only where both parties agree."""
    case = running(mediation, actor)
    if due_on < town_day(now) and due_on != mediation.due_on:
        raise Refused(N_("日期须在今天或以后。"), field="due_on")
    usual = rules.usual_end(town_day(mediation.opened_at))
    longer = due_on > usual
    if longer and not (both_agreed or due_on == mediation.due_on):
        raise Refused(N_("超过一个月须双方都同意，请确认后勾选。"), field="both_agreed")
    values = {"mediators": clean_line(mediators), "due_on": due_on, "longer": longer}
    changes = change(mediation, values, personal=("mediators",))
    record(mediation, case, "frame", actor=actor, now=now, changes=changes)


@dataclass(frozen=True)
class Party:
    """What is written down of a party."""

    name: str
    phone: str | None = None
    household: Household | None = None
    consented_on: date | None = None


def add_party(mediation: Mediation, *, actor: Viewer, now: datetime, party: Party) -> MediationParty:
    """One more who is in dispute."""
    case = running(mediation, actor)
    _check_party(party, case, now)
    if len(mediation.parties) >= rules.MOST_PARTIES:
        raise Refused(N_("一次调解最多登记 %(n)s 位当事人。", n=rules.MOST_PARTIES), field="name")
    last = max((one.seq for one in mediation.parties), default=0)
    made = MediationParty(mediation_id=mediation.id, seq=last + 1, **_values(party))
    db.session.add(made)
    db.session.flush()
    db.session.refresh(mediation, ["parties"])
    record(mediation, case, "party", actor=actor, now=now, party=made.seq)
    return made


def change_party(mediation: Mediation, seq: int, *, actor: Viewer, now: datetime, party: Party) -> MediationParty:
    """Put right what stands of a party, or note that he agreed to mediate."""
    case = running(mediation, actor)
    found = queries.party_of(mediation, seq)
    _check_party(party, case, now)
    changes = change(found, _values(party), personal=("name", "phone"))
    record(mediation, case, "party", actor=actor, now=now, party=seq, changes=changes)
    return found


def remove_party(mediation: Mediation, seq: int, *, actor: Viewer, now: datetime) -> None:
    """Take out who was written down by mistake."""
    case = running(mediation, actor)
    db.session.delete(queries.party_of(mediation, seq))
    db.session.flush()
    db.session.refresh(mediation, ["parties"])
    record(mediation, case, "party_removed", actor=actor, now=now, party=seq)


def _check_party(party: Party, case: Case, now: datetime) -> None:
    if not clean_line(party.name):
        raise Refused(N_("请填当事人姓名。"), field="name")
    if party.consented_on is not None and party.consented_on > town_day(now):
        raise Refused(N_("日期不能晚于今天。"), field="consented_on")
    if party.household is not None and party.household.village_id != case.village_id:
        raise Refused(N_("这一户不在事件所在的村，只填姓名即可。"), field="household")


def _values(party: Party) -> dict[str, Any]:
    return {
        "name": clean_line(party.name), "phone": clean_line(party.phone or "") or None,
        "household_id": party.household.id if party.household else None, "consented_on": party.consented_on,
    }  # fmt: skip


def add_session(
    mediation: Mediation, *, actor: Viewer, now: datetime, held_at: datetime, place: str, present: str, said: str
) -> MediationSession:
    """Write down one sitting."""
    case = running(mediation, actor)
    if held_at > now:
        raise Refused(N_("时间不能晚于现在，开过以后再记。"), field="held_at")
    if len(mediation.sessions) >= rules.MOST_SESSIONS:
        raise Refused(N_("一次调解最多记 %(n)s 次经过。", n=rules.MOST_SESSIONS), field="held_at")
    made = MediationSession(
        mediation_id=mediation.id, held_at=held_at, place=clean_line(place), present=clean_line(present),
        said=clean(said), written_by_user_id=actor.user_id, written_by_name=actor.name, written_at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    db.session.refresh(mediation, ["sessions"])
    record(mediation, case, "session", actor=actor, now=now, count=len(mediation.sessions))
    return made


@dataclass(frozen=True)
class Agreement:
    """The text of an agreement; `dispute`: what is in dispute, `terms`: what was agreed."""

    dispute: str
    terms: str
    facts: str | None = None
    fulfilment: str | None = None
    fulfil_by: date | None = None


def write_agreement(
    mediation: Mediation, *, actor: Viewer, now: datetime, agreement: Agreement, seen: str | None = None
) -> None:
    """Draft the agreement, or draft it anew; `seen` is what its writer had before him."""
    case = running(mediation, actor)
    check_seen(mediation, AGREEMENT, seen)
    values = {
        name: clean(value) or None if isinstance(value, str) else value for name, value in asdict(agreement).items()
    }
    changes = change(mediation, values, personal=("dispute", "terms", "facts", "fulfilment"))
    record(mediation, case, "agreement", actor=actor, now=now, changes=changes)


def repoint_household(double: Household, kept: Household, *, actor: Viewer, now: datetime) -> int:
    """The parties of a home that was written twice live in the kept one."""
    ids = db.session.scalars(
        update(MediationParty)
        .where(MediationParty.household_id == double.id)
        .values(household_id=kept.id)
        .returning(MediationParty.id),
        execution_options={"synchronize_session": False},
    ).all()
    if ids:
        audit.record(
            actor=actor, action="mediation.repoint", subject_kind="household", subject_id=kept.id,
            place_path=kept.path, now=now, detail={"double": double.id, "count": len(ids)},
        )  # fmt: skip
    return len(ids)


def held(mediation: Mediation, actor: Viewer) -> Case:
    """The mediation's row until the transaction ends, and its case; refused to who does not keep the record."""
    db.session.refresh(mediation, with_for_update=True)
    case = db.session.get_one(Case, mediation.case_id)
    _check_may(case, mediation, actor)
    return case


def running(mediation: Mediation, actor: Viewer) -> Case:
    """The same for what only a mediation that has not ended allows."""
    case = held(mediation, actor)
    if mediation.result is not None:
        raise Refused(OVER)
    return case


def _check_may(case: Case, mediation: Mediation | None, actor: Viewer) -> None:
    if not queries.may_mediate(case, mediation, actor):
        raise Refused(N_("这件事由接到派单的岗位或单位调解；还没派单的，由网格长、总网格长调解。"))


def record(mediation: Mediation, case: Case, what: str, *, actor: Viewer, now: datetime, **detail: Any) -> None:
    """One deed into the audit: ids, days and counts, never a name or a text."""
    audit.record(
        actor=actor, action=f"mediation.{what}", subject_kind="mediation", subject_id=mediation.id,
        place_path=case.path, now=now, detail={"case": case.id, **detail},
    )  # fmt: skip
