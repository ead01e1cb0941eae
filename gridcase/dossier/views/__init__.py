"""Pages of the whole picture: households, places, liaisons."""

from gridcase.dossier.views import grids, homes, merging, pins
from gridcase.dossier.views.base import NAV, bp

__all__ = ["NAV", "bp", "grids", "homes", "merging", "pins"]
