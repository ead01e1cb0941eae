"""What a closed case earns, and the red lines: nobody is paid by himself, nor for a report about a person. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gridcase.core.words import N_, Text

# Reports about a person earn nothing, besides every restricted class (decisions 6).
CLASSES_ABOUT_PERSONS = frozenset({"0301", "0905"})


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
