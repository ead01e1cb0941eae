"""Units and organisations: opening, editing, closing, and who sits in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from gridcase.audit import service as audit
from gridcase.core import dated
from gridcase.core.changes import change, check_seen
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_, Text
from gridcase.grid.models import Grid
from gridcase.people import queries
from gridcase.people.models import Organisation, Person, Seat, Unit
from gridcase.people.rules import BodyKind, UnitKind
from gridcase.people.service.posts import refuse_open

UNIT_EDITED = ("name", "kind")
BODY_EDITED = ("name", "kind", "parent_id")


def free_unit_code(place: Grid) -> str:
    """The next code of a place's units; nobody else is given one there until it is written."""
    db.session.refresh(place, with_for_update=True)
    taken = queries.unit_codes_like(f"{place.code}-U")
    number = next(n for n in range(1, len(taken) + 2) if f"{place.code}-U{n:02d}" not in taken)
    return f"{place.code}-U{number:02d}"


def edit_unit(unit: Unit, *, actor: Viewer, name: str, kind: UnitKind, seen: str | None, now: datetime) -> Unit:
    """Rename a unit or say what kind it is."""
    db.session.refresh(unit, with_for_update=True)
    check_seen(unit, UNIT_EDITED, seen)
    changes = change(unit, {"name": name, "kind": str(kind)})
    _note("unit", unit.id, unit.place_path, "unit.edit", actor, now, changes=changes)
    return unit


def close_unit(unit: Unit, *, actor: Viewer, on: date, open_work: Sequence[Text], now: datetime) -> None:
    """From a day on (not one to come) the unit is no address for work. Refused while it has posts or, as the caller
    found, open work."""
    if on > town_day(now):
        raise Refused(N_("撤销的日期不能在以后。"), field="start")
    refuse_open(open_work)
    posts = queries.posts_of_unit(unit.id, on=on)
    if posts:
        raise Refused(N_("这个站所还有 %(n)s 个岗位，请先撤销或移走。", n=len(posts)))
    unit.ended_on = on
    _note("unit", unit.id, unit.place_path, "unit.close", actor, now, start=on.isoformat())


def add_organisation(
    *, actor: Viewer, kind: BodyKind, name: str, place: Grid, parent: Organisation | None, since: date, now: datetime
) -> Organisation:
    """Set up a body of a place."""
    body = Organisation(
        kind=str(kind), name=name, place_id=place.id, place_path=place.path, valid_from=since,
        parent_id=parent.id if parent else None,
    )  # fmt: skip
    db.session.add(body)
    db.session.flush()
    _note("organisation", body.id, place.path, "organisation.add", actor, now, kind=str(kind))
    return body


def edit_organisation(
    body: Organisation,
    *,
    actor: Viewer,
    kind: BodyKind,
    name: str,
    parent: Organisation | None,
    seen: str | None,
    now: datetime,
) -> Organisation:
    """Rename a body, or hang it under another one; never under itself or what hangs under it."""
    db.session.refresh(body, with_for_update=True)
    check_seen(body, BODY_EDITED, seen)
    if parent is not None and body.id in queries.chain_up(parent):
        raise Refused(N_("上级组织不能是它自己或它的下级，请另选。"), field="parent")
    values = {"kind": str(kind), "name": name, "parent_id": parent.id if parent else None}
    _note("organisation", body.id, body.place_path, "organisation.edit", actor, now, changes=change(body, values))
    return body


def close_organisation(body: Organisation, *, actor: Viewer, on: date, now: datetime) -> None:
    """The body exists no longer from a day on; its seats end with it. Refused while others hang under it."""
    if queries.bodies_under(body.id, on=on):
        raise Refused(N_("它下面还有组织，请先撤销或改到别处。"))
    if on < body.valid_from:
        raise Refused(N_("不能早于成立的日期。"), field="start")
    lines = [dated.rewritten(line, start=on, end=None, values=None) for line in queries.seat_lines(body.id).values()]
    dated.write(Seat, lines, now=now)
    body.valid_to = on
    _note("organisation", body.id, body.place_path, "organisation.close", actor, now, start=on.isoformat())


def seat(
    body: Organisation,
    *,
    actor: Viewer,
    person_id: int,
    title: str,
    rank: int,
    start: date,
    end: date | None,
    now: datetime,
    capacity: str = "",
) -> None:
    """Somebody is something in the body from a day on, for a term; what was written of the same days is corrected."""
    db.session.get_one(Person, person_id)
    if start < body.valid_from:
        raise Refused(N_("不能早于成立的日期。"), field="start")
    if end is not None and end <= start:
        raise Refused(N_("任期届满要晚于任期开始。"), field="until")
    line = queries.seat_lines(body.id).get(person_id, [])
    values = {"organisation_id": body.id, "person_id": person_id, "title": title, "rank": rank}
    values["capacity"] = capacity
    dated.write(Seat, [dated.rewritten(line, start=start, end=end or body.valid_to, values=values)], now=now)
    _note(
        "organisation", body.id, body.place_path, "organisation.seat", actor, now, person_id=person_id,
        start=start.isoformat(),
    )  # fmt: skip


def end_seat(body: Organisation, *, actor: Viewer, person_id: int, on: date, now: datetime) -> None:
    """Somebody leaves the body on a day."""
    line = queries.seat_lines(body.id).get(person_id, [])
    if not any(span.end is None or span.end > on for span in line):
        raise Refused(N_("这一天他已经不在这个组织任职。"), field="start")
    dated.write(Seat, [dated.rewritten(line, start=on, end=None, values=None)], now=now)
    _note(
        "organisation", body.id, body.place_path, "organisation.unseat", actor, now, person_id=person_id,
        start=on.isoformat(),
    )  # fmt: skip


def _note(
    subject: str, subject_id: int, path: str, action: str, actor: Viewer, now: datetime, **detail: object
) -> None:
    audit.record(
        actor=actor, action=action, subject_kind=subject, subject_id=subject_id, place_path=path, now=now,
        detail=dict(detail),
    )  # fmt: skip
