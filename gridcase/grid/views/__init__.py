"""Pages of places and sections."""

from gridcase.grid.views.base import bp

__all__ = ["bp"]
