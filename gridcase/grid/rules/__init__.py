"""What places are, how large, where: levels and codes, sizes, datums, shapes, files of shapes. Pure."""

from gridcase.grid.rules.datums import Datum, polygons_to_wgs84, to_wgs84
from gridcase.grid.rules.levels import (
    LONGEST_WORD,
    NAMING_KEY,
    GridKind,
    GridLevel,
    Naming,
    cell_code,
    check_code,
    group_code,
    household_code,
    propose_code,
)
from gridcase.grid.rules.register import DEEDS, FIELDS, MOST_OF_ONE, OTHER_DEED, Line, ResourceKind
from gridcase.grid.rules.sizes import SIZES_KEY, SizeLimits

__all__ = [
    "DEEDS",
    "FIELDS",
    "LONGEST_WORD",
    "MOST_OF_ONE",
    "NAMING_KEY",
    "OTHER_DEED",
    "SIZES_KEY",
    "Datum",
    "GridKind",
    "GridLevel",
    "Line",
    "Naming",
    "ResourceKind",
    "SizeLimits",
    "cell_code",
    "check_code",
    "group_code",
    "household_code",
    "polygons_to_wgs84",
    "propose_code",
    "to_wgs84",
]
