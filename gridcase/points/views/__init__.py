"""Pages of points: each module adds its own to one blueprint."""

from gridcase.points.views import base, history, notices, periods, schemes, sealing, trial, vetoes
from gridcase.points.views.base import bp

NAV = (*base.NAV, *schemes.NAV, *periods.NAV)

__all__ = ["NAV", "base", "bp", "history", "notices", "periods", "schemes", "sealing", "trial", "vetoes"]
