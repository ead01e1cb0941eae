"""GCJ-02 (the datum of Chinese map services) to WGS 84 and back. Pure; longitude first, degrees.

The forward formula is the published approximation in use; the way back is found by iteration, so that a
round trip is exact to about a micrometre. Outside China nothing is shifted.
"""

from __future__ import annotations

from math import cos, pi, radians, sin, sqrt

_AXIS = 6378245.0  # Krasovsky 1940, metres
_ECCENTRICITY_2 = 0.00669342162296594323
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_CLOSE = 1e-12


def wgs84_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """Where a Chinese map service draws this point."""
    if not in_china(lon, lat):
        return lon, lat
    shift_lon, shift_lat = _shift(lon, lat)
    return lon + shift_lon, lat + shift_lat


def gcj02_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """The true position of a point read from a Chinese map service."""
    if not in_china(lon, lat):
        return lon, lat
    true_lon, true_lat = lon, lat
    for _ in range(30):
        shift_lon, shift_lat = _shift(true_lon, true_lat)
        miss_lon, miss_lat = lon - shift_lon - true_lon, lat - shift_lat - true_lat
        true_lon, true_lat = true_lon + miss_lon, true_lat + miss_lat
        if abs(miss_lon) < _CLOSE and abs(miss_lat) < _CLOSE:
            break
    return true_lon, true_lat


def in_china(lon: float, lat: float) -> bool:
    """Whether the shifted datum is used there (the usual box, not the border)."""
    return _WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH


def _shift(lon: float, lat: float) -> tuple[float, float]:
    x, y = lon - 105.0, lat - 35.0
    common = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + common
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + common
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    curve = 1 - _ECCENTRICITY_2 * sin(radians(lat)) ** 2
    meridian = _AXIS * (1 - _ECCENTRICITY_2) / (curve * sqrt(curve))
    parallel = _AXIS / sqrt(curve) * cos(radians(lat))
    return east * 180 / (parallel * pi), north * 180 / (meridian * pi)
