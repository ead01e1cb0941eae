"""Persons in posts: what they are, their numbers, and a party member's yearly pledge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from gridcase.audit import service as audit
from gridcase.core import dated
from gridcase.core.changes import change, check_seen
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import initials
from gridcase.core.words import N_
from gridcase.people import queries
from gridcase.people.models import CardConsent, Person, PersonTag, Pledge, PledgeItem
from gridcase.people.rules import PledgeReview, Tag

PERSON_EDITED = ("name", "gender", "born_on", "phone")
MOST_ITEMS = 10


def edit_person(
    person: Person,
    *,
    actor: Viewer,
    name: str,
    gender: str | None,
    born_on: date | None,
    phone: str | None,
    seen: str | None,
    now: datetime,
) -> Person:
    """Put a person's particulars right; the history says what changed, not to what."""
    db.session.refresh(person, with_for_update=True)
    check_seen(person, PERSON_EDITED, seen)
    values = {"name": name, "initials": initials(name), "gender": gender, "born_on": born_on, "phone": phone}
    changes = change(person, values, personal=(*PERSON_EDITED, "initials"))
    _note(person, "person.edit", actor, now, changes=changes)
    return person


def tag(person: Person, *, actor: Viewer, kind: Tag, start: date, end: date | None, now: datetime) -> None:
    """A person is this from a day on (to a day)."""
    if end is not None and end <= start:
        raise Refused(N_("结束的日期要晚于开始的日期。"), field="until")
    line = queries.tag_line(person.id, kind)
    values = {"person_id": person.id, "kind": str(kind)}
    dated.write(PersonTag, [dated.rewritten(line, start=start, end=end, values=values)], now=now)
    _note(person, "person.tag", actor, now, kind=str(kind), start=start.isoformat())


def untag(person: Person, *, actor: Viewer, kind: Tag, on: date, now: datetime) -> None:
    """A person is this no longer from a day on."""
    line = queries.tag_line(person.id, kind)
    if not any(span.end is None or span.end > on for span in line):
        raise Refused(N_("这一天他已经没有这个身份。"), field="start")
    dated.write(PersonTag, [dated.rewritten(line, start=on, end=None, values=None)], now=now)
    _note(person, "person.untag", actor, now, kind=str(kind), start=on.isoformat())


def note_reveal(person: Person, *, actor: Viewer, reason: str, now: datetime) -> None:
    """Write down who looked at a phone number, and why."""
    _note(person, "person.reveal", actor, now, reason=reason)


def set_card_consent(person: Person, *, actor: Viewer, phone_in_full: bool, now: datetime) -> None:
    """The person's own word whether the contact card shows the phone number in full."""
    consent = db.session.get(CardConsent, person.id)
    if consent is None:
        consent = CardConsent(person_id=person.id)
        db.session.add(consent)
    consent.phone_in_full = phone_in_full
    _note(person, "person.card_consent", actor, now, phone_in_full=phone_in_full)


def pledge(person: Person, *, actor: Viewer, year: int, words: Sequence[str], on: date, now: datetime) -> Pledge:
    """What a party member promises for a year; one pledge a year."""
    if not queries.has_tag(person.id, Tag.PARTY_MEMBER, on=on):
        raise Refused(N_("年初承诺是党员的事。请先登记党员身份。"))
    if queries.pledge_of(person.id, year) is not None:
        raise Refused(N_("%(year)s 年已经有承诺了。", year=year), field="year")
    if not words:
        raise Refused(N_("请至少写一件承诺的事。"), field="words")
    if len(words) > MOST_ITEMS:
        raise Refused(N_("最多 %(n)s 件。", n=MOST_ITEMS), field="words")
    made = Pledge(person_id=person.id, year=year, place_path=person.place_path, made_on=on)
    made.items = [PledgeItem(words=line) for line in words]
    db.session.add(made)
    db.session.flush()
    _note(person, "pledge.make", actor, now, year=year, items=len(words))
    return made


def pledge_progress(
    item: PledgeItem,
    *,
    person: Person,
    actor: Viewer,
    words: str,
    done_on: date | None,
    now: datetime,
    activity_id: int | None = None,
) -> None:
    """How far one promise has come; `activity_id`: by what (None: what is known stays)."""
    item.progress, item.done_on, item.activity_id = words, done_on, activity_id or item.activity_id
    _note(person, "pledge.progress", actor, now, item=item.id, done=done_on is not None, activity=item.activity_id)


def review_pledge(
    made: Pledge, *, person: Person, actor: Viewer, review: PledgeReview, score: int | None, on: date, now: datetime
) -> None:
    """How the members judged the pledge at the end of the year; nobody judges his own."""
    if actor.person_id == person.id:
        raise Refused(N_("不能评自己的承诺，请由党支部其他人登记。"))
    made.review, made.score, made.reviewed_on = str(review), score, on
    _note(person, "pledge.review", actor, now, year=made.year, review=str(review))


def _note(person: Person, action: str, actor: Viewer, now: datetime, **detail: object) -> None:
    audit.record(
        actor=actor, action=action, subject_kind="person", subject_id=person.id, place_path=person.place_path, now=now,
        detail=dict(detail),
    )  # fmt: skip
