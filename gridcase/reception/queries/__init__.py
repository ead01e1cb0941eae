"""Reading the doors: places and their rules, reception days and visitors, meetings, patrols, quick answers, figures."""

from gridcase.reception.queries import days, figures, meetings, patrols, places, quick, sent

__all__ = ["days", "figures", "meetings", "patrols", "places", "quick", "sent"]
