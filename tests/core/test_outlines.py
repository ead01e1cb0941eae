"""The demo's synthetic outlines: parts fill their parent, never overlap, and are the same on every run."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridcase.core.outlines import (
    area_m2,
    centre_of,
    contains,
    multipolygon_wkt,
    outline,
    outline_around,
    point_inside,
    split,
)

TOWN = (112.61762, 28.49158)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), parts=st.integers(1, 30), radius=st.sampled_from([300.0, 1500.0, 9000.0]))
def test_parts_fill_the_parent_without_overlap(seed: int, parts: int, radius: float) -> None:
    rng = Random(seed)
    parent = outline(TOWN, radius, rng=rng)
    children = split(parent, parts, rng=rng)
    assert len(children) == parts
    assert sum(map(area_m2, children)) == pytest.approx(area_m2(parent), rel=1e-3)
    for _ in range(60):
        point = point_inside(parent, rng)
        assert contains(parent, point)
        assert sum(contains(child, point) for child in children) == 1
    for child in children:
        assert contains(parent, centre_of(child))
        assert contains(child, point_inside(child, rng))
    areas = sorted(map(area_m2, children))
    assert areas[-1] < 4 * areas[0]


def test_the_same_seed_draws_the_same_map() -> None:
    def draw(seed: int) -> list[object]:
        rng = Random(seed)
        return [*split(outline(TOWN, 5000, rng=rng), 7, rng=rng)]

    assert draw(4) == draw(4)
    assert draw(4) != draw(5)


def test_a_known_place_lies_in_its_own_part() -> None:
    rng = Random(1)
    parent = outline(TOWN, 9000, rng=rng)
    sites = [(112.60103, 28.53059), (112.58529, 28.45704), TOWN]
    children = split(parent, 19, rng=rng, sites=sites)
    for site, child in zip(sites, children, strict=False):
        assert contains(child, site)
    assert sum(contains(child, sites[0]) for child in children) == 1


def test_an_area_around_places_gives_each_its_own_part() -> None:
    rng = Random(6)
    places = [(112.60103, 28.53059), (112.58529, 28.45704), (112.70904, 28.56555), TOWN]
    town = outline_around(places, 1500, rng=rng)
    for place, part in zip(places, split(town, len(places), rng=rng, sites=places), strict=True):
        assert contains(part, place)


def test_parts_can_be_cut_again() -> None:
    rng = Random(2)
    village = split(outline(TOWN, 9000, rng=rng), 19, rng=rng)[3]
    for cell in split(village, 12, rng=rng):
        assert contains(village, centre_of(cell))


def test_impossible_requests_are_refused() -> None:
    rng = Random(3)
    parent = outline(TOWN, 1000, rng=rng)
    with pytest.raises(ValueError, match="outside"):
        split(parent, 3, rng=rng, sites=[(0.0, 0.0)])
    with pytest.raises(ValueError, match="cannot hold"):
        split(parent, 0, rng=rng)


def test_wkt_is_a_closed_multipolygon() -> None:
    ring = outline(TOWN, 1000, rng=Random(5))
    text = multipolygon_wkt(ring)
    assert text.startswith("MULTIPOLYGON(((")
    assert ring[0] == ring[-1]
    assert area_m2(ring) == pytest.approx(3.14159 * 1000**2, rel=0.25)
