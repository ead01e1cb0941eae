"""Filters, months and shares."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gridcase.cases.rules import Light
from gridcase.cases.rules.majors import MAJORS as CLASSES
from gridcase.dashboard.rules import MAJORS, Filters, Listed, month_start, percent


def test_filters_survive_the_link() -> None:
    filters = Filters(village_id=7, major="04", light=Light.RED, listed=Listed.LATE)
    assert Filters.read(filters.link()) == filters
    assert Filters.read(Filters().link()) == Filters()


@pytest.mark.parametrize(
    "values",
    [
        {"village": "x"},
        {"village": "-1"},
        {"village": "٣"},
        {"village": "9" * 30},
        {"major": "03"},
        {"major": "4' or 1"},
        {"light": "closed"},
        {"list": "?"},
    ],
)
def test_nonsense_in_a_link_counts_as_not_chosen(values: dict[str, str]) -> None:
    assert Filters.read(values) == Filters()


def test_the_month_begins_at_the_towns_midnight() -> None:
    # 31 October, 16:30 UTC is already November in the town
    start = month_start(datetime(2026, 10, 31, 16, 30, tzinfo=UTC))
    assert start == datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
    assert month_start(datetime(2026, 10, 31, 15, 59, tzinfo=UTC)) == datetime(2026, 9, 30, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("share", "said"), [(None, "–"), (0, "0%"), (1, "100%"), (0.999, "99%"), (0.001, "1%"), (0.705, "70%")]
)
def test_a_share_is_never_rounded_to_perfect_or_nothing(share: float | None, said: str) -> None:
    assert percent(share) == said


def test_every_open_major_class_has_its_own_sign_in_both_languages() -> None:
    assert set(MAJORS) == set(CLASSES) - {"03"} | {"00"}
    signs = [str(major.sign) for major in MAJORS.values()]
    assert len(set(signs)) == len(signs)
    assert all(len(sign) == 1 for sign in signs)
