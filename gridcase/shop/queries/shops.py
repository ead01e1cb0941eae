"""Which shops somebody reaches: by the homes he redeems for, by keeping them, by answering for their place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import reach
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.shop.models import Goods, Shop

REDEEM, KEEP, MANAGE = Permission.REDEEM_POINTS, Permission.KEEP_SHOP, Permission.MANAGE_SHOP
SHOP_LEVELS = (GridLevel.TOWN, GridLevel.VILLAGE)


def below(path: Any, home: Any) -> ColumnElement[bool]:
    """Homes in the subtree of a column of paths."""
    end = func.substr(path, 1, func.length(path) - 1).concat("0")
    found: ColumnElement[bool] = and_(home >= path, home < end)
    return found


def serving(viewer: Viewer, table: Any) -> Select[tuple[int]]:
    """Ids of a table of places with a path (shops, merchants) in whose subtree lies a home the viewer redeems for.

    Asked by IN: SQLite 3.51 turns an EXISTS over a list of homes into a join and tells a shop once for each home.
    """
    other = aliased(table)
    return (
        select(other.id)
        .join(Household, below(other.path, Household.path))
        .where(households.standing(), households.visible(viewer, REDEEM))
    )


def serves(viewer: Viewer) -> ColumnElement[bool]:
    """Shops at which some home can redeem that the viewer redeems for."""
    found: ColumnElement[bool] = Shop.id.in_(serving(viewer, Shop))
    return found


def reached(viewer: Viewer, *permissions: Permission) -> ColumnElement[bool]:
    """Shops the viewer reaches by one of these permissions."""
    ways = [
        serves(viewer) if permission is REDEEM else reach(viewer, permission, path=Shop.path)
        for permission in permissions
        if viewer.may(permission)
    ]
    return or_(*ways) if ways else Shop.id.is_(None)


def get_shop(shop_id: int, *, viewer: Viewer, permissions: Sequence[Permission]) -> Shop:
    """One shop that the viewer reaches by one of these permissions, else `Missing`."""
    found = db.session.scalar(select(Shop).where(Shop.id == shop_id, reached(viewer, *permissions)))
    if found is None:
        raise Missing
    return found


def may(shop: Shop, viewer: Viewer, permission: Permission) -> bool:
    """Whether the viewer reaches this shop by this permission."""
    return db.session.scalar(select(Shop.id).where(Shop.id == shop.id, reached(viewer, permission))) is not None


def shops(viewer: Viewer, *permissions: Permission) -> Sequence[Any]:
    """(shop, how many kinds of goods are on its shelf) of the shops one reaches, open ones first, by the code of the
    place."""
    goods = (
        select(func.count(Goods.id)).where(Goods.shop_id == Shop.id, Goods.on_shelf).correlate(Shop).scalar_subquery()
    )
    return db.session.execute(
        select(Shop, goods.label("kinds"))
        .join(Grid, Grid.id == Shop.place_id)
        .where(reached(viewer, *permissions))
        .order_by(Shop.closed_on.isnot(None), Grid.code, Shop.name)
    ).all()


def places(viewer: Viewer, permission: Permission, levels: Sequence[str] = SHOP_LEVELS) -> Sequence[Grid]:
    """The towns and villages of the viewer's, a town before its villages."""
    return db.session.scalars(
        select(Grid)
        .where(Grid.level.in_(levels), Grid.valid_to.is_(None), reach(viewer, permission, path=Grid.path))
        .order_by(Grid.code)
    ).all()


def get_place(place_id: int, *, viewer: Viewer, permission: Permission) -> Grid:
    """One of these places, else `Missing`."""
    found = db.session.scalar(
        select(Grid).where(Grid.id == place_id, Grid.valid_to.is_(None), reach(viewer, permission, path=Grid.path))
    )
    if found is None:
        raise Missing
    return found
