"""Writing households, circles and tiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, update

from gridcase.audit import service as audit
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.core.errors import Refused
from gridcase.core.geo import point
from gridcase.core.permissions import Viewer
from gridcase.core.text import initials
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.households.models import (
    CirclePlace,
    Household,
    HouseholdCard,
    HouseholdPoint,
    Member,
    TierChange,
)
from gridcase.households.rules import CareTier, next_visit_on
from gridcase.people import service as people
from gridcase.people.models import Post


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
    values = [_household_values(row, village) for row in rows]
    ids = db.session.scalars(insert(Household).returning(Household.id, sort_by_parameter_order=True), values).all()
    _register_members(actor, village, rows, ids, since, now)
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


def join_circle(
    *, actor: Viewer, post: Post, household_ids: Sequence[int], valid_from: date, reason: str, now: datetime
) -> None:
    """Put homes of the village into a post's circle; their section becomes that of the post."""
    db.session.execute(
        insert(CirclePlace),
        [
            {"household_id": household_id, "post_id": post.id, "valid_from": valid_from, "reason": reason}
            for household_id in household_ids
        ],
    )
    if post.section_id is not None:
        db.session.execute(update(Household).where(Household.id.in_(household_ids)).values(section_id=post.section_id))
    audit.record(
        actor=actor, action="circle.join", subject_kind="post", subject_id=post.id, place_path=post.place_path, now=now,
        detail={"households": len(household_ids)},
    )  # fmt: skip


def form_circles(
    *,
    actor: Viewer,
    village: Grid,
    circles: Sequence[tuple[Post, Sequence[int]]],
    valid_from: date,
    reason: str,
    now: datetime,
) -> None:
    """Put a village's homes into the circles of its posts (post, household ids), section by section."""
    rows = [
        {"household_id": household_id, "post_id": post.id, "valid_from": valid_from, "reason": reason}
        for post, household_ids in circles
        for household_id in household_ids
    ]
    if not rows:
        return
    db.session.execute(insert(CirclePlace), rows)
    by_section: dict[int, list[int]] = {}
    for post, household_ids in circles:
        if post.section_id is not None:
            by_section.setdefault(post.section_id, []).extend(household_ids)
    for section_id, household_ids in sorted(by_section.items()):
        db.session.execute(update(Household).where(Household.id.in_(household_ids)).values(section_id=section_id))
    audit.record(
        actor=actor, action="circle.form", subject_kind="grid", subject_id=village.id, place_path=village.path, now=now,
        detail={"circles": len(circles), "households": len(rows)},
    )  # fmt: skip


def confirm_tier(household: Household, *, actor: Viewer, tier: CareTier, reason: str, now: datetime) -> None:
    """Set a care tier: a person decides and says why; the next visit follows."""
    if not reason.strip():
        raise Refused(N_("请写明调整关爱等级的理由。"), field="reason")
    db.session.add(
        TierChange(
            household_id=household.id,
            from_tier=household.tier,
            to_tier=tier,
            reason=reason.strip(),
            actor_user_id=actor.user_id,
            at=now,
        )
    )
    household.tier = tier
    last = household.last_visit_at
    household.next_visit_on = next_visit_on(tier, town_day(last)) if last else town_day(now)
    audit.record(
        actor=actor, action="household.tier", subject_kind="household", subject_id=household.id,
        place_path=household.path, now=now, detail={"to": tier},
    )  # fmt: skip


def note_visit(household: Household, *, visited_at: datetime) -> None:
    """Carry a visit into the household: the newest one decides when the next is due."""
    if household.last_visit_at is None or visited_at > household.last_visit_at:
        household.last_visit_at = visited_at
        household.next_visit_on = next_visit_on(CareTier(household.tier), town_day(visited_at))


def plan_first_visits(*, actor: Viewer, village: Grid, on: date, now: datetime) -> None:
    """Homes never visited become due on a day."""
    db.session.execute(
        update(Household)
        .where(Household.village_id == village.id, Household.next_visit_on.is_(None))
        .values(next_visit_on=on)
    )
    audit.record(
        actor=actor,
        action="household.plan",
        subject_kind="grid",
        subject_id=village.id,
        place_path=village.path,
        now=now,
    )


def give_card(*, actor: Viewer, user_id: int, household: Household, now: datetime) -> None:
    """Let a villager's account see its own home."""
    db.session.add(HouseholdCard(user_id=user_id, household_id=household.id, created_at=now))
    audit.record(
        actor=actor, action="household.card", subject_kind="household", subject_id=household.id,
        place_path=household.path, now=now,
    )  # fmt: skip


def note_reveal(household: Household, *, actor: Viewer, reason: str, now: datetime) -> None:
    """Write down that somebody looked at unmasked names, and why."""
    if len(reason.strip()) < 2:
        raise Refused(N_("请写明查看的原因，例如“走访前联系”。"), field="reason")
    audit.record(
        actor=actor, action="household.reveal", subject_kind="household", subject_id=household.id,
        place_path=household.path, now=now, detail={"reason": reason.strip()[:100]},
    )  # fmt: skip
