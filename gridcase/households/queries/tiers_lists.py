"""Lists of care work: proposals that wait, objections, restricted factors to confirm, homes to assess; the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from gridcase.core.db import db
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_, Text
from gridcase.grid.models import Grid
from gridcase.households.models import Household, HouseholdFactor, TierChange, TierObjection, TierSuggestion, TierTask
from gridcase.households.queries.sight import visible
from gridcase.households.queries.tiers import in_force, may, objections_of, post_titles, shown, workers
from gridcase.households.rules.tiers import CareTier
from gridcase.households.rules.tiers_factors import RESTRICTED_CODES
from gridcase.households.rules.tiers_steps import Cause, MeetingKind, ProposalState, Verdict
from gridcase.people.models import Post

SHORT_LIST = 50


def _red() -> ColumnElement[bool]:
    """Proposals into the highest tier or out of it."""
    either = or_(TierSuggestion.from_tier == CareTier.CONNECTED, TierSuggestion.to_tier == CareTier.CONNECTED)
    return and_(either, TierSuggestion.from_tier != TierSuggestion.to_tier)


def _decides(viewer: Viewer) -> ColumnElement[bool]:
    """Proposals this viewer may decide: not his own, and of those for red only with the right to it."""
    return and_(
        TierSuggestion.state == ProposalState.PROPOSED,
        Household.ended_on.is_(None),
        func.coalesce(TierSuggestion.proposed_by_user_id, 0) != (viewer.user_id or -1),
        or_(
            and_(_red(), visible(viewer, Permission.CONFIRM_RED_TIER)),
            and_(~_red(), visible(viewer, Permission.CONFIRM_TIER)),
        ),
    )


def proposals(viewer: Viewer, *, after: str | None = None) -> Page[Any]:
    """Proposals that wait for this viewer, oldest first."""
    query = (
        select(
            TierSuggestion.id, TierSuggestion.from_tier, TierSuggestion.to_tier, TierSuggestion.proposed_at,
            TierSuggestion.words, Household.head_name, Household.address, Grid.name.label("place"),
            Post.title.label("proposer"),
        )
        .join(Household, Household.id == TierSuggestion.household_id)
        .join(Grid, Grid.id == Household.grid_id)
        .outerjoin(Post, Post.id == TierSuggestion.proposed_by_post_id)
        .where(_decides(viewer))
        .order_by(TierSuggestion.id)
    )  # fmt: skip
    if mark := read_mark(after, int):
        query = query.where(TierSuggestion.id > mark[0])
    return cut(db.session.execute(query.limit(PAGE_SIZE + 1)).all(), lambda row: [row.id])


def objections(viewer: Viewer) -> Sequence[Any]:
    """Objections that wait for an answer of this viewer, the next due first."""
    return db.session.execute(
        select(
            TierObjection.id, TierObjection.due_at, TierObjection.spoken, TierObjection.words, Household.head_name,
            Household.address, Household.tier,
        )
        .join(Household, Household.id == TierObjection.household_id)
        .outerjoin(TierChange, TierChange.id == TierObjection.change_id)
        .where(
            TierObjection.answered_at.is_(None),
            visible(viewer, Permission.CONFIRM_TIER),
            func.coalesce(TierChange.actor_user_id, 0) != (viewer.user_id or -1),
            func.coalesce(TierObjection.filed_by_user_id, 0) != (viewer.user_id or -1),
        )
        .order_by(TierObjection.due_at, TierObjection.id)
        .limit(SHORT_LIST)
    ).all()  # fmt: skip


def to_confirm(viewer: Viewer, *, on: date) -> Sequence[Any]:
    """Restricted factors not confirmed yet, for those who may read them; the next to lapse first."""
    return db.session.execute(
        select(HouseholdFactor.id, HouseholdFactor.household_id, HouseholdFactor.code, HouseholdFactor.valid_until,
               Household.head_name, Household.address)
        .join(Household, Household.id == HouseholdFactor.household_id)
        .where(
            HouseholdFactor.code.in_(RESTRICTED_CODES),
            HouseholdFactor.confirmed_at.is_(None),
            in_force(on),
            visible(viewer, Permission.SEE_SENSITIVE_FACTORS),
        )
        .order_by(HouseholdFactor.valid_until, HouseholdFactor.id)
        .limit(SHORT_LIST)
    ).all()  # fmt: skip


def _sees_task(viewer: Viewer) -> ColumnElement[bool]:
    """A task that came of something restricted is for those who may read it; the rest for who serves the home."""
    return and_(
        Household.ended_on.is_(None),
        or_(
            and_(TierTask.cause != Cause.RESTRICTED, visible(viewer, Permission.PROPOSE_TIER)),
            and_(TierTask.cause == Cause.RESTRICTED, visible(viewer, Permission.SEE_SENSITIVE_FACTORS)),
        ),
    )


def tasks(viewer: Viewer, *, after: str | None = None) -> Page[Any]:
    """Homes to assess again, the longest waiting first."""
    query = (
        select(
            TierTask.id, TierTask.cause, TierTask.opened_on, TierTask.household_id, Household.head_name,
            Household.address, Household.tier,
        )
        .join(Household, Household.id == TierTask.household_id)
        .where(TierTask.closed_at.is_(None), _sees_task(viewer))
        .order_by(TierTask.id)
    )  # fmt: skip
    if mark := read_mark(after, int):
        query = query.where(TierTask.id > mark[0])
    return cut(db.session.execute(query.limit(PAGE_SIZE + 1)).all(), lambda row: [row.id])


@dataclass(frozen=True)
class Waiting:
    """How many things wait for a viewer, for the tabs."""

    decide: int
    assess: int


def counts(viewer: Viewer, *, on: date) -> Waiting:
    """How much waits for this viewer."""
    proposed = db.session.scalar(
        select(func.count())
        .select_from(TierSuggestion)
        .join(Household, Household.id == TierSuggestion.household_id)
        .where(_decides(viewer))
    )
    asked = db.session.scalar(
        select(func.count())
        .select_from(TierTask)
        .join(Household, Household.id == TierTask.household_id)
        .where(TierTask.closed_at.is_(None), _sees_task(viewer))
    )
    return Waiting((proposed or 0) + len(objections(viewer)) + len(to_confirm(viewer, on=on)), asked or 0)


# --- what happened to the tier of one home


@dataclass(frozen=True)
class Past:
    """One step in the history of a tier, masked for its reader."""

    at: datetime
    what: Text
    who: str
    role: str
    note: str = ""
    reasons: tuple[Text, ...] = ()
    record: Text | None = None


def history(home: Household, *, viewer: Viewer) -> list[Past]:
    """How the tier came to be, newest first: who, when, why. Reasons that are restricted read so."""
    sees_all = may(home, viewer, Permission.SEE_SENSITIVE_FACTORS)
    suggestions = db.session.scalars(
        select(TierSuggestion).where(TierSuggestion.household_id == home.id).order_by(TierSuggestion.id.desc())
    ).all()
    told = {one.change_id for one in suggestions}
    changes = [
        one
        for one in db.session.scalars(select(TierChange).where(TierChange.household_id == home.id))
        if one.id not in told
    ]
    filed = objections_of(home.id) if may(home, viewer, Permission.CONFIRM_TIER) else ()
    users = workers(
        {one.actor_user_id for one in changes}
        | {one.proposed_by_user_id for one in suggestions}
        | {one.decided_by_user_id for one in suggestions}
        | {one.filed_by_user_id for one in filed if one.spoken}
        | {one.answered_by_user_id for one in filed}
    )
    posts = post_titles(
        {one.proposed_by_post_id for one in suggestions}
        | {one.decided_by_post_id for one in suggestions}
        | {one.filed_by_post_id for one in filed}
        | {one.answered_by_post_id for one in filed}
    )
    steps = [_set(one, users) for one in changes]
    for one in suggestions:
        steps += _proposal(one, users, posts, sees_all=sees_all)
    for two in filed:
        steps += _objection(two, users, posts)
    return sorted(steps, key=lambda step: step.at, reverse=True)


def _word(tier: str | None) -> Text:
    return CareTier(tier).label if tier else N_("未研判")


def _set(one: TierChange, users: dict[int, str]) -> Past:
    what = N_("定为%(tier)s", tier=_word(one.to_tier))
    return Past(one.at, what, users.get(one.actor_user_id or 0, ""), "", one.reason)


def _proposal(one: TierSuggestion, users: dict[int, str], posts: dict[int, str], *, sees_all: bool) -> list[Past]:
    shape = shown(one.computed_tier, one.total, one.reasons, one.rules_version, sees_all=sees_all)
    proposed = Past(
        one.proposed_at,
        N_("建议定为%(tier)s", tier=_word(one.to_tier)),
        users.get(one.proposed_by_user_id or 0, ""),
        posts.get(one.proposed_by_post_id or 0, ""),
        one.words,
        tuple(label for label, _ in shape.reasons),
    )
    steps = [proposed]
    if one.decided_at is not None:
        done = N_("确认为%(tier)s", tier=_word(one.to_tier))
        state = ProposalState(one.state)
        record = None
        if one.meeting_on and one.meeting_kind:
            kind = MeetingKind(one.meeting_kind).label
            record = N_("%(day)s %(kind)s：%(ref)s", day=one.meeting_on, kind=kind, ref=one.meeting_ref or "")
        steps.append(
            Past(
                one.decided_at, done if state is ProposalState.CONFIRMED else state.label,
                users.get(one.decided_by_user_id or 0, ""), posts.get(one.decided_by_post_id or 0, ""),
                one.decided_words or "", (), record,
            )
        )  # fmt: skip
    return steps


def _objection(one: TierObjection, users: dict[int, str], posts: dict[int, str]) -> list[Past]:
    what = N_("口头提出异议，由人代记") if one.spoken else N_("本户提出异议")
    steps = [
        Past(one.filed_at, what, users.get(one.filed_by_user_id or 0, ""), posts.get(one.filed_by_post_id or 0, ""),
             one.words)
    ]  # fmt: skip
    if one.answered_at is not None and one.outcome:
        answered = N_("异议已答复：%(outcome)s", outcome=Verdict(one.outcome).label)
        who, role = users.get(one.answered_by_user_id or 0, ""), posts.get(one.answered_by_post_id or 0, "")
        steps.append(Past(one.answered_at, answered, who, role, one.answer or ""))
    return steps
