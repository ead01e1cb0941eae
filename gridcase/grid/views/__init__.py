"""Pages of places and sections."""

from gridcase.grid.views import outlines, places, sections
from gridcase.grid.views.base import NAV, bp

__all__ = ["NAV", "bp", "outlines", "places", "sections"]
