"""Places: levels, codes and soft sizes."""

from __future__ import annotations

import pytest

from gridcase.core.errors import Refused
from gridcase.grid.rules import GridKind, GridLevel, SizeLimits, cell_code, group_code, household_code


def test_village_group_and_cell_are_the_three_levels_of_the_grid() -> None:
    levels = {level.value: level.governance_level for level in GridLevel}
    assert levels == {"county": None, "town": None, "village": 1, "group": 2, "cell": 3}
    assert len({str(level.label) for level in GridLevel}) == 5
    assert [str(kind.label) for kind in GridKind] == ["综合网格", "专属网格"]


def test_codes_grow_from_the_village_down() -> None:
    group = group_code("610921104200", 2)
    assert group == "610921104200Z02"
    assert cell_code(group, 3) == "610921104200Z02-003"
    assert household_code(cell_code(group, 3), 17) == "610921104200Z02-003-017"


def test_codes_of_one_place_sort_in_their_order() -> None:
    codes = [cell_code(group_code("610921104200", group), cell) for group in (1, 2, 10) for cell in (1, 2, 10)]
    assert sorted(codes) == codes


def test_sizes_are_soft_and_a_countys_own() -> None:
    assert SizeLimits().fits(20, 70)
    assert SizeLimits().fits(30, 120)
    assert not SizeLimits().fits(31, 100)
    assert not SizeLimits().fits(25, 69)
    assert not SizeLimits().fits(64, 253)
    assert SizeLimits(households=(50, 80), persons=(180, 320)).fits(64, 253)


def test_sizes_are_kept_as_a_setting_and_read_back() -> None:
    own = SizeLimits(households=(50, 80), persons=(180, 320), circle_target=12, circle_few=6, circle_many=18)
    assert SizeLimits.from_json(own.to_json()) == own
    assert SizeLimits.from_json({}) == SizeLimits()
    assert SizeLimits.from_json({"households": [10, 20]}).circle_target == 15


@pytest.mark.parametrize(
    ("limits", "field"),
    [
        (SizeLimits(households=(30, 20)), "households_high"),
        (SizeLimits(households=(0, 20)), "households_high"),
        (SizeLimits(persons=(70, 9999)), "persons_high"),
        (SizeLimits(circle_few=16), "circle_target"),
        (SizeLimits(circle_many=99), "circle_target"),
    ],
)
def test_sizes_that_make_no_sense_are_refused(limits: SizeLimits, field: str) -> None:
    with pytest.raises(Refused) as refused:
        limits.checked()
    assert refused.value.field == field
