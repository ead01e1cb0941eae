"""Decisions of a village, passed as the law asks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from gridcase.core.db import db
from gridcase.grid.models import Grid
from gridcase.people import service as people
from gridcase.people.models import Decision, Organisation
from gridcase.people.rules import Assembly, BodyKind, DecisionKind, DecisionStepKind, Step
from tests.factories.world import MAKER, SINCE


def passed(
    village: int | Grid, kind: DecisionKind, *, on: date, now: datetime, title: str = "关于此事的决议"
) -> Decision:
    """A decision that was published on a day, its meetings in the weeks before; call it inside a transaction.

    `kind` COUNCIL gives the opinion of the village's moral council of that day, set up where there is none.
    """
    place = village if isinstance(village, Grid) else db.session.get_one(Grid, village)
    if kind is DecisionKind.COUNCIL:
        return people.opine(
            actor=MAKER, body=council(place, BodyKind.MORAL, now=now), title=title, text="同意。", held_on=on,
            entitled=7, present=6, in_favour=5, now=now,
        )  # fmt: skip
    decision = people.propose(
        actor=MAKER,
        village=place,
        kind=kind,
        title=title,
        text="全文见附件。",
        held_on=on - timedelta(days=20),
        now=now,
    )
    for step in (
        Step(DecisionStepKind.DISCUSS, on - timedelta(days=15), 7, 6, 6),
        Step(DecisionStepKind.MEMBERS, on - timedelta(days=10), 30, 25, 24),
        Step(DecisionStepKind.VOTE, on - timedelta(days=3), 42, 36, 33, Assembly.REPRESENTATIVES),
        Step(DecisionStepKind.PUBLISH, on, until=on + timedelta(days=7)),
    ):
        people.record_step(decision, step, actor=MAKER, now=now)
    return decision


def council(village: int | Grid, kind: BodyKind, *, now: datetime) -> Organisation:
    """The village's body of this kind, set up where there is none."""
    place = village if isinstance(village, Grid) else db.session.get_one(Grid, village)
    found = db.session.query(Organisation).filter_by(place_id=place.id, kind=str(kind)).first()
    return found or people.add_organisation(
        actor=MAKER, kind=kind, name=f"{place.name}{kind.label}", place=place, parent=None, since=SINCE, now=now
    )
