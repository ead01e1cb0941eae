"""Changes of a village's cells, circles and posts: what was decided, what came of what, who gave what to whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, Json, UtcDateTime


class Reorganisation(Base):
    """One change as it was confirmed: `plan` holds ids and codes only. A change of a day to come stands `planned` until
    that day; `problem` says why it could not be carried out then."""

    __tablename__ = "reorganisation"
    __table_args__ = (
        Index("ix_reorganisation_village", "village_id", "id"),
        Index("ix_reorganisation_state", "state", "on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    kind: Mapped[str] = mapped_column(String(10))
    on: Mapped[date]
    until: Mapped[date | None]  # of a stand-in: first day he does not stand in any more
    reason: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(10))
    plan: Mapped[dict[str, Any]] = mapped_column(Json)
    counts: Mapped[dict[str, Any]] = mapped_column(Json)
    actor_user_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[dict[str, Any] | None] = mapped_column(Json)


class HandoverSheet(Base):
    """Who gives to whom in a change. A post may give to itself: then the persons differ."""

    __tablename__ = "handover_sheet"
    __audit__ = "free"  # written with its reorganisation
    __table_args__ = (
        Index("ix_handover_sheet_reorganisation", "reorganisation_id"),
        Index("ix_handover_sheet_to_post", "to_post_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reorganisation_id: Mapped[int] = mapped_column(ForeignKey("reorganisation.id"))
    from_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    to_post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    from_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    to_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class HandoverItem(Base):
    """One thing handed over: a home, an open case, a visit due."""

    __tablename__ = "handover_item"
    __audit__ = "free"  # written with its reorganisation
    __table_args__ = (Index("ix_handover_item_sheet", "sheet_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("handover_sheet.id"))
    kind: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[int]


class GridLineage(Base):
    """A cell that came out of another (split) or went into another (merge): its cases and visits stay where they were.
    `recorded_at`: since when it is known, so that an earlier report does not know it."""

    __tablename__ = "grid_lineage"
    __audit__ = "free"  # written with its reorganisation
    __table_args__ = (Index("ix_grid_lineage_from", "from_id"), Index("ix_grid_lineage_to", "to_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    kind: Mapped[str] = mapped_column(String(10))
    on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PostChange(Base):
    """A post opened or closed by a change. What still comes to a closed one goes to its successor."""

    __tablename__ = "post_change"
    __audit__ = "free"  # written with its reorganisation
    __table_args__ = (Index("ix_post_change_post", "post_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    kind: Mapped[str] = mapped_column(String(10))  # opened, closed
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
