"""A family's life: each function is one thing that happened to it, with its day, in one operation.

All answer with an `Outcome`: the sentences a page shows before it is confirmed, made by doing it and, until then,
undoing it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.words import N_, Text
from gridcase.households.models import Household, Member, Nomination, PersonFate
from gridcase.households.queries import homes
from gridcase.households.rules import EndedWhy, LifeKind, Outcome, Why, said_day, said_names
from gridcase.households.service.members import (
    HEAD,
    check_day,
    chosen,
    end_home,
    members_from,
    name_head,
    new_head,
    seat,
    seat_persons,
)
from gridcase.households.service.places import settle
from gridcase.people import queries as people_queries
from gridcase.people import service as people
from gridcase.people.models import Person


@dataclass(frozen=True)
class NewPerson:
    """Somebody who was not in the register."""

    name: str
    relation: str
    gender: str | None = None
    born_on: date | None = None
    phone: str | None = None


def born(home: Household, *, actor: Viewer, child: NewPerson, on: date, now: datetime) -> Outcome:
    """A child was born on a day and lives here."""
    check_day(home, on, now=now)
    person = _welcome(home, actor=actor, newcomer=child, born_on=on, start=on, now=now)
    _record(LifeKind.BIRTH, home, [person.id], actor=actor, on=on, now=now)
    said = N_("%(name)s于%(day)s出生，列入这一户。", name=said_names([person.name]), day=said_day(on))
    return Outcome(home.id, (said,))


def arrived(home: Household, *, actor: Viewer, newcomer: NewPerson, why: Why, on: date, now: datetime) -> Outcome:
    """Somebody came from outside the county to live here."""
    check_day(home, on, now=now)
    person = _welcome(home, actor=actor, newcomer=newcomer, born_on=newcomer.born_on, start=on, now=now)
    _record(LifeKind.ARRIVAL, home, [person.id], actor=actor, on=on, now=now, why=why)
    name, day = said_names([person.name]), said_day(on)
    return Outcome(home.id, (N_("%(name)s从%(day)s起列入这一户。", name=name, day=day),))


def _welcome(
    home: Household, *, actor: Viewer, newcomer: NewPerson, born_on: date | None, start: date, now: datetime
) -> Person:
    if newcomer.name in {member.person.name for member in _current(home.id, now)}:
        raise Refused(N_("这一户已经有叫这个名字的人，请核对是不是登记过了。"), field="name")
    person = people.add_person(
        actor=actor, name=newcomer.name, gender=newcomer.gender, born_on=born_on, phone=newcomer.phone,
        place_path=home.path, now=now,
    )  # fmt: skip
    seat_persons({person.id: seat(home.id, person, newcomer.relation)}, start=start, now=now)
    return person


def died(
    home: Household, *, actor: Viewer, person_id: int, on: date, now: datetime, new_head_id: int | None = None
) -> Outcome:
    """A member died; a dead head has a successor, and with its last member the home ends."""
    check_day(home, on, now=now)
    gone = chosen(members_from(home, on, now=now), [person_id])
    db.session.merge(PersonFate(person_id=person_id, died_on=on))
    name = said_names([gone[0].person.name])
    first = N_("%(name)s于%(day)s去世，不再列入这一户。", name=name, day=said_day(on))
    seats = dict.fromkeys([person_id])
    duties = _duties(gone, now=now)
    rest = _go(home, gone, seats, new_head_id=new_head_id, why=EndedWhy.DIED, on=on, now=now)
    _record(LifeKind.DEATH, home, [person_id], actor=actor, on=on, now=now)
    return Outcome(home.id, (first, *rest, *duties))


def _duties(gone: Sequence[Member], *, now: datetime) -> list[Text]:
    """Who is gone can be trusted with no circle; the posts still held are named, for somebody must take them over."""
    db.session.execute(delete(Nomination).where(Nomination.person_id.in_([member.person_id for member in gone])))
    held = {m.person.name: len(people_queries.posts_held_by(m.person_id, on=town_day(now))) for m in gone}
    return [
        N_("%(name)s还担任 %(count)s 个岗位，请在“岗位”里安排接任。", name=said_names([name]), count=count)
        for name, count in held.items()
        if count
    ]


def left(
    home: Household,
    *,
    actor: Viewer,
    person_ids: Sequence[int],
    why: Why,
    on: date,
    now: datetime,
    destination: Household | None = None,
    relation: str = "other",
    new_head_id: int | None = None,
) -> Outcome:
    """Members go: out of the county, or into another home of it (`relation`: to its head). With all the home ends."""
    check_day(home, on, now=now)
    going = chosen(members_from(home, on, now=now), person_ids)
    names, day = said_names([member.person.name for member in going]), said_day(on)
    duties: list[Text] = []
    if destination is None:
        duties = _duties(going, now=now)
        first = N_("%(names)s从%(day)s起不再列入这一户。", names=names, day=day)
        seats: dict[int, dict[str, Any] | None] = {member.person_id: None for member in going}
    else:
        first = _check_destination(home, destination, names, on, now)
        seats = {member.person_id: seat(destination.id, member, relation, absent=member.absent) for member in going}
    rest = _go(home, going, seats, new_head_id=new_head_id, why=EndedWhy.MOVED, on=on, now=now)
    ids = [member.person_id for member in going]
    _record(LifeKind.DEPARTURE, home, ids, actor=actor, on=on, now=now, why=why, other=destination)
    if destination is not None:
        settle([destination.id], today=town_day(now))
        _record(LifeKind.ARRIVAL, destination, ids, actor=actor, on=on, now=now, why=why, other=home)
    return Outcome(home.id, (first, *rest, *duties))


def _check_destination(home: Household, destination: Household, names: str, on: date, now: datetime) -> Text:
    if destination.id == home.id:
        raise Refused(N_("去向就是这一户，请另选一户。"), field="code")
    check_day(destination, on, now=now)
    return N_(
        "%(names)s从%(day)s起列入 %(code)s 户，不再列入这一户。", names=names, day=said_day(on), code=destination.code
    )


def _go(
    home: Household,
    going: Sequence[Member],
    seats: Mapping[int, Mapping[str, Any] | None],
    *,
    new_head_id: int | None,
    why: EndedWhy,
    on: date,
    now: datetime,
) -> list[Text]:
    """Members leave their seats; what follows for the home, in sentences."""
    gone = {member.person_id for member in going}
    staying = [m for m in members_from(home, town_day(now), now=now).values() if m.person_id not in gone]
    head = next((member for member in going if member.relation == HEAD), None)
    more, successor = new_head(staying, new_head_id, leaving_head=head, home=home)
    phone_was = head.person.phone if head else None
    seat_persons(seats, start=on, now=now)
    _seat_from(more, on=on, now=now)
    said: list[Text] = []
    if successor is not None:
        name_head(home, successor, phone_was=phone_was)
        said.append(N_("新户主是%(name)s，其他人与户主的关系随之改变，请核对。", name=said_names([successor.name])))
    if not staying:
        end_home(home, on=on, why=why, now=now)
        said.append(N_("这一户没有人了，从这一天起销户：不再列入网格、联户和走访。"))
        said.append(N_("在办的事项不变，继续办完；积分账可以查，不再变动。"))
    db.session.flush()
    return said


def _seat_from(seats: Mapping[int, Mapping[str, Any]], *, on: date, now: datetime) -> None:
    """Who joined only after that day gets the new relation from the own first day on."""
    for person_id, values in seats.items():
        member = next(m for m in _current(int(values["household_id"]), now) if m.person_id == person_id)
        seat_persons({person_id: values}, start=max(on, member.valid_from), now=now)


def _current(household_id: int, now: datetime) -> Sequence[Member]:
    return homes.members_of(household_id, on=town_day(now))


def change_head(home: Household, *, actor: Viewer, person_id: int, on: date, now: datetime) -> Outcome:
    """Another member is the head from a day on; nobody goes."""
    check_day(home, on, now=now)
    here = members_from(home, on, now=now)
    wanted = chosen(here, [person_id], field="new_head")[0]
    if wanted.relation == HEAD:
        raise Refused(N_("这个人已经是户主。"), field="new_head")
    everybody = list(_current(home.id, now))
    old = next((member for member in everybody if member.relation == HEAD), None)
    seats, successor = new_head(everybody, person_id, leaving_head=old or wanted, home=home)
    _seat_from(seats, on=on, now=now)
    assert successor is not None
    name_head(home, successor, phone_was=old.person.phone if old else None)
    db.session.flush()
    _record(LifeKind.HEAD, home, [person_id], actor=actor, on=on, now=now)
    name = said_names([successor.name])
    return Outcome(
        home.id, (N_("从%(day)s起户主是%(name)s，其他人与户主的关系随之改变，请核对。", day=said_day(on), name=name),)
    )


def _record(
    kind: LifeKind,
    home: Household,
    person_ids: Sequence[int],
    *,
    actor: Viewer,
    on: date,
    now: datetime,
    why: Why | None = None,
    other: Household | None = None,
) -> None:
    audit.record(
        actor=actor, action=f"family.{kind}", subject_kind="household", subject_id=home.id, place_path=home.path,
        now=now,
        detail={
            "persons": list(person_ids), "on": on.isoformat(), "why": why, "household": other.id if other else None,
            "ended": home.ended_on is not None,
        },
    )  # fmt: skip
