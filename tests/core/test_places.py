"""Paths of places: cut, with what is above, what several share."""

from __future__ import annotations

import pytest

from gridcase.core.places import COUNTY, TOWN, VILLAGE, common_path, cut_to, depth_of, with_above

CELL = "/1/4/23/7/88/"


def test_a_place_and_what_is_above_it() -> None:
    assert with_above("/1/4/23/") == ["/1/", "/1/4/", "/1/4/23/"]
    assert with_above("/") == []
    assert (depth_of("/"), depth_of("/1/"), depth_of(CELL)) == (0, COUNTY, 5)


def test_the_place_so_deep_that_a_path_lies_in() -> None:
    assert [cut_to(CELL, depth) for depth in (COUNTY, TOWN, VILLAGE)] == ["/1/", "/1/4/", "/1/4/23/"]
    assert (cut_to("/1/", VILLAGE), cut_to("/", TOWN)) == ("/1/", "/")


@pytest.mark.parametrize(
    ("paths", "shared"),
    [
        (["/3/17/4/", "/3/17/9/"], "/3/17/"), (["/3/17/", "/3/17/9/"], "/3/17/"), (["/3/", "/5/"], "/"),
        (["/1/4/"], "/1/4/"), (["/", "/1/4/"], "/"), ([], "/"), (["/1/4/", "/11/4/"], "/"),
    ],
)  # fmt: skip
def test_what_several_share(paths: list[str], shared: str) -> None:
    assert common_path(paths) == shared
