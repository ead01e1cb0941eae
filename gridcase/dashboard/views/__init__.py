"""Pages of the town's screen: the map with its list, the figures with the lists behind them, the wall."""

from gridcase.dashboard.views import areas, burden, figures, map_data, presets, wall
from gridcase.dashboard.views import map as town_map
from gridcase.dashboard.views.base import bp

NAV = town_map.NAV + figures.NAV

__all__ = ["NAV", "areas", "bp", "burden", "figures", "map_data", "presets", "town_map", "wall"]
