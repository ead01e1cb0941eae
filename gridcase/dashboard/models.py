"""The links of screens on a wall, and what the system's own forms cost."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, UtcDateTime


class WallScreen(Base):
    """A screen that shows a place's counts without anybody being signed in. `digest` is of the secret in its address,
    which is shown once and kept nowhere."""

    __tablename__ = "wall_screen"
    __table_args__ = (Index("ix_wall_screen_path", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    name: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    user_id: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_user_id: Mapped[int | None]


class FormUse(Base):
    """What one form cost a town in a month, by nobody in particular."""

    __tablename__ = "form_use"
    __audit__ = "free"  # counts without persons

    month: Mapped[date] = mapped_column(primary_key=True)  # its first day
    town: Mapped[str] = mapped_column(ByteString, primary_key=True)  # the town's path
    form: Mapped[str] = mapped_column(String(80), primary_key=True)  # its endpoint
    opened: Mapped[int]
    sent: Mapped[int]
    refused: Mapped[int]  # came back with something to put right
    last_opened_on: Mapped[date | None]


class FormFieldUse(Base):
    """How often a field of a form was asked, and left empty, in forms that were sent."""

    __tablename__ = "form_field_use"
    __audit__ = "free"

    month: Mapped[date] = mapped_column(primary_key=True)
    town: Mapped[str] = mapped_column(ByteString, primary_key=True)
    form: Mapped[str] = mapped_column(String(80), primary_key=True)
    field: Mapped[str] = mapped_column(String(60), primary_key=True)
    asked: Mapped[int]
    empty: Mapped[int]


class FormMinutes(Base):
    """How often a form took about so long from being shown to being sent; `step` numbers the steps of the rules."""

    __tablename__ = "form_minutes"
    __audit__ = "free"

    month: Mapped[date] = mapped_column(primary_key=True)
    town: Mapped[str] = mapped_column(ByteString, primary_key=True)
    form: Mapped[str] = mapped_column(String(80), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    times: Mapped[int]
