"""What happened with the system's own forms, as sums of nobody in particular. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

STEPS = (0.25, 0.5, 1, 2, 3, 5, 8, 12, 20, 30, 60)  # minutes; a form that took longer was left lying

Key = tuple[date, str, str]  # month, the town's path, endpoint


@dataclass
class Use:
    """What happened with one form."""

    opened: int = 0
    sent: int = 0
    refused: int = 0  # it came back: to be put right, or to be confirmed
    last_opened: date | None = None
    fields: dict[str, list[int]] = field(default_factory=dict)  # by label: [asked, left empty]
    minutes: dict[int, int] = field(default_factory=dict)  # by step


Uses = dict[Key, Use]


def step_of(minutes: float) -> int:
    """The step a time falls into; the last one is beyond an hour."""
    return next((number for number, most in enumerate(STEPS) if minutes <= most), len(STEPS))
