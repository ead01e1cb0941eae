"""Reading the doors: places and their rules, days and visitors, meetings, patrols, answers, legal points, figures."""

from gridcase.reception.queries import days, figures, legal, meetings, patrols, places, quick, sent

__all__ = ["days", "figures", "legal", "meetings", "patrols", "places", "quick", "sent"]
