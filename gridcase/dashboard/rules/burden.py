"""What forms cost, added up: medians out of steps, what was given up, what nobody fills. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from gridcase.core.periods import Period, PeriodKind
from gridcase.core.words import Text

HOLDERS_LEAST = 5  # a form that fewer may open would show what one of them does: not told at all
ASKED_LEAST = 20  # before a field counts as one nobody fills
UNUSED_DAYS = 90
SPANS = (1, 3, 12)  # months, the present one among them


@dataclass
class Cost:
    """One form over some months."""

    form: str  # endpoint
    title: Text | str
    opened: int = 0
    sent: int = 0
    refused: int = 0
    last_opened: date | None = None
    fields: dict[str, tuple[int, int]] = field(default_factory=dict)  # by label: asked, left empty
    minutes: dict[int, int] = field(default_factory=dict)

    @property
    def given_up(self) -> int:
        """Opened and never sent."""
        return max(self.opened - self.sent, 0)

    @property
    def asked(self) -> int:
        """Fields asked in everything that was sent."""
        return sum(asked for asked, _empty in self.fields.values())

    @property
    def empty(self) -> int:
        """Of these left empty."""
        return sum(empty for _asked, empty in self.fields.values())

    @property
    def asked_each(self) -> float | None:
        """Fields a form."""
        return self.asked / self.sent if self.sent else None

    @property
    def empty_share(self) -> float | None:
        """The part of the fields that stays empty."""
        return self.empty / self.asked if self.asked else None

    def median(self, steps: tuple[float, ...]) -> float | None:
        """Minutes from being shown to being sent, of the middle one; None without any."""
        return median_of(self.minutes, steps)

    def total(self, steps: tuple[float, ...]) -> float:
        """Minutes altogether: what makes a form the dearest. Where no times are known, half a minute a field."""
        each = self.median(steps)
        return self.sent * each if each is not None else self.asked * 0.5


def median_of(minutes: Mapping[int, int], steps: tuple[float, ...]) -> float | None:
    """The middle one of times that are known by their step, evenly spread within it. What took longer than the last
    step was left lying and does not count."""
    minutes = {step: times for step, times in minutes.items() if step < len(steps)}
    count = sum(minutes.values())
    if not count:
        return None
    half, seen = count / 2, 0
    for step in sorted(minutes):
        if seen + minutes[step] >= half:
            low = steps[step - 1] if step else 0.0
            return round(low + (steps[step] - low) * (half - seen) / minutes[step], 1)
        seen += minutes[step]
    return None


def never_filled(costs: list[Cost]) -> list[tuple[Cost, str, int]]:
    """(form, field, how often asked) of the fields that nobody ever filled, the most asked first."""
    found = [
        (cost, label, asked)
        for cost in costs
        for label, (asked, empty) in cost.fields.items()
        if asked == empty and asked >= ASKED_LEAST and label != "#"
    ]
    return sorted(found, key=lambda one: (-one[2], one[0].form, one[1]))


def months_back(today: date, count: int) -> date:
    """The first day of the month that makes `count` months up to today's."""
    month = Period.of(PeriodKind.MONTH, today)
    for _each in range(count - 1):
        month = month.before
    return month.first
