"""What runs out by itself: factors, old assessments; and who is told that a home should be assessed again. Any number
of runs do it once: a task and a notice are unique rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import transaction
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.households import service
from gridcase.households.models import Household, TierTask
from gridcase.households.queries import liaisons_of, tiers, tiers_due
from gridcase.households.rules import Cause
from gridcase.notices import service as notices
from gridcase.people.rules import Role

READERS = (Role.VILLAGE_HEAD, Role.DISPATCHER)
LEADERS = (Role.GRID_LEADER, Role.SECTION_LEADER, Role.VILLAGE_HEAD)


def look_again(*, actor: Viewer, now: datetime, asleep: Collection[str] = ()) -> int:
    """End what ran out, ask for what grew old, but not where it is night; returns how many homes were asked for or
    factors ended."""
    ended = _until_done(lambda: service.let_run_out(actor=actor, now=now, asleep=asleep))
    today = town_day(now)
    return ended + _until_done(lambda: service.ask_for_old(actor=actor, today=today, now=now, asleep=asleep))


def _until_done(step: Callable[[], int]) -> int:
    """Batch after batch, each its own transaction, so that the write lock is held for milliseconds."""
    done = 0
    while True:
        with transaction():
            number = step()
        if not number:
            return done
        done += number


def tell_tasks(*, actor: Viewer, now: datetime, asleep: Collection[str] = ()) -> int:
    """Tell the liaison (else the leader) of a home that it should be assessed again, once, but nobody where it is
    night; returns how many notices."""
    told = after = 0
    while rows := tiers_due.untold(after=after, asleep=asleep):
        after = rows[-1][0].id
        posts = _addressees(rows, now)
        tellings = [_telling(task, home, post_id) for task, home in rows for post_id in posts[task.id]]
        if tellings:
            with transaction():
                number = len(notices.tell_all(tellings, now=now))
                if number:
                    audit.record(
                        actor=actor, action="reminders.sweep", subject_kind="notice", subject_id=None, now=now,
                        detail={"rule": tiers_due.TASK_RULE, "subjects": len(rows), "told": number},
                    )  # fmt: skip
                told += number
    return told


def _telling(task: TierTask, home: Household, post_id: int) -> notices.Telling:
    return notices.Telling(
        rule=tiers_due.TASK_RULE, subject_kind=tiers_due.TASK_SUBJECT, subject_id=task.id, due_at=None,
        place_path=home.path, text=N_("%(code)s 该重新研判关爱等级了。", code=home.code),
        link=f"/households/{home.id}/tier", post_id=post_id,
    )  # fmt: skip


def _addressees(rows: Sequence[tuple[TierTask, Household]], now: datetime) -> dict[int, list[int]]:
    """The posts to tell, by task. What came of something restricted is told only to who may read it."""
    on = town_day(now)
    restricted = [home for task, home in rows if task.cause == Cause.RESTRICTED]
    others = [home for task, home in rows if task.cause != Cause.RESTRICTED]
    readers = tiers.nearest_of(restricted, READERS, on=on) if restricted else {}
    served = liaisons_of([home.id for home in others], on=on) if others else {}
    alone = [home for home in others if home.id not in served]
    leaders = tiers.nearest_of(alone, LEADERS, on=on) if alone else {}
    found = {}
    for task, home in rows:
        near = readers if task.cause == Cause.RESTRICTED else leaders
        liaisons = [] if task.cause == Cause.RESTRICTED else served.get(home.id, [])
        found[task.id] = liaisons or [post.id for post in near.get(home.id, ())]
    return found
