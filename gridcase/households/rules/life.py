"""A family's life: what can happen to it, how relations read after a new head, and what is said beforehand. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gridcase.core.labels import Labelled
from gridcase.core.masking import mask_name
from gridcase.core.words import N_, Text

ADULT = 18
CHILD_YEARS = 14  # younger: no declaration of one's own, no name anywhere public


class LifeKind(Labelled):
    """What can happen in a family."""

    BIRTH = "birth", N_("出生")
    DEATH = "death", N_("去世")
    ARRIVAL = "arrival", N_("迁入、嫁入")
    DEPARTURE = "departure", N_("迁出、嫁出")
    SPLIT = "split", N_("分户")
    HEAD = "head", N_("换户主")
    OTHER = "other", N_("其他变化")


class Why(Labelled):
    """Why somebody comes or goes."""

    MOVE = "move", N_("迁移")
    MARRIAGE = "marriage", N_("婚嫁")


class EndedWhy(Labelled):
    """Why a home is no home of the village any more."""

    MOVED = "moved", N_("全户迁出")
    DIED = "died", N_("全户去世")
    MERGED = "merged", N_("与另一户是同一户")
    ERROR = "error", N_("登记错误")


class ChangeState(Labelled):
    """How far a proposed change of a family has come."""

    PROPOSED = "proposed", N_("待核实")
    ACCEPTED = "accepted", N_("已办理")
    REFUSED = "refused", N_("未采纳")


# What was done to a home, for its history; any other deed reads as "其他记录".
DEEDS: Mapping[str, Text] = {
    "household.add": N_("登记入册"),
    "household.edit": N_("改户资料"),
    "household.relocate": N_("改网格"),
    "household.reveal": N_("查看姓名电话"),
    "household.nominate": N_("登记信任的人"),
    "household.card": N_("开通本户账号"),
    "household.tier": N_("确认关爱等级"),
    "household.merge": N_("并入另一户的记录"),
    "household.merged": N_("并到另一户"),
    "family.birth": N_("出生"),
    "family.death": N_("去世"),
    "family.arrival": N_("迁入、嫁入"),
    "family.departure": N_("迁出、嫁出"),
    "family.split": N_("分户"),
    "family.head": N_("换户主"),
    "family.edit": N_("改成员资料"),
    "family.propose": N_("提出变化"),
    "family.accepted": N_("变化已办理"),
    "family.refused": N_("变化未采纳"),
    "case.repoint": N_("转来事件"),
    "visit.repoint": N_("转来走访"),
    "points.merge": N_("转来积分"),
}


@dataclass(frozen=True)
class Outcome:
    """What an operation on a family does, in sentences, and the home to look at afterwards."""

    household_id: int
    sentences: tuple[Text, ...]


# What somebody is to the new head, by what the new head and he were to the old one; anything else is "other".
_TO_NEW_HEAD: Mapping[str, Mapping[str, str]] = {
    "spouse": {"head": "spouse", "child": "child", "child_in_law": "child_in_law", "grandchild": "grandchild"},
    "child": {"head": "parent", "spouse": "parent", "child": "sibling", "parent": "grandparent"},
    "parent": {"head": "child", "spouse": "child_in_law", "parent": "spouse", "child": "grandchild"},
    "sibling": {"head": "sibling", "sibling": "sibling", "parent": "parent", "grandparent": "grandparent"},
    "grandchild": {"head": "grandparent", "spouse": "grandparent", "grandchild": "sibling"},
    "grandparent": {"head": "grandchild", "spouse": "other", "grandparent": "spouse", "parent": "child"},
}


def relation_to_new_head(new_head_was: str, member_was: str) -> str:
    """The member's relation to a new head, as far as the register can know it."""
    if new_head_was == "head":  # the head stays the head, in a home of the own
        return member_was
    return _TO_NEW_HEAD.get(new_head_was, {}).get(member_was, "other")


def said_day(day: date) -> Text:
    """A day inside a sentence."""
    return N_("%(year)s年%(month)s月%(day)s日", year=day.year, month=day.month, day=day.day)


def said_names(names: list[str]) -> str:
    """Masked names inside a sentence."""
    return "、".join(mask_name(name) for name in names)


def age_on(born_on: date | None, day: date) -> int | None:
    """Full years on a day; None when the birthday is not known."""
    if born_on is None:
        return None
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def is_child(born_on: date | None, day: date) -> bool:
    """Whether somebody is younger than fourteen; who has no date of birth on record is taken for grown."""
    years = age_on(born_on, day)
    return years is not None and years < CHILD_YEARS


def grown_by(day: date) -> date:
    """The latest birthday of whoever is no child any more on a day."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - CHILD_YEARS, day=28 if leap else day.day)


def number_after(last_code: str | None) -> int:
    """The number of the next home whose code begins alike, after the highest one used."""
    tail = (last_code or "").rpartition("-")[2]
    return int(tail) + 1 if tail.isdigit() else 1
