"""The few movements that every operation on a family is made of: persons in and out, a head, the end of a home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from gridcase.core import dated
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.text import initials
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households.models import CirclePlace, Household, HouseholdPlace, Member
from gridcase.households.queries import circles, homes, members, places
from gridcase.households.rules import EndedWhy, relation_to_new_head
from gridcase.households.service.places import settle
from gridcase.people.models import Person

HEAD = "head"


def check_day(home: Household, on: date, *, now: datetime) -> None:
    """Refuse what lies ahead, or before the home was in the register; and anything about a home that ended.

    The home is held until the transaction ends: two at once would write its time lines twice.
    """
    db.session.refresh(home, with_for_update=True)
    if home.ended_on is not None:
        raise Refused(N_("这一户已销户，不能再登记变化。"))
    if on > town_day(now):
        raise Refused(N_("日期不能晚于今天，等办了再登记。"), field="on")
    if home.since is not None and on < home.since:
        raise Refused(N_("这一户在那一天还没有登记，请核对日期。"), field="on")


def members_from(home: Household, on: date, *, now: datetime) -> dict[int, Member]:
    """Who lives in the home on a day and still does today, by person, the head first."""
    then = {member.person_id for member in homes.members_of(home.id, on=on)}
    return {m.person_id: m for m in homes.members_of(home.id, on=town_day(now)) if m.person_id in then}


def chosen(here: Mapping[int, Member], person_ids: Sequence[int], *, field: str = "who") -> list[Member]:
    """The members an operation is about; they must have lived here on its day."""
    if not person_ids:
        raise Refused(N_("请选是谁。"), field=field)
    if not set(person_ids) <= set(here):
        raise Refused(N_("选中的人在那一天还不在这一户，请核对日期。"), field="on")
    return [here[person_id] for person_id in dict.fromkeys(person_ids)]


def seat(household_id: int, member: Member | Person, relation: str, *, absent: bool = False) -> dict[str, Any]:
    """The values of a membership."""
    person_id = member.id if isinstance(member, Person) else member.person_id
    return {"household_id": household_id, "person_id": person_id, "relation": relation, "absent": absent}


def seat_persons(seats: Mapping[int, Mapping[str, Any] | None], *, start: date, now: datetime) -> None:
    """From a day on persons live where their values say; None: in no home. Whatever was written for later goes."""
    lines = members.lines_of_persons(list(seats))
    dated.write(
        Member,
        [
            dated.rewritten(lines.get(person_id, ()), start=start, end=None, values=values)
            for person_id, values in seats.items()
        ],
        now=now,
    )


def name_head(home: Household, person: Person, *, phone_was: str | None = None) -> None:
    """Carry the head into the home's own row; the home's number follows when it was the old head's."""
    home.head_name, home.initials = person.name, initials(person.name)
    if phone_was is not None and home.phone == phone_was:
        home.phone = person.phone


def new_head(
    staying: Sequence[Member], new_head_id: int | None, *, leaving_head: Member | None, home: Household
) -> tuple[dict[int, dict[str, Any]], Person | None]:
    """The seats of who stays when the head goes, and the new head; nobody moves when the head stays."""
    if leaving_head is None or not staying:
        return {}, None
    wanted = staying[0].person_id if len(staying) == 1 else new_head_id
    head = next((member for member in staying if member.person_id == wanted), None)
    if head is None:
        raise Refused(N_("户主不在这一户了，请从留下的人中选新户主。"), field="new_head")
    seats = {
        member.person_id: seat(
            home.id, member, HEAD if member is head else relation_to_new_head(head.relation, member.relation),
            absent=member.absent,
        )
        for member in staying
    }  # fmt: skip
    return seats, head.person


def end_home(home: Household, *, on: date, why: EndedWhy, now: datetime) -> None:
    """The home is none of the village any more: its place and its circles end that day, no visit is planned.

    Its cases, visits and points stay readable under it.
    """
    line = places.lines_of([home.id]).get(home.id, [])
    dated.write(HouseholdPlace, [dated.rewritten(line, start=on, end=None, values=None)], now=now)
    rewrites = [
        dated.rewritten(circles.lines_of([home.id], role=role).get(home.id, []), start=on, end=None, values=None)
        for role in circles.roles_of(home.id)
    ]
    dated.write(CirclePlace, rewrites, now=now)
    home.ended_on, home.ended_why, home.next_visit_on = on, why, None
    settle([home.id], today=town_day(now))


def code_for(grid: Grid) -> str:
    """The beginning of the codes of homes in a cell, or right below a group."""
    return f"{grid.code}-" if grid.level == "cell" else f"{grid.code}-000-"
