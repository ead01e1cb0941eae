"""Teams of volunteers, who is in them, and what they were asked for."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, UtcDateTime

STILL_IN = text("left_on IS NULL")


class Team(Base):
    """A village's team of one kind."""

    __tablename__ = "team"
    __table_args__ = (Index("ix_team_village", "village_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    kind: Mapped[str] = mapped_column(String(12))  # rules.TeamKind
    name: Mapped[str] = mapped_column(String(40))
    since: Mapped[date]
    ended_on: Mapped[date | None]  # first day it is no team any more
    user_id: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TeamMember(Base):
    """Somebody in a team, from when to when; `leads`: the one to call."""

    __tablename__ = "team_member"
    __table_args__ = (
        Index("ix_team_member_team", "team_id"),
        Index("ix_team_member_person", "person_id"),
        Index(
            "uq_team_member_open", "team_id", "person_id", unique=True, sqlite_where=STILL_IN,
            postgresql_where=STILL_IN,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    leads: Mapped[bool] = mapped_column(default=False)
    joined_on: Mapped[date]
    left_on: Mapped[date | None]  # first day not in it any more


class HelpRequest(Base):
    """A team is asked to help a home, or in a case. `why` says how the team was chosen; the words name no factor."""

    __tablename__ = "help_request"
    __table_args__ = (
        Index("ix_help_request_village", "village_id", "state", "id"),
        Index("ix_help_request_team", "team_id", "state"),
        Index("ix_help_request_household", "household_id"),
        Index("ix_help_request_case", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[str] = mapped_column(String(12))  # rules.TeamKind
    text: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))  # rules.RequestState
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    why: Mapped[str] = mapped_column(String(120), default="", server_default="")
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    user_id: Mapped[int | None]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    visits: Mapped[int] = mapped_column(default=0)  # how often somebody was there
    note: Mapped[str] = mapped_column(String(200), default="", server_default="")
