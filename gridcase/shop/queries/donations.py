"""The ledger of donations: who gave what, what became of it, and the quarter's publication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select

from gridcase.core.db import db
from gridcase.core.errors import Missing, Refused
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.shop.models import Batch, Donation, DonationUse, Goods, Shop
from gridcase.shop.rules import DonationForm, Source


@dataclass(frozen=True)
class Published:
    """One donation as the sheet on the wall has it: the name of who wishes to stay unnamed is not there."""

    donation: Donation
    name: str  # empty: stays unnamed
    uses: Sequence[DonationUse]
    goods_in: int
    goods_out: int


def _own(viewer: Viewer) -> Any:
    return reach(viewer, Permission.MANAGE_SHOP, path=Donation.path)


def page(viewer: Viewer, *, after: str | None = None) -> Page[Any]:
    """(donation, place name) of the viewer's places, newest first."""
    query = select(Donation, Grid.name.label("place")).join(Grid, Grid.id == Donation.place_id).where(_own(viewer))
    mark = read_mark(after, int)
    if mark:
        query = query.where(Donation.id < mark[0])
    rows = db.session.execute(query.order_by(Donation.id.desc()).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: [row.Donation.id])


def sums(viewer: Viewer) -> Any:
    """(money, used of it, worth of goods) of all donations of the viewer's places, in fen."""
    money = Donation.form == DonationForm.MONEY
    return db.session.execute(
        select(
            func.coalesce(func.sum(Donation.amount_fen).filter(money), 0).label("money"),
            func.coalesce(func.sum(Donation.used_fen).filter(money), 0).label("used"),
            func.coalesce(func.sum(Donation.amount_fen).filter(~money), 0).label("goods"),
        ).where(_own(viewer))
    ).one()


def get(donation_id: int, *, viewer: Viewer) -> Donation:
    """One donation of the viewer's places, else `Missing`."""
    found = db.session.scalar(select(Donation).where(Donation.id == donation_id, _own(viewer)))
    if found is None:
        raise Missing
    return found


def by_uuid(client_uuid: str) -> Donation | None:
    """The donation that this very form has written already."""
    return db.session.scalar(select(Donation).where(Donation.client_uuid == client_uuid))


def use_by_uuid(client_uuid: str) -> DonationUse | None:
    """The use that this very form has written already."""
    return db.session.scalar(select(DonationUse).where(DonationUse.client_uuid == client_uuid))


def for_shop(donation_id: int, shop: Shop) -> Donation:
    """A donation to the place of a shop or to its town, to take goods in from it."""
    found = db.session.get(Donation, donation_id)
    if found is None or not shop.path.startswith(found.path):
        raise Refused(N_("请选是哪一笔捐赠；没有的，请管理积分超市的人先记进捐赠台账。"), field="donation")
    return found


def worth_taken_in(given: Donation) -> int:
    """What came in of given goods so far, in fen. The donation stays locked, so that two who take in at once wait."""
    db.session.refresh(given, with_for_update={"of": Donation})
    worth = func.coalesce(func.sum(Batch.quantity * Batch.unit_fen), 0)
    wanted = (Batch.donation_id == given.id, Batch.source == Source.DONATION)
    return int(db.session.scalar(select(worth).where(*wanted)) or 0)


def choices(shop: Shop, *, viewer: Viewer) -> Sequence[Donation]:
    """The donations goods of a shop can come from, newest first: goods, and money that is not used up for whoever may
    say what it is used for."""
    above = [shop.path[: end + 1] for end, sign in enumerate(shop.path) if sign == "/" and end]
    money = (Donation.used_fen < Donation.amount_fen) & _own(viewer)
    left = (Donation.form == DonationForm.GOODS) | money
    return db.session.scalars(
        select(Donation).where(Donation.path.in_(above), left).order_by(Donation.id.desc()).limit(50)
    ).all()


def uses_of(donation: Donation) -> Sequence[DonationUse]:
    """What given money was used for."""
    return db.session.scalars(
        select(DonationUse).where(DonationUse.donation_id == donation.id).order_by(DonationUse.used_on, DonationUse.id)
    ).all()


def batches_of(donation: Donation) -> Sequence[Any]:
    """(goods, batch, shop name) that came in from a donation."""
    return db.session.execute(
        select(Goods, Batch, Shop.name.label("shop_name"))
        .join(Batch, Batch.goods_id == Goods.id)
        .join(Shop, Shop.id == Goods.shop_id)
        .where(Batch.donation_id == donation.id)
        .order_by(Batch.id)
    ).all()


def published(place: Grid, *, first: date, end: date) -> list[Published]:
    """What was given to a place in a quarter, and what was used in it of earlier gifts, by day."""
    used_now = select(DonationUse.donation_id).where(DonationUse.used_on >= first, DonationUse.used_on < end)
    given_now = (Donation.given_on >= first) & (Donation.given_on < end)
    rows = db.session.scalars(
        select(Donation)
        .where(Donation.place_id == place.id, given_now | Donation.id.in_(used_now))
        .order_by(Donation.given_on, Donation.id)
    ).all()
    return [_published(row, end) for row in rows]


def _published(row: Donation, end: date) -> Published:
    uses = [one for one in uses_of(row) if one.used_on < end]
    came: Any = db.session.execute(
        select(func.coalesce(func.sum(Batch.quantity), 0), func.coalesce(func.sum(Batch.free + Batch.held), 0)).where(
            Batch.donation_id == row.id, Batch.source == Source.DONATION
        )
    ).one()
    return Published(row, "" if row.anonymous else row.donor, uses, came[0], came[0] - came[1])
