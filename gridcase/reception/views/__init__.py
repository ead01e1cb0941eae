"""Pages of the doors."""

from gridcase.reception.views import days, meetings, patrols, quick, settings
from gridcase.reception.views.base import NAV, bp

__all__ = ["NAV", "bp", "days", "meetings", "patrols", "quick", "settings"]
