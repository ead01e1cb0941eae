"""Campaigns: what is to be done by when, and short entries of what was done."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, UtcDateTime


class Campaign(Base):
    """A push of a town or a village between two days."""

    __tablename__ = "campaign"
    __table_args__ = (Index("ix_campaign_path", "path", "ends_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    name: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(300), default="", server_default="")
    begins_on: Mapped[date]
    ends_on: Mapped[date]  # the last day
    ended_on: Mapped[date | None]  # closed by hand: nothing is entered any more
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    user_id: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CampaignAction(Base):
    """One thing that is counted in a campaign."""

    __tablename__ = "campaign_action"
    __table_args__ = (UniqueConstraint("campaign_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[str] = mapped_column(String(12))  # rules.ActionKind
    name: Mapped[str] = mapped_column(String(20))
    unit: Mapped[str] = mapped_column(String(6))
    planned: Mapped[int | None]  # for the whole place; None: nothing planned, or village by village
    purpose: Mapped[str] = mapped_column(String(24), default="", server_default="")  # visits for it count too; "": none


class CampaignPlan(Base):
    """What one village is to do of an action."""

    __tablename__ = "campaign_plan"
    __audit__ = "free"  # written with its action

    action_id: Mapped[int] = mapped_column(ForeignKey("campaign_action.id"), primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), primary_key=True)
    planned: Mapped[int]


class CampaignEntry(Base):
    """So many on a day in a place; of a rate `whole` is of how many. A wrong one is struck, never changed."""

    __tablename__ = "campaign_entry"
    __table_args__ = (
        CheckConstraint("number >= 0", name="ck_campaign_entry_number"),
        CheckConstraint("whole IS NULL OR whole >= number", name="ck_campaign_entry_whole"),
        Index("ix_campaign_entry_action", "action_id", "village_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    client_uuid: Mapped[str] = mapped_column(String(36), unique=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("campaign_action.id"))
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    day: Mapped[date]
    number: Mapped[int]
    whole: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(100), default="", server_default="")
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    user_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    struck_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    struck_by_user_id: Mapped[int | None]


class CampaignActivity(Base):
    """An activity that is counted in an action; once in one action."""

    __tablename__ = "campaign_activity"
    __table_args__ = (UniqueConstraint("action_id", "activity_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("campaign_action.id"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"), index=True)


class CampaignOpinion(Base):
    """What people of a village said, in one sentence without names, and what became of it. `led_id` names a decision, a
    draft of the points scheme or a covenant by its kind; `led_title` is how it was called then."""

    __tablename__ = "campaign_opinion"
    __table_args__ = (UniqueConstraint("campaign_id", "village_id", "text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    text: Mapped[str] = mapped_column(String(200))
    outcome: Mapped[str] = mapped_column(String(10), default="open", server_default="open")  # rules.opinions.Outcome
    answer: Mapped[str] = mapped_column(String(300), default="", server_default="")
    led_kind: Mapped[str] = mapped_column(String(10), default="", server_default="")  # rules.opinions.LedTo
    led_id: Mapped[int | None]
    led_title: Mapped[str] = mapped_column(String(80), default="", server_default="")
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    user_id: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CampaignOpinionVisit(Base):
    """A visit on which an opinion was heard; its note stays with the visit."""

    __tablename__ = "campaign_opinion_visit"
    __audit__ = "free"  # written with its opinion

    opinion_id: Mapped[int] = mapped_column(ForeignKey("campaign_opinion.id"), primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), primary_key=True, index=True)
