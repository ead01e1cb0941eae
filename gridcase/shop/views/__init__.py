"""Pages of the shop: each module adds its own to one blueprint."""

from gridcase.shop.views import counter, donations, merchants, photos, shelf, shops, stock
from gridcase.shop.views.base import NAV, bp

__all__ = ["NAV", "bp", "counter", "donations", "merchants", "photos", "shelf", "shops", "stock"]
