"""Campaigns: what is counted in one, and how far it has come. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text

NUMBER_MOST = 100_000
ACTIONS_MOST = 20


class ActionKind(Labelled):
    """What an action counts; the stored values are also those of the measures."""

    DOORS = "doors", N_("敲门入户")
    PEOPLE = "people", N_("发动人员")
    MEETINGS = "meetings", N_("屋场会")
    BUSINESSES = "businesses", N_("走访业态")
    GOODS = "goods", N_("收回物品")
    RATE = "rate", N_("指标")

    @property
    def unit(self) -> Text:
        """What it is usually counted in."""
        return _UNITS[self]

    @property
    def takes_activities(self) -> bool:
        """Whether activities that were held can be counted in it: meetings as such, people by who came."""
        return self in (ActionKind.MEETINGS, ActionKind.PEOPLE)

    @property
    def takes_visits(self) -> bool:
        """Whether homes visited for a purpose can be counted in it."""
        return self is ActionKind.DOORS


_UNITS = {
    ActionKind.DOORS: N_("户"),
    ActionKind.PEOPLE: N_("人次"),
    ActionKind.MEETINGS: N_("场"),
    ActionKind.BUSINESSES: N_("家"),
    ActionKind.GOODS: N_("件"),
    ActionKind.RATE: N_("%"),
}
# What a new campaign offers ticked: the rate is added by who keeps one.
USUAL_KINDS = (ActionKind.DOORS, ActionKind.MEETINGS)


@dataclass
class Count:
    """What was done of an action somewhere: `number`, and of how many where it is a rate."""

    number: int = 0
    whole: int = 0

    def add(self, number: int, whole: int = 0) -> None:
        """Count more."""
        self.number += number
        self.whole += whole


@dataclass
class Progress:
    """How far an action has come: by village and together. `planned` None: nothing was planned."""

    action_id: int
    kind: ActionKind
    name: str
    unit: str
    planned: int | None
    plans: dict[int, int] = field(default_factory=dict)  # by village
    counts: dict[int, Count] = field(default_factory=dict)  # by village; 0: not of one village
    purpose: str = ""  # of the visits that count too

    @property
    def done(self) -> Count:
        """All villages together."""
        return Count(
            sum(each.number for each in self.counts.values()), sum(each.whole for each in self.counts.values())
        )

    def of(self, village_id: int) -> Count:
        """What one village did."""
        return self.counts.get(village_id, Count())

    def share(self, village_id: int | None = None) -> float | None:
        """Of a rate the rate itself, of a count the part of the plan; None where there is nothing to divide by."""
        done = self.done if village_id is None else self.of(village_id)
        if self.kind is ActionKind.RATE:
            return done.number / done.whole if done.whole else None
        planned = self.planned if village_id is None else self.plans.get(village_id)
        return done.number / planned if planned else None


def total_plan(whole: int | None, plans: Sequence[int]) -> int | None:
    """The plan of an action: what its villages planned together, else what was written for the whole."""
    return sum(plans) if plans else whole
