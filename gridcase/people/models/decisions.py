"""What a village decided: its decisions with the four steps and the two publications."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from gridcase.core.db import Base, ByteString, UtcDateTime
from gridcase.files.models import StoredFile


class Decision(Base):
    """A decision of a village or a council. `passed_on` is written when every step it needs is recorded."""

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("village_id", "number"),
        Index("ix_decision_village", "village_id", "kind", "passed_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    number: Mapped[str] = mapped_column(String(10))  # "2026-03": counted in its village and year
    kind: Mapped[str] = mapped_column(String(12))  # rules.DecisionKind
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))  # a council's
    title: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(String(4000))
    collected: Mapped[str] = mapped_column(String(600), default="", server_default="")  # what villagers had said
    passed_on: Mapped[date | None]
    dropped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dropped_why: Mapped[str] = mapped_column(String(200), default="", server_default="")
    user_id: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    steps: Mapped[list[DecisionStep]] = relationship(order_by="DecisionStep.rank")
    papers: Mapped[list[DecisionPaper]] = relationship(order_by="DecisionPaper.seq")
    remarks: Mapped[list[DecisionRemark]] = relationship(order_by="DecisionRemark.seq")


class DecisionStep(Base):
    """One step of a decision: a proposal, a meeting with its count, a publication."""

    __tablename__ = "decision_step"

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(String(10))  # rules.DecisionStepKind
    assembly: Mapped[str] = mapped_column(String(10), default="", server_default="")  # rules.Assembly, of the vote
    held_on: Mapped[date]
    until: Mapped[date | None]  # publications: the last day it hangs
    entitled: Mapped[int | None]  # who may vote; the three counts belong to meetings
    present: Mapped[int | None]
    in_favour: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(1000), default="", server_default="")
    user_id: Mapped[int | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DecisionPaper(Base):
    """A photo or paper of a decision: minutes, the sign-in sheet, the notice as it hung."""

    __tablename__ = "decision_paper"
    __table_args__ = (Index("ix_decision_paper_file", "file_id"),)

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    caption: Mapped[str] = mapped_column(String(60), default="", server_default="")
    user_id: Mapped[int | None]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    stored: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


class DecisionRemark(Base):
    """What the village's supervisor has to say about a decision."""

    __tablename__ = "decision_remark"

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(300))
    said_by: Mapped[str] = mapped_column(String(80))  # the post it was said from
    user_id: Mapped[int | None]
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)
