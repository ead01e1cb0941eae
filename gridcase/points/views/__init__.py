"""Pages of points: each module adds its own to one blueprint."""

from gridcase.points.views import base, notices, schemes, trial, vetoes
from gridcase.points.views.base import bp

NAV = (*base.NAV, *schemes.NAV)

__all__ = ["NAV", "base", "bp", "notices", "schemes", "trial", "vetoes"]
