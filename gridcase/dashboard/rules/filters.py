"""What a reader of the map or of a list may choose. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gridcase.cases.rules import Light
from gridcase.dashboard.rules.signs import LIGHTS, MAJORS

POINTS_MOST = 10_000  # drawn at once; beyond it the page says so and asks for a filter
FRESH_SECONDS = 300  # a light may turn by itself: nothing the map holds counts as current for longer


@dataclass(frozen=True)
class Filters:
    """What the reader chose; None means all."""

    village_id: int | None = None
    major: str | None = None
    light: Light | None = None

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Filters:
        """The filters of a link; what makes no sense counts as not chosen."""
        village, major = values.get("village", ""), values.get("major", "")
        return cls(
            village_id=int(village) if village.isascii() and village.isdigit() and len(village) < 10 else None,
            major=major if major in MAJORS else None,
            light=next((light for light in LIGHTS if light == values.get("light")), None),
        )

    def link(self) -> dict[str, str]:
        """The same as the values of a link."""
        chosen = {"village": self.village_id, "major": self.major, "light": self.light}
        return {name: str(value) for name, value in chosen.items() if value is not None}
