"""What a reader of the map chose: which cases, of which day, drawn how. All of it stands in the link. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from gridcase.cases.rules import Light
from gridcase.cases.rules.states import Channel
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.labels import Labelled
from gridcase.core.words import N_
from gridcase.dashboard.rules.signs import LIGHTS, MAJORS

POINTS_MOST = 10_000  # given one by one; beyond it the map is counted by cell
FRESH_SECONDS = 300  # a light may turn by itself: nothing the map holds counts as current for longer
WEEKS_BACK = 12  # how far the days of the map go back


class Age(Labelled):
    """How long a case has been open."""

    NEW = "new", N_("7 天以内")
    WEEK = "7", N_("超过 7 天")
    MONTH = "30", N_("超过 30 天")
    QUARTER = "90", N_("超过 90 天")

    def since(self, moment: datetime) -> datetime:
        """The registration that is just as old at `moment`; `NEW` asks for younger ones, the others for older."""
        return moment - timedelta(days=7 if self is Age.NEW else int(self.value))


@dataclass(frozen=True)
class Selection:
    """Which open cases; None means all. `place_id` is a group or cell of the village."""

    village_id: int | None = None
    place_id: int | None = None
    major: str | None = None
    class_code: str | None = None
    channel: Channel | None = None
    light: Light | None = None
    age: Age | None = None
    unit_id: int | None = None
    day: date | None = None  # a day gone by: what was open when it ended

    @classmethod
    def read(cls, values: Mapping[str, str], *, today: date) -> Selection:
        """The selection of a link; what makes no sense counts as not chosen."""
        major, code = values.get("major", ""), values.get("class", "")
        major = major if major in MAJORS else ""
        return cls(
            village_id=_number(values.get("village")),
            place_id=_number(values.get("place")),
            major=major or None,
            class_code=code if re.fullmatch(r"[0-9A-Z]{4,12}", code) and code.startswith(major or "-") else None,
            channel=next((each for each in Channel if each == values.get("source")), None),
            light=next((each for each in LIGHTS if each == values.get("light")), None),
            age=next((each for each in Age if each == values.get("age")), None),
            unit_id=_number(values.get("unit")),
            day=_day(values.get("day", ""), today),
        )

    def link(self) -> dict[str, str]:
        """The same as the values of a link."""
        chosen = {
            "village": self.village_id, "place": self.place_id, "major": self.major, "class": self.class_code,
            "source": self.channel, "light": self.light, "age": self.age, "unit": self.unit_id, "day": self.day,
        }  # fmt: skip
        return {name: str(value) for name, value in chosen.items() if value is not None}

    def without(self, name: str) -> Selection:
        """The same with one choice taken back, and what hung on it."""
        gone = {"village_id": ("village_id", "place_id"), "major": ("major", "class_code")}.get(name, (name,))
        return replace(self, **dict.fromkeys(gone))

    def moment(self, now: datetime) -> datetime:
        """When the map is true: now, or the first instant after its day."""
        return now if self.day is None else day_end(self.day)


def day_end(day: date) -> datetime:
    """The first instant after a day of the town."""
    return datetime.combine(day + timedelta(days=1), time(), TOWN_ZONE)


def first_day(now: datetime) -> date:
    """The oldest day the map goes back to."""
    return town_day(now) - timedelta(weeks=WEEKS_BACK)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _day(text: str, today: date) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if today - timedelta(weeks=WEEKS_BACK) <= day < today else None


@dataclass(frozen=True)
class Look:
    """How it is drawn: beside or instead of the list, as heat, with the homes of the circles, over a base map."""

    listed: bool = False
    heat: bool = False
    homes: bool = False
    base: bool = True

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Look:
        """The look of a link."""
        return cls(
            listed=values.get("show") == "list",
            heat=values.get("view") == "heat",
            homes=values.get("homes") == "1",
            base=values.get("base") != "none",
        )

    def link(self) -> dict[str, str]:
        """The same as the values of a link."""
        said = (("show", "list", self.listed), ("view", "heat", self.heat), ("homes", "1", self.homes),
                ("base", "none", not self.base))  # fmt: skip
        return {name: value for name, value, chosen in said if chosen}
