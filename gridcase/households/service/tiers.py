"""Care tiers and the next visit that follows from them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import update

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households.models import Household, TierChange
from gridcase.households.rules import CareTier, next_visit_on


def confirm_tier(household: Household, *, actor: Viewer, tier: CareTier, reason: str, now: datetime) -> None:
    """Set a care tier: a person decides and says why; the next visit follows."""
    if not reason.strip():
        raise Refused(N_("请写明调整关爱等级的理由。"), field="reason")
    db.session.add(
        TierChange(
            household_id=household.id,
            from_tier=household.tier,
            to_tier=tier,
            reason=reason.strip(),
            actor_user_id=actor.user_id,
            at=now,
        )
    )
    household.tier = tier
    last = household.last_visit_at
    household.next_visit_on = next_visit_on(tier, town_day(last)) if last else town_day(now)
    audit.record(
        actor=actor, action="household.tier", subject_kind="household", subject_id=household.id,
        place_path=household.path, now=now, detail={"to": tier},
    )  # fmt: skip


def note_visit(household: Household, *, visited_at: datetime) -> None:
    """Carry a visit into the household: the newest one decides when the next is due."""
    if household.last_visit_at is None or visited_at > household.last_visit_at:
        household.last_visit_at = visited_at
        household.next_visit_on = next_visit_on(CareTier(household.tier), town_day(visited_at))


def plan_first_visits(*, actor: Viewer, village: Grid, on: date, now: datetime) -> None:
    """Homes never visited become due on a day."""
    db.session.execute(
        update(Household)
        .where(Household.village_id == village.id, Household.next_visit_on.is_(None))
        .values(next_visit_on=on)
    )
    audit.record(
        actor=actor,
        action="household.plan",
        subject_kind="grid",
        subject_id=village.id,
        place_path=village.path,
        now=now,
    )
