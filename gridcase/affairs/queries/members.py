"""A party member's year, counted when it is asked for and kept nowhere: promises, party days, deeds, the review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import String, and_, case, cast, func, or_, select

from gridcase.affairs.models import Activity, Participation
from gridcase.affairs.queries.activities import SOURCE, visible
from gridcase.affairs.rules import (
    MEMBER_VALUES_KEY,
    ActivityKind,
    ActivityState,
    MemberSource,
    MemberValues,
    fits_party_day,
    values_from,
)
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.db import db
from gridcase.core.masking import mask_name
from gridcase.core.permissions import Viewer
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households.models import Member
from gridcase.people import queries as people
from gridcase.people.models import Person, Pledge, PledgeItem
from gridcase.people.rules import Tag
from gridcase.points.models import Declaration, PointNotice, SchemeItem
from gridcase.points.rules import DeclarationState, NoticeOutcome

PROMISE_WORDS = ("践诺", "承诺")  # in the name of an item: what the promise itself counts


@dataclass(frozen=True)
class MemberLine:
    """One thing that counted: when, what, for how much; with its activity where the reader may open it."""

    source: MemberSource
    day: date
    words: str
    value: int
    activity_id: int | None = None


@dataclass(frozen=True)
class MemberAccount:
    """One member's year, oldest first. `example`: nobody has set values here, the examples count."""

    year: int
    lines: tuple[MemberLine, ...]
    values: MemberValues
    example: bool

    @property
    def total(self) -> int:
        """The sum of the year."""
        return sum(line.value for line in self.lines)

    def sum_of(self, source: MemberSource) -> int:
        """What came from one source."""
        return sum(line.value for line in self.lines if line.source is source)


def member_values(path: str, *, on: date) -> tuple[MemberValues, bool]:
    """What counts how much in a place on a day, and whether these are the examples."""
    found = grids.setting(path, MEMBER_VALUES_KEY, on=on)
    return values_from(found[0] if found else None), found is None


def account_of(person: Person, *, year: int, viewer: Viewer, on: date) -> MemberAccount:
    """The year of a member; who may read it was asked before. A year that is over keeps the values of its last day."""
    values, example = member_values(person.place_path, on=min(on, date(year, 12, 31)))
    lines = [
        *_promises(person.id, year, values, viewer), *_party_days(person.id, year, values, viewer),
        *_deeds(person.id, year, values),
    ]  # fmt: skip
    return MemberAccount(year, tuple(sorted(lines, key=lambda line: line.day)), values, example)


def is_member(person_id: int, *, year: int) -> bool:
    """Whether somebody was a party member on some day of a year."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    return any(
        one.kind == Tag.PARTY_MEMBER and one.valid_from <= last and (one.valid_to is None or one.valid_to > first)
        for one in people.tags_of(person_id)
    )


def village_name(path: str) -> str:
    """The village (or, above villages, the place) of a member, for the head of the sheet."""
    above = [int(part) for part in path.split("/") if part]
    levels = (GridLevel.COUNTY, GridLevel.TOWN, GridLevel.VILLAGE)
    lowest = select(Grid.name).where(Grid.id.in_(above), Grid.level.in_(levels)).order_by(func.length(Grid.path).desc())
    return db.session.scalar(lowest.limit(1)) or ""


def _promises(person_id: int, year: int, values: MemberValues, viewer: Viewer) -> list[MemberLine]:
    """The promises of the year that were kept, and how the members judged them."""
    kept = and_(PledgeItem.pledge_id == Pledge.id, PledgeItem.done_on.is_not(None))
    rows = db.session.execute(
        select(PledgeItem.words, PledgeItem.done_on, Activity.id, Pledge.score, Pledge.reviewed_on)
        .select_from(Pledge)
        .outerjoin(PledgeItem, kept)
        .outerjoin(Activity, and_(Activity.id == PledgeItem.activity_id, visible(viewer)))
        .where(Pledge.person_id == person_id, Pledge.year == year)
        .order_by(PledgeItem.done_on, PledgeItem.id)
    ).all()
    lines = [
        MemberLine(MemberSource.PROMISE, done_on, words, values.promise, activity_id)
        for words, done_on, activity_id, _score, _on in rows
        if done_on is not None
    ]
    score, reviewed_on = (rows[0].score, rows[0].reviewed_on) if rows else (None, None)
    if score is not None and reviewed_on is not None:
        lines.append(MemberLine(MemberSource.REVIEW, reviewed_on, str(score), values.of_review(score)))
    return lines


def _party_days(person_id: int, year: int, values: MemberValues, viewer: Viewer) -> list[MemberLine]:
    rows = db.session.execute(
        select(Activity.id, Activity.title, Activity.starts_at, case((visible(viewer), 1), else_=0))
        .where(
            Activity.id.in_(
                select(Participation.activity_id).where(Participation.person_id == person_id, Participation.came != "")
            ),
            Activity.kind == ActivityKind.PARTY_DAY, Activity.state == ActivityState.ENDED,
            Activity.starts_at >= datetime(year, 1, 1, tzinfo=TOWN_ZONE),
            Activity.starts_at < datetime(year + 1, 1, 1, tzinfo=TOWN_ZONE),
        )
        .order_by(Activity.starts_at, Activity.id)
    )  # fmt: skip
    return [
        MemberLine(MemberSource.PARTY_DAY, town_day(at), title, values.party_day, number if open_to_him else None)
        for number, title, at, open_to_him in rows
    ]


def _deeds(person_id: int, year: int, values: MemberValues) -> list[MemberLine]:
    """What was posted to the home for what this member did, its notice over and nothing taken back. The home's points
    stay the home's: a deed counts by its own value. A party day and a kept promise count as such, not once more."""
    homes = select(Member.household_id).where(Member.person_id == person_id)
    party_days = select(cast(Activity.id, String)).where(Activity.kind == ActivityKind.PARTY_DAY)
    rows = db.session.execute(
        select(SchemeItem.name, Declaration.happened_on)
        .join(SchemeItem, SchemeItem.id == Declaration.item_id)
        .join(PointNotice, PointNotice.transfer_id == Declaration.transfer_id)
        .where(
            Declaration.household_id.in_(homes), Declaration.person_id == person_id,
            Declaration.state == DeclarationState.POSTED, Declaration.points > 0,
            Declaration.happened_on >= date(year, 1, 1), Declaration.happened_on <= date(year, 12, 31),
            PointNotice.outcome == NoticeOutcome.MERIT,
            or_(Declaration.source_kind != SOURCE, Declaration.source_id.not_in(party_days)),
            *(~SchemeItem.name.contains(word) for word in PROMISE_WORDS),
        )
        .order_by(Declaration.happened_on, Declaration.id)
    )  # fmt: skip
    return [MemberLine(MemberSource.DEED, day, name, values.deed) for name, day in rows]


@dataclass(frozen=True)
class Proposal:
    """A promise of somebody who came that the party day may have brought forward; the name masked."""

    item_id: int
    person_id: int
    name: str
    words: str
    progress: str


def proposals(activity: Activity) -> list[Proposal]:
    """The open promises of the year that fit an ended party day, of the members who were there; none that it marked
    already. By name, then by promise."""
    if activity.kind != ActivityKind.PARTY_DAY or activity.state != ActivityState.ENDED:
        return []
    came = select(Participation.person_id).where(
        Participation.activity_id == activity.id, Participation.came != "", Participation.person_id.is_not(None)
    )
    rows = db.session.execute(
        select(PledgeItem.id, Person.id, Person.name, PledgeItem.words, PledgeItem.progress)
        .join(Pledge, Pledge.id == PledgeItem.pledge_id)
        .join(Person, Person.id == Pledge.person_id)
        .where(
            Pledge.person_id.in_(came), Pledge.year == town_day(activity.starts_at).year, PledgeItem.done_on.is_(None),
            or_(PledgeItem.activity_id.is_(None), PledgeItem.activity_id != activity.id),
        )
        .order_by(Person.initials, Person.id, PledgeItem.id)
    )  # fmt: skip
    return [
        Proposal(item, person, mask_name(name), words, progress)
        for item, person, name, words, progress in rows
        if fits_party_day(words, activity.title)
    ]
