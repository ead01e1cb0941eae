"""Pages of the villager's door: behind the code, one's own case, and the codes as the village keeps them."""

from gridcase.resident.views import own, sheets, wall
from gridcase.resident.views.base import NAV, bp

__all__ = ["NAV", "bp", "own", "sheets", "wall"]
