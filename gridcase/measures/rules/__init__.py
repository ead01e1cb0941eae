"""Every figure there is, by its key, and how figures are told apart and narrowed. Pure."""

from collections.abc import Mapping

from gridcase.measures.rules.kinds import KNOWN, NONE, PLACES, TIMES, By, Measure, Narrow, Shape, Source
from gridcase.measures.rules.of_cases import CASES

MEASURES: Mapping[str, Measure] = {measure.key: measure for measure in CASES}

__all__ = ["KNOWN", "MEASURES", "NONE", "PLACES", "TIMES", "By", "Measure", "Narrow", "Shape", "Source"]
