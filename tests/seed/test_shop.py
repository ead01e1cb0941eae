"""The demo's shops have something on the shelf, something handed over and something that waits."""

from __future__ import annotations

from collections import Counter

from flask import Flask
from sqlalchemy import select

from gridcase.core.db import db
from gridcase.shop import queries
from gridcase.shop.models import Donation, Merchant, Redemption, Shop
from gridcase.shop.rules import MerchantState, RedemptionState


def test_shops_have_a_past_and_something_that_waits(small_demo: Flask) -> None:
    assert len(db.session.scalars(select(Shop)).all()) == 2
    states = Counter(db.session.scalars(select(Redemption.state)))
    assert states[RedemptionState.HANDED] > 0
    assert states[RedemptionState.RESERVED] > 0
    assert set(db.session.scalars(select(Donation.anonymous))) == {True, False}
    assert set(db.session.scalars(select(Merchant.state))) == {MerchantState.MEMBER}
    assert not queries.goods.replay_differs()
