"""The vocabulary of the shop, by thing. Pure."""

from gridcase.shop.rules.codes import ALPHABET, CODE_LENGTH, code_from, shown, typed
from gridcase.shop.rules.donations import DonationForm, DonorKind, quarter_name, quarter_of, quarter_starting
from gridcase.shop.rules.goods import (
    GoodsKind,
    MoveKind,
    Part,
    Source,
    TakeState,
    TargetGroup,
    in_yuan,
    parts_from,
    to_fen,
)
from gridcase.shop.rules.merchants import (
    PROOF_MINUTES,
    RATINGS,
    MerchantLevel,
    MerchantState,
    Tier,
    checked_tiers,
    level_of,
    saved_by,
    tier_for,
)
from gridcase.shop.rules.redemptions import MARKS, MOST_AT_ONCE, RedemptionState, until_day

__all__ = [
    "ALPHABET",
    "CODE_LENGTH",
    "MARKS",
    "MOST_AT_ONCE",
    "PROOF_MINUTES",
    "RATINGS",
    "DonationForm",
    "DonorKind",
    "GoodsKind",
    "MerchantLevel",
    "MerchantState",
    "MoveKind",
    "Part",
    "RedemptionState",
    "Source",
    "TakeState",
    "TargetGroup",
    "Tier",
    "checked_tiers",
    "code_from",
    "in_yuan",
    "level_of",
    "parts_from",
    "quarter_name",
    "quarter_of",
    "quarter_starting",
    "saved_by",
    "shown",
    "tier_for",
    "to_fen",
    "typed",
    "until_day",
]
