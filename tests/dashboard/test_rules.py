"""Filters, months and shares."""

from __future__ import annotations

import pytest

from gridcase.cases.rules import Light
from gridcase.cases.rules.majors import MAJORS as CLASSES
from gridcase.dashboard.rules import MAJORS, Filters


def test_filters_survive_the_link() -> None:
    filters = Filters(village_id=7, major="04", light=Light.RED)
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
    ],
)
def test_nonsense_in_a_link_counts_as_not_chosen(values: dict[str, str]) -> None:
    assert Filters.read(values) == Filters()


def test_every_open_major_class_has_its_own_sign_in_both_languages() -> None:
    assert set(MAJORS) == set(CLASSES) - {"03"} | {"00"}
    signs = [str(major.sign) for major in MAJORS.values()]
    assert len(set(signs)) == len(signs)
    assert all(len(sign) == 1 for sign in signs)
