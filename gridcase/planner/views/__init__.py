"""Pages of coverage, plans and reorganisation."""

from gridcase.planner.views.base import bp

__all__ = ["bp"]
