"""The points shop: goods and stock, redemption by a one-time code, donations; and the merchants who give a discount.

积分超市：货品和库存、凭码兑换、捐赠台账；商家联盟：凭积分打折。
"""
