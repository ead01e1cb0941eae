"""The home objects to its tier or asks for another look; another person than the confirmer answers in five workdays."""

from __future__ import annotations

from datetime import datetime

from gridcase.audit import service as audit
from gridcase.calendar.queries import work_calendar
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.core.words import N_
from gridcase.core.worktime import HOURS_A_DAY
from gridcase.households.models import Household, TierChange, TierObjection
from gridcase.households.queries import tiers as queries
from gridcase.households.rules import Cause, Verdict
from gridcase.households.rules.tiers_steps import OBJECTION_WORKDAYS
from gridcase.households.service.tiers import check_words
from gridcase.households.service.tiers_tasks import ask_again
from gridcase.notices import service as notices
from gridcase.people.rules import Role

WORDS_MOST = 500


def object_to_tier(home: Household, *, actor: Viewer, words: str, now: datetime) -> TierObjection:
    """Object: the home by its own account, or who serves it, for words that were spoken. One at a time."""
    own = _own_home(home, actor)
    grant = own or queries.grant_over(home, actor, Permission.PROPOSE_TIER)
    if grant is None:
        raise Missing
    text = words.strip()
    if not 2 <= len(text) <= WORDS_MOST:
        raise Refused(N_("请写一句话说明为什么，最多 %(most)s 个字。", most=WORDS_MOST), field="words")
    db.session.refresh(home, with_for_update=True)
    if queries.open_objection_of(home.id) is not None:
        raise Refused(N_("这一户已经提过，正在复核，请等答复。"))
    change = queries.last_change(home.id)
    objection = TierObjection(
        household_id=home.id, change_id=change.id if change else None, spoken=own is None, words=text, filed_at=now,
        filed_by_user_id=actor.user_id, filed_by_post_id=grant.post_id,
        due_at=work_calendar().add_hours(now, OBJECTION_WORKDAYS * HOURS_A_DAY).at,
    )  # fmt: skip
    db.session.add(objection)
    db.session.flush()
    _record(objection, home, "tier.object", actor=actor, grant=grant, now=now)
    _tell(objection, home, actor=actor, now=now)
    return objection


def _own_home(home: Household, actor: Viewer) -> Grant | None:
    """The card of a villager over the own home."""
    return next(
        (one for one in actor.grants if one.role == Role.RESIDENT and home.id in (one.household_ids or ())), None
    )


def _record(
    objection: TierObjection, home: Household, action: str, *, actor: Viewer, grant: Grant, now: datetime
) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="household", subject_id=home.id, place_path=home.path, now=now,
        post_id=grant.post_id, detail={"objection": objection.id, "outcome": objection.outcome},
    )  # fmt: skip


def _tell(objection: TierObjection, home: Household, *, actor: Viewer, now: datetime) -> None:
    roles, today = (Role.GRID_LEADER, Role.SECTION_LEADER), town_day(now)
    near = queries.nearest_posts(home, roles, on=today, without=actor.post_ids())
    heads = queries.nearest_posts(home, (Role.VILLAGE_HEAD,), on=today, without=actor.post_ids())
    notices.tell_all(
        [
            notices.Telling(
                rule="tier_objection", subject_kind="tier_objection", subject_id=objection.id,
                due_at=objection.due_at, place_path=home.path,
                text=N_("%(code)s 对关爱等级提出异议，请在五个工作日内复核。", code=home.code),
                link=f"/households/tiers/objection/{objection.id}", post_id=post.id,
            )
            for post in (*near, *heads)
        ],
        now=now,
    )  # fmt: skip


def answer_objection(
    objection: TierObjection, home: Household, *, actor: Viewer, outcome: Verdict, answer: str, now: datetime
) -> None:
    """Answer an objection; the home reads the answer. Who confirmed the tier, or wrote the objection down, does not."""
    grant = queries.grant_over(home, actor, Permission.CONFIRM_TIER)
    if grant is None:
        raise Missing
    db.session.refresh(objection, with_for_update=True)
    if objection.answered_at is not None:
        raise Refused(N_("这条异议已经答复过了。"))
    if actor.user_id is not None and actor.user_id in (_confirmer(objection), objection.filed_by_user_id):
        raise Refused(N_("确认等级的人和代记的人不能复核，请另一位网格长或总网格长复核。"))
    objection.answer = check_words(answer, field="answer", most=WORDS_MOST)
    objection.outcome, objection.answered_at = outcome, now
    objection.answered_by_user_id, objection.answered_by_post_id = actor.user_id, grant.post_id
    _record(objection, home, "tier.answer", actor=actor, grant=grant, now=now)
    if outcome is Verdict.REASSESS:
        ref = f"o{objection.id}"
        ask_again(actor=actor, household_id=home.id, path=home.path, cause=Cause.OBJECTION, ref=ref, now=now)


def _confirmer(objection: TierObjection) -> int | None:
    change = db.session.get(TierChange, objection.change_id) if objection.change_id else None
    return change.actor_user_id if change else None
