"""Proposals: what was asked for, what was found, what the village said to it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, Json, UtcDateTime


class Plan(Base):
    """One proposal for a village, or for one group of it. `fingerprint` is of the homes, members, cells, circles and
    nominations it was made from: when they have changed it can no longer take effect."""

    __tablename__ = "plan"
    __table_args__ = (Index("ix_plan_village", "village_id", "kind", "id"), Index("ix_plan_state", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    place_path: Mapped[str] = mapped_column(ByteString)
    kind: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    on: Mapped[date]  # the day whose homes and circles it was made from
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    seconds: Mapped[int]  # the time it was given
    seed: Mapped[int]
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    figures: Mapped[dict[str, Any]] = mapped_column(Json)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by: Mapped[int | None]
    asked_name: Mapped[str] = mapped_column(String(60))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[int | None]
    record: Mapped[str | None] = mapped_column(String(200))  # of the meeting that confirmed, or why it was refused
    takes_effect: Mapped[date | None]


class PlanTarget(Base):
    """A cell or circle of a proposal. `grid_id` None: a new cell of `group_id`; `post_id` None: a new liaison."""

    __tablename__ = "plan_target"
    __table_args__ = (Index("ix_plan_target_plan", "plan_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int]
    group_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grid.id"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    homes: Mapped[int]
    persons: Mapped[int]
    lon: Mapped[float | None]
    lat: Mapped[float | None]


class PlanRow(Base):
    """A home of a proposal: its cell or post on the day, the target, and why."""

    __tablename__ = "plan_row"
    __table_args__ = (Index("ix_plan_row_plan", "plan_id", "moves", "household_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    from_id: Mapped[int | None]
    target_id: Mapped[int] = mapped_column(ForeignKey("plan_target.id"))
    moves: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(10))
