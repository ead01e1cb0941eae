"""The catalogue: classes, what a place has set for them, and the reply templates of a place."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, Json, UtcDateTime

IN_FORCE = text("superseded_at IS NULL")


class ClassTerms:
    """The rules of a class. Units of its limits: W working hours, N natural hours, D days."""

    urgency: Mapped[int]
    contact_limit: Mapped[float]
    contact_unit: Mapped[str] = mapped_column(String(1))
    limit: Mapped[float]
    limit_unit: Mapped[str] = mapped_column(String(1))
    level: Mapped[str] = mapped_column(String(10))
    department: Mapped[str] = mapped_column(String(60))
    reporter_rule: Mapped[str | None] = mapped_column(String(4))
    helper_rule: Mapped[str | None] = mapped_column(String(4))
    restricted: Mapped[bool] = mapped_column(default=False)
    common: Mapped[bool] = mapped_column(default=False)
    enabled: Mapped[bool] = mapped_column(default=True)
    open_condition: Mapped[str] = mapped_column(String(200), default="")
    close_condition: Mapped[str] = mapped_column(String(200), default="")
    evidence_hint: Mapped[str] = mapped_column(String(200), default="")
    council: Mapped[str | None] = mapped_column(String(20))  # which of the four may step in: people.rules.BodyKind


class CaseClass(ClassTerms, Base):
    """A class of the catalogue. Its own rules are the shipped example and are never changed: places set versions."""

    __tablename__ = "case_class"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(ByteString, unique=True)
    major: Mapped[str] = mapped_column(String(2))
    zh: Mapped[str] = mapped_column(String(60))
    en: Mapped[str] = mapped_column(String(80))
    initials: Mapped[str] = mapped_column(String(60), default="")
    county_id: Mapped[int | None]  # the county that added it; None: shipped, for all


class ClassVersion(ClassTerms, Base):
    """The rules of a class at a county or village, all of them, from one moment on. Never changed but superseded, so
    that a case can name the row it is under. `own` names what the place itself decided; the rest came from above.
    """

    __tablename__ = "case_class_version"
    __table_args__ = (
        UniqueConstraint("class_id", "place_id", "number"),
        Index(
            "ux_case_class_version_now", "class_id", "place_id", unique=True, sqlite_where=IN_FORCE,
            postgresql_where=IN_FORCE,
        ),
        Index("ix_case_class_version_place", "place_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("case_class.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    number: Mapped[int]  # counts within the class and place
    own: Mapped[list[str]] = mapped_column(Json)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    actor_name: Mapped[str] = mapped_column(String(80))


class ReplyTemplate(Base):
    """A ready text of a county, town or village for one kind of reply, to one class or to all."""

    __tablename__ = "reply_template"
    __table_args__ = (Index("ix_reply_template_place", "place_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    class_id: Mapped[int | None] = mapped_column(ForeignKey("case_class.id"))
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(30))
    text: Mapped[str] = mapped_column(Text)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
