"""Who may do what, asked once more under the write lock; and what must be so before anything is given out."""

from __future__ import annotations

from datetime import date

from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Grant, Permission, Viewer
from gridcase.core.scope import covers
from gridcase.core.words import N_
from gridcase.households.models import Household
from gridcase.points import queries as points
from gridcase.points.rules import Module
from gridcase.shop.models import Shop


def over(actor: Viewer, path: str, *permissions: Permission) -> Grant:
    """The post by which somebody acts over a place, else `Missing`."""
    for permission in permissions:
        for grant in actor.grants_with(permission):
            if covers(grant, path=path, section_id=None, household_id=None):
                return grant
    raise Missing


def for_home(actor: Viewer, home: Household) -> Grant:
    """The post, or the own card, by which somebody redeems for a home, else `Missing`."""
    for grant in actor.grants_with(Permission.REDEEM_POINTS):
        if covers(grant, path=home.path, section_id=home.section_id, household_id=home.id):
            return grant
    raise Missing


def check_home(home: Household, module: Module, *, today: date) -> None:
    """`Refused` where the village has switched this off, or the home's points are frozen."""
    if module not in points.modules_on(home.path, on=today):
        raise Refused(N_("村里已停用这项功能，积分还在，请向村里咨询。"))
    frozen = points.frozen_until(home.id, on=today)
    if frozen is not None:
        raise Refused(N_("这一户的积分暂时冻结，%(day)s 起可以继续使用。", day=frozen))


def check_open(shop: Shop, *, today: date) -> None:
    """`Refused` when the shop is closed for good."""
    if shop.closed_on is not None and shop.closed_on <= today:
        raise Refused(N_("这家积分超市已经关闭。"))
