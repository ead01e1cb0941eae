"""What asks for another assessment: factors that ran out, assessments that grew old, tasks nobody was told of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import case, or_, select

from gridcase.core.db import db
from gridcase.core.scope import outside, under
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households.models import Household, HouseholdFactor, TierState, TierTask
from gridcase.households.rules.tiers import CareTier
from gridcase.households.rules.tiers_rules import TierRules
from gridcase.households.rules.tiers_steps import Cause
from gridcase.notices.models import Notice

BATCH = 200
TOLD_AT_ONCE = 1000
TASK_RULE, TASK_SUBJECT = "tier_task", "tier_task"


def counties() -> Sequence[Grid]:
    """The counties, whose rules decide how long an assessment stands."""
    return db.session.scalars(select(Grid).where(Grid.level == GridLevel.COUNTY).order_by(Grid.id)).all()


def run_out(today: date, *, asleep: Collection[str] = ()) -> Sequence[Any]:
    """Factors whose last day is over and that nobody ended, with their homes; none of counties that are `asleep`."""
    return db.session.execute(
        select(HouseholdFactor, Household)
        .join(Household, Household.id == HouseholdFactor.household_id)
        .where(HouseholdFactor.ended_on.is_(None), HouseholdFactor.valid_until < today, outside(Household.path, asleep))
        .order_by(HouseholdFactor.id)
        .limit(BATCH)
    ).all()


def grown_old(county_path: str, rules: TierRules, *, today: date) -> Sequence[Any]:
    """Homes of a county (household_id, assessed_on) whose last assessment is too long ago and that no task names."""
    limit = case(
        (Household.tier == CareTier.CONNECTED, today - rules.assess_again_after(CareTier.CONNECTED)),
        else_=today - rules.assess_again_after(CareTier.CONCERNED),
    )
    named = select(TierTask.id).where(
        TierTask.household_id == Household.id, TierTask.closed_at.is_(None), TierTask.cause != Cause.RESTRICTED
    )
    newest = today - min(rules.assess_again_after(tier) for tier in CareTier)
    return db.session.execute(
        select(TierState.household_id, TierState.assessed_on)
        .join(Household, Household.id == TierState.household_id)
        .where(
            TierState.assessed_on <= newest,
            TierState.assessed_on <= limit,
            under(Household.path, county_path),
            or_(Household.ended_on.is_(None), Household.ended_on > today),
            ~named.exists(),
        )
        .order_by(TierState.household_id)
        .limit(BATCH)
    ).all()


def untold(*, after: int, asleep: Collection[str] = ()) -> Sequence[Any]:
    """Open tasks nobody was told of, with their homes, by id; none of counties that are `asleep`, by path."""
    told = select(Notice.id).where(
        Notice.subject_kind == TASK_SUBJECT, Notice.subject_id == TierTask.id, Notice.rule == TASK_RULE
    )
    return db.session.execute(
        select(TierTask, Household)
        .join(Household, Household.id == TierTask.household_id)
        .where(TierTask.closed_at.is_(None), TierTask.id > after, Household.ended_on.is_(None), ~told.exists())
        .where(outside(Household.path, asleep))
        .order_by(TierTask.id)
        .limit(TOLD_AT_ONCE)
    ).all()
