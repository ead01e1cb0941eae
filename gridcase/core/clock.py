"""The one place that reads the clock. Times are aware UTC; days are days of the town's time zone."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

TOWN_ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The current instant in UTC; for trials `GRIDCASE_NOW` overrides it (refused in production, see `core.config`).

    The value is an ISO time, or `@FILE` naming a file that holds one, so that a trial can move the clock of a
    running server.
    """
    override = os.environ.get("GRIDCASE_NOW", "")
    if not override:
        return datetime.now(UTC)
    if override.startswith("@"):
        override = Path(override[1:]).read_text(encoding="utf-8").strip()
    moment = datetime.fromisoformat(override)
    return (moment if moment.tzinfo else moment.replace(tzinfo=TOWN_ZONE)).astimezone(UTC)


def town_day(moment: datetime) -> date:
    """The calendar day of an instant where the towns are."""
    return moment.astimezone(TOWN_ZONE).date()
