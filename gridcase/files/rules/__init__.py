"""What a stored file may be, and how large."""

from gridcase.files.rules.content import jpeg_scans, kind_of, masked_as_two, pdf_refusal
from gridcase.files.rules.limits import (
    ACCEPTED,
    AT_ONCE,
    LARGEST,
    LONG_SIDE,
    MOST_PIXELS,
    MOST_SCANS,
    ORPHAN_AGE,
    PNG_LARGEST,
    QUALITY,
    SMALL_SIDE,
    FileType,
    Source,
)

__all__ = [
    "ACCEPTED",
    "AT_ONCE",
    "LARGEST",
    "LONG_SIDE",
    "MOST_PIXELS",
    "MOST_SCANS",
    "ORPHAN_AGE",
    "PNG_LARGEST",
    "QUALITY",
    "SMALL_SIDE",
    "FileType",
    "Source",
    "jpeg_scans",
    "kind_of",
    "masked_as_two",
    "pdf_refusal",
]
