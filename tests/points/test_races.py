"""Eight threads at the same points, on a real file and a real server: exactly one wins, nobody waits crosswise."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import TypeVar

from flask import Flask
from sqlalchemy import func, select

from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer, job
from gridcase.points import jobs, queries, service
from gridcase.points.models import Transfer
from gridcase.points.rules import TransferKind
from tests.factories.world import World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=7)
THREADS = 8
CHECKER = Viewer(kind="staff", name="核查人", user_id=1)
Result = TypeVar("Result")


def together(app: Flask, *deeds: Callable[[], Result]) -> list[Result]:
    """Start all deeds at the same moment, each in its own context; an exception of one is raised here."""
    gate = Barrier(len(deeds))

    def run(deed: Callable[[], Result]) -> Result:
        with app.app_context():
            try:
                gate.wait(timeout=30)
                return deed()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def close(case_id: int, home: int, helper: int | None = None) -> int:
    with transaction():
        made = service.award_for_case(
            case_id=case_id, number=str(case_id), village_id=None, class_code="0202", reporter_rule="K5",
            helper_rule="K4", reporter_household_id=home, helper_household_id=helper, restricted=False,
            imported=False, actor=CHECKER, now=NOW,
        )  # fmt: skip
        return len(made)


def reopen(case_id: int) -> int:
    with transaction():
        return len(service.reverse_for_case(case_id=case_id, actor=CHECKER, now=LATER))


def mature() -> int:
    return jobs.mature(actor=job("points"), now=LATER, batch=7)


def held(app: Flask, home: int) -> tuple[int, int, int]:
    with app.app_context():
        found = queries.balances_of(home, viewer=job("test"))
        assert service.verify() == []
        db.session.remove()
    return found.pending, found.merit, found.recover


def moves(app: Flask, kind: TransferKind) -> int:
    with app.app_context():
        count = db.session.scalar(select(func.count()).where(Transfer.kind == kind))
        db.session.remove()
    return count or 0


def test_eight_schedulers_mature_everything_once(app: Flask, world: World) -> None:
    homes = world.homes["village_a"]
    with app.app_context():
        for number in range(40):
            close(number, homes[number % len(homes)])
        db.session.remove()
    done = together(app, *[mature] * THREADS)
    assert sum(done) == 40
    assert moves(app, TransferKind.MATURE) == 40
    assert held(app, homes[0]) == (0, 60, 0)


def test_one_closing_told_eight_times_pays_once(app: Flask, world: World) -> None:
    home = world.homes["village_a"][0]
    done = together(app, *[lambda: close(1, home)] * THREADS)
    assert sorted(done) == [0] * (THREADS - 1) + [1]
    assert held(app, home) == (20, 0, 0)


def test_one_reopening_told_eight_times_takes_back_once(app: Flask, world: World) -> None:
    home = world.homes["village_a"][0]
    with app.app_context():
        close(1, home)
        mature()
        db.session.remove()
    done = together(app, *[lambda: reopen(1)] * THREADS)
    assert sorted(done) == [0] * (THREADS - 1) + [1]
    assert held(app, home) == (0, 0, 0)
    assert moves(app, TransferKind.REVERSE) == 1


def test_maturing_and_reopening_at_once_leave_nothing_behind(app: Flask, world: World) -> None:
    home = world.homes["village_a"][0]
    with app.app_context():
        for number in range(4):
            close(number, home)
        db.session.remove()
    together(app, *[mature] * 4, *[lambda number=number: reopen(number) for number in range(4)])
    assert held(app, home) == (0, 0, 0)
    assert moves(app, TransferKind.REVERSE) == 4


def test_two_villages_paid_crosswise_do_not_wait_for_each_other(app: Flask, world: World) -> None:
    here, there = world.homes["village_a"], world.homes["village_b"]
    deeds = [
        (lambda n=n: close(n, here[n % 4], there[n % 3]) if n % 2 else close(n, there[n % 3], here[n % 4]))
        for n in range(THREADS)
    ]
    assert together(app, *deeds) == [2] * THREADS
    assert held(app, here[0])[1:] == (0, 0)


def test_eight_counters_at_once_spend_what_is_there_once(app: Flask, world: World) -> None:
    """60 points, eight who want 20 each: three get them, five are told that there is not enough, and nothing breaks."""
    home = world.homes["village_a"][0]
    with app.app_context():
        for number in range(3):
            close(number, home)
        mature()
        db.session.remove()
    done = together(app, *[lambda number=number: buy(home, number) for number in range(THREADS)])
    assert sorted(done) == [""] * 3 + ["可兑换积分只有 0 分，不够这一次兑换。"] * 5
    assert held(app, home) == (0, 0, 0)
    assert moves(app, TransferKind.SPEND) == 3


def buy(home: int, number: int) -> str:
    """Reserve 20 points and spend them; why not, where there are not enough left."""
    try:
        with transaction():
            service.hold_for(
                household_id=home, amount=20, key=str(number), source_kind="order", source_id=str(number),
                actor=CHECKER, now=LATER,
            )  # fmt: skip
    except Refused as refusal:
        return str(refusal)
    with transaction():
        service.spend(str(number), actor=CHECKER, now=LATER)
    return ""
