"""Merchants, the proofs shown to them, the log of discounts."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.shop.models import Merchant, MerchantFigure, PastDiscount, Proof, ShopKnock
from gridcase.shop.queries.shops import serving
from gridcase.shop.rules import MerchantState, Tier, code_from, typed
from gridcase.shop.rules.codes import digest_of

PURPOSE = "merchant"
LEVELS = (GridLevel.COUNTY, GridLevel.TOWN)


def managed(viewer: Viewer) -> ColumnElement[bool]:
    """Merchants of the viewer's county or town."""
    return reach(viewer, Permission.MANAGE_MERCHANTS, path=Merchant.path)


def member_on(on: date) -> ColumnElement[bool]:
    """Merchants whose agreement runs on a day."""
    return and_(Merchant.state == MerchantState.MEMBER, Merchant.since <= on, Merchant.until >= on)


def open_to(viewer: Viewer, on: date) -> ColumnElement[bool]:
    """Members that give a discount to homes the viewer redeems for."""
    return and_(member_on(on), Merchant.id.in_(serving(viewer, Merchant)))


def seen(viewer: Viewer, on: date) -> ColumnElement[bool]:
    """Both: what one manages and what one's homes can use."""
    ways = [managed(viewer)]
    if viewer.may(Permission.REDEEM_POINTS):
        ways.append(open_to(viewer, on))
    return or_(*ways)


def page(viewer: Viewer, *, on: date, after: str | None = None, state: str = "") -> Page[Merchant]:
    """The merchants one sees, by name."""
    query = select(Merchant).where(seen(viewer, on))
    if state:
        query = query.where(Merchant.state == state)
    mark = read_mark(after, str, int)
    if mark:
        query = query.where(or_(Merchant.name > mark[0], and_(Merchant.name == mark[0], Merchant.id > mark[1])))
    rows = db.session.scalars(query.order_by(Merchant.name, Merchant.id).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: [row.name, row.id])


def counts(viewer: Viewer) -> dict[str, int]:
    """How many members by level (县级线下、县级线上、乡镇), for who manages them."""
    rows = db.session.execute(
        select(Merchant.level, func.count(Merchant.id))
        .where(managed(viewer), Merchant.state == MerchantState.MEMBER)
        .group_by(Merchant.level)
    )
    return {row[0]: row[1] for row in rows}


def get(merchant_id: int, *, viewer: Viewer, on: date) -> Merchant:
    """One merchant the viewer sees, else `Missing`."""
    found = db.session.scalar(select(Merchant).where(Merchant.id == merchant_id, seen(viewer, on)))
    if found is None:
        raise Missing
    return found


def get_managed(merchant_id: int, *, viewer: Viewer) -> Merchant:
    """One merchant the viewer manages, else `Missing`."""
    found = db.session.scalar(select(Merchant).where(Merchant.id == merchant_id, managed(viewer)))
    if found is None:
        raise Missing
    return found


def get_open(merchant_id: int, *, viewer: Viewer, on: date) -> Merchant:
    """One member that gives a discount to homes the viewer redeems for, else `Missing`."""
    found = db.session.scalar(select(Merchant).where(Merchant.id == merchant_id, open_to(viewer, on)))
    if found is None:
        raise Missing
    return found


def tiers_of(merchant: Merchant) -> tuple[Tier, ...]:
    """Its discounts, from few points to many."""
    return tuple(Tier(tier.points, tier.percent) for tier in merchant.tiers)


def figures_of(merchant: Merchant) -> Sequence[MerchantFigure]:
    """What it says of its own years, newest first."""
    return db.session.scalars(
        select(MerchantFigure).where(MerchantFigure.merchant_id == merchant.id).order_by(MerchantFigure.year.desc())
    ).all()


# --- proofs


def proof_by_uuid(client_uuid: str) -> Proof | None:
    """The proof that this very form has made already."""
    return db.session.scalar(select(Proof).where(Proof.client_uuid == client_uuid))


def get_proof(proof_id: int, *, viewer: Viewer) -> tuple[Proof, Merchant]:
    """A proof of a home one redeems for, else `Missing`."""
    row = db.session.execute(
        select(Proof, Merchant)
        .join(Merchant, Merchant.id == Proof.merchant_id)
        .join(Household, Household.id == Proof.household_id)
        .where(Proof.id == proof_id, households.visible(viewer, Permission.REDEEM_POINTS))
    ).first()
    if row is None:
        raise Missing
    return row[0], row[1]


def code_of(row: Proof, *, keys: Sequence[bytes]) -> str | None:
    """The code of a proof, for the page of its own home."""
    for key in keys:
        code = code_from(key, row.client_uuid)
        if hmac.compare_digest(digest_of(key, PURPOSE, code), row.digest):
            return code
    return None


def proof_by_code(words: str, *, keys: Sequence[bytes]) -> Any:
    """(proof, merchant, name of the home's village) that a typed code stands for; None: no such code."""
    digests = [digest_of(key, PURPOSE, typed(words)) for key in keys]
    return db.session.execute(
        select(Proof, Merchant, Grid.name.label("village"))
        .join(Merchant, Merchant.id == Proof.merchant_id)
        .join(Grid, Grid.id == Proof.village_id)
        .where(Proof.digest.in_(digests))
    ).first()


def locked_proof(proof_id: int) -> Proof:
    """A proof as it stands now, locked until the transaction ends."""
    return db.session.scalars(
        select(Proof).where(Proof.id == proof_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def discounts(viewer: Viewer, *, begins: datetime, ends: datetime, after: str | None = None) -> Page[Any]:
    """(proof, merchant, village name) of the purchases at merchants one manages, newest first; never whose."""
    query = (
        select(Proof, Merchant, Grid.name.label("village"))
        .join(Merchant, Merchant.id == Proof.merchant_id)
        .join(Grid, Grid.id == Proof.village_id)
        .where(managed(viewer), Proof.used_at >= begins, Proof.used_at < ends)
    )
    mark = read_mark(after, int)
    if mark:
        query = query.where(Proof.id < mark[0])
    rows = db.session.execute(query.order_by(Proof.id.desc()).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: [row.Proof.id])


def discount_sums(viewer: Viewer, *, begins: datetime, ends: datetime) -> Any:
    """(times, amount, saved) of the purchases at merchants one manages, in fen."""
    return db.session.execute(
        select(
            func.count(Proof.id).label("times"),
            func.coalesce(func.sum(Proof.amount_fen), 0).label("amount"),
            func.coalesce(func.sum(Proof.saved_fen), 0).label("saved"),
        )
        .join(Merchant, Merchant.id == Proof.merchant_id)
        .where(managed(viewer), Proof.used_at >= begins, Proof.used_at < ends)
    ).one()


def reported(viewer: Viewer, *, year: int) -> Any:
    """(merchants that reported, mean growth in percent, more profit in fen) of a year, as they say themselves."""
    return db.session.execute(
        select(
            func.count(MerchantFigure.merchant_id).label("merchants"),
            func.avg(MerchantFigure.growth_percent).label("growth"),
            func.coalesce(func.sum(MerchantFigure.profit_fen), 0).label("profit"),
        )
        .join(Merchant, Merchant.id == MerchantFigure.merchant_id)
        .where(managed(viewer), MerchantFigure.year == year)
    ).one()


def past(viewer: Viewer) -> Sequence[Any]:
    """(total of the time before, place name) of the places one manages, latest first."""
    return db.session.execute(
        select(PastDiscount, Grid.name.label("place"))
        .join(Grid, Grid.id == PastDiscount.place_id)
        .where(reach(viewer, Permission.MANAGE_MERCHANTS, path=PastDiscount.path))
        .order_by(PastDiscount.until.desc(), PastDiscount.id)
    ).all()


def knocks(who: str, *, hour: datetime) -> int:
    """How often somebody tried codes that are none in this hour."""
    found: int | None = db.session.scalar(select(ShopKnock.times).where(ShopKnock.who == who, ShopKnock.hour == hour))
    return found or 0
