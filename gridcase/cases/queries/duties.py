"""A town's duty list: whose it is, its rows, one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select

from gridcase.cases.models import CaseClass, DutyItem
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.core.text import clean_line
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.people.models import Unit


@dataclass(frozen=True)
class DutyRow:
    """A line of the list, with the names of its class and unit."""

    id: int
    item: str
    kind: str
    class_code: str | None
    zh: str | None
    en: str | None
    unit: str | None
    lead: str


def duty_towns(viewer: Viewer, *, permission: Permission = Permission.SEE_WORK) -> Sequence[Grid]:
    """The towns whose list the viewer reads: those his places lie in or hold; with MANAGE_TOWN those whose list he
    keeps."""
    query = select(Grid).where(Grid.level == GridLevel.TOWN, Grid.valid_to.is_(None)).order_by(Grid.code)
    if permission is Permission.MANAGE_TOWN:
        return db.session.scalars(query.where(reach(viewer, permission, path=Grid.path))).all()
    return db.session.scalars(query.where(or_(*_around(viewer), Grid.id.in_([])))).all()


def _around(viewer: Viewer) -> list[ColumnElement[bool]]:
    """The town of each place of the viewer's, and the towns below one that lies higher."""
    ways: list[ColumnElement[bool]] = []
    for grant in viewer.grants_with(Permission.SEE_WORK):
        ids = [int(part) for part in (grant.path or "").split("/") if part]
        if len(ids) >= 2:
            ways.append(Grid.id == ids[1])
        elif ids:
            ways.append(and_(Grid.path >= f"/{ids[0]}/", Grid.path < f"/{ids[0]}0"))
    return ways


def duty_town(town_id: int | None, *, viewer: Viewer, permission: Permission = Permission.SEE_WORK) -> Grid:
    """One of these towns, the first where none is named, else `Missing`."""
    towns = duty_towns(viewer, permission=permission)
    found = next((town for town in towns if town_id in (None, town.id)), None)
    if found is None:
        raise Missing
    return found


def duty_row(duty_id: int, *, viewer: Viewer) -> DutyItem:
    """One row of a list the viewer keeps, else `Missing`."""
    found = db.session.scalar(
        select(DutyItem).where(
            DutyItem.id == duty_id, reach(viewer, Permission.MANAGE_TOWN, path=DutyItem.path)
        )
    )  # fmt: skip
    if found is None:
        raise Missing
    return found


def duty_by_item(town_id: int, item: str) -> DutyItem | None:
    """The row of a town with this name."""
    return db.session.scalar(select(DutyItem).where(DutyItem.town_id == town_id, DutyItem.item == item))


def duties_by_item(town_id: int) -> dict[str, DutyItem]:
    """The whole list of a town by the names of its items."""
    return {row.item: row for row in db.session.scalars(select(DutyItem).where(DutyItem.town_id == town_id))}


def duty_page(town: Grid, *, kind: str = "", words: str = "", after: str | None = None) -> Page[DutyRow]:
    """A town's list in the order it was written down."""
    conditions = [] if not kind else [DutyItem.kind == kind]
    if words := clean_line(words):
        conditions.append(
            or_(
                DutyItem.item.contains(words, autoescape=True), DutyItem.class_code == words,
                DutyItem.lead.contains(words, autoescape=True), CaseClass.zh.contains(words, autoescape=True),
                Unit.name.contains(words, autoescape=True),
            )
        )  # fmt: skip
    if last := read_mark(after, int):
        conditions.append(DutyItem.id > last[0])
    rows = _rows(town, conditions, PAGE_SIZE + 1)
    return cut(rows, lambda row: [row.id])


def duty_list(town: Grid) -> list[DutyRow]:
    """All of it, for the file."""
    return _rows(town, [], None)


def _rows(town: Grid, conditions: Sequence[ColumnElement[bool]], most: int | None) -> list[DutyRow]:
    query = (
        select(
            DutyItem.id, DutyItem.item, DutyItem.kind, DutyItem.class_code, CaseClass.zh, CaseClass.en, Unit.name,
            DutyItem.lead,
        )
        .outerjoin(CaseClass, CaseClass.code == DutyItem.class_code)
        .outerjoin(Unit, Unit.id == DutyItem.unit_id)
        .where(DutyItem.town_id == town.id, *conditions)
        .order_by(DutyItem.id)
        .limit(most)
    )  # fmt: skip
    return [DutyRow(*row) for row in db.session.execute(query)]
