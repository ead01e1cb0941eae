"""What the filters of the map offer, and what a choice is called."""

from __future__ import annotations

from sqlalchemy import or_, select

from gridcase.cases.models import CaseClass
from gridcase.core.db import db
from gridcase.core.places import with_above
from gridcase.core.scope import under
from gridcase.dashboard.queries.places import Root
from gridcase.people.models import Unit


def classes_of(major: str, root: Root) -> list[CaseClass]:
    """The classes of a major class that a county has, without the restricted ones."""
    county = root.path.split("/")[1]
    own = CaseClass.county_id == int(county) if county else CaseClass.county_id.is_not(None)
    wanted = (CaseClass.major == major) & CaseClass.restricted.is_(False) & or_(CaseClass.county_id.is_(None), own)
    return list(db.session.scalars(select(CaseClass).where(wanted).order_by(CaseClass.code)))


def class_called(code: str) -> CaseClass | None:
    """One class by its code."""
    return db.session.scalar(select(CaseClass).where(CaseClass.code == code, CaseClass.restricted.is_(False)))


def units_about(root: Root) -> list[Unit]:
    """The units that serve the place shown: at it, above it or below it, by code."""
    below = under(Unit.place_path, root.path) if root.path != "/" else Unit.place_path >= "/"
    near = or_(Unit.place_path.in_(with_above(root.path)), below)
    return list(db.session.scalars(select(Unit).where(near, Unit.ended_on.is_(None)).order_by(Unit.code)))


def unit_called(unit_id: int, root: Root) -> str:
    """The name of one of these units; empty for a foreign or ended one."""
    return next((unit.name for unit in units_about(root) if unit.id == unit_id), "")
