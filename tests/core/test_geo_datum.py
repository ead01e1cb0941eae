"""The shifted datum: known places, sizes of the shift, and the way back."""

from __future__ import annotations

import random
from math import cos, hypot, radians

import pytest

from gridcase.core.geo_datum import gcj02_to_wgs84, wgs84_to_gcj02

METRES_A_DEGREE = 111_320.0


@pytest.mark.parametrize(
    ("gcj02", "wgs84"),
    [
        ((107.881802, 36.016299), (107.87711, 36.01662)),
        ((104.683809, 35.304271), (104.68099, 35.30493)),
        ((111.61766, 21.752771), (111.61272, 21.75559)),
        ((108.667054, 32.786323), (108.66262, 32.78854)),
        ((112.622972, 28.488086), (112.61762, 28.49158)),
    ],
)
def test_the_five_places_stand_where_they_are(gcj02: tuple[float, float], wgs84: tuple[float, float]) -> None:
    assert gcj02_to_wgs84(*gcj02) == pytest.approx(wgs84, abs=6e-6)
    assert wgs84_to_gcj02(*wgs84) == pytest.approx(gcj02, abs=6e-6)


def test_a_round_trip_comes_back_to_the_same_point() -> None:
    chance = random.Random(321)
    for _ in range(500):
        point = chance.uniform(74, 134), chance.uniform(18, 53)
        assert gcj02_to_wgs84(*wgs84_to_gcj02(*point)) == pytest.approx(point, abs=1e-9)
        assert wgs84_to_gcj02(*gcj02_to_wgs84(*point)) == pytest.approx(point, abs=1e-9)


def test_the_shift_is_some_hundred_metres() -> None:
    chance = random.Random(115)
    for _ in range(200):
        lon, lat = chance.uniform(80, 130), chance.uniform(20, 50)
        shifted_lon, shifted_lat = wgs84_to_gcj02(lon, lat)
        metres = hypot((shifted_lon - lon) * cos(radians(lat)), shifted_lat - lat) * METRES_A_DEGREE
        assert 50 < metres < 1200


@pytest.mark.parametrize("point", [(2.35, 48.86), (-74.0, 40.7), (139.7, 35.7), (103.8, -1.3)])
def test_outside_china_nothing_moves(point: tuple[float, float]) -> None:
    assert wgs84_to_gcj02(*point) == point
    assert gcj02_to_wgs84(*point) == point
