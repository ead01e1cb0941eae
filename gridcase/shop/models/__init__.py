"""The tables of the shop, by thing."""

from gridcase.shop.models.donations import Donation, DonationUse
from gridcase.shop.models.goods import Batch, Goods, GoodsPhoto, Shop, StockMove, StockTake, StockTakeLine
from gridcase.shop.models.merchants import Merchant, MerchantFigure, MerchantTier, PastDiscount, Proof
from gridcase.shop.models.redemptions import Redemption, ShopKnock

__all__ = [
    "Batch",
    "Donation",
    "DonationUse",
    "Goods",
    "GoodsPhoto",
    "Merchant",
    "MerchantFigure",
    "MerchantTier",
    "PastDiscount",
    "Proof",
    "Redemption",
    "Shop",
    "ShopKnock",
    "StockMove",
    "StockTake",
    "StockTakeLine",
]
