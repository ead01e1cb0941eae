"""Asking for another assessment of a home: once per cause."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy.dialects import postgresql, sqlite

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db, dialect_name
from gridcase.core.permissions import Viewer
from gridcase.households.models import Household, TierTask
from gridcase.households.queries import tiers as queries
from gridcase.households.queries import tiers_due
from gridcase.households.rules import CareTier, Cause


class Ask(NamedTuple):
    """A home that should be assessed again, where it is, why, and what for."""

    household_id: int
    path: str
    cause: Cause
    ref: str


def ask_again(*, actor: Viewer, household_id: int, path: str, cause: Cause, ref: str, now: datetime) -> bool:
    """Ask for another assessment; the same cause and reference is asked once, the database decides. True when new."""
    return ask_all([Ask(household_id, path, cause, ref)], actor=actor, now=now) > 0


def ask_all(asks: Sequence[Ask], *, actor: Viewer, now: datetime) -> int:
    """Ask for many in one statement; returns how many are new."""
    if not asks:
        return 0
    table: Any = postgresql if dialect_name() == "postgresql" else sqlite
    rows = [
        {"household_id": ask.household_id, "cause": ask.cause, "ref": ask.ref, "opened_on": town_day(now)}
        for ask in asks
    ]
    statement = table.insert(TierTask).on_conflict_do_nothing()
    made = statement.returning(TierTask.household_id, TierTask.cause, TierTask.ref)
    new = {(row.household_id, row.cause, row.ref) for row in db.session.execute(made, rows)}
    for ask in asks:
        if (ask.household_id, ask.cause, ask.ref) in new:
            audit.record(
                actor=actor, action="tier.ask", subject_kind="household", subject_id=ask.household_id,
                place_path=ask.path, now=now, detail={"cause": ask.cause},
            )  # fmt: skip
    return len(new)


def ask_if_changed(home: Household, *, actor: Viewer, cause: Cause, ref: str, now: datetime) -> None:
    """Ask where the factors in force come to another tier than the home has."""
    db.session.flush()
    if queries.suggestion_for(home, on=town_day(now)).tier != CareTier(home.tier):
        ask_again(actor=actor, household_id=home.id, path=home.path, cause=cause, ref=ref, now=now)


def ask_for_old(*, actor: Viewer, today: date, now: datetime, asleep: Collection[str] = ()) -> int:
    """Homes whose assessment grew old, by their county's rules, but not in counties that are `asleep`; returns how many
    were asked for."""
    asked = 0
    for county in (one for one in tiers_due.counties() if one.path not in asleep):
        rules = queries.rules_for(county.path, on=today)
        old = tiers_due.grown_old(county.path, rules, today=today)
        asks = [Ask(row.household_id, county.path, Cause.PERIODIC, row.assessed_on.isoformat()) for row in old]
        asked += ask_all(asks, actor=actor, now=now)
    return asked
