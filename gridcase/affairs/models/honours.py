"""Honours and boards: rounds, who was named, who was honoured; what a home wants others to read of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, UtcDateTime


class AwardRound(Base):
    """One giving of an honour: from the candidates to the plates. Who began it does not approve it."""

    __tablename__ = "award_round"
    __table_args__ = (Index("ix_award_round_village", "village_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    kind: Mapped[str] = mapped_column(String(12))  # rules.AwardKind
    name: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(2))  # rules.AwardLevel
    places: Mapped[int]
    counts_from: Mapped[date]  # the points of these days are looked at
    counts_to: Mapped[date]
    state: Mapped[str] = mapped_column(String(8))  # rules.RoundState
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))  # a council's opinion
    notice_from: Mapped[date | None]
    notice_until: Mapped[date | None]  # the last day it hangs
    user_id: Mapped[int | None]
    person_id: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by_user_id: Mapped[int | None]


class Award(Base):
    """A home named in a round, and what became of it."""

    __tablename__ = "award"
    __table_args__ = (UniqueConstraint("round_id", "household_id"), Index("ix_award_household", "household_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("award_round.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    stars: Mapped[int | None]  # 1 to 5, of a star home
    deeds: Mapped[str] = mapped_column(String(200), default="", server_default="")
    points: Mapped[int] = mapped_column(default=0)  # when it was named
    state: Mapped[str] = mapped_column(String(8))  # rules.AwardState
    objection: Mapped[str] = mapped_column(String(300), default="", server_default="")
    objected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    objected_by_user_id: Mapped[int | None]  # must not answer it
    answer: Mapped[str] = mapped_column(String(300), default="", server_default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    plate: Mapped[str | None] = mapped_column(String(30), unique=True)
    given_on: Mapped[date | None]
    revoked_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")  # why struck or revoked


class HomeChoice(Base):
    """What a home said about being compared and being named: compared unless it objects, named only if it agrees."""

    __tablename__ = "home_choice"

    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), primary_key=True)
    compared: Mapped[bool] = mapped_column(default=True)
    named: Mapped[bool] = mapped_column(default=False)
    said_on: Mapped[date]
    user_id: Mapped[int | None]


class Board(Base):
    """A red or black list of a month or quarter. A black one rests on a decision of the village and ends by itself."""

    __tablename__ = "board"
    __table_args__ = (
        UniqueConstraint("village_id", "kind", "begins_on", "ends_on"),
        Index("ix_board_village", "village_id", "kind", "hung_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    kind: Mapped[str] = mapped_column(String(8))  # rules.BoardKind
    begins_on: Mapped[date]  # the month or quarter it is about
    ends_on: Mapped[date]  # the first day after it
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("decision.id"))
    hung_on: Mapped[date]
    down_on: Mapped[date | None]  # first day it hangs no more
    user_id: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BoardHome(Base):
    """A home on a red list, for what, and when it agreed to stand there."""

    __tablename__ = "board_home"
    __audit__ = "free"  # written with its board

    board_id: Mapped[int] = mapped_column(ForeignKey("board.id"), primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), primary_key=True)
    deeds: Mapped[str] = mapped_column(String(60))
    agreed_on: Mapped[date]
