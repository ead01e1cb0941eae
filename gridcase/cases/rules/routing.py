"""Whom a case may be sent to and what speaks for it: the town's duty list, the catalogue, the place, what lies open
there. It suggests and says why; a person decides. Units and posts are looked at, never the people in them. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gridcase.cases.rules.states import LEVELS, Level
from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text

SHOWN = 3
OFTEN = 10  # from so many alike in a year on a unit knows the matter well


class DutyKind(Labelled):
    """What the duty list says of a matter; in the order in which one row is preferred to another."""

    BASIC = "basic", N_("基本履职")
    COOPERATE = "cooperate", N_("配合履职")
    UPPER = "upper", N_("上级部门收回")


@dataclass(frozen=True)
class Duty:
    """One row of a town's duty list for the class at hand; `unit_id` None: it speaks of town and villages alike."""

    item: str
    kind: DutyKind
    unit_id: int | None = None
    lead: str = ""


@dataclass(frozen=True)
class Address:
    """A unit or post a case can be sent to. `key` is "u7" or "p7". `holder`: who sits there and who stands in, empty
    when nobody does; `near`: why the place is its own; `named`: the catalogue names it for the class; `done`: how many
    alike it closed in the town lately (units only), `open`: how many lie there now."""

    key: str
    name: str
    level: Level
    holder: str = ""
    away: Text | None = None
    near: Text | None = None
    named: bool = False
    done: int = 0
    open: int = 0
    duty: Duty | None = None
    leads: bool = False

    @property
    def is_unit(self) -> bool:
        """A unit, not a post."""
        return self.key.startswith("u")

    @property
    def answers(self) -> bool:
        """Whether there is anybody to open what is sent."""
        return self.is_unit or bool(self.holder)


def duty_at(duties: Iterable[Duty], *, unit_id: int | None, level: Level) -> Duty | None:
    """What the list says of sending the case there: the unit's own row before one for all, the mildest first. It says
    nothing to the county, whose own the matter may be."""
    if LEVELS.index(level) >= LEVELS.index(Level.COUNTY):
        return None
    rows = list(duties)
    own = [duty for duty in rows if unit_id is not None and duty.unit_id == unit_id]
    return min(own or [duty for duty in rows if duty.unit_id is None], key=_strictness, default=None)


def _strictness(duty: Duty) -> int:
    return tuple(DutyKind).index(duty.kind)


def leads(duties: Iterable[Duty], name: str) -> bool:
    """Whether the list says that a unit of this name leads in the matter."""
    return any(duty.lead == name for duty in duties if duty.lead)


def suggested(addresses: Sequence[Address], *, wanted: Level) -> list[Address]:
    """At most three, those for which most speaks; of equals the one with the least open work. `wanted` is the level the
    catalogue names for the class. What the list took from below is not suggested there."""
    worth = [(_worth(one, wanted), one) for one in addresses if one.answers and not _taken(one)]
    found = sorted((pair for pair in worth if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].open, pair[1].key))
    return [one for _worth_of, one in found[:SHOWN]]


def _taken(one: Address) -> bool:
    return one.duty is not None and one.duty.kind is DutyKind.UPPER


def _worth(one: Address, wanted: Level) -> int:
    worth = 3 * one.named + 4 * one.leads
    if one.duty is not None:
        own = one.is_unit and one.duty.unit_id is not None
        worth += (4 if own else 1) if one.duty.kind is DutyKind.BASIC else 2 * own
    worth += 2 if one.done >= OFTEN else int(one.done > 0)
    if one.near is not None:
        worth += 2
    # The level alone speaks for a post, of which there are few; of ten stations it speaks for none.
    return worth + 2 if one.level is wanted and (worth > 0 or not one.is_unit) else worth


def reasons(one: Address, *, wanted: Level) -> list[Text]:
    """What speaks for it, and what lies there, in words."""
    said = [] if one.near is None else [one.near]
    if one.done:
        said.append(N_("最近办过本镇 %(n)s 件同类", n=one.done))
    if one.duty is not None:
        said.append(duty_said(one.duty))
    if one.leads:
        said.append(N_("职责清单列为牵头单位"))
    if one.named:
        said.append(N_("目录写明由它办理"))
    if one.level is wanted:
        said.append(N_("目录定为%(level)s办理", level=wanted.label))
    if one.away is not None:
        said.append(one.away)
    said.append(N_("手上 %(n)s 件", n=one.open) if one.open else N_("手上没有在办的事"))
    return said


def duty_said(duty: Duty) -> Text:
    """A row of the list in a few words."""
    if duty.kind is DutyKind.BASIC:
        return N_("职责清单列为基本履职")
    if duty.kind is DutyKind.COOPERATE:
        return N_("职责清单列为配合履职，%(lead)s牵头", lead=duty.lead) if duty.lead else N_("职责清单列为配合履职")
    return (
        N_("职责清单列为上级部门收回，由%(lead)s办理", lead=duty.lead) if duty.lead else N_("职责清单列为上级部门收回")
    )


def next_of(before: Sequence[int], after: Sequence[int], current: int) -> int | None:
    """The case to go on with: the one that followed `current` in the row as it was, if it still waits, else the first
    that does. None when nothing waits."""
    rest = before[before.index(current) + 1 :] if current in before else []
    waits = set(after)
    return next((one for one in rest if one in waits), after[0] if after else None)
