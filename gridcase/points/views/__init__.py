"""Pages of points: each module adds its own to one blueprint."""

from gridcase.points.views import declarations, notices, review
from gridcase.points.views.base import NAV, bp

__all__ = ["NAV", "bp", "declarations", "notices", "review"]
