"""The screen on the wall: how long its link lives, where its map's places stand, how full they are. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gridcase.core.labels import Ranked
from gridcase.core.words import N_
from gridcase.dashboard.rules.outlines import Ring, middle_of, path_of, rings_of

WIDE, HIGH, EDGE = 900, 1000, 12  # the map's drawing, in units of its own: about the shape of its panel
NAME, COUNT, LATE = 34, 56, 40  # how high the words on it are: read from five metres where a screen is a metre wide
WEEKS = 12
GOOD_MOST = 6  # lines of what was finished today
VILLAGES_MOST = 10  # so many that the screen holds all it shows without scrolling
FULL = (1, 5, 10)  # from how many open cases on a place is filled more darkly
# A case of these classes, on the day and in the village it was closed, would point at a family: only the major class.
ONLY_MAJOR = frozenset({"01", "07", "08", "09"})


class Lasts(Ranked):
    """For how many days the link of a screen opens it."""

    MONTH = 30, N_("30 天")
    QUARTER = 90, N_("90 天")
    YEAR = 365, N_("一年")


@dataclass(frozen=True)
class Area:
    """A place as it is drawn: the path of its outline and where its words stand."""

    id: int
    path: str
    x: float
    y: float
    wide: float


@dataclass(frozen=True)
class Word:
    """One line of words on the map: "name", "count" or "late", and where its foot stands, in the middle."""

    kind: str
    text: str
    x: float
    y: float


def areas(shapes: Sequence[tuple[int, str]]) -> list[Area]:
    """Outlines (id, GeoJSON) laid into the drawing, north above; degrees of longitude as short as they are there. Holes
    are not seen from five metres."""
    outlines = [(key, rings_of(json.loads(shape), holes=False)) for key, shape in shapes]
    points = [point for _key, rings in outlines for ring in rings for point in ring]
    if not points:
        return []
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = min((WIDE - 2 * EDGE) / max((east - west) * narrow, 1e-9), (HIGH - 2 * EDGE) / max(north - south, 1e-9))
    left, top = (WIDE - (east - west) * narrow * scale) / 2, (HIGH - (north - south) * scale) / 2

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return round(left + (point[0] - west) * narrow * scale, 1), round(top + (north - point[1]) * scale, 1)

    return [_area(key, [[place(point) for point in ring] for ring in rings]) for key, rings in outlines if rings]


def _area(key: int, rings: list[Ring]) -> Area:
    x, y, wide = middle_of(rings)
    return Area(key, path_of(rings), x, y, wide)


def words_on(places: Sequence[Area], counts: Mapping[int, tuple[int, int]], names: Mapping[int, str]) -> list[Word]:
    """What can stand on the map without lying on one another: how many are open and late, with the name where there
    is room. The most pressing places come first; what is left out stands in the list beside."""
    taken: list[tuple[float, float, float, float]] = []
    words: list[Word] = []
    for area in sorted(places, key=lambda one: counts.get(one.id, (0, 0))[::-1], reverse=True):
        count, late = counts.get(area.id, (0, 0))
        numbers = [("count", str(count), COUNT)] * (count > 0) + [("late", f"■{late}", LATE)] * (late > 0)
        name = names.get(area.id, "")
        tries = [[("name", name, NAME), *numbers]] * (0 < _wide(name, NAME) < area.wide) + [numbers] * (count > 0)
        for lines in tries:
            wide, high = max(_wide(text, size) for _kind, text, size in lines), sum(size for *_said, size in lines)
            box = (area.x - wide / 2, area.y - high / 2, area.x + wide / 2, area.y + high / 2)
            if not any(_meet(box, other) for other in taken):
                taken.append(box)
                words += _stacked(lines, area.x, box[1])
                break
    return words


def _wide(text: str, size: int) -> float:
    """About how wide a text is: Chinese signs are as wide as high, digits and letters six tenths of it."""
    return sum(size * (1 if ord(sign) > 0x2000 else 0.6) for sign in text)


def _meet(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _stacked(lines: Sequence[tuple[str, str, int]], x: float, top: float) -> Iterable[Word]:
    for kind, text, size in lines:
        yield Word(kind, text, x, round(top + 0.86 * size, 1))
        top += size


def fullness(count: int) -> int:
    """0 to 3: how darkly a place with so many open cases is filled."""
    return sum(count >= step for step in FULL)
