"""The arithmetic of the ledger: accounts, which movement goes where, reversals. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gridcase.core.labels import Labelled
from gridcase.core.words import N_


class AccountKind(Labelled):
    """The purses. `issue` is the village's, where points come from and return to; the others are a home's.

    Only `merit` buys something. `held` is what is set aside: reserved at the shop, or a deduction under public notice.
    """

    ISSUE = "issue", N_("发放户")
    PENDING = "pending", N_("公示中积分")
    MERIT = "merit", N_("可兑换积分")
    BASE = "base", N_("基础分")
    HONOUR = "honour", N_("荣誉分")
    HELD = "held", N_("暂存积分")
    RECOVER = "recover", N_("待补回积分")


class TransferKind(Labelled):
    """What a movement of points is."""

    AWARD = "award", N_("计入")
    MATURE = "mature", N_("公示期满转入")
    DEDUCT = "deduct", N_("扣减公示")
    TAKE = "take", N_("扣减生效")
    REVERSE = "reverse", N_("冲回")
    RECOVER = "recover", N_("挂账待补")
    FILL = "fill", N_("补回")
    HOLD = "hold", N_("兑换预留")
    RELEASE = "release", N_("预留退回")
    SPEND = "spend", N_("兑换")
    GRANT = "grant", N_("年初基础分")
    CLEAR = "clear", N_("年终清零")
    EXPIRE = "expire", N_("到期失效")
    HISTORY = "history", N_("原有积分转入")
    MERGE = "merge", N_("并户结转")


_ISSUE, _PENDING, _MERIT = AccountKind.ISSUE, AccountKind.PENDING, AccountKind.MERIT
_BASE, _HONOUR, _HELD, _RECOVER = AccountKind.BASE, AccountKind.HONOUR, AccountKind.HELD, AccountKind.RECOVER

# From which account to which each kind moves. What a reversal cannot take back is owed until filled.
LEGS: Mapping[TransferKind, frozenset[tuple[AccountKind, AccountKind]]] = {
    TransferKind.AWARD: frozenset({(_ISSUE, _PENDING)}),
    TransferKind.MATURE: frozenset({(_PENDING, _MERIT), (_PENDING, _HONOUR)}),
    TransferKind.DEDUCT: frozenset({(_BASE, _HELD), (_MERIT, _HELD)}),
    TransferKind.TAKE: frozenset({(_HELD, _ISSUE)}),
    TransferKind.REVERSE: frozenset({
        (_PENDING, _ISSUE), (_MERIT, _ISSUE), (_HONOUR, _ISSUE),  # an award
        (_HELD, _BASE), (_HELD, _MERIT), (_ISSUE, _BASE), (_ISSUE, _MERIT),  # a deduction: under notice, or in effect
    }),
    TransferKind.RECOVER: frozenset({(_ISSUE, _RECOVER)}),
    TransferKind.FILL: frozenset({(_PENDING, _ISSUE), (_MERIT, _ISSUE), (_RECOVER, _ISSUE)}),
    TransferKind.HOLD: frozenset({(_MERIT, _HELD)}),
    TransferKind.RELEASE: frozenset({(_HELD, _MERIT)}),
    TransferKind.SPEND: frozenset({(_HELD, _ISSUE)}),
    TransferKind.GRANT: frozenset({(_ISSUE, _BASE)}),
    TransferKind.CLEAR: frozenset({(_BASE, _ISSUE), (_MERIT, _ISSUE)}),
    TransferKind.EXPIRE: frozenset({(_MERIT, _ISSUE)}),
    TransferKind.HISTORY: frozenset({(_ISSUE, _MERIT), (_MERIT, _ISSUE)}),
    # A home written twice: what it holds and owes goes through the village to the home it is one with.
    TransferKind.MERGE: frozenset({
        (_MERIT, _ISSUE), (_ISSUE, _MERIT), (_RECOVER, _ISSUE), (_ISSUE, _RECOVER), (_BASE, _ISSUE), (_ISSUE, _BASE),
        (_HONOUR, _ISSUE), (_ISSUE, _HONOUR),
    }),
}  # fmt: skip


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


def split_deduction(base: int, merit: int, amount: int) -> tuple[int, int]:
    """How a deduction of `amount` is borne: (from the base points first, then from merit); neither goes below 0."""
    if min(base, merit, amount) < 0:
        raise ValueError("points are never negative")
    from_base = min(base, amount)
    return from_base, min(merit, amount - from_base)
