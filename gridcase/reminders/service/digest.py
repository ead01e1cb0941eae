"""One digest a person and day: the cases told of since the last one, and the homes that wait for a visit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy.dialects import postgresql, sqlite

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db, dialect_name, transaction
from gridcase.core.permissions import Viewer
from gridcase.households import queries as households
from gridcase.notices import service as notices
from gridcase.reminders import queries, rules
from gridcase.reminders.models import DigestDay
from gridcase.reminders.queries import County

FIRST_LOOK_BACK = timedelta(days=1)
SOON = rules.RULES[0]


@dataclass
class Waiting:
    """What one person is to hear of; a case that is due by now is no longer due soon."""

    soon: set[int] = field(default_factory=set)
    late: set[int] = field(default_factory=set)
    homes: int = 0

    def telling(self, person_id: int, county: County, now: datetime) -> notices.Telling:
        """The digest as a notice to the person."""
        text = rules.digest_text(soon=len(self.soon - self.late), late=len(self.late), homes=self.homes, now=now)
        return notices.Telling(
            rule=rules.DIGEST, subject_kind="person", subject_id=person_id, due_at=rules.day_begins(now),
            place_path=county.path, text=text, link="/cases/" if self.soon or self.late else "/visits/",
            person_id=person_id,
        )  # fmt: skip


def tell_day(county: County, *, actor: Viewer, now: datetime) -> int:
    """The digests of a county's day, once its hour has come; returns how many persons were told."""
    today = town_day(now)
    if not county.times.digest_due(now) or queries.digest_done(county.id, on=today):
        return 0
    waiting = _waiting(county, now)
    told = 0
    for batch in _batches(sorted(waiting)):
        with transaction():
            new = len(notices.tell_all([waiting[one].telling(one, county, now) for one in batch], now=now))
            told += new
            if new:
                _record(actor, subjects=len(batch), told=new, now=now)
    with transaction():
        if _done(county.id, today, now):
            _record(actor, subjects=len(waiting), told=0, now=now)
    return told


def _done(county_id: int, day: date, now: datetime) -> bool:
    """Note that a county had its digests; False when another scheduler has noted it in the same moment."""
    made = postgresql.insert if dialect_name() == "postgresql" else sqlite.insert
    statement = made(DigestDay).values(county_id=county_id, day=day, at=now).on_conflict_do_nothing()
    return bool(db.session.scalars(statement.returning(DigestDay.day)).all())


def _waiting(county: County, now: datetime) -> dict[int, Waiting]:
    """What waits, by person; a post or unit without a holder has its notices in the inbox of whoever comes."""
    since = queries.last_digest(county.id) or now - FIRST_LOOK_BACK
    told = queries.told_of_cases(county.path, after=since, until=now)
    visits = [row for row in households.visits_due_by_post(on=town_day(now)) if row.place_path.startswith(county.path)]
    by_post: dict[int, set[int]] = {}
    by_unit: dict[int, set[int]] = {}
    posts = sorted({row.post_id for row in [*told, *visits] if row.post_id is not None})
    units = sorted({row.unit_id for row in told if row.unit_id is not None})
    for person_id, post_id, unit_id in _holders(posts, units, now):
        by_post.setdefault(post_id, set()).add(person_id)
        if unit_id is not None:  # no unit is none: what went to a post alone is not for everybody without one
            by_unit.setdefault(unit_id, set()).add(person_id)
    waiting: dict[int, Waiting] = {}
    for row in told:
        for person in by_post.get(row.post_id, set()) | by_unit.get(row.unit_id, set()):
            one = waiting.setdefault(person, Waiting())
            (one.soon if row.rule == SOON else one.late).add(row.subject_id)
    for row in visits:
        for person in by_post.get(row.post_id, ()):
            waiting.setdefault(person, Waiting()).homes += row.homes
    return waiting


def _holders(posts: list[int], units: list[int], now: datetime) -> Iterator[tuple[int, int, int | None]]:
    for batch in _batches(posts):
        yield from queries.holders(batch, [], on=town_day(now))
    for batch in _batches(units):
        yield from queries.holders([], batch, on=town_day(now))


def _batches(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), queries.BATCH):
        yield ids[start : start + queries.BATCH]


def _record(actor: Viewer, *, subjects: int, told: int, now: datetime) -> None:
    audit.record(
        actor=actor, action="reminders.sweep", subject_kind="notice", subject_id=None, now=now,
        detail={"rule": rules.DIGEST, "subjects": subjects, "told": told},
    )  # fmt: skip
