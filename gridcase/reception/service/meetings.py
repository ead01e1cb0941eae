"""Meetings with villagers, and what they came to."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean_line
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.reception import queries
from gridcase.reception.models import Meeting, MeetingOutcome
from gridcase.reception.rules import MeetingNature
from gridcase.reception.service.days import NOT_A_HOST
from gridcase.reception.service.raising import grant_at, once

OLDEST = timedelta(days=366)
TOPIC_LENGTH, TEXT_LENGTH, OUTCOMES_MOST, PRESENT_MOST = 120, 200, 60, 5000


def hold_meeting(
    *,
    actor: Viewer,
    place: Grid,
    client_uuid: str,
    nature: MeetingNature,
    held_on: date,
    topic: str,
    present: int,
    now: datetime,
    venue: str | None = None,
    host: int | None = None,
    outcomes: str = "",
) -> Meeting:
    """Write a meeting down, with its outcomes: a line each."""
    grant, today = grant_at(actor, place), town_day(now)
    if held_on > today:
        raise Refused(N_("会议还没有开，开过以后再记。"), field="held_on")
    if held_on < today - OLDEST:
        raise Refused(N_("只能补记最近一年的会议。"), field="held_on")
    if not 1 <= present <= PRESENT_MOST:
        raise Refused(N_("请填到会人数，至少 1 人。"), field="present")
    if host is not None and host not in {post for post, _ in queries.places.host_posts(place, on=today)}:
        raise Refused(NOT_A_HOST, field="host")
    row, new = once(
        Meeting(
            client_uuid=client_uuid, place_id=place.id, path=place.path, nature=nature, held_on=held_on,
            venue=clean_line(venue or "") or None, topic=clean_line(topic)[:TOPIC_LENGTH], present=present,
            host_post_id=host, written_at=now, user_id=actor.user_id, post_id=grant.post_id,
        ),
        Meeting,
    )  # fmt: skip
    if not new:
        return row
    audit.record(
        actor=actor, action="reception.meeting", subject_kind="meeting", subject_id=row.id, place_path=place.path,
        post_id=grant.post_id, now=now, detail={"nature": nature, "present": present},
    )  # fmt: skip
    for line in outcomes.splitlines():
        if clean_line(line):
            add_outcome(row, actor=actor, text=line, now=now)
    db.session.flush()
    return row


def add_outcome(meeting: Meeting, *, actor: Viewer, text: str, now: datetime) -> MeetingOutcome:
    """One more thing the meeting came to."""
    text = clean_line(text)
    if not text:
        raise Refused(N_("请写一句。"), field="text")
    if len(text) > TEXT_LENGTH:
        raise Refused(N_("每条结果最多 %(n)s 个字，请分成几条。", n=TEXT_LENGTH), field="outcomes")
    db.session.refresh(meeting, with_for_update=True)
    seq = queries.meetings.next_seq(meeting.id)
    if seq > OUTCOMES_MOST:
        raise Refused(N_("一次会议最多记 %(n)s 条。", n=OUTCOMES_MOST), field="text")
    row = MeetingOutcome(meeting_id=meeting.id, seq=seq, text=text, user_id=actor.user_id)
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor=actor, action="reception.outcome", subject_kind="meeting", subject_id=meeting.id, place_path=meeting.path,
        now=now, detail={"seq": seq},
    )  # fmt: skip
    return row
