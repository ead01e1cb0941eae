"""Pages that change a household: its register, a family's life, its care tier."""

from gridcase.households.views import tiers, tiers_rules
from gridcase.households.views.base import bp

NAV = (*tiers.NAV, *tiers_rules.NAV)

__all__ = ["NAV", "bp"]
