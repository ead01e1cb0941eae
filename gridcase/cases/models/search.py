"""The words of the cases that may be searched for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from gridcase.core.db import Base

# A list on PostgreSQL (with a GIN index), words with blanks between on SQLite (the content of an FTS5 table).
Words = Text().with_variant(ARRAY(Text()), "postgresql")


class CaseSearch(Base):
    """What one case is found by. A restricted case has no row: it is never found by its words."""

    __tablename__ = "case_search"
    __audit__ = "free"  # written with its case

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True, autoincrement=False)
    words: Mapped[Any] = mapped_column(Words)
