"""A sheet of paper (`core.paper`) as a file."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from gridcase.core.late import Late
from gridcase.core.paper import Paper

if TYPE_CHECKING:
    from gridcase.core import pdf_pages
else:
    pdf_pages = Late("gridcase.core.pdf_pages")


def write_pdf(paper: Paper, *, now: datetime) -> bytes:
    """The sheet as a PDF. `now` is the time written into its properties."""
    return pdf_pages.drawn(paper, now=now)
