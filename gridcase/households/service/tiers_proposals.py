"""A tier is proposed by one person and confirmed by another; red, up or down, by the record of a meeting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.core.words import N_
from gridcase.households.models import Household, TierSuggestion
from gridcase.households.queries import tiers as queries
from gridcase.households.rules import CareTier, MeetingKind, ProposalState
from gridcase.households.rules.tiers_rules import TierRules, is_down, may_go_down, touches_red
from gridcase.households.service.tiers import check_words, set_tier
from gridcase.notices import service as notices
from gridcase.people.rules import Role

MEETING_LINES = 120


@dataclass(frozen=True)
class Meeting:
    """The meeting that decided: day, kind, and the number of its record or what it concluded."""

    on: date | None
    kind: MeetingKind | None
    ref: str


def propose_tier(home: Household, *, actor: Viewer, tier: CareTier, words: str, now: datetime) -> TierSuggestion:
    """Propose a tier (or to keep it), with a sentence why. A proposal that still waits gives way to the new one."""
    grant = _grant(home, actor, Permission.PROPOSE_TIER)
    db.session.refresh(home, with_for_update=True)
    today, before = town_day(now), CareTier(home.tier)
    why = check_words(words, field="words", most=200)
    rules = queries.rules_for(home.path, on=today)
    _check_slow(home, before, tier, rules, today)
    if waiting := queries.waiting_for(home.id):
        _decide(waiting, ProposalState.SUPERSEDED, actor=actor, grant=grant, now=now)
        db.session.flush()
    found = queries.suggestion_for(home, on=today)
    proposal = TierSuggestion(
        household_id=home.id, from_tier=before, to_tier=tier, computed_tier=found.tier, total=found.total,
        reasons=found.as_json(), rules_version=rules.version, words=why, state=ProposalState.PROPOSED, proposed_at=now,
        proposed_by_user_id=actor.user_id, proposed_by_post_id=grant.post_id,
    )  # fmt: skip
    db.session.add(proposal)
    db.session.flush()
    _record(proposal, home, "tier.propose", actor=actor, grant=grant, now=now)
    _tell(proposal, home, actor=actor, red=touches_red(before, tier), now=now)
    return proposal


def _grant(home: Household, actor: Viewer, permission: Permission) -> Grant:
    grant = queries.grant_over(home, actor, permission)
    if grant is None:
        raise Missing
    return grant


def _check_slow(home: Household, before: CareTier, after: CareTier, rules: TierRules, today: date) -> None:
    state = queries.state_of(home.id)
    visits, set_on = (state.visits, state.set_on) if state else (0, None)
    if is_down(before, after) and not may_go_down(visits=visits, set_on=set_on, today=today, rules=rules):
        raise Refused(
            N_(
                "调低要慢：定级后走访满 %(visits)s 次或满 %(days)s 天才能调低，现在走访了 %(done)s 次。",
                visits=rules.down_visits, days=rules.down_days, done=visits,
            ),
            field="tier",
        )  # fmt: skip


def _decide(proposal: TierSuggestion, state: ProposalState, *, actor: Viewer, grant: Grant, now: datetime) -> None:
    proposal.state, proposal.decided_at = state, now
    proposal.decided_by_user_id, proposal.decided_by_post_id = actor.user_id, grant.post_id


def _record(
    proposal: TierSuggestion, home: Household, action: str, *, actor: Viewer, grant: Grant, now: datetime
) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="household", subject_id=home.id, place_path=home.path, now=now,
        post_id=grant.post_id,
        detail={"proposal": proposal.id, "from": proposal.from_tier, "to": proposal.to_tier,
                "rules": proposal.rules_version},
    )  # fmt: skip


def _tell(proposal: TierSuggestion, home: Household, *, actor: Viewer, red: bool, now: datetime) -> None:
    """Those who may confirm hear of it, by number only."""
    roles = (Role.VILLAGE_HEAD,) if red else (Role.GRID_LEADER, Role.SECTION_LEADER, Role.VILLAGE_HEAD)
    posts = queries.nearest_posts(home, roles, on=town_day(now), without=actor.post_ids())
    notices.tell_all(
        [
            notices.Telling(
                rule="tier_proposed", subject_kind="tier_suggestion", subject_id=proposal.id, due_at=None,
                place_path=home.path, text=N_("%(code)s 的关爱等级有一条建议，等您确认。", code=home.code),
                link=f"/households/tiers/{proposal.id}", post_id=post.id,
            )
            for post in posts
        ],
        now=now,
    )  # fmt: skip


def confirm_proposal(
    proposal: TierSuggestion, home: Household, *, actor: Viewer, now: datetime, meeting: Meeting | None = None
) -> None:
    """Let a proposal take effect. Into red and out of it needs the right to it and the record of a meeting; nobody
    confirms what he proposed himself; down is slow."""
    before, after = CareTier(proposal.from_tier), CareTier(proposal.to_tier)
    red = touches_red(before, after)
    grant = _grant(home, actor, Permission.CONFIRM_RED_TIER if red else Permission.CONFIRM_TIER)
    _open_for(proposal, home, actor)
    if home.tier != before:
        raise Refused(N_("这一户的等级已经变了，请按现在的情况重新建议。"))
    _check_slow(home, before, after, queries.rules_for(home.path, on=town_day(now)), town_day(now))
    if red:
        _hold_meeting(proposal, meeting, today=town_day(now))
    change = set_tier(home, actor=actor, tier=after, reason=proposal.words, now=now)
    _decide(proposal, ProposalState.CONFIRMED, actor=actor, grant=grant, now=now)
    proposal.change_id = change.id
    _record(proposal, home, "tier.confirm", actor=actor, grant=grant, now=now)


def _open_for(proposal: TierSuggestion, home: Household, actor: Viewer) -> None:
    db.session.refresh(home, with_for_update=True)
    db.session.refresh(proposal, with_for_update=True)
    if proposal.state != ProposalState.PROPOSED:
        raise Refused(N_("这条建议已经处理过了，请重新打开这一页。"))
    if actor.user_id is not None and proposal.proposed_by_user_id == actor.user_id:
        raise Refused(N_("自己提的建议要由别人确认。"))


def _hold_meeting(proposal: TierSuggestion, meeting: Meeting | None, *, today: date) -> None:
    if meeting is None or meeting.on is None:
        raise Refused(N_("进出连心户要有会议记录，请填开会的日期。"), field="meeting_on")
    if meeting.on > today:
        raise Refused(N_("会议还没有开，请核对日期。"), field="meeting_on")
    if meeting.kind is None:
        raise Refused(N_("请选是哪种会议。"), field="meeting_kind")
    proposal.meeting_ref = check_words(meeting.ref, field="meeting_ref", most=MEETING_LINES)
    proposal.meeting_on, proposal.meeting_kind = meeting.on, meeting.kind


def refuse_proposal(proposal: TierSuggestion, home: Household, *, actor: Viewer, words: str, now: datetime) -> None:
    """Do not agree, with a sentence why; the tier stays."""
    red = touches_red(CareTier(proposal.from_tier), CareTier(proposal.to_tier))
    grant = _grant(home, actor, Permission.CONFIRM_RED_TIER if red else Permission.CONFIRM_TIER)
    _open_for(proposal, home, actor)
    proposal.decided_words = check_words(words, field="words", most=200)
    _decide(proposal, ProposalState.REFUSED, actor=actor, grant=grant, now=now)
    _record(proposal, home, "tier.refuse", actor=actor, grant=grant, now=now)


def withdraw_proposal(proposal: TierSuggestion, home: Household, *, actor: Viewer, now: datetime) -> None:
    """Take back an own proposal that nobody has decided yet."""
    grant = _grant(home, actor, Permission.PROPOSE_TIER)
    db.session.refresh(proposal, with_for_update=True)
    if proposal.state != ProposalState.PROPOSED or proposal.proposed_by_user_id != actor.user_id:
        raise Refused(N_("只能撤回自己提的、还没有处理的建议。"))
    _decide(proposal, ProposalState.WITHDRAWN, actor=actor, grant=grant, now=now)
    _record(proposal, home, "tier.withdraw", actor=actor, grant=grant, now=now)
