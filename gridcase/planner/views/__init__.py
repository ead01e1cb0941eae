"""Pages of coverage, plans and reorganisation."""

from gridcase.planner.views import plans
from gridcase.planner.views.base import bp

NAV = (*plans.NAV,)

__all__ = ["NAV", "bp", "plans"]
