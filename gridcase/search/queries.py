"""One question to every room. What a viewer may not see is not found, and nothing says that it is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gridcase.cases import queries as cases
from gridcase.core.clock import town_day
from gridcase.core.paging import Page
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.text import clean_line
from gridcase.grid import queries as grids
from gridcase.households import queries as households
from gridcase.households.rules import grown_by

FEWEST, LONGEST = 2, 60
SHOWN = 5  # homes, people and places of one answer
FEW = 3  # of each beside the cases, while typing


@dataclass(frozen=True)
class Found:
    """What was found, by group; empty groups are not shown."""

    cases: Page[Any]
    by_reporter: Sequence[Any]
    homes: Sequence[Any]
    people: Sequence[Any]
    places: Sequence[Any]

    @property
    def nothing(self) -> bool:
        """Whether no group has a row."""
        return not (self.cases.rows or self.by_reporter or self.homes or self.people or self.places)


def find(viewer: Viewer, typed: str, *, now: datetime, after: str | None = None) -> Found | None:
    """Everything of the viewer's that fits what was typed; None where it is too short to ask for."""
    words = clean_line(typed)[:LONGEST]
    if len(words) < FEWEST:
        return None
    found = cases.find_cases(viewer, words, after=after) if viewer.may(Permission.SEE_CASE) else Page([], None)
    if after:  # the next page of cases: the rest was shown with the first
        return Found(found, [], [], [], [])
    day = town_day(now)
    return Found(
        found,
        cases.find_by_reporter(viewer, words, size=SHOWN),
        households.homes_named(viewer, words, limit=SHOWN) if viewer.may(Permission.SEE_HOUSEHOLD) else [],
        _people(viewer, words, day) if viewer.may(Permission.SEE_HOUSEHOLD) else [],
        grids.named(viewer, words, on=day, limit=SHOWN) if viewer.may(Permission.SEE_PLACE) else [],
    )


@dataclass(frozen=True)
class Close:
    """A few of what fits, for the box while somebody types; never a restricted case, not even by its number."""

    cases: Sequence[Any]
    homes: Sequence[Any]
    places: Sequence[Any]


def close_to(viewer: Viewer, typed: str, *, now: datetime) -> Close:
    """The first of each group; empty where too little was typed."""
    words = clean_line(typed)[:LONGEST]
    if len(words) < FEWEST:
        return Close([], [], [])
    page = cases.find_cases(viewer, words, size=SHOWN) if viewer.may(Permission.SEE_CASE) else Page([], None)
    return Close(
        [row for row in page.rows if not row.restricted],
        households.homes_named(viewer, words, limit=FEW) if viewer.may(Permission.SEE_HOUSEHOLD) else [],
        grids.named(viewer, words, on=town_day(now), limit=FEW) if viewer.may(Permission.SEE_PLACE) else [],
    )


def _people(viewer: Viewer, words: str, day: date) -> Sequence[Any]:
    born_before = grown_by(day)
    return households.people_named(viewer, words, on=day, born_before=born_before, limit=SHOWN)
