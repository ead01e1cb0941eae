"""Pages of the inbox and of the channels by which messages leave."""

from gridcase.notices.views import groups, inbox, own
from gridcase.notices.views.base import bp

NAV = groups.NAV

__all__ = ["NAV", "bp", "groups", "inbox", "own"]
