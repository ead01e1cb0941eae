"""Pages of points: each module adds its own to one blueprint."""

from gridcase.points.views import (
    base,
    conduct,
    declarations,
    history,
    notices,
    periods,
    review,
    schemes,
    sealing,
    spots,
    trial,
    vetoes,
)
from gridcase.points.views.base import bp

NAV = (*base.NAV, *declarations.NAV, *review.NAV, *spots.NAV, *schemes.NAV, *periods.NAV)

__all__ = [
    "NAV",
    "base",
    "bp",
    "conduct",
    "declarations",
    "history",
    "notices",
    "periods",
    "review",
    "schemes",
    "sealing",
    "spots",
    "trial",
    "vetoes",
]
