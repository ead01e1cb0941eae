"""Every write of the shop, by thing."""

from gridcase.shop.service import donations, merchants, redemptions, shops, stock
from gridcase.shop.service.merging import repoint_household

__all__ = ["donations", "merchants", "redemptions", "repoint_household", "shops", "stock"]
