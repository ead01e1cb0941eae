"""Taking over registers of households; looking at what is masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.geo import point
from gridcase.core.permissions import Viewer
from gridcase.core.text import initials
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households.models import Household, HouseholdPlace, HouseholdPoint, Member
from gridcase.households.rules import CareTier
from gridcase.households.service.tiers import take_over_tiers
from gridcase.people import service as people


@dataclass(frozen=True)
class MemberRow:
    """One person of a register."""

    name: str
    relation: str
    gender: str | None = None
    born_on: date | None = None
    phone: str | None = None


@dataclass(frozen=True)
class HouseholdRow:
    """One home of a register: its cell, address, place (WGS 84 degrees) and members, the head first."""

    code: str
    grid: Grid
    address: str
    members: Sequence[MemberRow]
    lon: float | None = None
    lat: float | None = None
    tier: CareTier = CareTier.REASSURED
    absent: bool = False
    floating: bool = False
    phone: str | None = field(default=None)


def register_households(
    *,
    actor: Viewer,
    village: Grid,
    rows: Sequence[HouseholdRow],
    since: date,
    now: datetime,
    source: str = "register",
) -> list[int]:
    """Take over a village's register in a few statements; returns the ids in the order of the rows."""
    outside = next((row for row in rows if not row.grid.path.startswith(village.path)), None)
    if outside is not None:
        raise Refused(N_("%(code)s 的网格不在本村，请改正后再导入。", code=outside.code), field="grid")
    if not rows:
        return []
    values = [{**_household_values(row, village), "since": since} for row in rows]
    ids = db.session.scalars(insert(Household).returning(Household.id, sort_by_parameter_order=True), values).all()
    db.session.execute(
        insert(HouseholdPlace),
        [
            {"household_id": household_id, "grid_id": row.grid.id, "valid_from": since, "reason": source[:60]}
            for household_id, row in zip(ids, rows, strict=True)
        ],
    )
    _register_members(actor, village, rows, ids, since, now)
    taken = [one for one, row in zip(ids, rows, strict=True) if row.tier is not CareTier.REASSURED]
    take_over_tiers(household_ids=taken, assessed_on=town_day(now))
    points = [
        {"household_id": household_id, "geom": point(row.lon, row.lat), "source": source}
        for household_id, row in zip(ids, rows, strict=True)
        if row.lon is not None and row.lat is not None
    ]
    if points:
        db.session.execute(insert(HouseholdPoint), points)
    audit.record(
        actor=actor, action="household.register", subject_kind="grid", subject_id=village.id, place_path=village.path,
        now=now, detail={"households": len(ids), "source": source},
    )  # fmt: skip
    return list(ids)


def _household_values(row: HouseholdRow, village: Grid) -> dict[str, Any]:
    head = row.members[0]
    return {
        "code": row.code,
        "village_id": village.id,
        "grid_id": row.grid.id,
        "path": row.grid.path,
        "head_name": head.name,
        "initials": initials(head.name),
        "address": row.address,
        "phone": row.phone or head.phone,
        "tier": row.tier,
        "absent": row.absent,
        "floating": row.floating,
    }


def _register_members(
    actor: Viewer, village: Grid, rows: Sequence[HouseholdRow], ids: Sequence[int], since: date, now: datetime
) -> None:
    flat = [
        (household_id, row.grid.path, member)
        for household_id, row in zip(ids, rows, strict=True)
        for member in row.members
    ]
    person_ids = people.add_persons(
        actor=actor,
        rows=[
            {"name": m.name, "gender": m.gender, "born_on": m.born_on, "phone": m.phone, "place_path": path}
            for _, path, m in flat
        ],
        place_path=village.path,
        now=now,
    )
    db.session.execute(
        insert(Member),
        [
            {
                "household_id": household_id,
                "person_id": person_id,
                "relation": member.relation,
                "valid_from": since,
            }
            for (household_id, _, member), person_id in zip(flat, person_ids, strict=True)
        ],
    )


def note_reveal(household: Household, *, actor: Viewer, reason: str, now: datetime) -> None:
    """Write down that somebody looked at unmasked names, and why."""
    if len(reason.strip()) < 2:
        raise Refused(N_("请写明查看的原因，例如“走访前联系”。"), field="reason")
    audit.record(
        actor=actor, action="household.reveal", subject_kind="household", subject_id=household.id,
        place_path=household.path, now=now, detail={"reason": reason.strip()[:100]},
    )  # fmt: skip
