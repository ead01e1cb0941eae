"""Pages of coverage, plans and reorganisation."""

from gridcase.planner.views import coverage, plans, reorganise
from gridcase.planner.views.base import bp

NAV = (*coverage.NAV, *plans.NAV)

__all__ = ["NAV", "bp", "coverage", "plans", "reorganise"]
