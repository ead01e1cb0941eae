"""For who answers for a place: its shops and the reports."""

from __future__ import annotations

from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.db import db
from gridcase.grid.models import Grid
from gridcase.shop import queries, service
from gridcase.shop.forms.goods import NewShopForm, ShopForm
from gridcase.shop.models import Shop
from gridcase.shop.service.shops import SHOP_FIELDS
from gridcase.shop.views.base import MANAGE, bp, status_of, today
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit


def place_choices() -> list[tuple[int, str]]:
    """The towns and villages one answers for."""
    return [(place.id, place.name) for place in queries.shops.places(viewer(), MANAGE)]


def chosen(place_id: int) -> Grid:
    """The place of a form; its choices were the viewer's own."""
    return db.session.get_one(Grid, place_id)


@bp.route("/new", methods=["GET", "POST"])
@needs(MANAGE)
def new_shop() -> ResponseReturnValue:
    """Open a shop."""
    form = NewShopForm(places=place_choices(), confirm_from=100)
    if form.validate_on_submit():
        made = submit(
            form, service.shops.open_shop, chosen(form.place.data), form.values(), actor=viewer(), now=clock.now()
        )
        if isinstance(made, Shop):
            flash(_("积分超市已建好，接下来上货品。"), "ok")
            return redirect(url_for(".new_goods", shop_id=made.id))
    return render_template("shop/shop.html", form=form, shop=None), status_of(form)


@bp.route("/<int:shop_id>/edit", methods=["GET", "POST"])
@needs(MANAGE)
def edit_shop(shop_id: int) -> ResponseReturnValue:
    """Place, hours, sponsor, the four marks, the rules."""
    shop = queries.shops.get_shop(shop_id, viewer=viewer(), permissions=(MANAGE,))
    form = ShopForm(
        obj=shop, confirm_from=shop.confirm_from_fen / 100, closed=shop.closed_on is not None,
        seen=fingerprint(shop, SHOP_FIELDS),
    )  # fmt: skip
    if form.validate_on_submit() and submit(
        form, service.shops.edit_shop, shop, form.values(), closed=bool(form.closed.data), seen=form.seen.data,
        actor=viewer(), now=clock.now(),
    ):  # fmt: skip
        flash(_("已保存。"), "ok")
        return redirect(url_for(".shelf", shop_id=shop_id))
    return render_template("shop/shop.html", form=form, shop=shop), status_of(form)


@bp.get("/reports")
@needs(MANAGE)
def reports() -> ResponseReturnValue:
    """Issued, redeemed, what the goods were worth and cost: by village and by shop."""
    since, until = _asked()
    villages, total = queries.reports.villages(viewer(), since=since, until=until)
    return render_template(
        "shop/reports.html", since=since, until=until, villages=villages, total=total, periods=_periods(),
        shops=queries.reports.shops(viewer(), since=since, until=until),
    )  # fmt: skip


def _asked() -> tuple[date, date]:
    """The days of the link; else this year."""
    now = today()
    try:
        since, until = (date.fromisoformat(request.args[name]) for name in ("since", "until"))
    except (KeyError, ValueError):
        return date(now.year, 1, 1), now
    return (since, until) if since <= until else (until, since)


def _periods() -> list[tuple[str, date, date]]:
    now = today()
    month, year = now.replace(day=1), date(now.year, 1, 1)
    before = month - timedelta(days=1)
    return [
        (_("本月"), month, now), (_("上月"), before.replace(day=1), before), (_("今年"), year, now),
        (_("全部"), date(2000, 1, 1), now),
    ]  # fmt: skip
