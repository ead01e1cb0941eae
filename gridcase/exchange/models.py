"""Imports of registers on their way: the file's rows as they were read and checked, and remembered columns.

These tables hold nothing that is not also in the registers or about to be: rows go as soon as an import is over.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base, ByteString, Json, UtcDateTime


class RegisterImport(Base):
    """One file handed in, from the upload to its end. `claimed_at`: when its worker was last heard of."""

    __tablename__ = "register_import"
    __table_args__ = (Index("ix_register_import_user", "user_id", "id"), Index("ix_register_import_state", "state"))
    __audit__ = "free"  # progress; the deeds themselves are audited

    id: Mapped[int] = mapped_column(primary_key=True)
    register: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    place_path: Mapped[str] = mapped_column(ByteString)
    filename: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64))
    datum: Mapped[str] = mapped_column(String(10), default="wgs84")
    effective_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10))
    headers: Mapped[list[str]] = mapped_column(Json)
    mapping: Mapped[dict[str, str]] = mapped_column(Json)
    counts: Mapped[dict[str, int]] = mapped_column(Json)  # new, changed, same, ended, wrong
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    message: Mapped[dict[str, Any] | None] = mapped_column(Json)
    lock_ms: Mapped[float] = mapped_column(default=0.0)  # the longest time others waited for writing
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ImportRow(Base):
    """One row of a file, read and checked: what it says (`data`), what is wrong (`problems`), what becomes of it."""

    __tablename__ = "import_row"
    __table_args__ = (Index("ix_import_row_part", "import_id", "part", "state"),)
    __audit__ = "free"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("register_import.id"))
    number: Mapped[int]  # as Excel counts rows
    part: Mapped[str] = mapped_column(ByteString, default="")  # the village, where a large file is written in parts
    state: Mapped[str] = mapped_column(String(10))
    target_id: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(Json)


class ImportMapping(Base):
    """Which of a place's own columns hold what, remembered for files with the same headers."""

    __tablename__ = "import_mapping"
    __table_args__ = (UniqueConstraint("place_path", "register", "headers_digest"),)
    __audit__ = "free"

    id: Mapped[int] = mapped_column(primary_key=True)
    place_path: Mapped[str] = mapped_column(ByteString)
    register: Mapped[str] = mapped_column(String(20))
    headers_digest: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[dict[str, str]] = mapped_column(Json)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
