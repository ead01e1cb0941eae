"""What a family's life leaves behind: who died, who was written twice, who works away, and changes proposed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, UtcDateTime


class PersonFate(Base):
    """A person who died, or whose record was found to be a second one of somebody else (`same_as_id`)."""

    __tablename__ = "person_fate"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    died_on: Mapped[date | None]
    same_as_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class PersonAway(Base):
    """Where a member works who is away, and whether the telephone reaches the person."""

    __tablename__ = "person_away"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    place: Mapped[str] = mapped_column(String(60), default="")
    since: Mapped[date | None]
    by_phone: Mapped[bool] = mapped_column(default=False)


class FamilyChange(Base):
    """Something a liaison has heard of, put before those who keep the register.

    `to_household_id`: a home in another village of the county that asks for this home's person.
    """

    __tablename__ = "family_change"
    __table_args__ = (
        Index("ix_family_change_household", "household_id", "state"),
        Index("ix_family_change_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    kind: Mapped[str] = mapped_column(String(12))
    who: Mapped[str] = mapped_column(String(60))
    on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(200), default="")
    to_household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    state: Mapped[str] = mapped_column(String(10))
    proposed_by_user_id: Mapped[int | None]
    proposed_by_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_user_id: Mapped[int | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(200))
