"""Reading for the map and the figures; every statement stays within what the viewer's posts reach."""

from gridcase.dashboard.queries.areas import Area, areas
from gridcase.dashboard.queries.clusters import part_json
from gridcase.dashboard.queries.ground import Ground, ground
from gridcase.dashboard.queries.homes import circles, shows_homes
from gridcase.dashboard.queries.listed import CaseLine, open_listed, point_card
from gridcase.dashboard.queries.offered import class_called, classes_of, unit_called, units_about
from gridcase.dashboard.queries.office import Office, office
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
from gridcase.dashboard.queries.presets import (
    KEEPERS,
    areas_of,
    counties,
    keepable,
    kept_place,
    preset_of,
    told,
    whole_preset_of,
)

__all__ = [
    "KEEPERS",
    "About",
    "Area",
    "CaseLine",
    "Drawing",
    "Ground",
    "Named",
    "Office",
    "Root",
    "about",
    "are_many",
    "areas",
    "areas_of",
    "circles",
    "class_called",
    "classes_of",
    "counties",
    "drawing_of",
    "ground",
    "keepable",
    "kept_place",
    "named",
    "office",
    "open_listed",
    "outlines",
    "part_json",
    "parts_of",
    "point_card",
    "points_json",
    "points_version",
    "preset_of",
    "root_of",
    "shows_homes",
    "told",
    "unit_called",
    "units_about",
    "whole_preset_of",
]
