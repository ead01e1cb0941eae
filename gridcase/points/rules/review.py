"""The review group's vote: who stands aside, when it is decided. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text
from gridcase.points.rules.declarations import DeclarationState as S

QUORUM = 3


class Choice(Labelled):
    """What a member of the group said."""

    FOR = "for", N_("同意")
    AGAINST = "against", N_("不同意")
    ASIDE = "aside", N_("回避")
    PRESENT = "present", N_("到会表决")


class Verdict(Labelled):
    """What a meeting did with a declaration."""

    PASS = "pass", N_("通过")
    REJECT = "reject", N_("不通过")
    TALK = "talk", N_("教育谈话，不扣分")
    LATER = "later", N_("下次再评")


# Every way a declaration may go; nothing else moves one.
MOVES: Mapping[S, frozenset[S]] = {
    S.DECLARED: frozenset({S.COUNCIL, S.TOWN, S.POSTED, S.REJECTED, S.WITHDRAWN, S.TALK}),
    S.COUNCIL: frozenset({S.TOWN, S.POSTED, S.REJECTED, S.WITHDRAWN}),
    S.TOWN: frozenset({S.POSTED, S.REJECTED, S.WITHDRAWN}),
}


def aside(
    household_id: int, by_person_id: int | None, person_id: int | None, *, member: int, homes: Collection[int]
) -> Text | None:
    """Why a member of the group does not judge a declaration; None when it may."""
    if household_id in homes:
        return N_("本人或亲属的家庭")
    if member == by_person_id:
        return N_("由本人申报")
    return N_("本人做的事") if member == person_id else None


@dataclass(frozen=True)
class Tally:
    """The votes on a declaration; `entitled`: the members who do not stand aside."""

    favour: int
    against: int
    entitled: int

    @property
    def cast(self) -> int:
        """How many voted."""
        return self.favour + self.against


def decided(tally: Tally) -> bool | None:
    """Carried (True) or lost (False) as soon as the votes still out cannot change it; None: not yet.

    Three votes at the least; more in favour than against, of all who may vote.
    """
    if tally.entitled < QUORUM or tally.cast < QUORUM:
        return None
    if tally.favour * 2 > tally.entitled:
        return True
    if tally.against * 2 >= tally.entitled:
        return False
    return None if tally.cast < tally.entitled else tally.favour > tally.against


def carried(tally: Tally) -> bool:
    """Whether a show of hands carries: at least three voted, more in favour than against."""
    return tally.cast >= QUORUM and tally.favour > tally.against
