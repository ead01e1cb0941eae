"""Pages of imports and exports."""

from gridcase.exchange.views import cases, registers
from gridcase.exchange.views.base import NAV, bp

__all__ = ["NAV", "bp", "cases", "registers"]
