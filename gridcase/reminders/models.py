"""Which day's digests are done."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, UtcDateTime


class DigestDay(Base):
    """A county's digests of a day are told; written with the last of them, so that a stopped run is taken up again."""

    __tablename__ = "digest_day"
    __audit__ = "free"  # the notices and the sweep's audit row are the trace

    county_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
