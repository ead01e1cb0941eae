"""Posts over time: who holds them, who stands in, renaming and ending. A post never ends silently with open work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from gridcase.audit import service as audit
from gridcase.core import dated
from gridcase.core.changes import change, check_seen
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_, Text
from gridcase.grid.models import Grid
from gridcase.people import queries
from gridcase.people.models import Holding, Person, Post
from gridcase.people.rules import OFFICES, Absence, LeaderSource
from gridcase.people.service.liaisons import revoke_of_leaver

EDITED = ("title", "paid", "section_id", "unit_id")
OPEN_WORK = N_("这个岗位还有没办完的事：%(work)s。请先移交，再办理。")
NOT_YET = N_("岗位 %(day)s 才设立，任职不能早于这一天。")
ENDED = N_("岗位 %(day)s 起已撤销，请选更早的日期。")
NOT_HELD = N_("这一天没有人在任，不用办理离任。")
LONGEST_STAND_IN = 366  # days


def free_code(place: Grid, short: str) -> str:
    """The next code of a role's posts at a place (`short` stands for the role); nobody else is given one there until it
    is written."""
    db.session.refresh(place, with_for_update=True)
    stem = f"{place.code}-{short.upper()}"
    taken = queries.codes_like(stem)
    return next(code for number in range(1, len(taken) + 2) if (code := f"{stem}{number:02d}") not in taken)


def edit_post(
    post: Post,
    *,
    actor: Viewer,
    title: str,
    paid: bool,
    section_id: int | None,
    unit_id: int | None,
    seen: str | None,
    now: datetime,
) -> Post:
    """Rename a post, or put it into another section or unit of its place."""
    post = _locked(post)
    check_seen(post, EDITED, seen)
    values = {"title": title, "paid": paid, "section_id": section_id, "unit_id": unit_id}
    _note(post, "post.edit", actor, now, changes=change(post, values))
    return post


def replace_holder(
    post: Post,
    *,
    actor: Viewer,
    person_id: int,
    start: date,
    now: datetime,
    source: LeaderSource | None = None,
) -> None:
    """From a day on the post is held by this person alone. A day gone by corrects what was written, a day to come takes
    effect on that day; what was known before stays readable."""
    post = _locked(post)
    check_day(post, start)
    check_hand(post, person_id, actor)
    line = queries.line_of(post.id, stand_in=False)
    values = _values(post, person_id, stand_in=False, source=source or "")
    dated.write(Holding, [dated.rewritten(line, start=start, end=post.valid_to, values=values)], now=now)
    revoke_of_leaver(post, actor=actor, stays=person_id, on=start, now=now)
    _note(post, "post.appoint", actor, now, person_id=person_id, start=start.isoformat(), stand_in=False)


def stand_in(post: Post, *, actor: Viewer, person_id: int, start: date, end: date, why: Absence, now: datetime) -> None:
    """From `start` up to the day before `end` somebody else has the post's rights too, beside its holder."""
    post = _locked(post)
    check_day(post, start)
    check_hand(post, person_id, actor)
    if end <= start:
        raise Refused(N_("最后一天不能早于第一天。"), field="until")
    if (end - start).days > LONGEST_STAND_IN:
        raise Refused(N_("代班最长一年，到期可以再办。"), field="until")
    if queries.holds(post.id, person_id, on=start):
        raise Refused(N_("这个人已经在任，不用代班。请选另一个人。"), field="person")
    line = queries.line_of(post.id, stand_in=True)
    values = _values(post, person_id, stand_in=True, reason=why)
    dated.write(Holding, [dated.rewritten(line, start=start, end=end, values=values)], now=now)
    _note(
        post, "post.stand_in", actor, now, person_id=person_id, start=start.isoformat(), end=end.isoformat(), why=why
    )  # fmt: skip


def end_stand_in(post: Post, *, actor: Viewer, on: date, now: datetime) -> None:
    """The stand-in goes back on a day, earlier than planned."""
    post = _locked(post)
    line = queries.line_of(post.id, stand_in=True)
    _write_end(line, on, now=now, nobody=N_("这一天没有人代班。"))
    _note(post, "post.stand_in_end", actor, now, start=on.isoformat())


def end_holding(post: Post, *, actor: Viewer, on: date, open_work: Sequence[Text], now: datetime) -> None:
    """From a day on nobody holds the post. `open_work` is what the caller, who knows the higher rooms, found open;
    with a stand-in on that day the work has a hand."""
    post = _locked(post)
    if not queries.stood_in(post.id, on=on):
        refuse_open(open_work)
    _write_end(queries.line_of(post.id, stand_in=False), on, now=now, nobody=NOT_HELD)
    _note(post, "post.vacate", actor, now, start=on.isoformat())


def end_post(post: Post, *, actor: Viewer, on: date, open_work: Sequence[Text], now: datetime) -> None:
    """From a day on the post is no address for work any more; refused while `open_work` names anything."""
    post = _locked(post)
    check_day(post, on)
    refuse_open(open_work)
    for stands_in in (False, True):
        line = queries.line_of(post.id, stand_in=stands_in)
        dated.write(Holding, [dated.rewritten(line, start=on, end=None, values=None)], now=now)
    post.valid_to = on
    _note(post, "post.end", actor, now, start=on.isoformat())


def _locked(post: Post) -> Post:
    """Two people appointing at once must not both see the post as it was."""
    found: Post = db.session.get_one(Post, post.id, with_for_update=True, populate_existing=True)
    return found


def check_day(post: Post, day: date) -> None:
    """Nobody holds a post before it is set up, or after it has ended."""
    if day < post.valid_from:
        raise Refused(Text(NOT_YET.msgid, {"day": post.valid_from.isoformat()}), field="start")
    if post.valid_to is not None and day >= post.valid_to:
        raise Refused(Text(ENDED.msgid, {"day": post.valid_to.isoformat()}), field="start")


def check_hand(post: Post, person_id: int, actor: Viewer) -> None:
    """Nobody gives rights to himself, nor those of the offices that watch over the system."""
    if person_id == actor.person_id:
        raise Refused(N_("不能安排自己任职，请由别人办理。"), field="person")
    if post.role in OFFICES and not actor.may(Permission.MANAGE_ACCOUNTS):
        raise Refused(N_("这个岗位由安全管理员安排。"), field="person")


def _values(post: Post, person_id: int, *, stand_in: bool, reason: str = "", source: str = "") -> dict[str, object]:
    db.session.get_one(Person, person_id)
    return {
        "post_id": post.id, "person_id": person_id, "stand_in": stand_in, "reason": str(reason), "source": str(source),
    }  # fmt: skip


def _write_end(line: Sequence[dated.Span], on: date, *, now: datetime, nobody: Text) -> None:
    if not any(span.end is None or span.end > on for span in line):
        raise Refused(nobody, field="start")
    dated.write(Holding, [dated.rewritten(line, start=on, end=None, values=None)], now=now)


def refuse_open(open_work: Sequence[Text]) -> None:
    """Nothing ends while somebody's work lies there."""
    if open_work:
        # several sentences of their own: joined so that each is said in the reader's language
        work = open_work[0]
        for more in open_work[1:]:
            work = N_("%(first)s；%(second)s", first=work, second=more)
        raise Refused(Text(OPEN_WORK.msgid, {"work": work}))


def _note(post: Post, action: str, actor: Viewer, now: datetime, **detail: object) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="post", subject_id=post.id, place_path=post.place_path, now=now,
        detail={key: value for key, value in detail.items() if value is not None},
    )  # fmt: skip
