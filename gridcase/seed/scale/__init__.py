"""Bulk data for measuring: one county of ten towns and a hundred villages, written past the services.

The counters hold (`gridcase doctor` finds nothing); the audit rows are left to the sealing job.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer, job
from gridcase.people.models import Person
from gridcase.people.rules import Role
from gridcase.seed import blank, reference
from gridcase.seed.demo import PASSWORD
from gridcase.seed.places import chance
from gridcase.seed.scale import cases as scale_cases
from gridcase.seed.scale import people, places, writing
from gridcase.users import service as users

ACTOR: Viewer = job("scale")
MOST_OPEN = 10_000
ACCOUNTS = (Role.DISPATCHER, Role.VILLAGE_HEAD, Role.LIAISON, Role.DEPT)  # of the first town and village

Progress = Callable[[int, int], None]


def build(
    *, households: int, cases: int, now: datetime, progress: Progress, open_cases: int | None = None
) -> None:  # fmt: skip
    """Fill an empty database of a trial with so many homes and cases; refused anywhere else. Open is a tenth of the
    cases, of a county's million ten thousand, unless `open_cases` says otherwise."""
    still_open = min(cases // 10, MOST_OPEN) if open_cases is None else min(open_cases, cases)
    memory_kib = blank.check().argon2_memory_kib
    rng, today = chance("scale", households, cases), town_day(now)
    since = today.replace(year=today.year - 2, day=1)
    total = households + cases
    with transaction():
        reference.load(actor=ACTOR, now=now)
        towns = places.write(households, since=since)
        people.write_homes(towns, households, since=since, today=today, rng=rng)
        holders = people.write_posts(towns, since=since)
        for role in ACCOUNTS:
            users.add_user(
                actor=ACTOR, login=role, password=PASSWORD, person_id=holders[role], demo=True, memory_kib=memory_kib,
                now=now,
            )  # fmt: skip
    progress(households, total)
    scale_cases.write(
        towns, cases, still_open, now=now, rng=rng, progress=lambda done: progress(households + done, total)
    )
    with transaction():
        writing.index_words()
        writing.analyze()
        audit.record(
            actor=ACTOR, action="scale.load", subject_kind="installation", subject_id=None, now=now,
            detail={"households": households, "cases": cases, "persons": db.session.query(Person).count()},
        )  # fmt: skip
