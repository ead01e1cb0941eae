"""The visitor register: who came, with what, and what came of it, in one form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import update

from gridcase.audit import service as audit
from gridcase.cases.rules import Channel
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean, clean_line
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.reception.models import Visitor
from gridcase.reception.rules import Outcome
from gridcase.reception.service.days import opened
from gridcase.reception.service.raising import Told, grant_at, once, past_the_village, raise_case

OLDEST = timedelta(days=31)
MATTER_LENGTH, REPLY_LENGTH = 120, 300


@dataclass(frozen=True)
class Visit:
    """One visitor as written down. `proxy_for`: whom he speaks for; `told`: the case, when it becomes one;
    `not_officials`: the writer says that it is about no official, though it reads so."""

    client_uuid: str
    matter: str
    outcome: Outcome
    name: str | None = None
    phone: str | None = None
    proxy_for: str | None = None
    household: Household | None = None
    reply: str | None = None
    told: Told | None = None
    not_officials: bool = False


def receive(*, actor: Viewer, place: Grid, day: date, visit: Visit, now: datetime) -> Visitor:
    """Write a visitor down; a demand becomes a case in the same step, with the reception as its channel."""
    grant = grant_at(actor, place)
    _check(visit, day, now)
    came = now if day == town_day(now) else datetime.combine(day, time(9), TOWN_ZONE)
    row, new = once(
        Visitor(
            client_uuid=visit.client_uuid, day_id=opened(place, day).id, place_id=place.id, path=place.path,
            came_at=came, name=_line(visit.name), phone=_line(visit.phone), proxy_for=_line(visit.proxy_for),
            household_id=visit.household.id if visit.household else None,
            matter=clean_line(visit.matter)[:MATTER_LENGTH], outcome=visit.outcome,
            reply=clean(visit.reply or "")[:REPLY_LENGTH] or None, user_id=actor.user_id, post_id=grant.post_id,
        ),
        Visitor,
    )  # fmt: skip
    if not new:
        return row
    if visit.told is not None:
        anonymous = visit.told.name is None and visit.household is None
        case = raise_case(visit.told, actor=actor, now=now, channel=Channel.RECEPTION, anonymous=anonymous)
        row.case_id = case.id
    audit.record(
        actor=actor, action="reception.receive", subject_kind="reception_visitor", subject_id=row.id,
        place_path=place.path, post_id=grant.post_id, now=now,
        detail={"outcome": visit.outcome, "case": row.case_id, "household": row.household_id}
        | ({"not_officials": True} if visit.not_officials else {}),
    )  # fmt: skip
    db.session.flush()
    return row


def _check(visit: Visit, day: date, now: datetime) -> None:
    today = town_day(now)
    if day > today:
        raise Refused(N_("这一天还没有到，先排班，到那天再登记。"))
    if day < today - OLDEST:
        raise Refused(N_("只能补记最近一个月的来访。"))
    if not clean_line(visit.matter):
        raise Refused(N_("请用一句话写明是什么事。"), field="matter")
    if visit.outcome is not Outcome.CASE and not clean(visit.reply or ""):
        raise Refused(N_("请写一句怎么答复的，或告知去哪里办。"), field="reply")
    if visit.outcome is not Outcome.CASE:
        past_the_village(visit.matter, visit.reply, sure=visit.not_officials)


def _line(words: str | None) -> str | None:
    return clean_line(words or "") or None


def repoint_household(double: Household, kept: Household, *, actor: Viewer, now: datetime) -> int:
    """Visitors of a home that was written twice are those of the kept one."""
    ids = db.session.scalars(
        update(Visitor).where(Visitor.household_id == double.id).values(household_id=kept.id).returning(Visitor.id),
        execution_options={"synchronize_session": False},
    ).all()
    if ids:
        audit.record(
            actor=actor, action="reception.repoint", subject_kind="household", subject_id=kept.id, place_path=kept.path,
            now=now, detail={"double": double.id, "count": len(ids)},
        )  # fmt: skip
    return len(ids)
