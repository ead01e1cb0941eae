"""A home of its own: added by form, split from another, put into another cell, its facts and members corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select

from gridcase.audit import service as audit
from gridcase.core.changes import CHANGED_MEANWHILE, change, check_seen, fingerprint
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer
from gridcase.core.text import initials
from gridcase.core.words import N_, Text
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households.models import Household, HouseholdLineage, HouseholdPlace, Member, PersonAway
from gridcase.households.queries import circles, members
from gridcase.households.queries.homes import members_of
from gridcase.households.queries.sight import standing
from gridcase.households.rules import Outcome, number_after, said_day, said_names
from gridcase.households.service.circles import change_circles
from gridcase.households.service.members import (
    HEAD,
    check_day,
    chosen,
    code_for,
    members_from,
    name_head,
    new_head,
    seat,
    seat_persons,
)
from gridcase.households.service.places import move_homes, settle
from gridcase.households.service.register import HouseholdRow, MemberRow, register_households

FACTS = ("address", "hamlet", "phone", "external_code", "absent", "floating", "arrived_on", "leaving_on")
PERSONAL = ("address", "phone", "external_code")
PERSON_FACTS = ("name", "gender", "born_on", "phone")
MEMBER_FACTS = ("relation", "absent")
AWAY_FACTS = ("place", "since", "by_phone")


def next_code(grid: Grid) -> str:
    """The code of the next home of a cell or group; the place's row is locked, so that two at once get two numbers."""
    db.session.execute(select(Grid.id).where(Grid.id == grid.id).with_for_update())
    prefix = code_for(grid)
    return f"{prefix}{number_after(members.last_code(prefix)):03d}"


def add_home(
    *, actor: Viewer, grid: Grid, row: Mapping[str, Any], people: Sequence[MemberRow], since: date, now: datetime
) -> Household:
    """Register one home by form: `row` holds its facts (`FACTS`), and lon and lat where its place is known."""
    if grid.level not in {GridLevel.GROUP, GridLevel.CELL} or grid.village_id is None:
        raise Refused(N_("请选到小组或三级网格。"), field="place")
    if since > town_day(now):
        raise Refused(N_("日期不能晚于今天，等办了再登记。"), field="on")
    _check_stay(row)
    village = db.session.get_one(Grid, grid.village_id)
    code = next_code(grid)
    _check_twice(village, people[0].name, row["address"] or "")
    entry = HouseholdRow(
        code=code, grid=grid, address=row["address"] or "", members=people, lon=row.get("lon"),
        lat=row.get("lat"), phone=row["phone"],
    )  # fmt: skip
    ids = register_households(actor=actor, village=village, rows=[entry], since=since, now=now, source="form")
    home = db.session.get_one(Household, ids[0])
    change(home, {name: row[name] for name in FACTS if name != "phone"})
    audit.record(
        actor=actor, action="household.add", subject_kind="household", subject_id=home.id, place_path=home.path,
        now=now, detail={"code": home.code, "persons": len(people), "since": since.isoformat()},
    )  # fmt: skip
    db.session.flush()
    return home


def _check_twice(village: Grid, head: str, address: str) -> None:
    """The same form sent twice is one home; and so is, most likely, a home of this head at this address."""
    found = db.session.scalar(
        select(Household.code).where(
            Household.village_id == village.id, Household.head_name == head, Household.address == address, standing()
        )
    )
    if found is not None:
        raise Refused(N_("这个住址已经有同名户主的户：%(code)s，请核对。", code=found), field="name")


def _check_stay(row: Mapping[str, Any]) -> None:
    arrived, leaving = row["arrived_on"], row["leaving_on"]
    if arrived and leaving and leaving < arrived:
        raise Refused(N_("预计离开的日期早于到来的日期，请核对。"), field="leaving_on")


def edit_home(
    home: Household, *, actor: Viewer, values: Mapping[str, Any], seen: str | None, now: datetime
) -> dict[str, Any]:
    """Correct the facts of a home; returns what changed."""
    check_seen(home, FACTS, seen)
    _check_stay(values)
    changes = change(home, {name: values[name] for name in FACTS}, personal=PERSONAL)
    if changes:
        audit.record(
            actor=actor, action="household.edit", subject_kind="household", subject_id=home.id, place_path=home.path,
            now=now, detail={"changes": changes},
        )  # fmt: skip
    return changes


@dataclass(frozen=True)
class MemberSeen:
    """A member with what is known of where he works, as an edit form shows him."""

    member: Member
    away: PersonAway | None

    @property
    def mark(self) -> str:
        """What the reader saw; goes into the hidden field `seen`."""
        parts = [fingerprint(self.member.person, PERSON_FACTS), fingerprint(self.member, MEMBER_FACTS)]
        return "-".join([*parts, fingerprint(self.away, AWAY_FACTS) if self.away else ""])


def edit_member(
    home: Household,
    *,
    actor: Viewer,
    person_id: int,
    values: Mapping[str, Any],
    seen: str | None,
    now: datetime,
) -> dict[str, Any]:
    """Correct a member: what is wrong about the person or the relation was always wrong; being away holds from its day
    (today where none is given). Returns what changed."""
    today = town_day(now)
    db.session.refresh(home, with_for_update=True)
    member = members.member_of(home.id, person_id, on=today)
    away = members.away_of([person_id]).get(person_id)
    found = MemberSeen(member, away)
    if seen and seen != found.mark:
        raise Refused(CHANGED_MEANWHILE)
    was_phone = member.person.phone
    changes = change(member.person, {n: values[n] for n in PERSON_FACTS}, personal=("name", "born_on", "phone"))
    if "name" in changes:
        member.person.initials = initials(member.person.name)
    if member.relation == HEAD:
        name_head(home, member.person, phone_was=was_phone)
    changes |= _reseat(home, member, values, today=today, now=now) | _away(person_id, away, values)
    if changes:
        audit.record(
            actor=actor, action="family.edit", subject_kind="household", subject_id=home.id, place_path=home.path,
            now=now, detail={"person": person_id, "changes": changes},
        )  # fmt: skip
    db.session.flush()
    return changes


def _reseat(
    home: Household, member: Member, values: Mapping[str, Any], *, today: date, now: datetime
) -> dict[str, Any]:
    relation = HEAD if member.relation == HEAD else values["relation"]
    changes: dict[str, Any] = {}
    if relation == HEAD and member.relation != HEAD:
        raise Refused(N_("换户主请用“换户主”，其他人的关系会一起改。"), field="relation")
    if relation != member.relation:
        changes["relation"] = [member.relation, relation]
        values_now = seat(home.id, member, relation, absent=member.absent)
        seat_persons({member.person_id: values_now}, start=member.valid_from, now=now)
    if values["absent"] != member.absent:
        changes["absent"] = [member.absent, values["absent"]]
        since = values["since"] if values["absent"] and values["since"] else today
        values_now = seat(home.id, member, relation, absent=values["absent"])
        start = min(max(since, member.valid_from), today)
        seat_persons({member.person_id: values_now}, start=start, now=now)
    return changes


def _away(person_id: int, away: PersonAway | None, values: Mapping[str, Any]) -> dict[str, Any]:
    if not values["absent"]:
        if away is not None:
            db.session.delete(away)
        return {"away": None} if away is not None else {}
    if away is None:
        away = PersonAway(person_id=person_id, place="", by_phone=False)
        db.session.add(away)
    facts = {"place": values["away_place"] or "", "since": values["since"], "by_phone": values["by_phone"]}
    return change(away, facts, personal=("place",))


def split(
    home: Household,
    *,
    actor: Viewer,
    person_ids: Sequence[int],
    head_id: int,
    grid: Grid,
    address: str | None,
    keep_circle: bool,
    on: date,
    now: datetime,
    new_head_id: int | None = None,
) -> Outcome:
    """Some members form a home of their own (分户): a new code, the circle as before or none; points stay behind."""
    check_day(home, on, now=now)
    here = members_from(home, on, now=now)
    going = chosen(here, person_ids)
    staying = [m for m in members_of(home.id, on=town_day(now)) if m.person_id not in set(person_ids)]
    if not staying:
        raise Refused(N_("全家都去新户就不是分户了；要改住址或网格，请用“改户资料”“改网格”。"), field="who")
    first = next((member for member in going if member.person_id == head_id), None)
    if first is None:
        raise Refused(N_("新户的户主要在选中的人里。"), field="head")
    fresh = _fresh(home, grid, first, address or home.address, on)
    left_head = next((member for member in going if member.relation == HEAD), None)
    seats, successor = new_head(staying, new_head_id, leaving_head=left_head, home=home)
    seats |= new_head(going, head_id, leaving_head=first, home=fresh)[0]
    for person_id, values in seats.items():
        joined = next(m.valid_from for m in (*going, *staying) if m.person_id == person_id)
        seat_persons({person_id: values}, start=max(on, joined), now=now)
    if successor is not None:
        name_head(home, successor, phone_was=left_head.person.phone if left_head else None)
    said = _found(home, fresh, grid, actor=actor, keep_circle=keep_circle, on=on, now=now)
    names = said_names([member.person.name for member in going])
    lead = N_("%(names)s从%(day)s起立新户，编号 %(code)s。", names=names, day=said_day(on), code=fresh.code)
    if successor is not None:
        said = (N_("原来这一户的户主改为%(name)s。", name=said_names([successor.name])), *said)
    return Outcome(fresh.id, (lead, *said))


def _fresh(home: Household, grid: Grid, head: Member, address: str, on: date) -> Household:
    if grid.village_id is None:
        raise Refused(N_("请选到小组或三级网格。"), field="place")
    fresh = Household(
        code=next_code(grid), village_id=grid.village_id, grid_id=grid.id, path=grid.path, head_name=head.person.name,
        initials=initials(head.person.name), address=address, phone=head.person.phone, since=on, hamlet=home.hamlet,
    )  # fmt: skip
    db.session.add(fresh)
    db.session.flush()
    db.session.add(HouseholdLineage(from_id=home.id, to_id=fresh.id, kind="split", on=on))
    return fresh


def _found(
    home: Household, fresh: Household, grid: Grid, *, actor: Viewer, keep_circle: bool, on: date, now: datetime
) -> tuple[Text, ...]:
    """Place and circles of the new home."""
    values = {"household_id": fresh.id, "grid_id": grid.id, "reason": "split", "valid_from": on, "recorded_at": now}
    db.session.execute(insert(HouseholdPlace), [values])
    posts = circles.liaison_posts_of(home.id, on=town_day(now)) if keep_circle else []
    for post in posts:
        change_circles(
            actor=actor, place=fresh.path, homes={fresh.id: post}, role=post.role, start=on, reason="分户", now=now
        )
    settle([home.id, fresh.id], today=town_day(now))
    audit.record(
        actor=actor, action="family.split", subject_kind="household", subject_id=home.id, place_path=home.path,
        now=now, detail={"to": fresh.id, "on": on.isoformat()},
    )  # fmt: skip
    audit.record(
        actor=actor, action="household.add", subject_kind="household", subject_id=fresh.id, place_path=fresh.path,
        now=now, detail={"code": fresh.code, "from": home.id, "since": on.isoformat()},
    )  # fmt: skip
    db.session.flush()
    circle = N_("新户仍由原来的联户代表联系。") if posts else N_("新户还没有联户代表，会列入“没有联户代表”。")
    return circle, N_("积分和在办的事留在原来的户；新户列入待走访。")


def relocate(home: Household, *, actor: Viewer, grid: Grid, on: date, now: datetime) -> Outcome:
    """The home lies in another cell or group of its village from a day on; a day gone by corrects what was written."""
    db.session.refresh(home, with_for_update=True)
    if home.ended_on is not None:
        raise Refused(N_("这一户已销户，不能再登记变化。"))
    if grid.village_id != home.village_id or grid.level not in {GridLevel.GROUP, GridLevel.CELL}:
        raise Refused(N_("请选本村的小组或三级网格。"), field="place")
    if home.since is not None and on < home.since:
        raise Refused(N_("这一户在那一天还没有登记，请核对日期。"), field="on")
    move_homes(actor=actor, place=home.path, homes={home.id: grid}, start=on, reason="form", now=now)
    audit.record(
        actor=actor, action="household.relocate", subject_kind="household", subject_id=home.id, place_path=home.path,
        now=now, detail={"to": grid.id, "on": on.isoformat()},
    )  # fmt: skip
    said = N_("从%(day)s起列入%(place)s。", day=said_day(on), place=grid.name)
    return Outcome(home.id, (said, N_("已经登记的事件和走访仍算在原来的网格。")))
