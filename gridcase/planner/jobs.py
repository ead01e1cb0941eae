"""Work for the solver outside of a request: proposals that wait, and a whole county."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer
from gridcase.core.scope import under
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.planner.models.proposals import Plan
from gridcase.planner.queries import proposals as plan_queries
from gridcase.planner.queries import today as today_queries
from gridcase.planner.rules.circles import Village
from gridcase.planner.rules.work import CellWork, Kind, Outcome, done
from gridcase.planner.service import proposals as service

SECONDS_A_HOME = 0.02  # of the county run: a village of 800 homes gets 16 s for its cells, most need far less
AHEAD = 2  # villages read in advance for each process

Progress = Callable[[int, int], None]


def make_waiting(*, actor: Viewer) -> int:
    """Work out the proposals that wait, one after the other; a second scheduler takes others. Returns how many."""
    with transaction():
        service.take_up_forgotten(actor=actor, now=clock.now())
    made = 0
    for plan_id in plan_queries.claimable(limit=20):
        made += work_out(plan_id, actor=actor)
    return made


def work_out(plan_id: int, *, actor: Viewer) -> bool:
    """Work out a waiting plan: claim, read once, solve with no transaction open, store. False: somebody else has it."""
    with transaction():
        if not service.claim(plan_id, actor=actor, now=clock.now()):
            return False
    plan = db.session.get_one(Plan, plan_id)
    work, fingerprint, limits, wishes = today_queries.work_of(
        Kind(plan.kind), plan.place_path, on=plan.on, seconds=plan.seconds, seed=plan.seed
    )
    settings = {"limits": limits.to_json(), "wishes": wishes.as_json()}
    db.session.rollback()  # reading is over: the solver holds no transaction
    try:
        outcome = done(work, lambda count, total: _tell(plan_id, count, total))
    except Exception:
        with transaction():
            service.fail(plan_id, actor=actor, now=clock.now())
        raise
    with transaction():
        plan = db.session.get_one(Plan, plan_id)
        service.store(plan, outcome, actor=actor, fingerprint=fingerprint, settings=settings, now=clock.now())
    return True


def _tell(plan_id: int, count: int, total: int) -> None:
    with transaction():
        service.note_progress(plan_id, done=count, total=total)


@dataclass(frozen=True)
class CountyRun:
    """What a county run did: villages and kinds planned, left alone because they were, homes, and the figures of each
    village by kind."""

    planned: int
    skipped: int
    homes: int
    figures: list[tuple[str, Kind, dict[str, Any]]]


@dataclass(frozen=True)
class _Task:
    village: Grid
    kind: Kind
    work: CellWork | Village
    fingerprint: str
    settings: dict[str, Any]
    homes: int
    seconds: int


def plan_county(path: str, *, actor: Viewer, progress: Progress, processes: int = 2, seed: int = 1) -> CountyRun:
    """Propose cells and circles for every village below a place. Villages whose proposal of the same homes stands are
    left alone, so a run that was killed goes on where it stopped. The solver runs in `processes` of their own; only
    this one uses the database.
    """
    villages = _villages(path)
    total = 2 * len(villages)
    counted = {"seen": 0, "skipped": 0, "homes": 0}
    figures: list[tuple[str, Kind, dict[str, Any]]] = []
    progress(0, total)
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        running: dict[Future[Outcome], _Task] = {}

        def finish(least: int) -> None:
            while len(running) > least:
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    task = running.pop(future)
                    outcome = future.result()
                    _keep(task, outcome, actor, seed)
                    figures.append((task.village.code, task.kind, outcome.figures))
                    counted["homes"] += task.homes if task.kind is Kind.CELLS else 0
                    counted["seen"] += 1
                    progress(counted["seen"], total)

        for task in _tasks(villages, seed):
            if task is None:
                counted["skipped"] += 1
                counted["seen"] += 1
                progress(counted["seen"], total)
                continue
            finish(processes * AHEAD - 1)
            running[pool.submit(done, task.work)] = task
        finish(0)
    return CountyRun(len(figures), counted["skipped"], counted["homes"], figures)


def _villages(path: str) -> list[Grid]:
    found = list(
        db.session.scalars(
            select(Grid)
            .where(under(Grid.path, path), Grid.level == GridLevel.VILLAGE, Grid.valid_to.is_(None))
            .order_by(Grid.code)
        )
    )
    for village in found:
        db.session.expunge(village)  # kept across the transactions that store the proposals
    return found


def _tasks(villages: list[Grid], seed: int) -> Iterator[_Task | None]:
    for village in villages:
        for kind in Kind:
            yield _task(village, kind, seed)


def _task(village: Grid, kind: Kind, seed: int) -> _Task | None:
    """Read one village; None where its proposal stands or there is nothing to plan."""
    on = clock.town_day(clock.now())
    today = today_queries.read_village(village.path, on=on)
    seconds = max(5, round(SECONDS_A_HOME * len(today.homes)))
    fingerprint = today.fingerprint(kind)
    if not today.homes or plan_queries.made_alike(village.id, kind, fingerprint):
        db.session.rollback()
        return None
    work, _seen, limits, wishes = today_queries.work_of(kind, village.path, on=on, seconds=seconds, seed=seed)
    db.session.rollback()
    settings = {"limits": limits.to_json(), "wishes": wishes.as_json()}
    nobody = isinstance(work, Village) and not work.candidates
    return None if nobody else _Task(village, kind, work, fingerprint, settings, len(today.homes), seconds)


def _keep(task: _Task, outcome: Outcome, actor: Viewer, seed: int) -> None:
    now: datetime = clock.now()
    with transaction():
        service.make_at_once(
            task.village, task.kind, outcome, actor=actor, fingerprint=task.fingerprint, settings=task.settings,
            seconds=task.seconds, seed=seed, now=now,
        )  # fmt: skip
    db.session.remove()
