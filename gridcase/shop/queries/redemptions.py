"""Reservations: of one's homes, at the counter by code, of the day, those that ran out."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, select

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.paging import PAGE_SIZE, Page, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_, Text
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.shop.models import Goods, Redemption, Shop
from gridcase.shop.queries import shops
from gridcase.shop.rules import RedemptionState, code_from, typed
from gridcase.shop.rules.codes import digest_of

SOURCE = "shop"  # as the ledger names it
# A list ticked on paper on the last day is entered later: so long the goods stay set aside.
PAPER_DAYS = timedelta(days=3)


def purpose(shop_id: int) -> str:
    """What a code opens, as part of its digest."""
    return f"shop:{shop_id}"


def by_uuid(client_uuid: str) -> Redemption | None:
    """The reservation that this very form has made already."""
    return db.session.scalar(select(Redemption).where(Redemption.client_uuid == client_uuid))


def code_of(row: Redemption, *, keys: Sequence[bytes]) -> str | None:
    """The code of a reservation, for the page of its own home; None when the installation's key is gone."""
    for key in keys:
        code = code_from(key, row.client_uuid)
        if hmac.compare_digest(digest_of(key, purpose(row.shop_id), code), row.digest):
            return code
    return None


def by_code(shop: Shop, words: str, *, keys: Sequence[bytes]) -> Redemption | None:
    """What a typed code stands for at this counter."""
    code = typed(words)
    digests = [digest_of(key, purpose(shop.id), code) for key in keys]
    return db.session.scalar(select(Redemption).where(Redemption.shop_id == shop.id, Redemption.digest.in_(digests)))


def what(redemption_ids: Collection[str]) -> dict[str, Text]:
    """What each of these redemptions is for, as the ledger of a home says it."""
    columns: tuple[Any, ...] = (Redemption.id, Redemption.quantity, Goods.name, Goods.unit)
    rows = db.session.execute(
        select(*columns)
        .join(Goods, Goods.id == Redemption.goods_id)
        .where(Redemption.id.in_([int(one) for one in redemption_ids if one.isdigit()]))
    )
    return {
        str(row.id): N_("兑换：%(goods)s %(n)s%(unit)s", goods=row.name, n=row.quantity, unit=row.unit) for row in rows
    }


def _rows() -> Select[*tuple[Any, ...]]:
    columns: tuple[Any, ...] = (Redemption, Goods, Household)
    return (
        select(*columns)
        .join(Goods, Goods.id == Redemption.goods_id)
        .join(Shop, Shop.id == Redemption.shop_id)
        .join(Household, Household.id == Redemption.household_id)
    )


def mine(viewer: Viewer, *, after: str | None = None, household_id: int | None = None) -> Page[Any]:
    """(redemption, goods, household) of the homes one redeems for, newest first."""
    query = _rows().where(households.visible(viewer, Permission.REDEEM_POINTS))
    if household_id is not None:
        query = query.where(Redemption.household_id == household_id)
    mark = read_mark(after, int)
    if mark:
        query = query.where(Redemption.id < mark[0])
    rows = db.session.execute(query.order_by(Redemption.id.desc()).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: [row.Redemption.id])


def get(redemption_id: int, *, viewer: Viewer) -> Any:
    """(redemption, goods, household) of a home one redeems for, else `Missing`."""
    row = db.session.execute(
        _rows().where(Redemption.id == redemption_id, households.visible(viewer, Permission.REDEEM_POINTS))
    ).first()
    if row is None:
        raise Missing
    return row


def at_counter(redemption: Redemption) -> Any:
    """(redemption, goods, household) for who keeps the shop."""
    return db.session.execute(_rows().where(Redemption.id == redemption.id)).one()


def back_on(row: Redemption) -> date:
    """The day on which a reservation nobody fetched gives its points back."""
    return row.until + PAPER_DAYS + timedelta(days=1)


def waiting(shop: Shop, *, on: date, late: bool = False) -> Sequence[Any]:
    """(redemption, goods, household) that can be fetched on a day, by the head of the home: the order in which somebody
    looks for himself. `late`: also what ran out in the last days and may stand ticked on paper."""
    return db.session.execute(
        _rows()
        .where(
            Redemption.shop_id == shop.id, Redemption.state == RedemptionState.RESERVED,
            Redemption.until >= (on - PAPER_DAYS if late else on),
        )
        .order_by(Household.head_name, Redemption.id)
    ).all()  # fmt: skip


def handed(shop: Shop, *, on: date) -> Sequence[Any]:
    """(redemption, goods, household) handed over on a day, newest first."""
    begins = datetime.combine(on, time(), TOWN_ZONE)
    return db.session.execute(
        _rows()
        .where(
            Redemption.shop_id == shop.id, Redemption.state == RedemptionState.HANDED,
            Redemption.ended_at >= begins, Redemption.ended_at < begins + timedelta(days=1),
        )
        .order_by(Redemption.ended_at.desc(), Redemption.id.desc())
    ).all()  # fmt: skip


def locked(redemption_id: int) -> Redemption:
    """A reservation as it stands now, locked until the transaction ends."""
    return db.session.scalars(
        select(Redemption)
        .where(Redemption.id == redemption_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def ran_out(*, on: date, after: int, limit: int) -> list[int]:
    """Ids of reservations nobody fetched, the days for entering a paper list over, after this id."""
    return list(
        db.session.scalars(
            select(Redemption.id)
            .where(
                Redemption.state == RedemptionState.RESERVED, Redemption.until < on - PAPER_DAYS, Redemption.id > after
            )
            .order_by(Redemption.id)
            .limit(limit)
        )
    )  # fmt: skip


def shop_of(redemption: Redemption) -> Shop:
    """Its shop."""
    return db.session.get_one(Shop, redemption.shop_id)


def home_of(redemption: Redemption) -> Household:
    """Its home."""
    return db.session.get_one(Household, redemption.household_id)


def keeps(viewer: Viewer, shop: Shop) -> bool:
    """Whether somebody stands behind this counter."""
    return any(shops.may(shop, viewer, permission) for permission in (shops.KEEP, shops.MANAGE))
