"""The four councils and the review group: who should sit in them, and what is missing. Pure; nothing here blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text
from gridcase.people.rules.bodies import BodyKind


class Capacity(Labelled):
    """As what somebody sits in a body: the first four make up a review group, the others are kinds of worthies."""

    CADRE = "cadre", N_("两委干部")
    GROUP_LEADER = "group_leader", N_("村民小组长")
    REPRESENTATIVE = "representative", N_("村民代表")
    PARTY = "party", N_("党员")
    OLD_CADRE = "old_cadre", N_("退休干部")
    OLD_PARTY = "old_party", N_("老党员")
    TEACHER = "teacher", N_("退休教师")
    VETERAN = "veteran", N_("退役军人")
    MODEL = "model", N_("道德模范")
    ABLE = "able", N_("致富能人")
    HOST = "host", N_("红白事主事人")
    MEDIATOR = "mediator", N_("调解能手")
    WORTHY = "worthy", N_("其他乡贤")


REVIEW_PARTS = (Capacity.CADRE, Capacity.GROUP_LEADER, Capacity.REPRESENTATIVE, Capacity.PARTY)
WORTHIES = frozenset(Capacity) - frozenset(REVIEW_PARTS)
FOUR_COUNCILS = (BodyKind.REDWHITE, BodyKind.MORAL, BodyKind.DELIBERATION, BodyKind.ANTIDRUG)
COUNCILS = (*FOUR_COUNCILS, BodyKind.REVIEW)
WHAT_FOR = {
    BodyKind.REDWHITE: N_("红白事、彩礼、殡葬由它讲标准、上门劝。"),
    BodyKind.MORAL: N_("好人好事由它核实表扬，不文明行为由它评议劝导。"),
    BodyKind.DELIBERATION: N_("村里大家的事由它请人坐下来商量。"),
    BodyKind.ANTIDRUG: N_("禁毒禁赌由它宣传、劝阻。"),
}
GIVES_OPINIONS = frozenset({*COUNCILS, BodyKind.MEDIATION, BodyKind.SUPERVISION})
LEADING = frozenset({BodyKind.PARTY_BRANCH, BodyKind.VILLAGE_COMMITTEE})  # the two committees
LEAST_MEMBERS = 3
USUAL_WORTHIES, FEW_WORTHIES = 10, 8  # "about ten" of each village; fewer than eight is said
TERM_SOON = timedelta(days=60)


@dataclass(frozen=True)
class Sitting:
    """Who sits in a council: as what, what he is besides, until when (the first day no longer)."""

    title: str
    rank: int
    capacity: str
    valid_to: date | None
    party: bool = False  # a party member, by the register
    cadre: bool = False  # sits in one of the two committees
    head: bool = False  # the party branch's secretary, the committee's head, or the village's grid leader


def missing_in(kind: BodyKind | str, seats: Sequence[Sitting], *, on: date) -> list[Text]:
    """What a council lacks on a day, as sentences; an empty list where all is well."""
    said: list[Text] = []
    if len(seats) < LEAST_MEMBERS:
        said.append(N_("成员 %(n)s 人，至少要 %(least)s 人。", n=len(seats), least=LEAST_MEMBERS))
    if kind == BodyKind.REVIEW and seats:
        lacking = [part.label for part in REVIEW_PARTS if not any(_is(one, part) for one in seats)]
        if lacking:
            said.append(N_("还缺：%(who)s。", who=lacking))
    if kind == BodyKind.REDWHITE and seats:
        said += _redwhite(seats)
    ending = [one.valid_to for one in seats if one.valid_to is not None and one.valid_to - on <= TERM_SOON]
    if ending:
        said.append(
            N_("%(n)s 人的任期到 %(day)s 届满，请准备换届。", n=len(ending), day=min(ending) - timedelta(days=1))
        )
    return said


def _is(one: Sitting, part: Capacity) -> bool:
    return one.capacity == part or (part is Capacity.PARTY and one.party) or (part is Capacity.CADRE and one.cadre)


def _redwhite(seats: Sequence[Sitting]) -> list[Text]:
    said = []
    if not min(seats, key=lambda one: one.rank).head:
        said.append(N_("会长应由村党支部书记或村主任担任。"))
    worthies = sum(one.capacity in WORTHIES for one in seats)
    if worthies < FEW_WORTHIES:
        said.append(N_("乡贤 %(n)s 名，一般要 %(usual)s 名左右。", n=worthies, usual=USUAL_WORTHIES))
    return said
