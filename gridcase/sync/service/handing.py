"""Handing over: what somebody noted down for a home that is another's by now waits for who has it."""

from __future__ import annotations

from datetime import datetime, timedelta

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.text import clean_line
from gridcase.core.words import N_, Text
from gridcase.grid import queries as grids
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as homes
from gridcase.households.models import Household
from gridcase.households.queries.tiers import grant_over
from gridcase.notices import service as notices
from gridcase.people import queries as people
from gridcase.people.models import Post
from gridcase.people.rules import Role
from gridcase.sync import queries
from gridcase.sync.models import HandedItem
from gridcase.sync.rules import Item, ItemState, NotTaken, Reason
from gridcase.sync.rules.outcomes import WORDS, HandedState
from gridcase.sync.rules.reading import BadFields
from gridcase.sync.rules.times import Times
from gridcase.sync.service.deeds import Done, Where, do
from gridcase.sync.service.taking import (
    Answered,
    Sender,
    again,
    answer_of,
    claimed,
    happened_at,
    new_row,
    take,
    times_of,
)
from gridcase.sync.service.uploads import hang_waiting
from gridcase.users.models import User
from gridcase.visits.models import Visit


def hand_over(item: Item, *, sender: Sender, now: datetime) -> Answered:
    """Keep an item for whoever has the home now. What would be taken after all is taken; what was refused for any other
    reason is refused again (`NotTaken`)."""
    known = queries.by_uuid(item.uuid)
    if known is not None:
        return again(known, item, sender.user)
    try:
        with db.session.begin_nested():
            return take(item, sender=sender, now=now)
    except NotTaken as refused:
        if not refused.can_hand_over:
            raise
        return _keep(item, refused.reason, sender=sender, now=now)


def _keep(item: Item, reason: Reason, *, sender: Sender, now: datetime) -> Answered:
    times, home = times_of(item, sender, now), _home(item)
    row = new_row(item, times, ItemState.HANDED, sender=sender, now=now)
    first = claimed(row)
    if first is not None:
        return again(first, item, sender.user)
    sent = {key: value for key, value in item.sent.items() if key != "sent_at"}
    db.session.add(
        HandedItem(item_id=row.id, household_id=home.id, reason=reason, item=sent, state=HandedState.WAITING)
    )
    row.answer = answer_of(item.uuid, ItemState.HANDED, [N_("已移交给现在负责这一户的人。")], say=sender.say, at=now)
    _tell(row.id, home, now=now)
    audit.record(
        actor=queries.viewer_on(sender.user, now), action="sync.hand_over", subject_kind="sync_item",
        subject_id=row.id, now=now, place_path=home.path,
        detail={"kind": item.kind, "device": sender.device.id, "household": home.id},
    )  # fmt: skip
    db.session.flush()
    return Answered(row.answer, new=True)


def _home(item: Item) -> Household:
    """The home an item speaks of: the kept one, where it was written twice."""
    assert item.home is not None
    return db.session.get_one(Household, homes.successor_of([item.home]).get(item.home, item.home))


def _tell(item_id: int, home: Household, *, now: datetime) -> None:
    """Those who look after the home hear of it; where nobody does, the village's head."""
    posts: list[Post] = homes.liaison_posts_of(home.id, on=town_day(now))
    if not posts:
        village = next((grid for grid in grids.ancestors(home.path) if grid.level == GridLevel.VILLAGE), None)
        posts = people.posts_at(village.path, Role.VILLAGE_HEAD, on=town_day(now)) if village else []
    notices.tell_all(
        [
            notices.Telling(
                rule="sync.handed", subject_kind="sync_item", subject_id=item_id, due_at=None, place_path=home.path,
                text=N_("%(code)s 户有一条记录移交给您，请看看收不收。", code=home.code), link="/sync/handed",
                post_id=post.id,
            )
            for post in posts
        ],
        now=now,
    )  # fmt: skip


def take_over(handed: HandedItem, home: Household, *, actor: Viewer, now: datetime) -> None:
    """Whoever has the home now lets the item count: it stays its author's, with the times it was noted with."""
    _open(handed)
    grant = grant_over(home, actor, Permission.LOG_VISIT)
    if grant is None:
        raise Missing
    row, item = handed.filed, queries.kept_item(handed)
    if queries.restricted(item, home):
        raise Refused(N_("这件事限定可见，不能接收。请搁置，让提交的人不选住户另报。"))
    try:
        done = do(item, _times(item, handed), Where(actor, grant.post_id, home, anothers=True), now=now)
    except NotTaken as refused:
        raise Refused(WORDS[refused.reason]) from refused
    except BadFields as bad:
        raise Refused(next(iter(bad.fields.values()))) from bad
    row.visit_id, row.case_id = done.visit_id, done.case_id
    if done.visit_id is not None:
        db.session.get_one(Visit, done.visit_id).user_id = row.user_id
    hang_waiting(row, actor=actor, now=now)
    _decide(handed, home, HandedState.TAKEN, actor=actor, now=now, done=done)


def put_aside(handed: HandedItem, home: Household, *, actor: Viewer, words: str, now: datetime) -> None:
    """It does not count, and its author reads why."""
    _open(handed)
    handed.words = clean_line(words)[:200]
    if len(handed.words) < 2:
        raise Refused(N_("请写明为什么不收，提交的人会看到。"), field="words")
    _decide(handed, home, HandedState.ASIDE, actor=actor, now=now)


def _open(handed: HandedItem) -> None:
    db.session.refresh(handed, with_for_update={"of": HandedItem})
    if handed.state != HandedState.WAITING:
        raise Refused(N_("这一条已经有人办理过了。"))


def _times(item: Item, handed: HandedItem) -> Times:
    """The times as they were put right when it was handed over."""
    offset: timedelta = handed.filed.made_at - handed.filed.said_at
    return Times(handed.filed.made_at, happened_at(item) + offset, offset)


def _decide(
    handed: HandedItem, home: Household, state: HandedState, *, actor: Viewer, now: datetime, done: Done | None = None
) -> None:
    handed.state, handed.decided_at, handed.decided_by_user_id = state, now, actor.user_id
    audit.record(
        actor=actor, action=f"sync.{state}", subject_kind="sync_item", subject_id=handed.item_id, now=now,
        place_path=home.path, detail={"visit": done.visit_id, "case": done.case_id} if done else {},
    )  # fmt: skip
    author = db.session.get_one(User, handed.filed.user_id)
    text: Text = N_("您移交的 %(code)s 户的一条记录已被接收。", code=home.code)
    if state == HandedState.ASIDE:
        text = N_("您移交的 %(code)s 户的一条记录没有收：%(why)s", code=home.code, why=handed.words)
    notices.tell(
        notices.Telling(
            rule=f"sync.{state}", subject_kind="sync_item", subject_id=handed.item_id, due_at=None,
            place_path=home.path, text=text, link="/devices", person_id=author.person_id,
        ),
        now=now,
    )  # fmt: skip
    db.session.flush()
