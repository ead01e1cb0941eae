"""Care work of the small world, done by the accounts of its roles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.households import service
from gridcase.households.models import Household, HouseholdFactor, TierSuggestion, TierTask
from gridcase.households.rules import FACTORS, CareTier, MeetingKind
from gridcase.households.service import Meeting
from gridcase.notices.models import Notice
from gridcase.people.rules import Role
from gridcase.users.models import User
from gridcase.visits import service as visits
from gridcase.visits.rules import Purpose, VisitMode, VisitState
from gridcase.visits.service import VisitRecord
from tests.factories.viewers import viewer_from
from tests.factories.world import World

GREEN, YELLOW, RED = CareTier
HELD = Meeting(date(2026, 11, 20), MeetingKind.COMMITTEE, "村两委〔2026〕31号")


@contextmanager
def acting(app: Flask, world: World, role: Role) -> Iterator[Viewer]:
    """Inside an application context, as the account of a role."""
    with app.app_context():
        yield viewer_from(db.session.get_one(User, world.users[role]))
        db.session.remove()


def home_of(home_id: int) -> Household:
    """The home as it is stored."""
    return db.session.get_one(Household, home_id)


def noted(home_id: int, code: str, actor: Viewer, *, now: datetime | None = None, **more: Any) -> HouseholdFactor:
    """A factor, by its first source."""
    source = more.pop("source", FACTORS[code].sources[0])
    with transaction():
        return service.note_factor(
            home_of(home_id), actor=actor, code=code, source=source, now=now or clock.now(), **more
        )


def proposed(home_id: int, tier: CareTier, actor: Viewer, *, words: str = "儿子外出，老人独自在家") -> TierSuggestion:
    """A proposal."""
    with transaction():
        return service.propose_tier(home_of(home_id), actor=actor, tier=tier, words=words, now=clock.now())


def confirmed(proposal: TierSuggestion, actor: Viewer, *, meeting: Meeting | None = None) -> Household:
    """The proposal, let take effect; the home as it is then."""
    home = home_of(proposal.household_id)
    with transaction():
        service.confirm_proposal(proposal, home, actor=actor, meeting=meeting, now=clock.now())
    return home


def visited(home_id: int, actor: Viewer, *, ago: timedelta = timedelta()) -> None:
    """A visit at the door, sent by the liaison's phone."""
    now = clock.now()
    record = VisitRecord(
        client_uuid=str(uuid4()), visited_at=now - ago, mode=VisitMode.HOME, state=VisitState.SAFE,
        purpose=Purpose.CARE,
    )  # fmt: skip
    with transaction():
        visits.log_visit(actor=actor, household=home_of(home_id), record=record, now=now)


def open_tasks(home: int) -> list[str]:
    """Why the home should be assessed again."""
    return list(
        db.session.scalars(
            select(TierTask.cause)
            .where(TierTask.household_id == home, TierTask.closed_at.is_(None))
            .order_by(TierTask.id)
        )
    )


def told(rule: str) -> list[tuple[int | None, str]]:
    """Who was told by a rule, and where it points."""
    rows = db.session.execute(select(Notice.post_id, Notice.link).where(Notice.rule == rule).order_by(Notice.id))
    return [(row.post_id, row.link) for row in rows]


def refused(function: Any, *args: Any, **kwargs: Any) -> Refused:
    """The refusal of what must not be done; nothing of it is kept."""
    with pytest.raises(Refused) as refusal, transaction():
        function(*args, now=clock.now(), **kwargs)
    return refusal.value
