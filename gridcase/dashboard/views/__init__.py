"""Pages of the town's screen: the map with its list, the figures with the lists behind them."""

from gridcase.dashboard.views import burden, figures, map, wall
from gridcase.dashboard.views.base import bp

NAV = map.NAV + figures.NAV

__all__ = ["NAV", "bp", "burden", "figures", "map", "wall"]
