"""Looks at a home for the season's dangers, made on a visit, and what was not in order."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, Json


class HomeCheck(Base):
    """One look of one kind at a home, on a visit."""

    __tablename__ = "home_check"
    __table_args__ = (
        UniqueConstraint("visit_id", "kind"),
        Index("ix_home_check_household", "household_id", "kind", "done_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    path: Mapped[str] = mapped_column(ByteString)
    kind: Mapped[str] = mapped_column(String(12))
    done_on: Mapped[date]
    looked: Mapped[list[Any]] = mapped_column(Json, default=list)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    user_id: Mapped[int | None]


class HomeCheckFinding(Base):
    """Something that was not in order, and the case it became or already was."""

    __tablename__ = "home_check_finding"
    __table_args__ = (Index("ix_home_check_finding_case", "case_id"),)

    check_id: Mapped[int] = mapped_column(ForeignKey("home_check.id"), primary_key=True)
    item_code: Mapped[str] = mapped_column(String(8), primary_key=True)
    item: Mapped[str] = mapped_column(String(60))
    class_code: Mapped[str] = mapped_column(String(4))
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
