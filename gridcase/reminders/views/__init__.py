"""Pages of the working calendar and of the reminders' timetable."""

from gridcase.reminders.views import calendar
from gridcase.reminders.views.base import bp

NAV = calendar.NAV

__all__ = ["NAV", "bp", "calendar"]
