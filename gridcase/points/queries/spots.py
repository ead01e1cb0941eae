"""What supervisors drew and found: who reads the village's public notice reads it, masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.grid.models import Grid
from gridcase.points.models import PointNotice, SpotCheck, SpotDraw, Transfer
from gridcase.points.queries import public
from gridcase.points.queries.conduct import posted_entries, posted_from
from gridcase.points.queries.pages import its_item, reads_board
from gridcase.points.queries.public import Taken
from gridcase.points.rules.conduct import Finding

MONTHS = 12


@dataclass(frozen=True)
class Spot:
    """One drawn entry with what was found."""

    transfer_id: int
    name: str
    item: str
    rule: str
    points: int
    evidence: str
    happened_on: date | None
    votes_for: int | None
    votes_against: int | None
    result: Finding | None
    note: str


def supervised(viewer: Viewer, village: Grid) -> bool:
    """Whether the viewer watches over this village from a post, not as one of its homes."""
    found = select(Grid.id).where(Grid.id == village.id, reach(viewer, Permission.OBJECT_POINTS, path=Grid.path))
    return db.session.scalar(found) is not None


def draws(viewer: Viewer, *, village_id: int) -> list[SpotDraw]:
    """The last draws of a village, the newest first."""
    return list(
        db.session.scalars(
            select(SpotDraw)
            .where(
                SpotDraw.village_id == village_id, reads_board(viewer, Permission.SEE_POINTS, village_id)
            )
            .order_by(SpotDraw.month.desc())
            .limit(MONTHS)
        )
    )  # fmt: skip


def get_draw(draw_id: int, *, viewer: Viewer) -> tuple[SpotDraw, Grid]:
    """A draw of a village whose public notice the viewer reads, with the village; else `Missing`."""
    row = db.session.execute(
        select(SpotDraw, Grid)
        .join(Grid, Grid.id == SpotDraw.village_id)
        .where(SpotDraw.id == draw_id, reads_board(viewer, Permission.SEE_POINTS, Grid.id))
    ).first()
    if row is None:
        raise Missing
    return row[0], row[1]


def draw_of(village_id: int, month: date) -> SpotDraw | None:
    """The draw of a month."""
    return db.session.scalar(select(SpotDraw).where(SpotDraw.village_id == village_id, SpotDraw.month == month))


def entries_in(village_id: int, *, month: date) -> list[int]:
    """The entries posted in a village in a month (the town's days), oldest first."""
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    begins, ends = (datetime.combine(day, time(), TOWN_ZONE) for day in (month, after))
    return list(
        db.session.scalars(
            select(Transfer.id)
            .join(PointNotice, PointNotice.transfer_id == Transfer.id)
            .where(Transfer.village_id == village_id, Transfer.at >= begins, Transfer.at < ends)
            .order_by(Transfer.id)
        )
    )


def spots_of(draw: SpotDraw, *, viewer: Viewer) -> list[Spot]:
    """The drawn entries in the order of the draw, masked; to a villager without other homes' deductions."""
    checks = {row.transfer_id: row for row in db.session.scalars(select(SpotCheck).where(SpotCheck.draw_id == draw.id))}
    rows = db.session.execute(
        posted_entries()
        .add_columns(public.head_name(PointNotice.opens_on))
        .where(Transfer.id.in_(checks), *public.named_to(viewer))
    )
    found = {row[0].id: (posted_from(row[:-1]), row[-1]) for row in rows}
    told = []
    for transfer_id, check in sorted(checks.items(), key=lambda pair: pair[1].rank):
        if transfer_id not in found:
            continue
        one, head = found[transfer_id]
        told.append(
            Spot(
                transfer_id, public.masked(head), one.item, one.rule, one.points, one.evidence, one.happened_on,
                one.votes_for, one.votes_against, Finding(check.result) if check.result else None, check.note,
            )
        )  # fmt: skip
    return told


def taken_of(draw: SpotDraw, *, viewer: Viewer) -> list[Taken]:
    """The drawn deductions that a villager reads as kinds and counts only."""
    own = select(SpotCheck.transfer_id).where(SpotCheck.draw_id == draw.id)
    return public.taken(viewer, its_item(), [Transfer.id.in_(own)])


def check_of(draw_id: int, transfer_id: int) -> SpotCheck | None:
    """One drawn entry, locked."""
    return db.session.get(SpotCheck, (draw_id, transfer_id), with_for_update=True)
