"""Asking for another assessment of a home: once per cause."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db, dialect_name
from gridcase.core.permissions import Viewer
from gridcase.households.models import Household, TierTask
from gridcase.households.queries import tiers as queries
from gridcase.households.queries import tiers_due
from gridcase.households.rules import CareTier, Cause


def ask_again(*, actor: Viewer, household_id: int, path: str, cause: Cause, ref: str, now: datetime) -> bool:
    """Ask for another assessment; the same cause and reference is asked once, the database decides. True when new."""
    table: Any = postgresql if dialect_name() == "postgresql" else sqlite
    values = {"household_id": household_id, "cause": cause, "ref": ref, "opened_on": town_day(now)}
    statement = table.insert(TierTask).values(values).on_conflict_do_nothing().returning(TierTask.id)
    task_id = db.session.scalar(statement)
    if task_id is None:
        return False
    audit.record(
        actor=actor, action="tier.ask", subject_kind="household", subject_id=household_id, place_path=path, now=now,
        detail={"cause": cause},
    )  # fmt: skip
    return True


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
        for row in tiers_due.grown_old(county.path, rules, today=today):
            asked += ask_again(
                actor=actor, household_id=row.household_id, path=county.path, cause=Cause.PERIODIC,
                ref=row.assessed_on.isoformat(), now=now,
            )  # fmt: skip
    return asked
