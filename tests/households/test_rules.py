"""Care tiers, visit rhythm and circle sizes."""

from __future__ import annotations

from datetime import date

import pytest

from gridcase.households.rules import RELATIONS, CareTier, next_visit_on


@pytest.mark.parametrize(
    ("tier", "word", "mark", "due"),
    [
        (CareTier.REASSURED, "放心户", "●", date(2027, 2, 19)),
        (CareTier.CONCERNED, "关心户", "▲", date(2026, 12, 21)),
        (CareTier.CONNECTED, "连心户", "■", date(2026, 11, 28)),
    ],
)
def test_a_tier_is_a_word_a_mark_and_a_rhythm(tier: CareTier, word: str, mark: str, due: date) -> None:
    assert (str(tier.label), tier.mark) == (word, mark)
    assert next_visit_on(tier, date(2026, 11, 21)) == due


def test_relations_have_one_word_each() -> None:
    assert next(iter(RELATIONS)) == "head"
    assert len({str(label) for label in RELATIONS.values()}) == len(RELATIONS)
