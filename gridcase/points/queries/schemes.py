"""Schemes as the services ask for them: the version in force on a day, one item, which modules are open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from gridcase.core.db import db
from gridcase.grid import queries as grids
from gridcase.points.models import SchemeBoard, SchemeItem, SchemeVersion, SchemeVeto
from gridcase.points.rules import (
    MODULES_KEY,
    AccountKind,
    Approval,
    Board,
    Item,
    Module,
    Origin,
    Period,
    Scheme,
    VetoKind,
    YearEnd,
    modules_from,
)


def scheme_of(village_id: int, *, on: date) -> Scheme | None:
    """The version in force in a village on a day; None before its first."""
    version = db.session.scalar(
        select(SchemeVersion).where(
            SchemeVersion.village_id == village_id,
            SchemeVersion.valid_from <= on,
            or_(SchemeVersion.valid_to.is_(None), SchemeVersion.valid_to > on),
        )
    )
    return read(version) if version is not None else None


def read(version: SchemeVersion) -> Scheme:
    """A version, draft or not, with its boards, items and vetoes."""
    return Scheme(
        id=version.id,
        village_id=version.village_id,
        number=version.number,
        name=version.name,
        preset=version.preset,
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        base_points=version.base_points,
        at_year_end=YearEnd(version.at_year_end),
        expire_months=version.expire_months,
        notice_days=version.notice_days,
        council_from=version.council_from,
        month_budget=version.month_budget,
        decision_id=version.decision_id,
        items={row.code: item_from(row) for row in _of(SchemeItem, version.id)},
        boards={row.code: Board(row.code, row.name, row.weight) for row in _of(SchemeBoard, version.id)},
        vetoes={
            row.code: VetoKind(row.code, row.name, row.evidence, row.enabled, row.note)
            for row in _of(SchemeVeto, version.id)
        },
    )


def _of(model: Any, version_id: int) -> Sequence[Any]:
    return db.session.scalars(
        select(model).where(model.version_id == version_id).order_by(model.rank, model.code)
    ).all()


def item_from(row: SchemeItem) -> Item:
    """An item as the rules know it."""
    return Item(
        id=row.id,
        version_id=row.version_id,
        rank=row.rank,
        code=row.code,
        board=row.board,
        name=row.name,
        criteria=row.criteria,
        points=row.points,
        at_most=row.at_most,
        cap=row.cap,
        cap_per=Period(row.cap_per) if row.cap_per else None,
        who=row.who,
        unit=row.unit,
        evidence=row.evidence,
        approval=Approval(row.approval),
        document=row.document,
        account=AccountKind(row.account),
        case_rule=row.case_rule,
        origin=Origin(row.origin),
    )


def item(item_id: int) -> Item | None:
    """One item of whatever version; None where there is none."""
    row = db.session.get(SchemeItem, item_id)
    return item_from(row) if row is not None else None


def modules_on(path: str, *, on: date) -> frozenset[Module]:
    """The modules that are open in a place on a day: the nearest place above that set them decides; all by default."""
    found = grids.setting(path, MODULES_KEY, on=on)
    return modules_from(found[0] if found else None)


def draft_of(village_id: int) -> SchemeVersion | None:
    """The draft of a village; it has one at most."""
    return db.session.scalar(
        select(SchemeVersion).where(SchemeVersion.village_id == village_id, SchemeVersion.valid_from.is_(None))
    )


def item_row(version_id: int, code: str) -> SchemeItem | None:
    """The row of an item, for the form that edits it."""
    return db.session.scalar(select(SchemeItem).where(SchemeItem.version_id == version_id, SchemeItem.code == code))
