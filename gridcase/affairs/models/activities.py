"""Activities and who took part."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, UtcDateTime

NAMED, UNNAMED = text("person_id IS NOT NULL"), text("person_id IS NULL")


class Activity(Base):
    """Something people are called to. `token` ends the address behind the code they sign in with while it runs.

    `hours` are those of one person; `day_value` is what a day of work was reckoned at when it ended.
    """

    __tablename__ = "activity"
    __table_args__ = (
        Index("ix_activity_village", "village_id", "starts_at"),
        Index("ix_activity_path", "path", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    token: Mapped[str] = mapped_column(ByteString, unique=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    kind: Mapped[str] = mapped_column(String(12))  # rules.ActivityKind
    branch: Mapped[str] = mapped_column(String(8), default="", server_default="")  # rules.Branch
    title: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(600), default="", server_default="")
    spot: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    hours: Mapped[int]
    seats: Mapped[int | None]  # None: as many as come
    item_code: Mapped[str] = mapped_column(String(8), default="", server_default="")  # of the points scheme; "": none
    state: Mapped[str] = mapped_column(String(10))  # rules.ActivityState
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    user_id: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(100), default="", server_default="")  # why it was called off
    day_value: Mapped[int | None]  # yuan; written when it ends


class Participation(Base):
    """Somebody of a home who put the name down, or was there. Without a person it is the home that came: who is
    younger than fourteen is never named."""

    __tablename__ = "activity_person"
    __table_args__ = (
        Index(
            "uq_activity_person_person", "activity_id", "person_id", unique=True, sqlite_where=NAMED,
            postgresql_where=NAMED,
        ),
        Index(
            "uq_activity_person_home", "activity_id", "household_id", unique=True, sqlite_where=UNNAMED,
            postgresql_where=UNNAMED,
        ),
        Index("ix_activity_person_household", "household_id"),
        Index("ix_activity_person_person", "person_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    joined: Mapped[str] = mapped_column(String(8))  # rules.HowJoined
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    came: Mapped[str] = mapped_column(String(8), default="", server_default="")  # rules.HowCame; "": not (yet)
    came_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    guardian_agreed: Mapped[bool] = mapped_column(default=False)  # a child of the home, with the guardian's word
    user_id: Mapped[int | None]


class ActivityKnock(Base):
    """How often somebody signed in, or tried to, in an hour: from an address (a digest that changes daily), at an
    activity."""

    __tablename__ = "activity_knock"
    __audit__ = "free"  # a count that is thrown away after two days

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    who: Mapped[str] = mapped_column(String(40), primary_key=True)
    hour: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    times: Mapped[int]
