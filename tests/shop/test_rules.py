"""Codes, parts, tiers, quarters: no database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from gridcase.core.errors import Refused
from gridcase.grid.rules import GridLevel
from gridcase.shop.rules import (
    ALPHABET,
    MerchantLevel,
    Part,
    Tier,
    checked_tiers,
    code_from,
    in_yuan,
    level_of,
    parts_from,
    quarter_of,
    saved_by,
    shown,
    tier_for,
    to_fen,
    typed,
)


def test_codes_have_eight_signs_that_are_not_taken_for_one_another() -> None:
    codes = {code_from(b"key", str(number)) for number in range(2000)}
    assert len(codes) == 2000
    assert {len(code) for code in codes} == {8}
    assert set("".join(codes)) == set(ALPHABET)
    assert not set(ALPHABET) & set("01ILO")


def test_a_code_follows_from_key_and_mark_and_reads_as_it_is_typed() -> None:
    code = code_from(b"key", "mark")
    assert code == code_from(b"key", "mark")
    assert code != code_from(b"other key", "mark")
    assert typed(shown(code).lower() + " ") == code


def test_parts_take_what_comes_first() -> None:
    assert parts_from([(7, 2), (3, 5)], 4) == (Part(7, 2), Part(3, 2))
    assert parts_from([(7, 2)], 2) == (Part(7, 2),)
    assert parts_from([(7, 2), (3, 1)], 4) is None
    assert parts_from([], 1) is None


@pytest.mark.parametrize(("yuan", "fen"), [("0.01", 1), ("12.5", 1250), ("35840", 3_584_000), ("1.005", 101)])
def test_yuan_and_fen(yuan: str, fen: int) -> None:
    assert to_fen(Decimal(yuan)) == fen


def test_yuan_is_written_as_people_write_it() -> None:
    assert [in_yuan(fen) for fen in (0, 5, 250_000, 123_450)] == ["0", "0.05", "2,500", "1,234.50"]


def test_the_best_tier_reached_holds_and_points_are_only_looked_at() -> None:
    tiers = checked_tiers([Tier(300, 85), Tier(100, 95)])
    assert tiers == (Tier(100, 95), Tier(300, 85))
    assert [tier_for(tiers, held) for held in (99, 100, 299, 300)] == [None, tiers[0], tiers[0], tiers[1]]
    assert saved_by(10_001, 95) == 500


@pytest.mark.parametrize(
    "tiers", [[], [Tier(0, 95)], [Tier(100, 40)], [Tier(100, 90), Tier(200, 95)], [Tier(100, 95), Tier(100, 90)]]
)
def test_tiers_that_make_no_sense_are_refused(tiers: list[Tier]) -> None:
    with pytest.raises(Refused):
        checked_tiers(tiers)


def test_levels_of_merchants() -> None:
    assert level_of(GridLevel.COUNTY, online=False) is MerchantLevel.COUNTY_OFFLINE
    assert level_of(GridLevel.COUNTY, online=True) is MerchantLevel.COUNTY_ONLINE
    assert level_of(GridLevel.TOWN, online=False) is MerchantLevel.TOWN


@pytest.mark.parametrize(
    ("day", "first", "end"),
    [
        (date(2026, 11, 22), date(2026, 10, 1), date(2027, 1, 1)),
        (date(2026, 1, 1), date(2026, 1, 1), date(2026, 4, 1)),
        (date(2026, 9, 30), date(2026, 7, 1), date(2026, 10, 1)),
    ],
)
def test_quarters(day: date, first: date, end: date) -> None:
    assert quarter_of(day) == (first, end)
