"""Care work when two records become one: what weighs on a home, what waits and was asked go along, nothing twice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.households.models import (
    Household,
    HouseholdFactor,
    TierChange,
    TierObjection,
    TierState,
    TierSuggestion,
    TierTask,
)
from gridcase.households.queries import tiers as queries
from gridcase.households.rules import CareTier, Cause, ProposalState, Verdict
from gridcase.households.rules.tiers_factors import MAJOR_CHANGE, RESTRICTED_CODES, EndReason
from gridcase.households.rules.tiers_rules import is_down
from gridcase.households.service.tiers_tasks import ask_again, ask_if_changed

HIGHER = N_("两条户记录合为一户，按其中较高的关爱等级服务。")
TOGETHER = N_("两条户记录合为一户，这份异议与先提的一份一并复核。")


def fold_person_factors(
    double_id: int,
    kept_id: int,
    *,
    actor: Viewer,
    left: Collection[int],
    home_id: int | None,
    ending: int | None,
    now: datetime,
) -> None:
    """What was noted of a person's second record is of the kept one. What weighs on a home the second record leaves
    (`left`) weighs on the home of the kept one (`home_id`). Another assessment is asked for where that changes a home;
    not while a home is `ending`, see `fold_care`."""
    rows = db.session.scalars(select(HouseholdFactor).where(HouseholdFactor.person_id == double_id)).all()
    for row in rows:
        row.person_id = kept_id
        if home_id is not None and row.household_id in left and row.ended_on is None:
            row.household_id = home_id
    db.session.flush()
    if not rows or home_id is None:
        return
    _end_doubled(home_id, actor=actor, today=town_day(now))
    cause = Cause.RESTRICTED if all(row.code in RESTRICTED_CODES for row in rows) else Cause.FACTOR
    for one in sorted({*left, home_id}) if ending is None else ():
        home = db.session.get_one(Household, one)
        ask_if_changed(home, actor=actor, cause=cause, ref=f"p{double_id}", now=now)


def _end_doubled(home_id: int, *, actor: Viewer, today: date) -> None:
    """Of factors that say the same of a home the confirmed one that holds longest stands, the others end."""
    standing: set[tuple[str, int | None]] = set()
    rows = sorted(
        queries.factors_in_force(home_id, on=today),
        key=lambda row: (row.confirmed_at is None, -row.valid_until.toordinal(), row.id),
    )
    for row in rows:
        if (row.code, row.person_id) in standing:
            row.ended_on, row.ended_why, row.ended_by_user_id = today, EndReason.MERGED, actor.user_id
        standing.add((row.code, row.person_id))
    db.session.flush()


def fold_care(double: Household, kept: Household, *, actor: Viewer, now: datetime) -> None:
    """The care of a home that was written twice is that of the kept home: factors, tier, proposals, objections, tasks
    and visits. The higher of the two tiers stands: somebody confirmed it for this very family."""
    today, before = town_day(now), kept.tier
    _move(HouseholdFactor, double, kept)
    _end_doubled(kept.id, actor=actor, today=today)
    _move(TierChange, double, kept)
    _fold_tier(double, kept, actor=actor, now=now)
    _fold_visits(double, kept, today=today)
    given_up = _fold_proposals(double, kept, actor=actor, now=now)
    _fold_objections(double, kept, actor=actor, now=now)
    _fold_tasks(double, kept, now=now)
    audit.record(
        actor=actor, action="tier.merge", subject_kind="household", subject_id=kept.id, place_path=kept.path, now=now,
        detail={"double": double.id, "from": before, "to": kept.tier, "superseded": given_up},
    )  # fmt: skip
    ref = f"m{double.id}"
    if given_up:
        ask_again(actor=actor, household_id=kept.id, path=kept.path, cause=Cause.FACTOR, ref=ref, now=now)
    else:
        ask_if_changed(kept, actor=actor, cause=Cause.FACTOR, ref=ref, now=now)


def _move(model: type[Any], double: Household, kept: Household) -> None:
    """All rows of the one home are the other's; those already loaded are read again."""
    db.session.flush()
    db.session.execute(
        update(model).where(model.household_id == double.id).values(household_id=kept.id),
        execution_options={"synchronize_session": "fetch"},
    )


def _fold_tier(double: Household, kept: Household, *, actor: Viewer, now: datetime) -> None:
    """The higher tier, since when it has stood, and the visits since then; of two that are the same, both homes'."""
    theirs = queries.state_of(double.id)
    mine = queries.state_of(kept.id) or TierState(household_id=kept.id, visits=0)
    db.session.add(mine)
    if is_down(CareTier(double.tier), CareTier(kept.tier)):
        db.session.add(
            TierChange(
                household_id=kept.id, from_tier=kept.tier, to_tier=double.tier, reason=str(HIGHER),
                actor_user_id=actor.user_id, at=now,
            )
        )  # fmt: skip
        kept.tier = double.tier
        since = (theirs.set_on, theirs.assessed_on, theirs.visits) if theirs else (None, None, 0)
        mine.set_on, mine.assessed_on, mine.visits = since
    elif theirs is not None and double.tier == kept.tier:
        mine.set_on = _earlier(mine.set_on, theirs.set_on)
        mine.assessed_on = _earlier(mine.assessed_on, theirs.assessed_on)
        mine.visits += theirs.visits
    if theirs is not None:
        db.session.delete(theirs)
    db.session.flush()


def _earlier(one: date | None, other: date | None) -> date | None:
    return min(one or date.max, other or date.max) if one or other else None


def _fold_visits(double: Household, kept: Household, *, today: date) -> None:
    """The newest visit of both decides when the next is due; a grave change nobody came for since is urgent."""
    visits = [home.last_visit_at for home in (double, kept) if home.last_visit_at is not None]
    if not visits:
        kept.next_visit_on = _earlier(double.next_visit_on, kept.next_visit_on)
        return
    kept.last_visit_at = max(visits)
    last = town_day(kept.last_visit_at)
    due = [queries.rules_for(kept.path, on=today).next_visit_on(CareTier(kept.tier), last)]
    due += [
        row.noted_on + timedelta(days=1)
        for row in queries.factors_in_force(kept.id, on=today)
        if row.code == MAJOR_CHANGE and row.noted_on > last
    ]
    kept.next_visit_on = min(due)


def _fold_proposals(double: Household, kept: Household, *, actor: Viewer, now: datetime) -> list[int]:
    """One proposal may go on waiting: the kept home's before the double's, where it starts from the tier that stands.
    Returns the ids of those that give way; for them the home is looked at anew."""
    waiting = [one for one in (queries.waiting_for(kept.id), queries.waiting_for(double.id)) if one is not None]
    stays = next((one for one in waiting if one.from_tier == kept.tier), None)
    given_up = [one for one in waiting if one is not stays]
    for one in given_up:
        one.state, one.decided_at, one.decided_by_user_id = ProposalState.SUPERSEDED, now, actor.user_id
    _move(TierSuggestion, double, kept)
    return sorted(one.id for one in given_up)


def _fold_objections(double: Household, kept: Household, *, actor: Viewer, now: datetime) -> None:
    """Of two open objections the one filed first is answered in its time; the other is granted another assessment."""
    mine, theirs = queries.open_objection_of(kept.id), queries.open_objection_of(double.id)
    if mine is not None and theirs is not None:
        later = max((mine, theirs), key=lambda one: (one.filed_at, one.id))
        later.answer, later.outcome, later.answered_at = str(TOGETHER), Verdict.REASSESS, now
        later.answered_by_user_id = actor.user_id
        ref = f"o{later.id}"
        ask_again(actor=actor, household_id=kept.id, path=kept.path, cause=Cause.OBJECTION, ref=ref, now=now)
    _move(TierObjection, double, kept)


def _fold_tasks(double: Household, kept: Household, *, now: datetime) -> None:
    """What is asked of both homes is asked once; a reference the kept home has already is told apart."""
    rows = db.session.scalars(select(TierTask).where(TierTask.household_id.in_((double.id, kept.id)))).all()
    known = {(row.cause, row.ref): row for row in rows if row.household_id == kept.id}
    for row in rows:
        twin = known.get((row.cause, row.ref))
        if row.household_id == kept.id:
            continue
        if twin is not None:
            row.ref = f"{row.ref[:28]}/{row.id}"
            if twin.closed_at is None and row.closed_at is None:
                row.closed_at = now
        row.household_id = kept.id
    db.session.flush()
