"""Outlines before they are stored, known points of the datums, small pictures. No database."""

from __future__ import annotations

import pytest
from pyproj import Transformer

from gridcase.cases.rules.alike import metres_between
from gridcase.core.errors import Refused
from gridcase.core.geo_datum import wgs84_to_gcj02
from gridcase.grid.rules import Datum, GridLevel, Naming, check_code, propose_code, to_wgs84
from gridcase.grid.rules.shapes import (
    CHINA,
    Box,
    area_m2,
    box_of,
    centre_of,
    check_outline,
    crossing,
    distance_m,
    far_off_m,
    holds,
    svg_height,
    svg_path,
)

SQUARE = [(112.60, 28.45), (112.61, 28.45), (112.61, 28.46), (112.60, 28.46)]
BOW_TIE = [(112.60, 28.45), (112.61, 28.46), (112.61, 28.45), (112.60, 28.46)]
HERE = Box(112.0, 28.0, 113.0, 29.0)


def test_a_good_outline_comes_back_closed() -> None:
    checked = check_outline([[SQUARE]], level=GridLevel.CELL, box=HERE)
    assert checked[0][0][0] == checked[0][0][-1]
    assert len(checked[0][0]) == 5
    assert area_m2(checked) == pytest.approx(0.01 * 111_320 * 0.01 * 111_320 * 0.8792, rel=0.01)


@pytest.mark.parametrize(
    ("polygons", "words"),
    [
        ([], "三个角点"),
        ([[]], "三个角点"),
        ([[SQUARE[:2]]], "三个角点"),
        ([[[SQUARE[0]] * 5]], "三个角点"),
        ([[BOW_TIE]], "交叉"),
        ([[[*SQUARE[:3], SQUARE[1], SQUARE[3]]]], "交叉"),  # runs back over its own edge
        ([[[(y, x) for x, y in SQUARE]]], "本县范围"),  # latitude first
        ([[[(x + 2, y) for x, y in SQUARE]]], "本县范围"),
        ([[[(112.6, 28.45), (112.6001, 28.45), (112.6001, 28.4501)]]], "太小"),
        ([[[(112.1, 28.1), (112.9, 28.1), (112.9, 28.9), (112.1, 28.9)]]], "太大"),
        ([[[(112.5 + number / 1e6, 28.5) for number in range(5001)]]], "超过 5000"),
    ],
)
def test_a_bad_outline_is_refused_in_words(polygons: list[list[list[tuple[float, float]]]], words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        check_outline(polygons, level=GridLevel.CELL, box=HERE)
    assert refused.value.field == "outline"


def test_a_larger_level_may_be_larger() -> None:
    large = [(112.2, 28.2), (112.6, 28.2), (112.6, 28.6), (112.2, 28.6)]
    with pytest.raises(Refused):
        check_outline([[large]], level=GridLevel.CELL, box=HERE)
    assert check_outline([[large]], level=GridLevel.TOWN, box=HERE)


def test_crossings_are_found_among_many_corners() -> None:
    comb = [point for n in range(200) for point in ((112.0 + n / 1000, 28.0), (112.0005 + n / 1000, 28.5))]
    comb += [(112.2, 27.9), (112.0, 27.9), comb[0]]
    assert crossing(comb) is None
    spoiled = [*comb[:50], (112.19, 28.25), *comb[50:]]
    assert crossing(spoiled) is not None


def test_inside_outside_and_how_far() -> None:
    hole = [(112.604, 28.454), (112.606, 28.454), (112.606, 28.456), (112.604, 28.456)]
    polygons = [[SQUARE, hole]]
    assert holds(polygons, (112.602, 28.452))
    assert not holds(polygons, (112.605, 28.455))
    assert not holds(polygons, (112.62, 28.455))
    assert distance_m(polygons, (112.602, 28.452)) == 0
    assert distance_m([[SQUARE]], (112.605, 28.4645)) == pytest.approx(0.0045 * 111_320, rel=0.01)
    assert centre_of(polygons) == pytest.approx((112.605, 28.455))
    assert area_m2(polygons) == pytest.approx(area_m2([[SQUARE]]) * 0.96, rel=1e-4)


def test_a_shape_in_the_wrong_datum_lies_far_off() -> None:
    """A cell along its village's edge, its corners left in GCJ-02: more than 300 m outside."""
    wrong = [[[wgs84_to_gcj02(x, y) for x, y in SQUARE]]]
    assert far_off_m([[SQUARE]], centre=None, parent=[[SQUARE]]) < 1
    assert far_off_m(wrong, centre=None, parent=[[SQUARE]]) > 300
    right = [[[to_wgs84(x, y, Datum.GCJ02) for x, y in wrong[0][0]]]]
    assert far_off_m(right, centre=None, parent=[[SQUARE]]) < 1
    assert far_off_m([[SQUARE]], centre=(112.605, 28.47), parent=None) > 1000
    assert far_off_m([[SQUARE]], centre=None, parent=None) == 0


@pytest.mark.parametrize(
    ("gcj", "wgs"),  # town centres of the published lists and their true positions (domain.md 7), good to 10 m
    [
        ((108.667054, 32.786323), (108.66262, 32.78854)),
        ((112.622972, 28.488086), (112.61762, 28.49158)),
        ((107.90336, 35.981229), (107.89869, 35.98157)),
        ((104.683809, 35.304271), (104.68099, 35.30493)),
    ],
)
def test_known_points(gcj: tuple[float, float], wgs: tuple[float, float]) -> None:
    assert metres_between(to_wgs84(*gcj, Datum.GCJ02), wgs) < 10
    assert to_wgs84(*wgs, Datum.CGCS2000) == wgs == to_wgs84(*wgs, Datum.WGS84)


def test_cgcs2000_and_wgs84_are_one_for_our_purpose() -> None:
    there = Transformer.from_crs("EPSG:4490", "EPSG:4326", always_xy=True).transform(112.61762, 28.49158)
    assert metres_between((there[0], there[1]), (112.61762, 28.49158)) < 1


def test_the_picture_is_north_up() -> None:
    frame = box_of([[SQUARE]])
    assert frame == Box(112.60, 28.45, 112.61, 28.46)
    assert svg_path([[SQUARE]], frame).startswith("M0.0 364.")  # the south-west corner is at the bottom left
    assert svg_height(frame) == 364
    assert CHINA.holds((112, 28))


def test_codes_are_proposed_by_the_rules() -> None:
    village, town = GridLevel.VILLAGE, GridLevel.TOWN
    assert propose_code(town, "430903000000", []) == "430903100000"
    assert propose_code(town, "430903000000", ["430903104000"]) == "430903105000"
    assert propose_code(village, "430903104000", ["430903104200", "430903104221"]) == "430903104222"
    assert propose_code(GridLevel.GROUP, "430903104221", ["430903104221Z01"]) == "430903104221Z02"
    assert propose_code(GridLevel.CELL, "430903104221Z02", []) == "430903104221Z02-001"
    assert propose_code(village, "430903104000", ["430903104999"]) == "430903104200"  # begins anew at the end


@pytest.mark.parametrize(
    ("level", "code", "parent"),
    [
        (GridLevel.TOWN, "430903104001", "430903000000"),
        (GridLevel.TOWN, "430904104000", "430903000000"),
        (GridLevel.VILLAGE, "43090310422", "430903104000"),
        (GridLevel.GROUP, "430903104221X01", "430903104221"),
        (GridLevel.CELL, "430903104221Z01-1", "430903104221Z01"),
    ],
)
def test_a_code_that_is_not_its_parents_is_refused(level: GridLevel, code: str, parent: str) -> None:
    with pytest.raises(Refused) as refused:
        check_code(level, code, parent)
    assert refused.value.field == "code"


def test_a_village_may_have_its_own_words() -> None:
    own = Naming(village="大网格", group="小网格")
    assert Naming.from_json(own.to_json()) == own
    assert own.word("village") == "大网格"
    assert str(own.word("cell")) == "三级网格"
    assert Naming.from_json({"village": "很" * 40}).village == "很" * 10
