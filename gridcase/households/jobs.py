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
from gridcase.households.queries import liaison_posts_of, tiers, tiers_due
from gridcase.households.rules import Cause
from gridcase.notices import service as notices
from gridcase.people.rules import Role

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
        tellings = [one for task, home in rows for one in _tellings(task, home, now)]
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


def _tellings(task: TierTask, home: Household, now: datetime) -> list[notices.Telling]:
    return [
        notices.Telling(
            rule=tiers_due.TASK_RULE, subject_kind=tiers_due.TASK_SUBJECT, subject_id=task.id, due_at=None,
            place_path=home.path, text=N_("%(code)s 该重新研判关爱等级了。", code=home.code),
            link=f"/households/{home.id}/tier", post_id=post_id,
        )
        for post_id in _addressees(task, home, now)
    ]  # fmt: skip


def _addressees(task: TierTask, home: Household, now: datetime) -> Sequence[int]:
    """What came of something restricted is told only to who may read it."""
    on = town_day(now)
    if task.cause == Cause.RESTRICTED:
        return [post.id for post in tiers.nearest_posts(home, (Role.VILLAGE_HEAD, Role.DISPATCHER), on=on)]
    liaisons = [post.id for post in liaison_posts_of(home.id, on=on) if post.role == Role.LIAISON]
    return liaisons or [post.id for post in tiers.nearest_posts(home, LEADERS, on=on)]
