"""Reading for the map and the figures; every statement stays within what the viewer's posts reach."""

from gridcase.dashboard.queries.listed import CaseLine, listed, point_card
from gridcase.dashboard.queries.office import Office, office
from gridcase.dashboard.queries.places import Drawing, Root, drawing_of, names_on_map, outlines, root_of
from gridcase.dashboard.queries.points import open_points_json, points_version
from gridcase.dashboard.queries.presets import KEEPERS, keepable, kept_place, preset_of, told

__all__ = [
    "KEEPERS",
    "CaseLine",
    "Drawing",
    "Office",
    "Root",
    "drawing_of",
    "keepable",
    "kept_place",
    "listed",
    "names_on_map",
    "office",
    "open_points_json",
    "outlines",
    "point_card",
    "points_version",
    "preset_of",
    "root_of",
    "told",
]
