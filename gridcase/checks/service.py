"""Writing down what was looked at in a home; a danger that was found becomes a case by the one intake."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import update

from gridcase.audit import service as audit
from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.rules import Channel
from gridcase.cases.service import Intake
from gridcase.checks import queries
from gridcase.checks.models import HomeCheck, HomeCheckFinding
from gridcase.checks.rules import CheckItem, Looked
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households.models import Household

FOUND = "排查发现问题："  # the text of a case, which is not translated


def note(
    *,
    actor: Viewer,
    household: Household,
    visit_id: int,
    post_id: int | None,
    looked: Sequence[Looked],
    done_on: date,
    now: datetime,
) -> list[int]:
    """Write the looks of one visit; returns the ids of the cases raised. What already has an open case at this home
    raises no second one."""
    raised: list[int] = []
    for one in looked:
        items = _items(household, one, done_on)
        row = HomeCheck(
            visit_id=visit_id, household_id=household.id, path=household.path, kind=one.kind, done_on=done_on,
            looked=[item.code for item in items], post_id=post_id, user_id=actor.user_id,
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        known = queries.items_of(household.path, one.kind, on=done_on)
        for code in sorted(one.found):
            case_id, new = _case(known[code], actor=actor, household=household, post_id=post_id, now=now)
            raised += [case_id] if new else []
            db.session.add(
                HomeCheckFinding(
                    check_id=row.id, item_code=code, item=known[code].zh, class_code=known[code].class_code,
                    case_id=case_id,
                )
            )  # fmt: skip
        audit.record(
            actor=actor, action="checks.note", subject_kind="home_check", subject_id=row.id, place_path=household.path,
            post_id=post_id, now=now, detail={"kind": one.kind, "found": sorted(one.found), "household": household.id},
        )  # fmt: skip
    db.session.flush()
    return raised


def _items(household: Household, one: Looked, day: date) -> Sequence[CheckItem]:
    """What was looked at; a code that nobody knows any more is refused rather than lost."""
    known = queries.items_of(household.path, one.kind, on=day)
    if not one.found <= set(known):
        raise Refused(N_("要查的项目变了，请重新打开这一户再记。"), field="found")
    return [item for item in known.values() if item.home]


def _case(
    item: CheckItem, *, actor: Viewer, household: Household, post_id: int | None, now: datetime
) -> tuple[int, bool]:
    """The case of something not in order: the open one of the same thing, else a new one of the item's class."""
    known = queries.open_finding(household.id, item.code)
    if known is not None:
        return known, False
    intake = Intake(
        case_class=case_queries.class_in_use(item.class_code, path=household.path),
        title=FOUND + item.zh,
        text=FOUND + item.zh,
        channel=Channel.VISIT,
        grid=db.session.get_one(Grid, household.grid_id),
        household=household,
        collector_post=post_id,
    )
    return cases.collect(actor=actor, now=now, **intake).id, True


def repoint_household(double: Household, kept: Household, *, actor: Viewer, now: datetime) -> int:
    """What was looked at in a home that was written twice, was looked at in the kept one."""
    ids = db.session.scalars(
        update(HomeCheck)
        .where(HomeCheck.household_id == double.id)
        .values(household_id=kept.id)
        .returning(HomeCheck.id),
        execution_options={"synchronize_session": False},
    ).all()
    if ids:
        audit.record(
            actor=actor, action="checks.repoint", subject_kind="household", subject_id=kept.id, place_path=kept.path,
            now=now, detail={"double": double.id, "count": len(ids)},
        )  # fmt: skip
    return len(ids)
