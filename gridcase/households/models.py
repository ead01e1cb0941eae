"""Households, their members, their place, and who looks after them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gridcase.core.db import Base, ByteString, UtcDateTime
from gridcase.people.models import Person


class Household(Base):
    """One home. `path` is that of its cell (or group); `section_id` that of its liaison's section."""

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


class HouseholdPoint(Base):
    """Where a home is, WGS 84."""

    __tablename__ = "household_point"

    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), primary_key=True)
    geom: Mapped[Any] = mapped_column(Geometry("POINT", srid=4326, spatial_index=True, nullable=False))
    source: Mapped[str] = mapped_column(String(40))


class Member(Base):
    """A person in a household, from when to when."""

    __tablename__ = "member"
    __table_args__ = (Index("ix_member_household", "household_id"), Index("ix_member_person", "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    relation: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    person: Mapped[Person] = relationship()


class CirclePlace(Base):
    """A household in the circle of a liaison's (or a contact's) post, from when to when; need not follow the cells."""

    __tablename__ = "circle_place"
    __table_args__ = (
        Index("ix_circle_place_post", "post_id", "valid_to"),
        Index("ix_circle_place_household", "household_id", "valid_to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(60), default="")


class TierChange(Base):
    """A care tier confirmed by a person, with the reason."""

    __tablename__ = "tier_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    from_tier: Mapped[str | None] = mapped_column(String(12))
    to_tier: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(200))
    actor_user_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class HouseholdCard(Base):
    """The account of a villager and the home it may see."""

    __tablename__ = "household_card"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
