"""The arithmetic of the ledger: accounts, which movement goes where, reversals. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gridcase.core.labels import Labelled
from gridcase.core.words import N_


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
