"""What a town's duty list says of a matter, and the views a person keeps of the work list."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, UtcDateTime


class DutyItem(Base):
    """One item of a town's duty list (`rules.DutyKind`). Without a class it only stands in the list; without a unit it
    speaks of the whole town and its villages. `lead`: who leads, where that is not the town."""

    __tablename__ = "duty_item"
    __table_args__ = (UniqueConstraint("town_id", "item"), Index("ix_duty_item_class", "town_id", "class_code"))

    id: Mapped[int] = mapped_column(primary_key=True)
    town_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    path: Mapped[str] = mapped_column(ByteString)
    item: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10))
    class_code: Mapped[str | None] = mapped_column(ByteString)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    lead: Mapped[str] = mapped_column(String(80), default="")


class SavedView(Base):
    """A filter of the work list that somebody keeps under a name; `opens`: the list opens with it."""

    __tablename__ = "case_view"
    __audit__ = "free"  # how somebody looks at his own list is nobody's business
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(String(20))
    query: Mapped[str] = mapped_column(String(400))
    opens: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
