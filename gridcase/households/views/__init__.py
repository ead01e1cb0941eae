"""Pages that change a household: its register, a family's life, changes proposed, whom it trusts, its care tier."""

from gridcase.households.views import changes, life, register, tiers, tiers_rules, trust
from gridcase.households.views.base import bp

NAV = (*tiers.NAV, *tiers_rules.NAV)

__all__ = ["NAV", "bp", "changes", "life", "register", "trust"]
