"""Pages of the doors."""

from gridcase.reception.views import days, legal, meetings, patrols, quick, settings
from gridcase.reception.views.base import NAV, bp

__all__ = ["NAV", "bp", "days", "legal", "meetings", "patrols", "quick", "settings"]
