"""A liaison says that a family has changed; who keeps the register does it, or says why not."""

from __future__ import annotations

from datetime import date, datetime

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.text import clean_line
from gridcase.core.words import N_
from gridcase.grid import queries as grids
from gridcase.grid.rules import GridLevel
from gridcase.households.models import FamilyChange, Household
from gridcase.households.rules import ChangeState, LifeKind
from gridcase.notices import service as notices
from gridcase.people import queries as people
from gridcase.people.rules import Role


def propose(
    home: Household,
    *,
    actor: Viewer,
    kind: LifeKind,
    who: str,
    on: date | None,
    note: str,
    now: datetime,
    destination: Household | None = None,
) -> FamilyChange:
    """Put a change of a family before its village; the village head's post hears of it."""
    if home.ended_on is not None:
        raise Refused(N_("这一户已销户，不能再登记变化。"))
    if on is not None and on > town_day(now):
        raise Refused(N_("日期不能晚于今天，等办了再登记。"), field="on")
    grant = actor.acting(Permission.LOG_VISIT, path=home.path)
    row = FamilyChange(
        household_id=home.id, kind=kind, who=clean_line(who), on=on, note=clean_line(note),
        to_household_id=destination.id if destination else None, state=ChangeState.PROPOSED,
        proposed_by_user_id=actor.user_id, proposed_by_post_id=grant.post_id if grant else None, proposed_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor=actor, action="family.propose", subject_kind="household", subject_id=home.id, place_path=home.path,
        post_id=row.proposed_by_post_id, now=now,
        detail={"change": row.id, "kind": kind, "to": row.to_household_id},
    )  # fmt: skip
    _tell_village(row, home, now=now)
    return row


def _tell_village(row: FamilyChange, home: Household, *, now: datetime) -> None:
    village = next((grid for grid in grids.ancestors(home.path) if grid.level == GridLevel.VILLAGE), None)
    posts = people.posts_at(village.path, Role.VILLAGE_HEAD, on=town_day(now)) if village else []
    notices.tell_all(
        [
            notices.Telling(
                rule="family.change", subject_kind="family_change", subject_id=row.id, due_at=None,
                place_path=home.path, text=N_("%(code)s 户有变化，请核实。", code=home.code),
                link=f"/households/changes/{row.id}", post_id=post.id,
            )
            for post in posts
        ],
        now=now,
    )  # fmt: skip


def check_open(change: FamilyChange) -> None:
    """Refuse to decide twice."""
    if change.state != ChangeState.PROPOSED:
        raise Refused(N_("这一条已经有人办理过了。"))


def refuse(change: FamilyChange, *, actor: Viewer, reason: str, now: datetime) -> None:
    """Say why a proposed change is not taken over; its proposer's post reads it."""
    check_open(change)
    if len(reason.strip()) < 2:
        raise Refused(N_("请写明为什么不采纳，提出的人会看到。"), field="reason")
    _decide(change, ChangeState.REFUSED, reason.strip(), actor=actor, now=now)


def accept(change: FamilyChange, *, actor: Viewer, now: datetime) -> None:
    """Note that a proposed change was entered; the operation itself has its own audit row."""
    check_open(change)
    _decide(change, ChangeState.ACCEPTED, None, actor=actor, now=now)


def _decide(change: FamilyChange, state: ChangeState, reason: str | None, *, actor: Viewer, now: datetime) -> None:
    change.state, change.reason = state, reason
    change.decided_by_user_id, change.decided_at = actor.user_id, now
    home = db.session.get_one(Household, change.household_id)
    audit.record(
        actor=actor, action=f"family.{state}", subject_kind="household", subject_id=home.id, place_path=home.path,
        now=now, detail={"change": change.id},
    )  # fmt: skip
    if change.proposed_by_post_id is not None:
        text = (
            N_("您提出的 %(code)s 户的变化已办理。", code=home.code)
            if state is ChangeState.ACCEPTED
            else N_("您提出的 %(code)s 户的变化没有采纳，理由见户页。", code=home.code)
        )
        notices.tell(
            notices.Telling(
                rule="family.decided", subject_kind="family_change", subject_id=change.id, due_at=None,
                place_path=home.path, text=text, link=f"/households/{change.to_household_id or home.id}",
                post_id=change.proposed_by_post_id,
            ),
            now=now,
        )  # fmt: skip
    db.session.flush()
