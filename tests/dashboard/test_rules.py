"""What a link of the map means, the signs, the drawing for paper."""

from __future__ import annotations

from datetime import date

import pytest

from gridcase.cases.rules import Light
from gridcase.cases.rules.majors import MAJORS as CLASSES
from gridcase.cases.rules.states import Channel
from gridcase.dashboard.rules import MAJORS, Age, Look, Selection
from gridcase.dashboard.rules.outlines import middle_of
from gridcase.dashboard.rules.picture import picture

TODAY = date(2026, 11, 23)


def test_a_selection_survives_the_link() -> None:
    chosen = Selection(7, 9, "04", "0401", Channel.PHONE, Light.RED, Age.MONTH, 3, date(2026, 11, 20))
    assert Selection.read(chosen.link(), today=TODAY) == chosen
    assert Selection.read(Selection().link(), today=TODAY) == Selection()
    look = Look(listed=True, heat=True, homes=True, base=False)
    assert Look.read(look.link()) == look
    assert Look.read(Look().link()) == Look()


@pytest.mark.parametrize(
    "values",
    [
        {"village": "x"},
        {"village": "-1"},
        {"village": "٣"},
        {"place": "9" * 30},
        {"major": "03"},
        {"major": "4' or 1"},
        {"class": "0401"},
        {"light": "closed"},
        {"source": "x"},
        {"age": "8"},
        {"day": "2026-11-23"},
        {"day": "2026-08-30"},
        {"day": "tomorrow"},
    ],
)
def test_nonsense_in_a_link_counts_as_not_chosen(values: dict[str, str]) -> None:
    assert Selection.read(values, today=TODAY) == Selection()


def test_a_class_is_of_its_major_class() -> None:
    assert Selection.read({"major": "04", "class": "0503"}, today=TODAY) == Selection(major="04")


def test_taking_a_village_back_takes_its_group_too() -> None:
    chosen = Selection(village_id=1, place_id=2, major="04", class_code="0401")
    assert chosen.without("village_id") == Selection(major="04", class_code="0401")
    assert chosen.without("major") == Selection(village_id=1, place_id=2)
    assert chosen.without("place_id") == Selection(village_id=1, major="04", class_code="0401")


def test_the_drawing_holds_its_outlines_and_what_lies_inside() -> None:
    square = {"type": "Polygon", "coordinates": [[[112, 28], [112.1, 28], [112.1, 28.1], [112, 28.1], [112, 28]]]}
    drawn = picture([("village", 5, square)], {5: 2}, [(11_205_000, 2_805_000, 1), (11_300_000, 2_805_000, 0)])
    assert drawn is not None
    (shape,) = drawn.shapes
    assert (shape.place_id, shape.step, len(drawn.marks)) == (5, 2, 1)
    assert shape.path.startswith("M0 ")
    assert drawn.marks[0][2] == 1
    assert picture([], {}, []) is None


def test_words_stand_in_the_middle_of_a_place_however_its_edge_was_measured() -> None:
    fine = [(0.0, float(y)) for y in range(41)]  # a river side with a point every metre
    assert middle_of([[*fine, (100.0, 40.0), (100.0, 0.0)]]) == (50.0, 20.0, 100.0)


def test_every_open_major_class_has_its_own_sign_in_both_languages() -> None:
    assert set(MAJORS) == set(CLASSES) - {"03"} | {"00"}
    signs = [str(major.sign) for major in MAJORS.values()]
    assert len(set(signs)) == len(signs)
    assert all(len(sign) == 1 for sign in signs)
