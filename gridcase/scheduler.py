"""The whole timetable on one page. A trigger only says "look now"; what is due, and whether it was done, the database
decides by unique rows. So two schedulers do no harm, and a stopped night loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from gridcase.audit import service as audit
from gridcase.cases import service as cases
from gridcase.core import clock
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.households import service as households
from gridcase.notices import jobs as notices
from gridcase.points import jobs as points
from gridcase.reminders import jobs as reminders
from gridcase.users import service as users

Job = Callable[[Config], int]


def remind(_config: Config) -> int:
    """What is due soon or overdue, told once."""
    return reminders.sweep(actor=job("reminders"), now=clock.now())


def settle_moves(_config: Config) -> int:
    """Moves of homes and circles that take effect today."""
    now = clock.now()
    with transaction():
        return households.settle_day(actor=job("moves"), today=clock.town_day(now), now=now)


def mature_points(_config: Config) -> int:
    """Points whose public notice ran out without objection become merit."""
    return points.mature(actor=job("points"), now=clock.now())


def fold_tallies(_config: Config) -> int:
    """Counters: many small rows into one."""
    with transaction():
        return cases.fold_tallies()


def learn_classes(_config: Config) -> int:
    """Which words belong to which class, from the closed cases; once a day."""
    with transaction():
        return cases.learn_classes(actor=job("learning"), now=clock.now())


def seal_audit(_config: Config) -> int:
    """New audit rows into their towns' chains."""
    with transaction():
        return audit.seal()


def send_messages(config: Config) -> int:
    """What waits in the outbox."""
    return notices.send_to_file(Path(config.outbox_file), now=clock.now()) if config.outbox_file else 0


def forget_sessions(_config: Config) -> int:
    """Sessions that ended."""
    with transaction():
        users.end_stale_sessions(now=clock.now())
    return 0


TIMETABLE: tuple[Job, ...] = (
    settle_moves,
    remind,
    mature_points,
    send_messages,
    fold_tallies,
    learn_classes,
    seal_audit,
    forget_sessions,
)


def tick(app: Flask) -> dict[str, int]:
    """Run everything that is due once, one after the other; a failing job does not stop the next."""
    config: Config = app.extensions["gridcase"]
    done: dict[str, int] = {}
    for task in TIMETABLE:
        with app.app_context():
            try:
                done[task.__name__] = task(config)
            except Exception:
                app.logger.exception("job %s failed", task.__name__)
                done[task.__name__] = -1
            finally:
                db.session.remove()
    return done


def run(app: Flask) -> None:
    """Look at once, then every `sweep_seconds`, until stopped."""
    config: Config = app.extensions["gridcase"]
    scheduler = BlockingScheduler(timezone=clock.TOWN_ZONE)
    scheduler.add_job(
        tick,
        "interval",
        args=[app],
        seconds=config.sweep_seconds,
        misfire_grace_time=None,  # the default of one second would drop a late run in silence
        coalesce=True,
        max_instances=1,
    )
    tick(app)
    scheduler.start()
