"""What a scheme says: who declares, who approves, caps, accounts; and what a good item says. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text
from gridcase.points.rules.ledger import AccountKind

PRESETS = ("361", "zhilong", "morality_bank")
POINTS_MOST = 1000  # of one item: a slip of the hand is found while editing
WEIGHT_LEAST, WEIGHT_MOST = 1, 300  # percent; 100 counts as it is, and nothing counts for nothing
CODE_MOST, BOARD_MOST, NAME_MOST, CRITERIA_MOST, UNIT_MOST, EVIDENCE_MOST = 8, 4, 40, 200, 10, 40


class Declarer(Labelled):
    """By whom an item is declared; an item's `who` is their letters together."""

    SELF = "S", N_("本户申报")
    LIAISON = "L", N_("联户代表代报")
    CADRE = "C", N_("村干部登记")
    AUTO = "A", N_("事件办结自动记")


class Approval(Labelled):
    """Who decides on a declaration."""

    GROUP = "G", N_("评议小组")
    COUNCIL = "M", N_("道德评议会")
    TOWN = "T", N_("镇备案")


class Period(Labelled):
    """Within what an item's cap counts."""

    MONTH = "month", N_("每月")
    QUARTER = "quarter", N_("每季度")
    YEAR = "year", N_("每年")
    MATTER = "matter", N_("每件事")


class YearEnd(Labelled):
    """What becomes of what is not exchanged at the end of a year."""

    RESET = "reset", N_("年底清零")
    CARRY = "carry", N_("结转下年")
    EXPIRE = "expire", N_("到期作废")


class Origin(Labelled):
    """Where a value comes from; what no place told us is an example, and the village's meeting decides."""

    SEED = "seed", N_("原地做法")
    DEFAULT = "default", N_("示例默认值")
    OWN = "own", N_("本村自定")


class Module(Labelled):
    """The parts that a village opens one by one."""

    POINTS = "points", N_("积分")
    SHOP = "shop", N_("积分超市")
    BOARDS = "boards", N_("红黑榜和评先")
    MERCHANTS = "merchants", N_("商家联盟")


MODULES_KEY = "points.modules"


def modules_from(stored: Mapping[str, object] | None) -> frozenset[Module]:
    """The modules that are open; all where nobody has set any. Without points there is nothing to exchange or show."""
    opened = frozenset(module for module in Module if stored is None or stored.get(module, True))
    return opened if Module.POINTS in opened else frozenset()


@dataclass(frozen=True)
class Board:
    """A class of a scheme; `weight` in percent, for the index shown beside the sums."""

    code: str
    name: str
    weight: int


@dataclass(frozen=True)
class Item:
    """One thing that gives points, or costs some (`points` below 0); `cap` is the most of one home in `cap_per`."""

    code: str
    board: str
    name: str
    points: int
    who: str = Declarer.CADRE.value
    criteria: str = ""
    at_most: bool = False
    cap: int | None = None
    cap_per: Period | None = None
    unit: str = ""
    evidence: str = ""
    approval: Approval = Approval.GROUP
    document: bool = False
    account: AccountKind = AccountKind.MERIT
    case_rule: str = ""
    origin: Origin = Origin.OWN
    id: int = 0
    version_id: int = 0
    rank: int = 0

    @property
    def deduction(self) -> bool:
        """Whether it costs points."""
        return self.points < 0

    @property
    def declarers(self) -> tuple[Declarer, ...]:
        """Who may declare it."""
        return tuple(one for one in Declarer if one in self.who)

    def may_be_declared(self, how: Declarer) -> bool:
        """Whether this way of declaring is open for the item."""
        return how.value in self.who


@dataclass(frozen=True)
class VetoKind:
    """A reason for which a home neither exchanges points nor receives honours for a time; its paper has a number."""

    code: str
    name: str
    evidence: str
    on: bool = True
    note: str = ""


@dataclass(frozen=True)
class Scheme:
    """A version of a village's scheme with its items by code, in the order of the card."""

    id: int
    village_id: int
    number: int
    name: str
    preset: str
    valid_from: date | None
    valid_to: date | None
    base_points: int
    at_year_end: YearEnd
    expire_months: int
    notice_days: int
    council_from: int
    month_budget: int | None
    decision_id: int | None = None
    items: Mapping[str, Item] = field(default_factory=dict)
    boards: Mapping[str, Board] = field(default_factory=dict)
    vetoes: Mapping[str, VetoKind] = field(default_factory=dict)

    @property
    def weights_differ(self) -> bool:
        """Whether the index says anything else than the sums: all alike, the classes are not weighed."""
        return len({board.weight for board in self.boards.values()}) > 1

    def for_case(self, rule: str) -> Item | None:
        """The item that a rule of the catalogue of cases stands for; None gives nothing."""
        return next((item for item in self.items.values() if item.case_rule == rule), None)

    def needs_council(self, item: Item, points: int) -> bool:
        """Whether the moral council decides: where the item says so, or so many points are at stake."""
        return item.approval is Approval.COUNCIL or abs(points) >= self.council_from


def warnings(item: Item) -> list[Text]:
    """What a good item says and this one does not (易操作、可量化、易评估、可执行); it may be saved all the same."""
    lines = (
        (not item.unit, N_("没有写计量单位：按“次”“件”“月”计分，村民才算得清。")),
        (not item.evidence, N_("没有写凭证：写明看什么算数，评议时才有依据。")),
        (not item.criteria, N_("没有写评分标准：一句话说清怎样算做到。")),
        (not item.who, N_("没有写由谁申报：这一项只能由村干部登记。")),
        (_endless(item), N_("没有写上限：同一户可以一直加分。")),
    )
    return [text for missing, text in lines if missing]


def _endless(item: Item) -> bool:
    return item.points > 0 and item.cap is None and item.account is AccountKind.MERIT


def weighted(totals: Mapping[str, int], boards: Collection[Board]) -> int:
    """The display index of a home: each class's sum times its weight, in hundredths of a point rounded to points.

    The ledger knows nothing of it: it only shows on what a village lays weight.
    """
    return round(sum(totals.get(board.code, 0) * board.weight for board in boards) / 100)


def weighed(totals: Mapping[str, int], draft: Scheme, running: Scheme | None) -> tuple[int, int | None] | None:
    """The index of some sums by class under a draft, and under the version in force where it has the same classes and
    weighs them: where all weigh alike there is no index.

    None where the draft does not weigh its classes.
    """
    if not draft.weights_differ:
        return None
    same = running is not None and running.boards.keys() == draft.boards.keys() and running.weights_differ
    before = weighted(totals, running.boards.values()) if running is not None and same else None
    return weighted(totals, draft.boards.values()), before
