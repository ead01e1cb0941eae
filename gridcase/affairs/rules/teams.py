"""Teams, whom to ask for what, and which service suits what weighs on a home. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text


class TeamKind(Labelled):
    """What a team of volunteers is for."""

    EMERGENCY = "emergency", N_("应急抢险队")
    TECHNICAL = "technical", N_("技术指导队")
    CARE = "care", N_("爱心帮扶队")
    PUBLICITY = "publicity", N_("宣传教育队")
    PATROL = "patrol", N_("治安联防队")
    LAW = "law", N_("普法宣讲队")
    SUPERVISION = "supervision", N_("义务监督队")


# Every village is to have these five; the list of teams shows which are missing.
FIVE_KINDS = (TeamKind.EMERGENCY, TeamKind.TECHNICAL, TeamKind.CARE, TeamKind.PUBLICITY, TeamKind.PATROL)


class RequestState(Labelled):
    """How far a request for help is."""

    ASKED = "asked", N_("等队伍接")
    ACCEPTED = "accepted", N_("已接，正在办")
    DONE = "done", N_("已帮到")
    CLOSED = "closed", N_("不需要了")


# Which team a case may be handed to, by its major class. Classes about persons (03) have none.
CASE_TEAMS: Mapping[str, TeamKind] = {
    "01": TeamKind.LAW,
    "02": TeamKind.EMERGENCY,
    "04": TeamKind.SUPERVISION,
    "05": TeamKind.TECHNICAL,
    "06": TeamKind.TECHNICAL,
    "07": TeamKind.CARE,
    "08": TeamKind.CARE,
    "09": TeamKind.PUBLICITY,
    "10": TeamKind.LAW,
}


def team_for_class(code: str) -> TeamKind:
    """The kind of team that a case of this class suits best; the caring one where nothing is said."""
    return CASE_TEAMS.get(code[:2], TeamKind.CARE)


@dataclass(frozen=True)
class Candidate:
    """A team that could take a request, with how many it is and what it already has in hand."""

    id: int
    name: str
    kind: TeamKind
    members: int
    in_hand: int


def best_team(kind: TeamKind, teams: Sequence[Candidate]) -> tuple[Candidate, Text] | None:
    """The team of this kind with the least in hand for each of its members, and why; None where there is none."""
    fitting = [one for one in teams if one.kind is kind and one.members]
    if not fitting:
        return None
    best = min(fitting, key=lambda one: (one.in_hand / one.members, -one.members, one.id))
    only = len(fitting) == 1
    why = (
        N_("村里只有这一支%(kind)s，%(members)s 人，手上 %(jobs)s 件。", kind=kind.label, members=best.members,
           jobs=best.in_hand)
        if only
        else N_("%(count)s 支%(kind)s里它手上最轻：%(members)s 人，%(jobs)s 件。", count=len(fitting), kind=kind.label,
                members=best.members, jobs=best.in_hand)
    )  # fmt: skip
    return best, why


@dataclass(frozen=True)
class Service:
    """Something volunteers can do for a home, by what weighs on it. The words never say what it is that weighs."""

    code: str
    words: Text
    kind: TeamKind
    factors: frozenset[str]


# Left-behind old people and children, and disabled people. Factors that only named roles read suggest nothing.
SERVICES: tuple[Service, ...] = (
    Service("company", N_("上门探望、代买代办"), TeamKind.CARE, frozenset({"F12", "F16", "F17"})),
    Service("nursing", N_("搭手照料、陪同就医"), TeamKind.CARE, frozenset({"F18", "F10"})),
    Service("lessons", N_("课业辅导、假期陪伴"), TeamKind.CARE, frozenset({"F13", "F14", "F15"})),
    Service("errands", N_("上门代办、家电和灯线检修"), TeamKind.TECHNICAL, frozenset({"F08", "F09"})),
)


def services_for(factors: Collection[str]) -> list[Service]:
    """What could be offered to a home with these factors, each service once."""
    return [one for one in SERVICES if not one.factors.isdisjoint(factors)]
