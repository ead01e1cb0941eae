"""The pages of the room: today, the form of a visit, the visits of a home, good deeds, what only named roles read."""

from gridcase.visits.views import deeds, log, photos, sheets, signs, today
from gridcase.visits.views.base import NAV, bp

__all__ = ["NAV", "bp", "deeds", "log", "photos", "sheets", "signs", "today"]
