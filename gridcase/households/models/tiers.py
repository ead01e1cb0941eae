"""Care tiers as they were confirmed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, UtcDateTime


class TierChange(Base):
    """A care tier confirmed by a person, with the reason."""

    __tablename__ = "tier_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    from_tier: Mapped[str | None] = mapped_column(String(12))
    to_tier: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(200))
    actor_user_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
