"""Whether a setting of the base map can be what it says. Pure but for the head of one file."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from gridcase.core import pmtiles

_PLACES = ("{z}", "{x}", "{y}")


def wrong_key(key: str) -> bool:
    """Whether this cannot be a key of Tianditu."""
    return re.fullmatch(r"[0-9A-Za-z]{8,64}", key) is None


def wrong_template(template: str) -> bool:
    """Whether tiles cannot come from this address."""
    parts = urlsplit(template)
    plain = re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", parts.netloc) is not None
    return parts.scheme not in {"http", "https"} or not plain or not all(place in template for place in _PLACES)


def wrong_file(path: str) -> str | None:
    """Why a file cannot be drawn: "missing", "unknown" (no PMTiles of version 3) or "vector"; None where it can."""
    try:
        pmtiles.archive(path)
    except pmtiles.NotDrawable as error:
        return str(error)
    return None
