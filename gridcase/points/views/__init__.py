"""Pages of points: each module adds its own to one blueprint."""

from gridcase.points.views import notices
from gridcase.points.views.base import NAV, bp

__all__ = ["NAV", "bp", "notices"]
