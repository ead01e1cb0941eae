"""Writing who stands by a place, and the titles it was given."""

from __future__ import annotations

from datetime import date, datetime

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.people.models import Partner, VillageHonour
from gridcase.people.rules import HonourLevel, PartnerKind


def add_partner(
    *,
    actor: Viewer,
    place: Grid,
    kind: PartnerKind,
    name: str,
    since: date,
    now: datetime,
    contact: str = "",
    members: int | None = None,
    duty: str = "",
) -> Partner:
    """Somebody stands by a place from a day on."""
    made = Partner(
        place_id=place.id, path=place.path, kind=str(kind), name=name, contact=contact, members=members, duty=duty,
        valid_from=since, valid_to=None, user_id=actor.user_id, made_at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    _note("partner", made.id, place.path, "partner.add", actor, now, what=str(kind))
    return made


def end_partner(partner: Partner, *, actor: Viewer, on: date, now: datetime) -> None:
    """From a day on it stands by the place no longer."""
    db.session.refresh(partner, with_for_update=True)
    if partner.valid_to is not None:
        raise Refused(N_("已经登记过结束。"))
    if on <= partner.valid_from:
        raise Refused(N_("结束的日期要晚于开始的日期。"), field="start")
    partner.valid_to = on
    _note("partner", partner.id, partner.path, "partner.end", actor, now, on=on.isoformat())


def add_honour(
    *, actor: Viewer, place: Grid, name: str, level: HonourLevel, year: int, giver: str, now: datetime
) -> VillageHonour:
    """A place was given a title in a year."""
    if year > town_day(now).year:
        raise Refused(N_("年份还没有到。"), field="year")
    made = VillageHonour(
        place_id=place.id, path=place.path, name=name, level=str(level), year=year, giver=giver,
        user_id=actor.user_id, made_at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    _note("honour", made.id, place.path, "honour.add", actor, now, level=str(level), year=year)
    return made


def remove_honour(honour: VillageHonour, *, actor: Viewer, now: datetime) -> None:
    """A title was entered wrongly, or taken away."""
    _note(
        "honour", honour.id, honour.path, "honour.remove", actor, now, name=honour.name, level=honour.level,
        year=honour.year,
    )  # fmt: skip
    db.session.delete(honour)
    db.session.flush()


def _note(kind: str, number: int, path: str, action: str, actor: Viewer, now: datetime, **detail: object) -> None:
    audit.record(
        actor=actor, action=action, subject_kind=kind, subject_id=number, place_path=path, now=now, detail=dict(detail)
    )
