"""The rule of a place's reception days, and who sits when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.dialects import postgresql, sqlite

from gridcase.audit import service as audit
from gridcase.core.changes import change
from gridcase.core.clock import town_day
from gridcase.core.db import db, dialect_name
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid import service as grids
from gridcase.grid.models import Grid, PlaceSetting
from gridcase.reception import queries
from gridcase.reception.models import ReceptionDay
from gridcase.reception.rules import RULE_KEY, DayRule

NOT_A_HOST = N_("这个岗位不能在这里接访，请从列出的岗位里选。")


def set_day_rule(*, actor: Viewer, place: Grid, rule: DayRule, now: datetime) -> PlaceSetting:
    """From today a place receives by this rule; days already written down stay."""
    return grids.set_setting(
        actor=actor, place=place, key=RULE_KEY, value=rule.checked().to_json(), valid_from=town_day(now), now=now
    )


def opened(place: Grid, day: date) -> ReceptionDay:
    """The row of a day, made when it is not there; two at once get the same one."""
    known = queries.days.rows_of(place, [day]).get(day)
    if known is not None:
        return known
    made = postgresql.insert if dialect_name() == "postgresql" else sqlite.insert
    values = {"place_id": place.id, "path": place.path, "day": day}
    db.session.execute(made(ReceptionDay).values(**values).on_conflict_do_nothing(index_elements=["place_id", "day"]))
    return queries.days.rows_of(place, [day])[day]


def put_down(
    *, actor: Viewer, place: Grid, day: date, host: int | None, stand_in: int | None, now: datetime
) -> ReceptionDay:
    """Who sits on a day, and who stands in."""
    if day < town_day(now):
        raise Refused(N_("这一天已经过去，不能再排班。"))
    if host is not None and host == stand_in:
        raise Refused(N_("替班人不能是接访人自己。"), field="stand_in")
    _check(place, [post for post in (host, stand_in) if post is not None], now)
    row = opened(place, day)
    _write(row, host, stand_in, actor=actor, now=now)
    return row


def rotate(*, actor: Viewer, place: Grid, posts: Sequence[int], now: datetime) -> int:
    """Put these posts down one after the other for the coming days that nobody sits on yet; returns how many days."""
    if not posts:
        raise Refused(N_("请至少选一个岗位。"), field="posts")
    _check(place, posts, now)
    today = town_day(now)
    days = [one.day for one in queries.days.coming(place, today=today)]
    known = queries.days.rows_of(place, days)
    free = [day for day in days if day not in known or known[day].host_post_id is None]
    for number, day in enumerate(free):
        _write(opened(place, day), posts[number % len(posts)], None, actor=actor, now=now)
    return len(free)


def _check(place: Grid, posts: Sequence[int], now: datetime) -> None:
    known = {post_id for post_id, _words in queries.places.host_posts(place, on=town_day(now))}
    if not set(posts) <= known:
        raise Refused(NOT_A_HOST)


def _write(row: ReceptionDay, host: int | None, stand_in: int | None, *, actor: Viewer, now: datetime) -> None:
    changes = change(row, {"host_post_id": host, "stand_in_post_id": stand_in})
    audit.record(
        actor=actor, action="reception.put_down", subject_kind="reception_day", subject_id=row.id, place_path=row.path,
        now=now, detail={"day": row.day.isoformat(), "changes": changes},
    )  # fmt: skip
    db.session.flush()
