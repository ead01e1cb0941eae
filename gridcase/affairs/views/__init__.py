"""Pages of the room: each module adds its own to one blueprint."""

from gridcase.affairs.views import activities, boards, campaigns, honours, members, opinions, signing, teams
from gridcase.affairs.views.base import NAV, bp

__all__ = ["NAV", "activities", "boards", "bp", "campaigns", "honours", "members", "opinions", "signing", "teams"]
