"""Moves, whistles, homes and visits on random data: numbers, rows and a count by hand are one."""

from __future__ import annotations

import random
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import select

from gridcase.audit import service as audit
from gridcase.cases.models import Case, CaseClass, CaseStep, Whistle, WhistleUnit
from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Viewer
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.measures import queries
from gridcase.measures.rules import MEASURES, By, Source
from gridcase.people.models import Unit
from gridcase.people.rules import Role
from gridcase.visits.models import Visit
from tests.factories.world import MAKER, World
from tests.measures.random_cases import put_many
from tests.measures.test_cases import AMOUNT, listed

ViewerOf = Callable[[Role | str], Viewer]
MOVES = {
    "give_back": "steps.returns", "rework": "steps.reworks", "grant_extension": "steps.extensions",
    "reopen": "steps.reopenings", "second_check": "steps.checks", "comment": None,
}  # fmt: skip
CONTENT = ("satisfied", "basically")


def beside(rng: random.Random, now: datetime, ids: list[int]) -> None:
    """Moves and whistles of some of these cases, at any time of the last two months."""
    units = list(db.session.scalars(select(Unit.id)))
    for case_id in rng.sample(ids, len(ids) // 2):
        for seq in range(50, 50 + rng.randrange(4)):
            move = rng.choice(list(MOVES))
            db.session.add(
                CaseStep(
                    case_id=case_id, seq=seq, move=move, to_state="accepted", actor_name="x", actor_role="x",
                    at=now - timedelta(days=rng.randrange(60)), detail={"passed": rng.random() < 0.5},
                )
            )  # fmt: skip
    for case_id in rng.sample(ids, len(ids) // 4):
        blown = now - timedelta(days=rng.randrange(40))
        whistle = Whistle(
            case_id=case_id,
            kind="routine",
            from_level="village",
            to_level="town",
            text="x",
            blown_at=blown,
            by_name="x",
        )  # fmt: skip
        db.session.add(whistle)
        db.session.flush()
        for unit_id in rng.sample(units, min(len(units), 2)):
            db.session.add(
                WhistleUnit(
                    whistle_id=whistle.id, unit_id=unit_id, called_at=blown, report_by=blown + timedelta(days=2),
                    arrived_at=rng.choice([None, blown + timedelta(hours=9), blown + timedelta(days=3)]),
                    unit_rating=rng.choice([None, *CONTENT, "unsatisfied"]),
                    whistle_rating=rng.choice([None, "satisfied", "unsatisfied"]),
                )
            )  # fmt: skip


def at_home(rng: random.Random, now: datetime, today: date) -> None:
    """Homes of every tier, due and not, and visits to them of every kind."""
    for home in db.session.scalars(select(Household)):
        home.tier = rng.choice(["reassured", "concerned", "connected"])
        home.next_visit_on = rng.choice([None, today, today - timedelta(3), today + timedelta(9)])
        for _number in range(rng.randrange(3)):
            db.session.add(
                Visit(
                    client_uuid=str(uuid4()), body_hash="x", household_id=home.id, village_id=home.village_id,
                    path=home.path, section_id=home.section_id, visited_at=now - timedelta(days=rng.randrange(50)),
                    received_at=now, mode=rng.choice(["home", "phone"]), met=1, ticks=[],
                    purpose=rng.choice(["care", "guidance", "opinions"]), state=rng.choice(["safe", "not_met"]),
                )
            )  # fmt: skip


def of_cases(path: str, period: Period, now: datetime) -> dict[str, int]:
    """What moves and whistles must count to."""
    begins, ends = period.begins, period.ends
    seen = {
        case.id
        for case, kind in db.session.execute(select(Case, CaseClass).join(CaseClass, CaseClass.id == Case.class_id))
        if not case.restricted and not kind.restricted and case.path.startswith(path)
    }
    found: dict[str, int] = dict.fromkeys((key for key, one in MEASURES.items() if one.source in OF_CASES), 0)
    for step in db.session.scalars(select(CaseStep)):
        key = MOVES.get(step.move)
        if step.case_id in seen and begins <= step.at < ends and key:
            found[key] += 1
            found["steps.checks_passed"] += step.move == "second_check" and step.detail["passed"]
    whistles = {one.id: one for one in db.session.scalars(select(Whistle)) if one.case_id in seen}
    for whistle in whistles.values():
        for key in ("whistles.blown", "whistles.rate"):
            found[key] += begins <= whistle.blown_at < ends
    for one in db.session.scalars(select(WhistleUnit)):
        if one.whistle_id in whistles and begins <= one.called_at < ends:
            due = one.arrived_at is not None or one.report_by <= now
            found["calls.due"] += due
            found["calls.in_time"] += due and one.arrived_at is not None and one.arrived_at <= one.report_by
            for who, rating in (("units", one.unit_rating), ("whistles", one.whistle_rating)):
                found[f"calls.{who}_rated"] += rating is not None
                found[f"calls.{who}_content"] += rating in CONTENT
    return found


OF_CASES = (Source.STEPS, Source.WHISTLES, Source.CALLS)


def of_homes(path: str, period: Period, today: date) -> dict[str, int]:
    """What homes and visits must count to."""
    homes = [one for one in db.session.scalars(select(Household)) if one.path.startswith(path) and not one.ended_on]
    late = [one for one in homes if one.next_visit_on is None or one.next_visit_on <= today]
    made = [
        one
        for one in db.session.scalars(select(Visit))
        if one.path.startswith(path) and period.begins <= one.visited_at < period.ends
    ]
    return {
        "homes.all": len(homes), "homes.waiting": len(late), "homes.on_time": len(homes) - len(late),
        "homes.visited": len({one.household_id for one in made} & {one.id for one in homes}),
        "visits.made": len(made), "visits.met": sum(one.state != "not_met" for one in made),
        "visits.at_home": sum(one.mode == "home" for one in made),
    }  # fmt: skip


def check(viewer: Viewer, true: dict[str, int], groupings: Iterable[By], **asked: Any) -> None:
    """Every number in every grouping is its rows, and together they are the count by hand."""
    for by in ((), *((one,) for one in groupings)):
        found = queries.values(viewer, list(true), by=by, **asked)
        for key, count in true.items():
            assert found.total.counts[key] == count, (key, by)
            if MEASURES[key].knows(*by):
                rows = [row for row in found.rows if row.counts[key]]
                assert [len(listed(viewer, row.link(key), asked["now"])) for row in rows] == [
                    row.counts[key] for row in rows
                ], (key, by)
                assert sum(row.counts[key] for row in rows) == count


def test_numbers_beside_cases_and_of_homes(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    now = clock.now()
    today, rng = town_day(now), random.Random(20261123)
    period = Period.of(PeriodKind.MONTH, today)
    ids = put_many(world, rng, now, period, AMOUNT // 2)
    path = db.session.get_one(Grid, world.grids["village_a"]).path
    with transaction():
        beside(rng, now, ids)
        at_home(rng, now, today)
        audit.record(
            actor=MAKER, action="case.test", subject_kind="case", subject_id=None, now=now, place_path=path
        )  # fmt: skip
    viewer = viewer_of(Role.VILLAGE_HEAD)
    asked = {"period": period, "now": now}
    cases, homes = of_cases(path, period, now), of_homes(path, period, today)
    assert all(cases.values())
    assert all(homes.values())
    check(viewer, cases, (By.VILLAGE, By.GROUP, By.UNIT, By.MAJOR, By.CHANNEL, By.WEEK), **asked)
    check(viewer, homes, (By.VILLAGE, By.GROUP, By.TIER, By.PURPOSE, By.DAY), **asked)
    waiting = [line.cells[-1] for line in queries.rows(viewer, "homes.waiting", **asked).rows]
    assert waiting[0] is None, "a home never visited comes first"
    assert waiting == sorted(waiting, key=lambda day: day or date.min)
    tiers = queries.values(viewer, ["visits.made"], by=(By.PURPOSE,), **asked)
    assert "guidance" not in {row.group[0].key for row in tiers.rows}


def test_who_sees_no_tier_has_none_counted(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    now = clock.now()
    period = Period.of(PeriodKind.MONTH, town_day(now))
    desk, head = viewer_of(Role.DISPATCHER), viewer_of(Role.VILLAGE_HEAD)
    assert not queries.may_tell_apart(desk, MEASURES["homes.all"], By.TIER)
    assert queries.may_tell_apart(head, MEASURES["homes.all"], By.TIER)
    assert not any(MEASURES[key].knows(By.TIER) for key in MEASURES if not key.startswith("homes."))
    blind = queries.values(desk, ["homes.all"], period=period, now=now, by=(By.TIER,))
    assert (list(blind.rows), blind.total.counts["homes.all"]) == ([], 0)


def test_the_order_of_homes_tells_no_tier(ctx: Flask, world: World, viewer_of: ViewerOf) -> None:
    rng = random.Random(3)
    now = clock.now()
    period = Period.of(PeriodKind.MONTH, town_day(now))
    with transaction():
        for place, home in enumerate(db.session.scalars(select(Household))):
            home.tier = rng.choice(["reassured", "concerned", "connected"])
            home.next_visit_on = town_day(now) + timedelta(days=rng.randrange(60)) if place else None
        audit.record(
            actor=MAKER, action="household.test", subject_kind="household", subject_id=None, now=now, place_path="/"
        )  # fmt: skip
    for role, by_code in ((Role.VILLAGE_SUPERVISOR, True), (Role.FULLTIME_GRID, False)):
        viewer, found, after, marks = viewer_of(role), [], None, []
        while not marks or after:
            page = queries.rows(viewer, "homes.all", period=period, now=now, after=after, size=2)
            found += [db.session.get_one(Household, line.id).code for line in page.rows]
            after = page.after
            marks.append(decoded(after))
        assert len(found) == len(set(found)) > 4, "every home once"
        assert (found == sorted(found)) == by_code, role
        assert any(re.search(r"20\d\d-\d\d-\d\d", mark) for mark in marks) != by_code, (
            "nor does the mark of the next page"
        )


def decoded(mark: str | None) -> str:
    """What a mark for the next page holds, as anybody can read it."""
    return urlsafe_b64decode(mark + "=" * (-len(mark) % 4)).decode() if mark else ""
