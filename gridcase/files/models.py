"""What is stored, once for each content."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, UtcDateTime


class StoredFile(Base):
    """One content in the instance folder: `digest` is its SHA-256 and its address, `small` its small picture's."""

    __tablename__ = "stored_file"
    __audit__ = "free"  # written with what it belongs to

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    small: Mapped[str | None] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(4))
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)
