"""For the villager and whoever helps: the shelf, a reservation, its code."""

from __future__ import annotations

from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.permissions import Viewer
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.points import queries as points
from gridcase.shop import queries, service
from gridcase.shop.forms.redemptions import ReserveForm
from gridcase.shop.models import Redemption, Shop
from gridcase.shop.rules import shown
from gridcase.shop.views.base import ANYBODY, MANAGE, REDEEM, bp, key, keys, status_of, today
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import BaseForm, submit

MOST_HOMES, MOST_CIRCLE = 12, 30  # homes offered to whoever helps: found by name, of the own circle


@bp.get("/")
@needs(*ANYBODY)
def index() -> ResponseReturnValue:
    """The shops one reaches; where it is a single one, that one."""
    rows = queries.shops.shops(viewer(), *ANYBODY)
    if len(rows) == 1 and not viewer().may(MANAGE):
        shop = rows[0].Shop
        if queries.redemptions.keeps(viewer(), shop):
            return redirect(url_for(".counter", shop_id=shop.id))
        return redirect(url_for(".shelf", shop_id=shop.id))
    return render_template("shop/shops.html", rows=rows)


@bp.get("/<int:shop_id>")
@needs(*ANYBODY)
def shelf(shop_id: int) -> ResponseReturnValue:
    """What stands on the shelf, and what the home in question still needs for it."""
    shop = queries.shops.get_shop(shop_id, viewer=viewer(), permissions=ANYBODY)
    home = _home(shop, request.args.get("home", type=int))
    return render_template(
        "shop/shelf.html", shop=shop, rows=queries.goods.shelf(shop, on=today()), home=home,
        merit=points.balances_of(home.id, viewer=viewer()).merit if home else None,
        frozen=points.frozen_until(home.id, on=today()) if home else None, own=own_home(viewer()),
        found=_found(shop, request.args.get("q", "")), q=request.args.get("q", ""),
        keeps=queries.redemptions.keeps(viewer(), shop),
    )  # fmt: skip


def own_home(someone: Viewer) -> int | None:
    """The one home of a villager."""
    homes = {home for grant in someone.grants_with(REDEEM) for home in grant.household_ids or ()}
    only = all(grant.household_ids is not None and grant.post_id is None for grant in someone.grants_with(REDEEM))
    return next(iter(homes)) if len(homes) == 1 and only else None


def _home(shop: Shop, wanted: int | None) -> Household | None:
    """The home asked for, else the villager's own."""
    home_id = wanted or own_home(viewer())
    if home_id is None:
        return None
    home = households.get_household(home_id, viewer=viewer(), permission=REDEEM)
    return home if home.path.startswith(shop.path) else None


def _found(shop: Shop, words: str) -> list[Household]:
    """For whoever helps: homes of the shop's place that fit the words; without words those of the own circle."""
    someone = viewer()
    if not someone.may(REDEEM) or own_home(someone) is not None:
        return []
    if words:
        ids = [row.id for row in households.homes_named(someone, words, limit=MOST_HOMES)]
    else:
        ids = sorted({home for grant in someone.grants_with(REDEEM) for home in grant.household_ids or ()})
    found = [households.standing_home(home_id) for home_id in ids[:MOST_CIRCLE]]
    return [home for home in found if home is not None and home.path.startswith(shop.path)]


@bp.route("/goods/<int:goods_id>/reserve", methods=["GET", "POST"])
@needs(REDEEM)
def reserve(goods_id: int) -> ResponseReturnValue:
    """Set goods aside for a home; who comes second for the last piece reads so (409)."""
    goods = queries.goods.get_goods(goods_id, viewer=viewer(), permissions=(REDEEM,))
    home = _home(goods.shop, request.args.get("home", type=int))
    if home is None:
        return redirect(url_for(".shelf", shop_id=goods.shop_id))
    form = ReserveForm(client_uuid=str(uuid4()))
    if form.validate_on_submit():
        made = submit(
            form, service.redemptions.reserve, goods, household=home, quantity=form.quantity.data,
            client_uuid=form.client_uuid.data, key=key(), actor=viewer(), now=clock.now(),
        )  # fmt: skip
        if isinstance(made, Redemption):
            return redirect(url_for(".redemption", redemption_id=made.id))
    merit = points.balances_of(home.id, viewer=viewer()).merit
    page = render_template(
        "shop/reserve.html", form=form, goods=goods, shop=goods.shop, home=home, merit=merit,
        free=queries.goods.free_of(goods, on=today()), own=own_home(viewer()),
    )  # fmt: skip
    return page, status_of(form)


@bp.get("/mine")
@needs(REDEEM)
def mine() -> ResponseReturnValue:
    """The reservations of one's homes."""
    page = queries.redemptions.mine(
        viewer(), after=request.args.get("after"), household_id=request.args.get("home", type=int)
    )
    return render_template("shop/mine.html", page=page, own=own_home(viewer()), today=today())


@bp.get("/redemptions/<int:redemption_id>")
@needs(REDEEM)
def redemption(redemption_id: int) -> ResponseReturnValue:
    """One reservation with its code in large print."""
    row = queries.redemptions.get(redemption_id, viewer=viewer())
    code = queries.redemptions.code_of(row.Redemption, keys=keys())
    return render_template(
        "shop/redemption.html", row=row.Redemption, goods=row.Goods, home=row.Household, own=own_home(viewer()),
        shop=queries.redemptions.shop_of(row.Redemption), code=shown(code) if code else "", today=today(),
        back_on=queries.redemptions.back_on(row.Redemption),
        form=BaseForm(formdata=None),
    )  # fmt: skip


@bp.post("/redemptions/<int:redemption_id>/cancel")
@needs(REDEEM)
def cancel(redemption_id: int) -> ResponseReturnValue:
    """The home does not want it after all."""
    row, form = queries.redemptions.get(redemption_id, viewer=viewer()).Redemption, BaseForm()
    if form.validate_on_submit() and submit(form, service.redemptions.cancel, row, actor=viewer(), now=clock.now()):
        flash(_("已取消，积分退回，货品放回货架。"), "ok")
    for words in form.form_errors:
        flash(words, "warning")
    return redirect(url_for(".redemption", redemption_id=redemption_id))
