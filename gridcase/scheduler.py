"""The whole timetable on one page. A trigger only says "look now"; what is due, and whether it was done, the database
decides by unique rows. So two schedulers do no harm, and a stopped night loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from apscheduler.schedulers.blocking import BlockingScheduler
from flask import Flask

from gridcase.audit import service as audit
from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.core import clock
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.exchange import jobs as exchange
from gridcase.files import service as files
from gridcase.households import service as households
from gridcase.notices import jobs as notices
from gridcase.planner import jobs as planner
from gridcase.planner import service as reorganisation
from gridcase.points import jobs as points
from gridcase.reminders import jobs as reminders
from gridcase.reports import jobs as reports
from gridcase.shop import jobs as shop
from gridcase.sync import jobs as sync
from gridcase.users import service as users
from gridcase.visits import service as visits

Job = Callable[[Config], int]
NIGHT = 3  # the hour of what nobody waits for


def remind(_config: Config) -> int:
    """What is due soon or overdue, told once."""
    return reminders.sweep(actor=job("reminders"), now=clock.now())


def settle_moves(_config: Config) -> int:
    """Moves of homes and circles that take effect today, and planned changes whose day has come."""
    now = clock.now()
    with transaction():
        changes = reorganisation.settle_day(actor=job("moves"), now=now)
        return changes + households.settle_day(actor=job("moves"), today=clock.town_day(now), now=now)


def mature_points(_config: Config) -> int:
    """Points whose public notice ran out without objection become merit."""
    return points.mature(actor=job("points"), now=clock.now())


def release_unfetched(_config: Config) -> int:
    """What was reserved in a points shop and nobody fetched: goods and points go back."""
    return shop.release_unfetched(actor=job("shop"), now=clock.now())


def remind_of_objections(_config: Config) -> int:
    """Objections to points that are to be answered within their five working days."""
    return points.remind(now=clock.now())


def seal_points(_config: Config) -> int:
    """New movements of points into their villages' chains."""
    return points.seal(now=clock.now())


def find_hot(_config: Config) -> int:
    """Clusters of like demands, once a day a town: looked for outside of a transaction, written in a short one."""
    now, new = clock.now(), 0
    if case_queries.restricted_in_issues():
        with transaction():
            cases.hot.mend(now=now)
    for town_id, path in case_queries.towns_to_look_at(clock.town_day(now), now):
        looked = cases.hot.look(town_id, now=now)
        with transaction():
            new += cases.hot.keep(town_id, path, looked, actor=job("hot issues"), now=now)
    return new


def follow_voices(_config: Config) -> int:
    """Voices of cases that have moved on, where too many follow one case to do so at once."""
    moved, now = 0, clock.now()
    while True:
        with transaction():
            batch = cases.follow_all(now=now)
        moved += batch
        if not batch:
            return moved


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
    """What waits in the outbox; where it is quiet emergencies alone."""
    if not notices.anything_waits():
        return 0
    now = clock.now()
    return notices.send_waiting(config, now=now, asleep=reminders.asleep(now))


def tidy_outbox(config: Config) -> int:
    """Messages that left long ago are forgotten, and secrets of channels sealed under the key of today: at night."""
    now = clock.now()
    return notices.tidy(config, actor=job("outbox"), now=now) if now.astimezone(clock.TOWN_ZONE).hour == NIGHT else 0


def forget_sessions(_config: Config) -> int:
    """Sessions that ended."""
    with transaction():
        users.end_stale_sessions(now=clock.now())
    return 0


def make_plans(_config: Config) -> int:
    """Proposals of cells and circles that wait for the solver."""
    return planner.make_waiting(actor=job("planner"))


def finish_imports(_config: Config) -> int:
    """Imports of registers whose worker was stopped, and files nobody confirmed."""
    return exchange.resume(now=clock.now())


def sweep_files(_config: Config) -> int:
    """Photos and papers of forms that were never finished, after a day; looked for once an hour."""
    now = clock.now()
    return files.sweep(now=now) if now.minute == 7 else 0


def forget_phones(config: Config) -> int:
    """Answers to phones that were kept long enough, photos that never became whole; looked for once an hour."""
    now = clock.now()
    return sync.forget(actor=job("sync"), now=now, keep_days=config.sync_keep_days) if now.minute == 17 else 0


def forget_signs(_config: Config) -> int:
    """What visitors saw and nobody confirmed within thirty days."""
    now = clock.now()
    with transaction():
        return visits.forget_signs(actor=job("signs"), today=clock.town_day(now), now=now)


def load_reports(_config: Config) -> int:
    """After an update: the forms of reports that come with the system."""
    return reports.load_standards(now=clock.now())


def make_reports(_config: Config) -> int:
    """Reports whose period is over, on the first working day after it."""
    return reports.make_due(now=clock.now())


TIMETABLE: tuple[Job, ...] = (
    settle_moves,
    remind,
    mature_points,
    remind_of_objections,
    release_unfetched,
    seal_points,
    send_messages,
    follow_voices,
    find_hot,
    fold_tallies,
    learn_classes,
    seal_audit,
    tidy_outbox,
    forget_sessions,
    make_plans,
    finish_imports,
    sweep_files,
    forget_phones,
    forget_signs,
    load_reports,
    make_reports,
)
# Somebody looks at the page and waits; an emergency is told in seconds.
SOONER: dict[Job, int] = {make_plans: 2, send_messages: 5}


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


def between_rounds(app: Flask, task: Job) -> None:
    """One job alone, more often than the round: in a thread of its own, so that nothing else waits for it."""
    with app.app_context():
        try:
            task(app.extensions["gridcase"])
        except Exception:
            app.logger.exception("job %s failed", task.__name__)
        finally:
            db.session.remove()


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
    for task, seconds in SOONER.items():
        scheduler.add_job(
            between_rounds, "interval", args=[app, task], seconds=seconds, misfire_grace_time=None, coalesce=True,
            max_instances=1,
        )  # fmt: skip
    tick(app)
    app.logger.info("the scheduler has looked once and looks again every %s s", config.sweep_seconds)
    scheduler.start()
