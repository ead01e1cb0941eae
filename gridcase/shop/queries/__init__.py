"""Every SELECT of the shop, by thing."""

from gridcase.shop.queries import donations, goods, merchants, redemptions, reports, shops

__all__ = ["donations", "goods", "merchants", "redemptions", "reports", "shops"]
