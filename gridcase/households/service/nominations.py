"""Whom a home would trust as its liaison: up to three grown-up persons of its village, first choice first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, select

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.dated import in_force
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.households.models import Household, Member, Nomination
from gridcase.households.rules import ADULT, age_on
from gridcase.people.models import Person

MOST = 3


def nominate(home: Household, *, actor: Viewer, person_ids: Sequence[int], now: datetime) -> None:
    """Write down whom the home trusts, in its order; what it said before goes."""
    if home.ended_on is not None:
        raise Refused(N_("这一户已销户，不能再登记变化。"))
    wanted = list(dict.fromkeys(person_ids))
    if len(wanted) > MOST:
        raise Refused(N_("最多选 %(most)s 位。", most=MOST), field="who")
    _check(home, wanted, today=town_day(now))
    db.session.execute(delete(Nomination).where(Nomination.household_id == home.id))
    db.session.add_all(
        Nomination(household_id=home.id, person_id=person_id, rank=rank, at=now)
        for rank, person_id in enumerate(wanted, start=1)
    )
    audit.record(
        actor=actor, action="household.nominate", subject_kind="household", subject_id=home.id, place_path=home.path,
        now=now, detail={"named": len(wanted)},
    )  # fmt: skip
    db.session.flush()


def _check(home: Household, person_ids: Sequence[int], *, today: date) -> None:
    rows = db.session.execute(
        select(Person.id, Person.born_on)
        .join(Member, Member.person_id == Person.id)
        .join(Household, Household.id == Member.household_id)
        .where(Person.id.in_(person_ids), in_force(Member, today), Household.village_id == home.village_id)
    )
    ages = {row.id: age_on(row.born_on, today) for row in rows}
    for person_id in person_ids:
        if person_id not in ages:
            raise Refused(N_("只能选本村各户的人。"), field="who")
        age = ages[person_id]
        if age is not None and age < ADULT:
            raise Refused(N_("只能选年满 18 岁的人。"), field="who")
