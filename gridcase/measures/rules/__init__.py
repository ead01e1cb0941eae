"""Every figure there is, by its key, and how figures are told apart and narrowed. Pure."""

from collections.abc import Mapping

from gridcase.measures.rules.beside_cases import MEDIATIONS, STEPS, WHISTLES
from gridcase.measures.rules.kinds import (
    KNOWN,
    NONE,
    PLACES,
    SEVERAL,
    TIMES,
    Band,
    By,
    Measure,
    Narrow,
    Shape,
    Source,
)
from gridcase.measures.rules.of_campaigns import CAMPAIGNS
from gridcase.measures.rules.of_cases import CASES
from gridcase.measures.rules.of_places import AFFAIRS, HOMES, POINTS, VISITS

_ALL = (*CASES, *STEPS, *WHISTLES, *MEDIATIONS, *HOMES, *VISITS, *POINTS, *AFFAIRS, *CAMPAIGNS)
MEASURES: Mapping[str, Measure] = {measure.key: measure for measure in _ALL}

__all__ = [
    "KNOWN", "MEASURES", "NONE", "PLACES", "SEVERAL", "TIMES", "Band", "By", "Measure", "Narrow", "Shape", "Source",
]  # fmt: skip
