"""Cases of every sort around the edges of a period, and what each measure must count of them, told apart in Python."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from gridcase.cases.models import Case, CaseClass
from gridcase.core.db import db
from gridcase.core.periods import Period
from gridcase.people.models import Post
from tests.factories.map_cases import put
from tests.factories.world import World

PLACES = ("village_a_cell_1", "village_a_cell_4", "village_b_cell_1", "other_village_cell_1", "town", "village_a")
CLASSES = ("0401", "0503", "0801", "0101", "0301", "1004", "0000")
HOUR = timedelta(hours=1)


def put_many(world: World, rng: random.Random, now: datetime, period: Period, amount: int) -> list[int]:
    """Open and ended, rated and not, in the hands of posts, of units and of nobody."""
    posts = list(db.session.scalars(select(Post.id).order_by(Post.id).limit(6)))
    units = sorted({one for one in db.session.scalars(select(Post.unit_id)) if one})
    edges = [period.begins, period.begins - timedelta(1), now - timedelta(hours=5), now - timedelta(days=3)]
    return put(world, *(_one(rng, now, edges, posts, units) for _number in range(amount)))


def _one(
    rng: random.Random, now: datetime, edges: list[datetime], posts: list[int], units: list[int]
) -> dict[str, Any]:
    came = min(rng.choice([*edges, now - timedelta(days=rng.randrange(60))]), now - HOUR)
    wanted: dict[str, Any] = {
        "place": rng.choice(PLACES), "kind": rng.choice(CLASSES), "registered_at": came,
        "due": rng.choice([None, -400, -200, -1, 0, 3, 8, 9, 100]), "channel": rng.choice(["visit", "phone", "qr"]),
        "anonymous": rng.random() < 0.2, "contact_due_at": rng.choice([None, came + 8 * HOUR, now + HOUR]),
        "handler_post_id": rng.choice([None, *posts]), "handler_unit_id": rng.choice([None, None, *units]),
        "level": rng.choice([None, None, "town"]), "restricted": rng.random() < 0.1 or None,
    }  # fmt: skip
    if wanted["restricted"] is None:
        del wanted["restricted"]
    if wanted["contact_due_at"] and rng.random() < 0.6:
        wanted["contacted_at"] = min(came + rng.choice([1, 8, 9]) * HOUR, now)
    if rng.random() < 0.6:
        wanted |= {
            "state": rng.choice(["closed", "closed", "closed", "closed", "voided", "duplicate", "withdrawn"]),
            "closed_at": rng.choice([one for one in [*edges, now, came + HOUR] if one >= came]),
            "closed_late": rng.random() < 0.3, "resolved_level": rng.choice(["grid", "village", None]),
            "rating": rng.choice([None, "satisfied", "basically", "unsatisfied"]),
            "answer": rng.choice([None, "solved", "not_solved", "answered_question", "no_word_unreached"]),
            "second_check": rng.choice([None, None, "due", "passed"]),
        }  # fmt: skip
    return wanted


Told = Callable[[Case], bool]


class ByHand:
    """Whether a case belongs to a measure, by the words of its meaning."""

    def __init__(self, period: Period, now: datetime) -> None:
        self.begins, self.ends, self.until, self.now = period.begins, period.ends, min(period.ends, now), now

    def late(self, case: Case) -> bool:
        return case.closed_at is None and case.due_at is not None and case.due_at < self.now

    def soon(self, case: Case) -> bool:
        waits = case.closed_at is None and not self.late(case)
        return waits and case.soon_at is not None and case.soon_at <= self.now

    def came(self, case: Case) -> bool:
        return self.begins <= case.registered_at < self.ends and case.state not in ("voided", "duplicate")

    def closed(self, case: Case) -> bool:
        return case.state == "closed" and case.closed_at is not None and self.begins <= case.closed_at < self.ends

    def dropped(self, case: Case) -> bool:
        ended = case.closed_at is not None and self.begins <= case.closed_at < self.ends
        return ended and case.state == "withdrawn"

    def open_at(self, case: Case, moment: datetime) -> bool:
        waits = case.closed_at is None or case.closed_at >= moment
        return case.registered_at < moment and waits and case.state not in ("voided", "duplicate")

    def to_contact(self, case: Case) -> bool:
        if case.anonymous or case.contact_due_at is None or not self.came(case):
            return False
        return case.contacted_at is not None or case.contact_due_at <= self.now

    def contacted(self, case: Case) -> bool:
        if not self.to_contact(case) or case.contacted_at is None or case.contact_due_at is None:
            return False
        return case.contacted_at <= case.contact_due_at

    def owed(self, case: Case) -> bool:
        late = self.open_at(case, self.until) and case.due_at is not None and case.due_at < self.until
        return self.closed(case) or late

    def all(self) -> dict[str, Told]:
        """By the keys of the measures."""
        closed, open_at = self.closed, self.open_at
        return {
            "cases.satisfied": lambda case: closed(case) and case.rating in ("satisfied", "basically"),
            "cases.rated": lambda case: closed(case) and case.rating is not None,
            "cases.collected": self.came,
            "cases.open": lambda case: case.closed_at is None,
            "cases.late": self.late,
            "cases.soon": self.soon,
            "cases.closed": closed,
            "cases.on_time": lambda case: closed(case) and not case.closed_late,
            "cases.owed": self.owed,
            "cases.closed_late": lambda case: closed(case) and case.closed_late,
            "cases.in_grid": lambda case: closed(case) and case.resolved_level == "grid",
            "cases.contacted": self.contacted,
            "cases.to_contact": self.to_contact,
            "cases.solved": lambda case: closed(case) and case.answer in ("solved", "answered_question"),
            "cases.answered": lambda case: (
                closed(case) and case.answer in ("solved", "not_solved", "answered_question")
            ),
            "cases.questions": lambda case: closed(case) and case.answer == "answered_question",
            "cases.hours": lambda case: closed(case) or open_at(case, self.until),
            "cases.brought": lambda case: open_at(case, self.begins),
            "cases.dropped": self.dropped,
            "cases.left": lambda case: open_at(case, self.until),
            "cases.late_left": lambda case: (
                open_at(case, self.until) and case.due_at is not None and case.due_at < self.until
            ),
            "cases.check_due": lambda case: case.second_check == "due",
        }


def truth(path: str, period: Period, now: datetime) -> dict[str, set[int]]:
    """The ids every measure must list for somebody who sees a place."""
    told = ByHand(period, now).all()
    found: dict[str, set[int]] = {key: set() for key in told}
    for case, kind in db.session.execute(select(Case, CaseClass).join(CaseClass, CaseClass.id == Case.class_id)):
        if case.restricted or kind.restricted or not case.path.startswith(path):
            continue
        for key, belongs in told.items():
            if belongs(case):
                found[key].add(case.id)
    return found
