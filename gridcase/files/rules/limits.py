"""Sizes and types of stored files."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

LARGEST = 10 * 1024 * 1024  # bytes of one file as it is sent
AT_ONCE = 6  # files of one form
LONG_SIDE = 1600  # pixels kept: a page of text stays readable
SMALL_SIDE = 240  # pixels of the small picture in a timeline
MOST_PIXELS = 64_000_000  # more than any phone sends without being asked to; about 200 MB while it is decoded
MOST_SCANS = 100  # passes of a progressive JPEG; cameras make about ten
QUALITY = 82
PNG_LARGEST = 1024 * 1024  # bytes; a PNG that stays larger is a photo and becomes a JPEG
ORPHAN_AGE = timedelta(hours=24)  # a form that was not finished holds its files for this long
ACCEPTED = "image/jpeg,image/png,image/webp,image/heic,image/heif,application/pdf"


class Source(StrEnum):
    """What somebody sends, told by its content."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"
    PDF = "pdf"


class FileType(StrEnum):
    """What is stored; the value is the end of a file name."""

    JPEG = "jpg"
    PNG = "png"
    PDF = "pdf"

    @property
    def mime(self) -> str:
        """The type it is served as, whatever anybody claims."""
        return "application/pdf" if self is FileType.PDF else f"image/{'jpeg' if self is FileType.JPEG else 'png'}"

    @property
    def is_picture(self) -> bool:
        """Whether a browser may show it in the page."""
        return self is not FileType.PDF
