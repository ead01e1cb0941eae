"""The arithmetic of points: accounts, what a closed case earns, red lines, public notice, reversals. Pure.

Points are for things, hazards and help. Nobody is paid by himself or for a report about a person, and
what was earned becomes merit only after a public notice without objection. Merit never goes below 0.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text

NOTICE_DAYS, NOTICE_DAYS_LEAST, NOTICE_DAYS_MOST = 7, 3, 15

# Reports about a person earn nothing, besides every restricted class (decisions 6).
CLASSES_ABOUT_PERSONS = frozenset({"0301", "0905"})


class AccountKind(Labelled):
    """The purses. `issue` is the village's, where points come from and return to; the others are a home's."""

    ISSUE = "issue", N_("发放户")
    PENDING = "pending", N_("公示中积分")
    MERIT = "merit", N_("可兑换积分")
    BASE = "base", N_("基础分")
    HONOUR = "honour", N_("荣誉分")
    RECOVER = "recover", N_("待补回积分")


class TransferKind(Labelled):
    """What a movement of points is."""

    AWARD = "award", N_("计入")
    MATURE = "mature", N_("公示期满转入")
    REVERSE = "reverse", N_("冲回")
    RECOVER = "recover", N_("挂账待补")
    FILL = "fill", N_("补回")
    MERGE = "merge", N_("并户结转")


class NoticeOutcome(Labelled):
    """How a public notice ended."""

    MERIT = "merit", N_("已转入可兑换")
    REVERSED = "reversed", N_("已冲回")


# From which account to which each kind moves. What a reversal cannot take back is owed until filled.
LEGS: Mapping[TransferKind, frozenset[tuple[AccountKind, AccountKind]]] = {
    TransferKind.AWARD: frozenset({(AccountKind.ISSUE, AccountKind.PENDING)}),
    TransferKind.MATURE: frozenset({(AccountKind.PENDING, AccountKind.MERIT)}),
    TransferKind.REVERSE: frozenset({(AccountKind.PENDING, AccountKind.ISSUE), (AccountKind.MERIT, AccountKind.ISSUE)}),
    TransferKind.RECOVER: frozenset({(AccountKind.ISSUE, AccountKind.RECOVER)}),
    TransferKind.FILL: frozenset({(AccountKind.PENDING, AccountKind.ISSUE), (AccountKind.RECOVER, AccountKind.ISSUE)}),
    # A home written twice: what it holds and owes goes through the village to the home it is one with.
    TransferKind.MERGE: frozenset({
        (AccountKind.MERIT, AccountKind.ISSUE), (AccountKind.ISSUE, AccountKind.MERIT),
        (AccountKind.RECOVER, AccountKind.ISSUE), (AccountKind.ISSUE, AccountKind.RECOVER),
    }),
}  # fmt: skip


@dataclass(frozen=True)
class CaseRule:
    """Points that a closed case gives by itself; `monthly_cap`: the most one home earns by it in a month."""

    code: str
    label: Text
    points: int
    monthly_cap: int | None


CASE_RULES: Mapping[str, CaseRule] = {
    rule.code: rule
    for rule in (
        CaseRule("K1", N_("有效上报"), 2, 20),
        CaseRule("K2", N_("协助照护、代办"), 5, 20),
        CaseRule("K3", N_("安全隐患属实"), 10, 30),
        CaseRule("K4", N_("协助调解成功"), 10, 30),
        CaseRule("K5", N_("应急首报"), 20, None),
        CaseRule("K6", N_("建议被采纳"), 10, 20),
    )
}


# A suggestion earns when it is adopted, which a closed case alone does not say: K6 waits for the council's decision.
NOT_BY_CLOSING = frozenset({"K6"})


def points_left(rule: CaseRule, *, earned_this_month: int) -> int:
    """What the rule gives now, under the cap of the month: the rest of it rather than nothing."""
    if rule.monthly_cap is None:
        return rule.points
    return max(0, min(rule.points, rule.monthly_cap - earned_this_month))


@dataclass(frozen=True)
class Claim:
    """What decides whether a closed case gives a home points.

    `actor_households` are the homes of who closes the case and of his kin; `second_person`: somebody outside
    them confirmed it. `paid`: the report or work was that of a paid post held in this home. `unsorted`: an
    imported case that nobody has taken up yet.
    """

    household_id: int | None
    class_code: str
    restricted: bool
    is_duplicate: bool
    paid: bool
    actor_households: Collection[int]
    second_person: bool = False
    unsorted: bool = False


def why_no_points(claim: Claim) -> Text | None:
    """The red line that a claim would cross; None when the home earns."""
    about_a_person = claim.restricted or claim.class_code in CLASSES_ABOUT_PERSONS
    paid_by_himself = claim.household_id in claim.actor_households and not claim.second_person
    lines = (
        (claim.household_id is None, N_("没有对应的农户，不计积分。")),
        (about_a_person, N_("反映他人的事项不计积分。")),
        (claim.is_duplicate, N_("重复件不计积分。")),
        (claim.unsorted, N_("导入的历史事件在接手前不计积分。")),
        (claim.paid, N_("有报酬的岗位履职不计积分。")),
        (paid_by_himself, N_("本人或亲属家庭的积分须由第二人确认。")),
    )
    return next((text for crossed, text in lines if crossed), None)


def earns(claim: Claim) -> bool:
    """Whether the home earns."""
    return why_no_points(claim) is None


# -- public notice


def notice_days(setting: int) -> int:
    """The length of the public notice in days, within what villages may choose (3 to 15)."""
    return min(max(setting, NOTICE_DAYS_LEAST), NOTICE_DAYS_MOST)


def notice_closes_on(opens_on: date, days: int = NOTICE_DAYS) -> date:
    """The first day on which the points may become merit, after `days` whole days of notice."""
    return opens_on + timedelta(days=days)


# -- reversals


@dataclass(frozen=True)
class ReversalSplit:
    """Where the points of a reversal come from; the three parts add up to the amount."""

    from_pending: int
    from_merit: int
    to_recover: int


def split_reversal(pending: int, merit: int, amount: int) -> ReversalSplit:
    """Take `amount` back: first what is still pending of that award, then merit; what is spent is owed.

    `pending` is 0 for an award that has matured. No account goes below 0.
    """
    if min(pending, merit, amount) < 0:
        raise ValueError("points are never negative")
    from_pending = min(pending, amount)
    from_merit = min(merit, amount - from_pending)
    return ReversalSplit(from_pending, from_merit, amount - from_pending - from_merit)


def fill_recover(recover_owed: int, amount: int) -> tuple[int, int]:
    """How a new earning is shared: (what fills the debt first, what the home gets)."""
    if min(recover_owed, amount) < 0:
        raise ValueError("points are never negative")
    filled = min(recover_owed, amount)
    return filled, amount - filled
