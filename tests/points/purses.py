"""What the purses of a home must hold, in plain Python: the model that random lives of a ledger are held against."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from gridcase.core.clock import town_day
from gridcase.core.permissions import Viewer

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
KINDS = ("pending", "merit", "recover", "base", "honour", "held")
WORTH, BASE = 20, 100  # K5, which no cap limits; what the start of a year gives
CHECKER = Viewer(kind="staff", name="核查人", user_id=1)


@dataclass
class Model:
    """A home's purses as they must be, and all that went in and out."""

    purses: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    outside: int = 0  # what the village gave less what returned

    def add(self, kind: str, points: int) -> None:
        self.purses[kind] += points

    def settle_debt(self) -> None:
        filled = min(self.purses["merit"], self.purses["recover"])
        self.add("merit", -filled)
        self.add("recover", -filled)


@dataclass
class Posted:
    """An award or deduction that stands."""

    home: int
    points: int
    target: str = "merit"
    case: int | None = None
    parts: tuple[int, int] = (0, 0)  # of a deduction: out of base, out of merit
    closes: datetime = START
    matured: bool = False
    objected: bool = False
    answered: bool = False

    def due(self, now: datetime) -> bool:
        return not self.matured and self.closes <= now and (not self.objected or self.answered)

    def hangs_out(self, now: datetime) -> bool:
        """Whether somebody may still object."""
        return not self.matured and not self.objected and town_day(self.closes) > town_day(now)


def nth(keys: list[int], pick: int) -> int:
    """One of them, whatever number was drawn."""
    return keys[pick % len(keys)]
