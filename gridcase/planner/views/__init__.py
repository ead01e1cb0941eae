"""Pages of coverage, plans and reorganisation."""

from gridcase.planner.views import coverage, reorganise
from gridcase.planner.views.base import bp

NAV = coverage.NAV

__all__ = ["NAV", "bp", "coverage", "reorganise"]
