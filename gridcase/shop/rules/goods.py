"""Goods, where they come from, and how stock moves. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from gridcase.core.labels import Labelled, Marked
from gridcase.core.words import N_


class GoodsKind(Marked):
    """What goods are; each has its sign on the shelf."""

    DAILY = "daily", N_("日用品"), "goods-daily"
    FOOD = "food", N_("米面粮油"), "goods-food"
    FARM = "farm", N_("农用物资"), "goods-farm"
    SCHOOL = "school", N_("学习用品"), "goods-school"
    ELDER = "elder", N_("老人用品"), "goods-elder"
    OTHER = "other", N_("其他"), "goods-other"


class TargetGroup(Labelled):
    """For whom goods are meant (老、中、小)."""

    ALL = "all", N_("全家")
    OLD = "old", N_("老年人")
    MIDDLE = "middle", N_("中青年")
    YOUNG = "young", N_("少年儿童")


class Source(Labelled):
    """Where a batch comes from."""

    PURCHASE = "purchase", N_("采购")
    DONATION = "donation", N_("捐赠")


class MoveKind(Labelled):
    """How stock moves. `free` is on the shelf, `held` is set aside for a reservation."""

    RECEIVE = "receive", N_("入库")
    RESERVE = "reserve", N_("预约留货")
    RELEASE = "release", N_("取消留货")
    HAND_OVER = "hand_over", N_("交付")
    LESS = "less", N_("盘亏")
    MORE = "more", N_("盘盈")


# (free, held): what a move of one piece does to a batch.
EFFECTS: Mapping[MoveKind, tuple[int, int]] = {
    MoveKind.RECEIVE: (1, 0),
    MoveKind.RESERVE: (-1, 1),
    MoveKind.RELEASE: (1, -1),
    MoveKind.HAND_OVER: (0, -1),
    MoveKind.LESS: (-1, 0),
    MoveKind.MORE: (1, 0),
}


class TakeState(Labelled):
    """A stock-take: a large difference waits for a second person."""

    WAITING = "waiting", N_("等第二人确认")
    CONFIRMED = "confirmed", N_("已入账")
    REFUSED = "refused", N_("已退回重盘")


# What is as good as cash: a shop gives goods and services for points (domain.md 5), never this.
AS_CASH = (
    "现金", "现钞", "红包", "转账", "购物卡", "购物券", "代金券", "代金卡", "储值卡", "充值", "话费", "流量费", "油卡",
    "提货券", "消费券", "礼品卡", "预付卡", "数字人民币", "彩票", "微信钱包", "支付宝",
)  # fmt: skip


def as_cash(name: str) -> str:
    """The word in a name of goods that stands for cash; empty where there is none. Blanks hide nothing."""
    bare = "".join(name.split())
    return next((word for word in AS_CASH if word in bare), "")


@dataclass(frozen=True)
class Part:
    """So many pieces of one batch."""

    batch_id: int
    quantity: int


def parts_from(free: Iterable[tuple[int, int]], wanted: int) -> tuple[Part, ...] | None:
    """Take `wanted` pieces from batches (id, free pieces) in their order; None when all together have fewer."""
    parts: list[Part] = []
    for batch_id, pieces in free:
        taken = min(pieces, wanted)
        if taken:
            parts.append(Part(batch_id, taken))
            wanted -= taken
        if not wanted:
            return tuple(parts)
    return None


def to_fen(yuan: Decimal) -> int:
    """Yuan as fen, half a fen up."""
    return int((yuan * 100).quantize(Decimal(1), ROUND_HALF_UP))


def in_yuan(fen: int) -> str:
    """Fen as people write yuan: `1,234.50`, whole yuan without a point."""
    return f"{fen // 100:,}" if fen % 100 == 0 else f"{fen / 100:,.2f}"
