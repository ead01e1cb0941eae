"""The pages of reports."""

from gridcase.reports.views import build, indicators, runs, shown
from gridcase.reports.views.base import NAV, bp

__all__ = ["NAV", "bp", "build", "indicators", "runs", "shown"]
