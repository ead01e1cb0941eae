"""Who looks after a household: circles, nominations, and the villager's own card."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.dated import OPEN_ENDED, Dated
from gridcase.core.db import Base, UtcDateTime


class CirclePlace(Dated, Base):
    """A household in the circle of a liaison's (or a contact's) post, from when to when; need not follow the cells.

    A home has at most one circle of each role at a time.
    """

    __tablename__ = "circle_place"
    __table_args__ = (
        Index("ix_circle_place_post", "post_id", "valid_to"),
        Index("ix_circle_place_household", "household_id", "valid_to"),
        Index(
            "uq_circle_place_open",
            "household_id",
            "role",
            unique=True,
            sqlite_where=OPEN_ENDED,
            postgresql_where=OPEN_ENDED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    role: Mapped[str] = mapped_column(String(30), default="liaison", server_default="liaison")  # of the post
    reason: Mapped[str] = mapped_column(String(60), default="")


class Nomination(Base):
    """Whom a home would trust as its liaison, first choice first; what the planner of circles honours."""

    __tablename__ = "nomination"
    __table_args__ = (UniqueConstraint("household_id", "rank"), Index("ix_nomination_person", "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    rank: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class HouseholdCard(Base):
    """The account of a villager and the home it may see."""

    __tablename__ = "household_card"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
