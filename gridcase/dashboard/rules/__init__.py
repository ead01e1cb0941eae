"""What the map and the figures are made of: signs, lists, filters, numbers. Pure."""

from gridcase.dashboard.rules.selection import FRESH_SECONDS, POINTS_MOST, WEEKS_BACK, Age, Look, Selection, first_day
from gridcase.dashboard.rules.shades import Shade, shades, step_of
from gridcase.dashboard.rules.signs import LIGHTS, MAJORS, Major

__all__ = [
    "FRESH_SECONDS",
    "LIGHTS",
    "MAJORS",
    "POINTS_MOST",
    "WEEKS_BACK",
    "Age",
    "Look",
    "Major",
    "Selection",
    "Shade",
    "first_day",
    "shades",
    "step_of",
]
