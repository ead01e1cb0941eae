"""Calling to an activity, putting names down, running and ending it with points for the homes that came."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError

from gridcase.affairs.models import Activity, Participation
from gridcase.affairs.queries import activities as queries
from gridcase.affairs.queries import figures
from gridcase.affairs.rules import (
    WORK_VALUE_KEY,
    ActivityKind,
    ActivityState,
    Branch,
    HowJoined,
    seats_left,
    usual_item,
)
from gridcase.audit import service as audit
from gridcase.bulletin import queries as bulletin
from gridcase.core.changes import change, check_seen
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import covers
from gridcase.core.text import clean, clean_line
from gridcase.core.words import N_, Text
from gridcase.grid import service as grid_service
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.households.rules import is_child
from gridcase.notices import service as notices
from gridcase.points import queries as points
from gridcase.points import service as points_service
from gridcase.points.service import BatchRow

EDITED = ("title", "text", "spot", "starts_at", "hours", "seats")
AUTO, NO_POINTS = "auto", "none"
TOKEN_BYTES = 9
EARLIEST, LATEST = timedelta(days=31), timedelta(days=366)
HOURS_MOST = 24
NOT_ANY_MORE = N_("这次活动已经结束或取消。")
SENT_BEFORE = N_("这张表已经送出过，内容和这次不同。请重新打开再写。")


@dataclass(frozen=True)
class Call:
    """What people are called to, as it was typed."""

    kind: ActivityKind
    title: str
    spot: str
    starts_at: datetime
    hours: int
    branch: Branch | None = None
    text: str = ""
    seats: int | None = None
    item: str = AUTO  # the code of an item, or one of these two words
    afterwards: bool = False  # it was held already: nobody is called, who came is entered


def call(*, actor: Viewer, place: Grid, client_uuid: str, what: Call, now: datetime) -> Activity:
    """Call the people of a place to something; its liaisons are told. The same form twice is one call."""
    post_id = answers_for(actor, place.path)
    if place.level not in (GridLevel.VILLAGE, GridLevel.GROUP, GridLevel.CELL) or place.valid_to is not None:
        raise Refused(N_("请选在哪里办。"), field="place")
    said, village_id = _checked(what, now), place.village_id or place.id
    past = is_past(what, now)
    if past and not what.afterwards:
        raise Refused(N_("这个时间已经过去。补记办过的活动请勾上这一项；还没办的请改时间。"), field="afterwards")
    row = Activity(
        client_uuid=client_uuid, token=secrets.token_urlsafe(TOKEN_BYTES), village_id=village_id, place_id=place.id,
        path=place.path, kind=what.kind.value, branch=what.branch.value if what.branch else "",
        item_code=_item(what, village_id, now), post_id=post_id,
        state=(ActivityState.RUNNING if past else ActivityState.CALLED).value,
        user_id=actor.user_id, made_at=now, **said,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return _same(client_uuid, said, actor)
    told = _tell_liaisons(row, now=now) if row.starts_at > now else 0
    note("activity.call", row, actor, now, item=row.item_code, liaisons=told)
    return row


def is_past(what: Call | Activity, now: datetime) -> bool:
    """Whether the hours it was to take have gone by."""
    return what.starts_at + timedelta(hours=what.hours) <= now


def answers_for(actor: Viewer, path: str, permission: Permission = Permission.RUN_ACTIVITY) -> int | None:
    for grant in actor.grants_with(permission):
        if covers(grant, path=path, section_id=None, household_id=None) and grant.section_id is None:
            return grant.post_id
    raise Missing


def _checked(what: Call, now: datetime) -> dict[str, Any]:
    title, spot = clean_line(what.title)[:40], clean_line(what.spot)[:60]
    if not title:
        raise Refused(N_("请写活动的名称。"), field="title")
    if not spot:
        raise Refused(N_("请写在哪里集合。"), field="spot")
    if not 1 <= what.hours <= HOURS_MOST:
        raise Refused(N_("每人几小时，填 1 到 24。"), field="hours")
    if what.seats is not None and what.seats < 1:
        raise Refused(N_("名额至少 1 人；不限就空着。"), field="seats")
    if not now - EARLIEST <= what.starts_at <= now + LATEST:
        raise Refused(N_("时间最早写到一个月以前（补记），最晚一年以后。"), field="starts_at")
    return {
        "title": title, "text": clean(what.text)[:600], "spot": spot, "starts_at": what.starts_at,
        "hours": what.hours, "seats": what.seats,
    }  # fmt: skip


def _item(what: Call, village_id: int, now: datetime) -> str:
    """The scheme's item: what was chosen, else what the kind usually gives."""
    if what.item == NO_POINTS:
        return ""
    items = figures.items_for(village_id, on=town_day(min(what.starts_at, now)))
    if what.item == AUTO:
        return usual_item(what.kind, {code: item.name for code, item in items.items()})
    if what.item not in items:
        raise Refused(N_("积分方案里没有这一项，请重新选。"), field="item")
    return what.item


def _same(client_uuid: str, said: dict[str, Any], actor: Viewer) -> Activity:
    first = queries.by_uuid(client_uuid)
    if first is None or first.user_id != actor.user_id or first.title != said["title"]:
        raise Refused(SENT_BEFORE)
    return first


def _tell_liaisons(row: Activity, *, now: datetime) -> int:
    posts = bulletin.liaison_posts(row.path, on=town_day(now))
    new = notices.tell_all(
        [
            notices.Telling(
                rule="activity.call", subject_kind="activity", subject_id=row.id, due_at=None,
                place_path=post.place_path, link=f"/affairs/{row.id}", post_id=post.id,
                text=N_("%(title)s：%(when)s，请告诉联系的户，要去的可以代为报名。", title=row.title,
                        when=row.starts_at),
            )
            for post in posts
        ],
        now=now,
    )  # fmt: skip
    return len(new)


def put_right(row: Activity, *, actor: Viewer, what: Call, seen: str | None, now: datetime) -> None:
    """Change time, place or words before it is over; those who put their names down keep their places."""
    answers_for(actor, row.path)
    lock(row)
    check_seen(row, EDITED, seen)
    said = _checked(what, now)
    joined = queries.count_of(row).joined
    if what.seats is not None and what.seats < joined:
        raise Refused(N_("已有 %(count)s 人报名，名额不能比这少。", count=joined), field="seats")
    changes = change(row, said)
    if changes:
        note("activity.edit", row, actor, now, fields=sorted(changes))


def sign_up(
    row: Activity, home: Household, *, actor: Viewer, person_id: int | None, child: bool = False, now: datetime
) -> Participation:
    """Put a name down while there is a place: of one's own home, or of a home one serves. Twice is once.

    `person_id` None: whoever of the home will come, or a child (`child`: the guardian agrees), who is never named.
    """
    households.get_household(home.id, viewer=actor, permission=Permission.DECLARE_POINTS)
    lock(row, ActivityState.CALLED, ActivityState.RUNNING)
    if is_past(row, now):
        raise Refused(N_("这次活动的时间已经过了，不能再报名。去过的请组织的人记到场。"))
    if home.village_id != row.village_id or home.ended_on is not None:
        raise Missing
    named = named_of(home.id, person_id, on=town_day(now))
    found = line_for(queries.rows_of(row.id, [home.id]), named)
    if found is not None and found.joined_at is not None:
        return found
    if seats_left(row.seats, queries.count_of(row).joined) == 0:
        raise Refused(N_("名额已经满了。可以和组织的人说，让他加名额。"))
    how = HowJoined.LIAISON if any(grant.post_id for grant in actor.grants_with(Permission.DECLARE_POINTS)) else None
    if found is None:
        found = Participation(activity_id=row.id, household_id=home.id, person_id=named, joined="", came="")
        db.session.add(found)
    found.joined, found.joined_at, found.user_id = (how or HowJoined.SELF).value, now, actor.user_id
    found.guardian_agreed = child
    db.session.flush()
    note("activity.join", row, actor, now, home=home.id)
    return found


def named_of(household_id: int, person_id: int | None, *, on: date) -> int | None:
    """The person as a line may name him: a member of the home who is no child, else `Missing`."""
    if person_id is None:
        return None
    member = next((one for one in households.members_of(household_id, on=on) if one.person_id == person_id), None)
    if member is None or is_child(member.person.born_on, on):
        raise Missing
    return person_id


def line_for(lines: list[Participation], person_id: int | None) -> Participation | None:
    """The line that somebody of a home already has: his own, else the home's that names nobody yet: rather one day of
    work too few than one too many."""
    own = next((one for one in lines if one.person_id == person_id), None)
    if own is not None or person_id is None:
        return own or (lines[0] if len(lines) == 1 and not lines[0].came else None)
    return next((one for one in lines if one.person_id is None and not one.guardian_agreed), None)


def leave(row: Activity, line: Participation, *, actor: Viewer, now: datetime) -> None:
    """Take a name back, before the activity is over; whoever is ticked as present stays on the list."""
    lock(row, ActivityState.CALLED, ActivityState.RUNNING)
    if line.came:
        raise Refused(N_("已经签到了；签错的请组织的人取消。"))
    home_id = line.household_id
    db.session.delete(line)
    db.session.flush()
    note("activity.leave", row, actor, now, home=home_id)


def start(row: Activity, *, actor: Viewer, now: datetime) -> None:
    """People may sign in from now on: by the code on paper, or called by name."""
    answers_for(actor, row.path)
    lock(row, ActivityState.CALLED)
    if row.starts_at - now > timedelta(hours=12):
        raise Refused(N_("还没有到时间，开始前 12 小时内才能打开签到。"))
    row.state = ActivityState.RUNNING.value
    note("activity.start", row, actor, now)


def cancel(row: Activity, *, actor: Viewer, reason: str, now: datetime) -> None:
    """It does not take place; who had put the name down sees why."""
    answers_for(actor, row.path)
    lock(row, ActivityState.CALLED, ActivityState.RUNNING)
    if not (reason := clean_line(reason)[:100]):
        raise Refused(N_("请写为什么取消，报了名的人会看到。"), field="reason")
    row.state, row.reason, row.ended_at = ActivityState.CANCELLED.value, reason, now
    note("activity.cancel", row, actor, now)


@dataclass(frozen=True)
class Outcome:
    """What ending brought: homes for which points were asked, and those left out with the reason."""

    declared: int
    points: int
    skipped: tuple[tuple[int, Text], ...]  # (household, why)


def end(row: Activity, *, actor: Viewer, hours: int, now: datetime) -> Outcome:
    """It is over: every home that came gets the item's points once, all under one notice."""
    post_id = answers_for(actor, row.path)
    lock(row, ActivityState.CALLED, ActivityState.RUNNING)
    if not queries.present(row.id):
        raise Refused(N_("还没有人签到。没有办成的，请取消。"))
    if not 1 <= hours <= HOURS_MOST:
        raise Refused(N_("每人几小时，填 1 到 24。"), field="hours")
    row.hours, row.ended_at, row.state = hours, now, ActivityState.ENDED.value
    row.day_value = figures.day_value(row.path, on=town_day(now))
    row.post_id = row.post_id or post_id
    outcome = give_points(row, actor=actor, now=now)
    note("activity.end", row, actor, now, homes=outcome.declared, left_out=len(outcome.skipped), hours=hours)
    return outcome


def give_points(row: Activity, *, actor: Viewer, now: datetime) -> Outcome:
    """Ask for the points of the homes that came and have none yet: at the end, or later by a second person for those
    whose own home or kin the first may not give to."""
    if not row.item_code:
        return Outcome(0, 0, ())
    answers_for(actor, row.path, Permission.BATCH_POINTS)
    if row.state != ActivityState.ENDED:
        raise Refused(N_("活动结束以后才记分。"))
    day = town_day(min(row.starts_at, now))
    if points.scheme_of(row.village_id, on=day) is None:
        raise Refused(N_("活动那天村里还没有积分方案，不能记分。"))
    first: dict[int, BatchRow] = {}
    for line in queries.present(row.id):
        first.setdefault(
            line.household_id, BatchRow(line.household_id, line.person_id, guardian_agreed=line.guardian_agreed)
        )
    done = figures.declared_homes(row)
    rows = [one for home, one in first.items() if home not in done]
    if not rows:
        return Outcome(0, 0, ())
    batch = points_service.declare_batch(
        village_id=row.village_id, item_code=row.item_code, rows=rows, happened_on=day,
        text=f"{ActivityKind(row.kind).label}：{row.title}",
        source_kind=queries.SOURCE, source_id=str(row.id), actor=actor, now=now,
    )  # fmt: skip
    skipped = tuple((one.household_id, one.reason) for one in batch.skipped)
    return Outcome(len(batch.declared), sum(one.points for one in batch.declared), skipped)


def set_day_value(place: Grid, *, actor: Viewer, yuan: int, now: datetime) -> None:
    """From today on a day of unpaid work is reckoned at so many yuan in this place."""
    answers_for(actor, place.path, Permission.SET_SCHEME)
    if not 1 <= yuan <= 2000:
        raise Refused(N_("一个工日的折算价，填 1 到 2000 元。"), field="yuan")
    grid_service.set_setting(
        actor=actor, place=place, key=WORK_VALUE_KEY, value={"yuan": yuan}, valid_from=town_day(now), now=now
    )


def lock(row: Activity, *states: ActivityState) -> None:
    db.session.refresh(row, with_for_update=True)
    if row.state not in (states or (ActivityState.CALLED, ActivityState.RUNNING)):
        raise Refused(NOT_ANY_MORE)


def note(action: str, row: Activity, actor: Viewer, now: datetime, **detail: object) -> None:
    db.session.flush()
    audit.record(
        actor=actor, action=action, subject_kind="activity", subject_id=row.id, place_path=row.path,
        post_id=row.post_id, now=now, detail=dict(detail),
    )  # fmt: skip
