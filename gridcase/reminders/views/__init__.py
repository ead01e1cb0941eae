"""Pages of the working calendar and of the reminders' timetable."""

from gridcase.reminders.views import calendar, timetable
from gridcase.reminders.views.base import bp

NAV = calendar.NAV + timetable.NAV

__all__ = ["NAV", "bp", "calendar", "timetable"]
