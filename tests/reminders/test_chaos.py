"""Reminders under fire: processes are killed and restarted, their clocks differ; each is told exactly once."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import insert, select

from gridcase.app import create_app
from gridcase.cases.models import Case
from gridcase.cases.rules import State
from gridcase.core import clock
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.notices.models import Notice
from gridcase.scheduler import remind, send_messages
from tests.factories.world import World
from tests.reminders.chaos import ALIVE, SINK, config_of
from tests.reminders.test_jobs import case_of, trace

ROOT = Path(__file__).resolve().parents[2]
FULL = bool(os.environ.get("GRIDCASE_FULL"))
CASES, WORKERS, SCHEDULERS, KILLS, RESTARTS = (2000, 8, 2, 50, 3) if FULL else (60, 2, 2, 4, 1)
SKEWS = (timedelta(hours=-1), timedelta(), timedelta(hours=1))
BEGIN_SECONDS = 120


@dataclass
class Fire:
    """The running processes, and the hand that kills them."""

    config: Config
    now: datetime
    chance: random.Random = field(default_factory=lambda: random.Random(20261122))
    running: dict[int, tuple[str, subprocess.Popen[bytes]]] = field(default_factory=dict)
    begun: int = 0

    def start(self, kind: str) -> None:
        """One more process, with a clock of its own."""
        self.begun += 1
        skew = SKEWS[self.begun % len(SKEWS)]
        environment = {**os.environ, "GRIDCASE_NOW": (self.now + skew).isoformat(), "PYTHONPATH": str(ROOT)}
        arguments = (kind, self.config.instance, self.config.url, self.config.owner_url, str(self.begun))
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.reminders.chaos", *arguments], cwd=ROOT, env=environment
        )
        self.running[self.begun] = (kind, process)

    def start_all(self) -> None:
        """Everybody, and wait until each has begun."""
        for kind, number in (("worker", WORKERS), ("scheduler", SCHEDULERS)):
            for _ in range(number):
                self.start(kind)
        for number in list(self.running):
            self.wait_for(number)

    def wait_for(self, number: int) -> None:
        """Until a process works; it must not have ended by itself."""
        sign, until = Path(self.config.instance, f"{ALIVE}-{number}"), time.monotonic() + BEGIN_SECONDS
        while not sign.exists():
            assert self.running[number][1].poll() is None, "a process ended by itself"
            assert time.monotonic() < until, "a process did not begin"
            time.sleep(0.02)

    def kill(self, number: int) -> str:
        """Without a word of warning."""
        kind, process = self.running.pop(number)
        assert process.poll() is None, f"a {kind} ended by itself with {process.returncode}"
        process.send_signal(signal.SIGKILL)
        process.wait()
        return kind

    def kill_all(self) -> None:
        """As when the machine goes down."""
        for number in list(self.running):
            self.kill(number)


def due_soon(world: World, now: datetime) -> set[int]:
    """Cases in the hands of a station, due soon under every one of the clocks and late under none."""
    first = case_of(world)
    row = db.session.execute(select(Case.__table__).where(Case.id == first)).mappings().one()
    values = {name: value for name, value in row.items() if name not in ("id", "number")}
    values |= {
        "state": State.IN_PROGRESS, "handler_unit_id": world.units["water"], "handler_post_id": None,
        "soon_at": now - timedelta(hours=2), "due_at": now + timedelta(days=5),
    }  # fmt: skip
    with transaction():
        db.session.execute(insert(Case), [values | {"number": f"CHAOS-{n}"} for n in range(CASES)])
        trace()
    return set(db.session.scalars(select(Case.id).where(Case.number.like("CHAOS-%"))))


def test_chaos_reminders(config: Config, world: World) -> None:
    settings = config_of(config.instance, config.database_url, config.owner_url)
    app, now = create_app(settings), clock.now()
    with app.app_context():
        wanted = due_soon(world, now)
        db.session.remove()
    fire = Fire(settings, now)
    fire.start_all()
    for number in range(KILLS):
        time.sleep(fire.chance.uniform(0.05, 0.5))
        victim = fire.chance.choice(sorted(fire.running))
        fire.start(fire.kill(victim))
        fire.wait_for(fire.begun)
        if number % (KILLS // RESTARTS + 1) == KILLS // RESTARTS:
            fire.kill_all()
            fire.start_all()
    fire.kill_all()
    for _period in range(2):
        with app.app_context():
            remind(settings)
            while send_messages(settings):
                pass
            db.session.remove()
    told, sent = _told(app, wanted), _sent(Path(settings.instance) / SINK)
    assert told == Counter(dict.fromkeys(wanted, 1))
    assert sent >= {f"gridcase-{number}-file" for number in _notices(app, wanted)}
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _told(app: Flask, wanted: set[int]) -> Counter[int]:
    with app.app_context():
        rows = db.session.execute(
            select(Notice.subject_id, Notice.rule, Notice.due_at).where(
                Notice.subject_kind == "case", Notice.rule == "case_soon"
            )
        ).all()
        db.session.remove()
    assert len({tuple(row) for row in rows}) == len(rows)
    return Counter(row.subject_id for row in rows if row.subject_id in wanted)


def _notices(app: Flask, wanted: set[int]) -> list[int]:
    with app.app_context():
        rows = db.session.execute(select(Notice.id, Notice.subject_id).where(Notice.rule == "case_soon")).all()
        db.session.remove()
    return [row.id for row in rows if row.subject_id in wanted]


def _sent(sink: Path) -> set[str]:
    """The message numbers the sink has seen: twice is allowed outside, never is not."""
    return {json.loads(line)["id"] for line in sink.read_text(encoding="utf-8").splitlines()}
