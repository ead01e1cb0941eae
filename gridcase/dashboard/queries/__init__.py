"""Reading for the map and the figures; every statement stays within what the viewer's posts reach."""

from gridcase.dashboard.queries.areas import Area, areas
from gridcase.dashboard.queries.clusters import part_json
from gridcase.dashboard.queries.figures import Slice, by_major, by_village, figures
from gridcase.dashboard.queries.ground import Ground, ground
from gridcase.dashboard.queries.homes import circles, shows_homes
from gridcase.dashboard.queries.listed import CaseLine, listed, open_listed, point_card
from gridcase.dashboard.queries.offered import class_called, classes_of, unit_called, units_about
from gridcase.dashboard.queries.places import (
    About,
    Drawing,
    Named,
    Root,
    about,
    drawing_of,
    named,
    outlines,
    parts_of,
    root_of,
)
from gridcase.dashboard.queries.points import are_many, points_json, points_version

__all__ = [
    "About",
    "Area",
    "CaseLine",
    "Drawing",
    "Ground",
    "Named",
    "Root",
    "Slice",
    "about",
    "are_many",
    "areas",
    "by_major",
    "by_village",
    "circles",
    "class_called",
    "classes_of",
    "drawing_of",
    "figures",
    "ground",
    "listed",
    "named",
    "open_listed",
    "outlines",
    "part_json",
    "parts_of",
    "point_card",
    "points_json",
    "points_version",
    "root_of",
    "shows_homes",
    "unit_called",
    "units_about",
]
