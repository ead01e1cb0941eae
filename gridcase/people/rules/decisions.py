"""Four discussions and two publications: how a village decides, and when a decision has passed. Pure.

The party branch proposes, both committees discuss, the party members examine, the villagers or their representatives
vote, and the decision hangs out; later its outcome hangs out too. A council gives its opinion in one meeting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from gridcase.core.errors import Refused
from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text

RULES_KEY = "decision_rules"  # the setting of a county, town or village
NOTICE_DAYS, NOTICE_LEAST, NOTICE_MOST = 7, 3, 30  # days a decision hangs out: default, and what a place may set


class DecisionKind(Labelled):
    """What is decided."""

    SCHEME = "scheme", N_("积分方案")
    COVENANT = "covenant", N_("村规民约")
    COUNCIL = "council", N_("四会意见")
    VETO = "veto", N_("一票否决")
    BOARD = "board", N_("红黑榜")
    WORKS = "works", N_("公益建设")
    SHOP = "shop", N_("积分超市")
    OTHER = "other", N_("其他事项")


class DecisionStepKind(Labelled):
    """The four discussions and the two publications."""

    PROPOSE = "propose", N_("党支部提议")
    DISCUSS = "discuss", N_("两委商议")
    MEMBERS = "members", N_("党员大会审议")
    VOTE = "vote", N_("村民会议或代表会议决议")
    PUBLISH = "publish", N_("决议公开")
    RESULT = "result", N_("实施结果公开")


class Assembly(Labelled):
    """Who met to vote."""

    REPRESENTATIVES = "reps", N_("村民代表会议")
    VILLAGERS = "villagers", N_("村民会议（按人）")
    HOUSEHOLDS = "homes", N_("村民会议（按户）")


ORDER = tuple(DecisionStepKind)
PUBLICATIONS = frozenset({DecisionStepKind.PUBLISH, DecisionStepKind.RESULT})
MEETINGS = frozenset({DecisionStepKind.DISCUSS, DecisionStepKind.MEMBERS, DecisionStepKind.VOTE})


class Share(Labelled):
    """How large a part of a whole is asked; "以上" counts the number itself."""

    HALF = "half", N_("半数以上")
    MAJORITY = "majority", N_("过半数")
    TWO_THIRDS = "two_thirds", N_("三分之二以上")
    FOUR_FIFTHS = "four_fifths", N_("五分之四以上")

    def least(self, whole: int) -> int:
        """The smallest number that is enough."""
        return {
            Share.HALF: -(-whole // 2), Share.MAJORITY: whole // 2 + 1, Share.TWO_THIRDS: -(-whole * 2 // 3),
            Share.FOUR_FIFTHS: -(-whole * 4 // 5),
        }[self]  # fmt: skip


@dataclass(frozen=True)
class Quorum:
    """What one meeting needs: how many present, how many in favour and of whom, and where that is written."""

    present: Share
    favour: Share
    of_entitled: bool = False  # else of those present
    source: Text = field(default=N_("示例默认值"))


_LAW_26 = N_("《村民委员会组织法》第二十六条")
_LAW_22 = N_("《村民委员会组织法》第二十二条")
_BRANCH = N_("《中国共产党支部工作条例（试行）》")
QUORUMS: dict[str, Quorum] = {
    "discuss": Quorum(Share.MAJORITY, Share.MAJORITY),
    "members": Quorum(Share.HALF, Share.MAJORITY, of_entitled=True, source=_BRANCH),
    Assembly.REPRESENTATIVES: Quorum(Share.TWO_THIRDS, Share.MAJORITY, source=_LAW_26),
    Assembly.VILLAGERS: Quorum(Share.MAJORITY, Share.MAJORITY, source=_LAW_22),
    Assembly.HOUSEHOLDS: Quorum(Share.TWO_THIRDS, Share.MAJORITY, source=_LAW_22),
    "council": Quorum(Share.MAJORITY, Share.MAJORITY),
}
QUORUM_NAMES: dict[str, Text] = {
    "discuss": N_("两委商议"), "members": N_("党员大会审议"),
    **{one: one.label for one in Assembly}, "council": N_("四会和评议小组"),
}  # fmt: skip
STRICTER_ONLY = frozenset(Assembly)  # what the law asks may be tightened, never loosened
_STRENGTH = tuple(Share)


@dataclass(frozen=True)
class Rules:
    """The counts and days in force for a place."""

    quorums: Mapping[str, Quorum] = field(default_factory=lambda: QUORUMS)
    notice_days: int = NOTICE_DAYS

    def to_json(self) -> dict[str, Any]:
        """The form kept as a setting: only what differs from the default."""
        return {
            "notice_days": self.notice_days,
            **{
                key: {"present": str(one.present), "favour": str(one.favour)}
                for key, one in self.quorums.items()
                if (one.present, one.favour) != (QUORUMS[key].present, QUORUMS[key].favour)
            },
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Rules:
        """Read a setting; what it does not name is the default."""
        own = N_("本地规定")
        quorums = {
            key: Quorum(Share(stored[key]["present"]), Share(stored[key]["favour"]), one.of_entitled, own)
            if key in stored
            else one
            for key, one in QUORUMS.items()
        }
        return cls(quorums, int(stored.get("notice_days", NOTICE_DAYS)))

    def checked(self) -> Rules:
        """Itself, or `Refused` where a place asks for less than the law."""
        if not NOTICE_LEAST <= self.notice_days <= NOTICE_MOST:
            raise Refused(
                N_("公开天数请填 %(least)s 到 %(most)s。", least=NOTICE_LEAST, most=NOTICE_MOST), field="notice_days"
            )
        for key in STRICTER_ONLY:
            asked, law = self.quorums[key], QUORUMS[key]
            if _STRENGTH.index(asked.present) < _STRENGTH.index(law.present):
                raise Refused(
                    N_("到会比例不能低于%(source)s的“%(share)s”。", source=law.source, share=law.present.label),
                    field=f"present_{key}",
                )
            if _STRENGTH.index(asked.favour) < _STRENGTH.index(law.favour):
                raise Refused(
                    N_("同意比例不能低于%(source)s的“%(share)s”。", source=law.source, share=law.favour.label),
                    field=f"favour_{key}",
                )
        return self


class Taken(Protocol):
    """What is known of a step already recorded."""

    step: str
    held_on: date


@dataclass(frozen=True)
class Step:
    """A step as it is handed in. The counts belong to meetings, `until` (the last day) to publications."""

    kind: DecisionStepKind
    held_on: date
    entitled: int | None = None
    present: int | None = None
    in_favour: int | None = None
    assembly: Assembly | None = None
    until: date | None = None
    note: str = ""


def steps_of(kind: DecisionKind | str) -> tuple[DecisionStepKind, ...]:
    """The steps a decision of this kind goes through; a council votes, and that is all."""
    return (DecisionStepKind.VOTE,) if kind == DecisionKind.COUNCIL else ORDER


def step_words(kind: DecisionKind | str, step: DecisionStepKind | str, assembly: str = "") -> Text:
    """What a step is called: a vote by who met, a council's simply a vote."""
    if kind == DecisionKind.COUNCIL:
        return N_("会议表决")
    return Assembly(assembly).label if assembly else DecisionStepKind(step).label


def passing_step(kind: DecisionKind | str) -> DecisionStepKind:
    """With which step a decision of this kind has passed."""
    return DecisionStepKind.VOTE if kind == DecisionKind.COUNCIL else DecisionStepKind.PUBLISH


def next_step(kind: DecisionKind | str, taken: Sequence[Taken]) -> DecisionStepKind | None:
    """The one step to record now; None when all are."""
    done = {one.step for one in taken}
    return next((step for step in steps_of(kind) if step not in done), None)


def quorum_name(kind: DecisionKind | str, step: DecisionStepKind, assembly: Assembly | None) -> str | None:
    """Under which name the counts of this step stand in the rules; None where nobody counts."""
    if step not in MEETINGS:
        return None
    if kind == DecisionKind.COUNCIL:
        return "council"
    return str(assembly or Assembly.REPRESENTATIVES) if step is DecisionStepKind.VOTE else str(step)


def check_step(kind: DecisionKind | str, taken: Sequence[Taken], step: Step, *, rules: Rules, today: date) -> None:
    """`Refused` with what to do instead where this step cannot be recorded."""
    _check_order(kind, taken, step)
    _check_day(taken, step, today)
    name = quorum_name(kind, step.kind, step.assembly)
    if name is not None:
        check_counts(step, rules.quorums[name])
    if step.kind in PUBLICATIONS:
        _check_notice(step, rules.notice_days)


def _check_order(kind: DecisionKind | str, taken: Sequence[Taken], step: Step) -> None:
    wanted = next_step(kind, taken)
    if wanted is None:
        raise Refused(N_("各步都已登记，没有下一步。"))
    if step.kind is not wanted:
        raise Refused(N_("要按顺序来：请先登记“%(step)s”。", step=wanted.label))


def _check_day(taken: Sequence[Taken], step: Step, today: date) -> None:
    if step.held_on > today:
        raise Refused(N_("日期还没有到，等办过以后再登记。"), field="held_on")
    last = max((one.held_on for one in taken), default=None)
    if last is not None and step.held_on < last:
        raise Refused(N_("不能早于上一步的日期（%(day)s）。", day=last), field="held_on")


def check_counts(step: Step, quorum: Quorum) -> None:
    """Enough present, enough in favour."""
    entitled, present, in_favour = step.entitled or 0, step.present or 0, step.in_favour or 0
    if entitled < 1:
        raise Refused(N_("请填应到人数。"), field="entitled")
    if present > entitled:
        raise Refused(N_("实到人数不能多于应到人数。"), field="present")
    if in_favour > present:
        raise Refused(N_("同意人数不能多于实到人数。"), field="in_favour")
    needed = quorum.present.least(entitled)
    if present < needed:
        raise Refused(
            N_("到会不够：应到 %(all)s 人，至少要到 %(n)s 人（%(source)s）。请另行开会，再登记那一次。",
               all=entitled, n=needed, source=quorum.source),
            field="present",
        )  # fmt: skip
    needed = quorum.favour.least(entitled if quorum.of_entitled else present)
    if in_favour < needed:
        raise Refused(
            N_("没有通过：至少要 %(n)s 人同意（%(source)s）。请修改后再次表决，或把这项决议作废。",
               n=needed, source=quorum.source),
            field="in_favour",
        )  # fmt: skip


def _check_notice(step: Step, days: int) -> None:
    if step.until is None or (step.until - step.held_on).days < days:
        raise Refused(N_("公开不能少于 %(n)s 天，请改最后一天。", n=days), field="until")
