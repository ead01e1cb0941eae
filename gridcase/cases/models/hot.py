"""Hot issues: clusters of like demands of a town, found once a day, and what a person made of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, Json, UtcDateTime


class HotRun(Base):
    """That a town's cases of a day were looked through: the unique row lets one of several schedulers do it."""

    __tablename__ = "hot_run"
    __audit__ = "free"

    town_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    cases: Mapped[int]
    milliseconds: Mapped[int]


class HotIssue(Base):
    """Like demands, near in time and place. `path` is the smallest place that holds them all, town or village;
    `reasons` are the sentences that explain the heat."""

    __tablename__ = "hot_issue"
    __table_args__ = (Index("ix_hot_issue_path", "path", "heat", "id"), Index("ix_hot_issue_town", "town_id", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    town_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    class_id: Mapped[int] = mapped_column(ForeignKey("case_class.id"))
    state: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(120))
    named: Mapped[bool] = mapped_column(default=False)
    cases: Mapped[int]
    homes: Mapped[int]
    days: Mapped[int]
    heat: Mapped[int]
    reasons: Mapped[list[Any]] = mapped_column(Json, default=list)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    found_on: Mapped[date]
    seen_on: Mapped[date]
    master_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_name: Mapped[str | None] = mapped_column(String(80))
    decided_cases: Mapped[int | None]  # how many there were then: what grows well beyond comes back
    reason: Mapped[str | None] = mapped_column(String(300))


class HotIssueCase(Base):
    """A case that belongs to a hot issue."""

    __tablename__ = "hot_issue_case"
    __audit__ = "free"  # written with its issue
    __table_args__ = (Index("ix_hot_issue_case_case", "case_id"),)

    issue_id: Mapped[int] = mapped_column(ForeignKey("hot_issue.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
