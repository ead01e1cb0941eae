"""Reading for the map and the figures; every statement stays within what the viewer's posts reach."""

from gridcase.dashboard.queries.figures import Slice, by_major, by_village, figures
from gridcase.dashboard.queries.listed import CaseLine, listed, point_card
from gridcase.dashboard.queries.places import Drawing, Root, drawing_of, names_on_map, outlines, root_of
from gridcase.dashboard.queries.points import open_points_json, points_version

__all__ = [
    "CaseLine",
    "Drawing",
    "Root",
    "Slice",
    "by_major",
    "by_village",
    "drawing_of",
    "figures",
    "listed",
    "names_on_map",
    "open_points_json",
    "outlines",
    "point_card",
    "points_version",
    "root_of",
]
