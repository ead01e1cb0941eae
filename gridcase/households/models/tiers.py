"""Care tiers: what weighs on a home, what was proposed and confirmed, objections, and what asks for another look."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, Json, UtcDateTime

WAITING = text("state = 'proposed'")
OPEN = text("closed_at IS NULL")
UNANSWERED = text("answered_at IS NULL")


class TierChange(Base):
    """A care tier confirmed by a person, with the reason; from and to are the same where it was looked at and kept."""

    __tablename__ = "tier_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    from_tier: Mapped[str | None] = mapped_column(String(12))
    to_tier: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(200))
    actor_user_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class TierState(Base):
    """When the tier of a home was set and last looked at, and how often it was visited since it was set."""

    __tablename__ = "tier_state"

    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), primary_key=True)
    set_on: Mapped[date | None]
    assessed_on: Mapped[date | None] = mapped_column(index=True)
    visits: Mapped[int] = mapped_column(default=0)


class HouseholdFactor(Base):
    """Something that weighs on a home. `valid_until` is the last day it holds; a restricted one holds thirty days until
    somebody who may read it has confirmed it. What is written here is masked by `queries.tiers` for all others."""

    __tablename__ = "household_factor"
    __table_args__ = (Index("ix_household_factor_home", "household_id", "ended_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    code: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(12))
    basis: Mapped[str] = mapped_column(String(120), default="")
    rules_version: Mapped[int]
    noted_on: Mapped[date]
    noted_by_user_id: Mapped[int | None]
    noted_by_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    valid_until: Mapped[date] = mapped_column(index=True)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by_user_id: Mapped[int | None]
    confirmed_ref: Mapped[str | None] = mapped_column(String(60))  # the record it was confirmed by
    ended_on: Mapped[date | None]  # the first day it holds no more
    ended_why: Mapped[str | None] = mapped_column(String(12))
    ended_by_user_id: Mapped[int | None]


class TierSuggestion(Base):
    """A tier proposed for a home: what the rules came to and why, who proposed, who decided."""

    __tablename__ = "tier_suggestion"
    __table_args__ = (
        Index("ix_tier_suggestion_household", "household_id", "id"),
        Index(
            "uq_tier_suggestion_waiting", "household_id", unique=True, sqlite_where=WAITING, postgresql_where=WAITING
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    from_tier: Mapped[str] = mapped_column(String(12))
    to_tier: Mapped[str] = mapped_column(String(12))
    computed_tier: Mapped[str] = mapped_column(String(12))
    total: Mapped[int]
    reasons: Mapped[list[Any]] = mapped_column(Json)  # [[code, weight], ...], masked when shown
    rules_version: Mapped[int]
    words: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(12))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_by_user_id: Mapped[int | None]
    proposed_by_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_user_id: Mapped[int | None]
    decided_by_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    decided_words: Mapped[str | None] = mapped_column(String(200))
    meeting_on: Mapped[date | None]
    meeting_kind: Mapped[str | None] = mapped_column(String(12))
    meeting_ref: Mapped[str | None] = mapped_column(String(120))
    change_id: Mapped[int | None] = mapped_column(ForeignKey("tier_change.id"))


class TierObjection(Base):
    """The home does not agree with its tier, or asks for another look; somebody else than the confirmer answers."""

    __tablename__ = "tier_objection"
    __table_args__ = (
        Index("ix_tier_objection_household", "household_id", "id"),
        Index(
            "uq_tier_objection_open", "household_id", unique=True, sqlite_where=UNANSWERED, postgresql_where=UNANSWERED
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    change_id: Mapped[int | None] = mapped_column(ForeignKey("tier_change.id"))
    spoken: Mapped[bool]  # written down by the liaison for the home
    words: Mapped[str] = mapped_column(String(500))
    filed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    filed_by_user_id: Mapped[int | None]
    filed_by_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_user_id: Mapped[int | None]
    answered_by_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    outcome: Mapped[str | None] = mapped_column(String(12))
    answer: Mapped[str | None] = mapped_column(String(500))


class TierTask(Base):
    """Something asks for another assessment of a home. `ref` names what: the same is asked once."""

    __tablename__ = "tier_task"
    __table_args__ = (
        UniqueConstraint("household_id", "cause", "ref"),
        Index("ix_tier_task_open", "household_id", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    cause: Mapped[str] = mapped_column(String(12))
    ref: Mapped[str] = mapped_column(String(40))
    opened_on: Mapped[date]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
