"""However many are due, a batch is told by the same statements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import insert, select

from gridcase.cases.models import Case
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.households.models import Household, TierTask
from gridcase.households.rules import Cause
from gridcase.notices.models import Notice, Outbox
from gridcase.people.rules import Role
from gridcase.reminders import jobs
from tests.factories.pages import statements
from tests.factories.world import World
from tests.notices.sending import of_place, settings
from tests.reminders.test_jobs import ACTOR, case_of, trace

FEW, MANY = 30, 300


def copies(world: World, of: int, number: int, *, mark: str) -> None:
    """So many cases like this one, by turns with a post, a unit and nobody; and as many homes to be looked at again."""
    table: Any = Case.__table__
    desks = ((world.posts[Role.VILLAGE_HEAD], None), (None, world.units["water"]), (None, None))
    with transaction():
        row = dict(db.session.execute(select(table).where(table.c.id == of)).one()._mapping)
        del row["id"]
        rows = [
            {**row, "number": f"{mark}{n}", "state": "in_progress" if post or unit else row["state"],
             "handler_post_id": post, "handler_unit_id": unit}
            for n in range(number) for post, unit in (desks[n % 3],)
        ]  # fmt: skip
        db.session.execute(insert(table), rows)
        homes = db.session.scalars(
            select(Household.id).where(Household.ended_on.is_(None)).order_by(Household.id)
        ).all()
        causes = (Cause.CASE, Cause.RESTRICTED)
        tasks = [
            {"household_id": homes[n % len(homes)], "cause": causes[n % 2], "ref": f"{mark}{n}",
             "opened_on": date(2026, 11, 23)}
            for n in range(number)
        ]  # fmt: skip
        db.session.execute(insert(TierTask), tasks)
        trace()


def told() -> int:
    return len(db.session.scalars(select(Notice.id)).all())


def test_a_batch_costs_the_same_statements_however_many_are_due(
    ctx: Flask, world: World, at: Callable[[str], None]
) -> None:
    of_place(world, settings(ctx), "https://example.com/group", place="town")
    first, counts = case_of(world), []
    at("2026-12-07T10:30:00+08:00")
    jobs.sweep(actor=ACTOR, now=clock.now())  # whatever was due before, and the day's digests
    for number, mark in ((FEW, "few"), (MANY, "many")):
        copies(world, first, number, mark=mark)
        before = told()
        counts.append(len(statements(ctx, lambda: jobs.sweep(actor=ACTOR, now=clock.now()))))
        assert told() - before > 2 * number
    few, many = counts
    assert many == few, "a statement for each case or home"
    assert len(db.session.scalars(select(Outbox.id)).all()) > FEW + MANY
