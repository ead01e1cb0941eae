"""Setting a care tier, and the next visit that follows from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db, dialect_name
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households.models import Household, TierChange, TierState, TierTask
from gridcase.households.queries import tiers as queries
from gridcase.households.rules import CareTier
from gridcase.households.rules.tiers_factors import tells_restricted


def confirm_tier(household: Household, *, actor: Viewer, tier: CareTier, reason: str, now: datetime) -> None:
    """Set a care tier without a proposal: a register that was taken over, or a demo. People propose and confirm, see
    `propose_tier`."""
    if not reason.strip():
        raise Refused(N_("请写明调整关爱等级的理由。"), field="reason")
    set_tier(household, actor=actor, tier=tier, reason=reason.strip(), now=now)
    audit.record(
        actor=actor, action="household.tier", subject_kind="household", subject_id=household.id,
        place_path=household.path, now=now, detail={"to": tier},
    )  # fmt: skip


def set_tier(household: Household, *, actor: Viewer, tier: CareTier, reason: str, now: datetime) -> TierChange:
    """What a confirmed tier brings about: the row of the change, the next visit, tasks done. The caller audits."""
    change = TierChange(
        household_id=household.id, from_tier=household.tier, to_tier=tier, reason=reason,
        actor_user_id=actor.user_id, at=now,
    )  # fmt: skip
    db.session.add(change)
    today = town_day(now)
    state = queries.state_of(household.id) or TierState(household_id=household.id, visits=0)
    state.assessed_on = today
    if household.tier != tier or state.set_on is None:
        state.set_on, state.visits = today, 0
    db.session.add(state)
    household.tier = tier
    last = household.last_visit_at
    rules = queries.rules_for(household.path, on=today)
    household.next_visit_on = rules.next_visit_on(tier, town_day(last)) if last else today
    db.session.execute(
        update(TierTask)
        .where(TierTask.household_id == household.id, TierTask.closed_at.is_(None))
        .values(closed_at=now),
        execution_options={"synchronize_session": False},
    )
    db.session.flush()
    return change


def take_over_tiers(*, household_ids: Collection[int], assessed_on: date) -> None:
    """Tiers that came with a register count as assessed on that day; the register's own audit row covers it."""
    if household_ids:
        rows = [{"household_id": one, "set_on": assessed_on, "assessed_on": assessed_on, "visits": 0}
                for one in household_ids]  # fmt: skip
        db.session.execute(insert(TierState), rows)


def assess_on(days: Mapping[int, date]) -> None:
    """Homes were looked at on these days; what stands about them already keeps its own count of visits."""
    known: set[int] = set()
    ids = sorted(days)
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        known.update(db.session.scalars(select(TierState.household_id).where(TierState.household_id.in_(some))))
    rows = [{"household_id": one, "assessed_on": day} for one, day in sorted(days.items())]
    if old := [row for row in rows if row["household_id"] in known]:
        db.session.execute(update(TierState), old)
    if new := [row for row in rows if row["household_id"] not in known]:
        db.session.execute(insert(TierState), [{**row, "set_on": row["assessed_on"], "visits": 0} for row in new])


def note_visit(household: Household, *, visited_at: datetime) -> None:
    """Carry a visit into the household: the newest one decides when the next is due; each counts for a step down."""
    day = town_day(visited_at)
    state = queries.state_of(household.id)
    if state is None or state.set_on is None or day >= state.set_on:
        _count_visit(household.id)
    if household.last_visit_at is None or visited_at > household.last_visit_at:
        household.last_visit_at = visited_at
        rules = queries.rules_for(household.path, on=day)
        household.next_visit_on = rules.next_visit_on(CareTier(household.tier), day)


def _count_visit(household_id: int) -> None:
    """One more visit since the tier was set; two at once are two."""
    table: Any = postgresql if dialect_name() == "postgresql" else sqlite
    statement = table.insert(TierState).values(household_id=household_id, visits=1)
    statement = statement.on_conflict_do_update(index_elements=["household_id"], set_={"visits": TierState.visits + 1})
    db.session.execute(statement)
    state = db.session.identity_map.get(db.session.identity_key(TierState, household_id))
    if state is not None:
        db.session.expire(state)


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


def check_words(words: str | None, *, field: str, most: int, least: int = 2) -> str:
    """A sentence that everybody who serves the home may read: long enough, and silent about what is restricted."""
    text = (words or "").strip()
    if len(text) < least:
        raise Refused(N_("请写一句话说明。"), field=field)
    if len(text) > most:
        raise Refused(N_("请写短一些，最多 %(most)s 个字。", most=most), field=field)
    if tells_restricted(text):
        raise Refused(N_("这里大家都看得到，请不要写病情和限定可见的内容，在“因素”里选就行。"), field=field)
    return text
