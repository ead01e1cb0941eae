"""Households, where they lie from when to when, and who lives in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gridcase.core.dated import OPEN_ENDED, Dated
from gridcase.core.db import Base, ByteString, UtcDateTime
from gridcase.people.models import Person


class Household(Base):
    """One home. `grid_id` and `path` are its cell (or group) today, `section_id` its liaison's section today; where it
    was on another day says `HouseholdPlace`."""

    __tablename__ = "household"
    __table_args__ = (
        Index("ix_household_path", "path", "id"),
        Index("ix_household_next_visit", "village_id", "next_visit_on"),
        Index("ix_household_initials", "village_id", "initials"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(ByteString, unique=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), index=True)
    path: Mapped[str] = mapped_column(ByteString)
    section_id: Mapped[int | None] = mapped_column(ForeignKey("section.id"), index=True)
    head_name: Mapped[str] = mapped_column(String(60))
    initials: Mapped[str] = mapped_column(String(20), default="")
    address: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str | None] = mapped_column(String(20))
    tier: Mapped[str] = mapped_column(String(12), default="reassured")
    absent: Mapped[bool] = mapped_column(default=False)
    floating: Mapped[bool] = mapped_column(default=False)
    last_visit_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_visit_on: Mapped[date | None]
    hamlet: Mapped[str] = mapped_column(String(40), default="", server_default="")  # natural village (自然村)
    external_code: Mapped[str | None] = mapped_column(ByteString)  # the town's own number of the home
    since: Mapped[date | None]  # when it came to the village; None: from the start
    arrived_on: Mapped[date | None]  # floating homes: came to live here
    leaving_on: Mapped[date | None]  # floating homes: expects to leave
    ended_on: Mapped[date | None]  # first day it is no household of the village any more
    ended_why: Mapped[str | None] = mapped_column(String(20))  # moved, died, merged, error


class HouseholdLineage(Base):
    """A home that came out of another (split, 分户) or was written twice and is one with another (merged)."""

    __tablename__ = "household_lineage"
    __table_args__ = (Index("ix_household_lineage_from", "from_id"), Index("ix_household_lineage_to", "to_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    kind: Mapped[str] = mapped_column(String(10))
    on: Mapped[date]


class HouseholdPlace(Dated, Base):
    """In which cell (or group) a household lies, from when to when."""

    __tablename__ = "household_place"
    __table_args__ = (
        Index("ix_household_place_household", "household_id", "valid_from"),
        Index("ix_household_place_grid", "grid_id", "valid_from"),
        Index(
            "uq_household_place_open", "household_id", unique=True, sqlite_where=OPEN_ENDED, postgresql_where=OPEN_ENDED
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    reason: Mapped[str] = mapped_column(String(60), default="")


class HouseholdPoint(Base):
    """Where a home is, WGS 84."""

    __tablename__ = "household_point"

    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), primary_key=True)
    geom: Mapped[Any] = mapped_column(Geometry("POINT", srid=4326, spatial_index=True, nullable=False))
    source: Mapped[str] = mapped_column(String(40))


class Member(Dated, Base):
    """A person in a household, from when to when."""

    __tablename__ = "member"
    __table_args__ = (Index("ix_member_household", "household_id"), Index("ix_member_person", "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    relation: Mapped[str] = mapped_column(String(20))
    absent: Mapped[bool] = mapped_column(default=False, server_default=false())  # works away, still counted here

    person: Mapped[Person] = relationship()
