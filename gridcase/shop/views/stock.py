"""Goods, what comes in, and counting."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.db import db
from gridcase.files.views import photo_sent
from gridcase.shop import queries, service
from gridcase.shop.forms.goods import CountForm, GoodsForm, ReceiveForm, count_form
from gridcase.shop.models import Batch, Goods, Shop, StockTake
from gridcase.shop.rules import Source, TakeState, to_fen
from gridcase.shop.service.shops import GOODS_FIELDS
from gridcase.shop.service.stock import Arrival, Counted
from gridcase.shop.views.base import KEEPERS, MANAGE, bp, kept_shop, status_of, today
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import BaseForm, submit


@bp.get("/<int:shop_id>/stock")
@needs(*KEEPERS)
def stock(shop_id: int) -> ResponseReturnValue:
    """All goods with price and pieces, and the stock-takes."""
    shop = kept_shop(shop_id)
    return render_template(
        "shop/stock.html", shop=shop, goods=queries.goods.goods_of(shop), totals=queries.goods.totals(shop),
        batches=queries.goods.stock(shop), takes=queries.goods.takes(shop), today=today(), TakeState=TakeState,
    )  # fmt: skip


@bp.route("/<int:shop_id>/goods/new", methods=["GET", "POST"])
@needs(*KEEPERS)
def new_goods(shop_id: int) -> ResponseReturnValue:
    """A new kind of goods; then it is taken in."""
    shop, form = kept_shop(shop_id), GoodsForm()
    if form.validate_on_submit():
        photo = photo_sent(form.photo)
        made = None if form.photo.errors else submit(
            form, service.shops.add_goods, shop, form.values(), photo=photo, actor=viewer(), now=clock.now()
        )  # fmt: skip
        if isinstance(made, Goods):
            return redirect(url_for(".receive", shop_id=shop_id, goods=made.id))
    return render_template("shop/goods.html", form=form, shop=shop, goods=None, photo=None), status_of(form)


@bp.route("/goods/<int:goods_id>/edit", methods=["GET", "POST"])
@needs(*KEEPERS)
def edit_goods(goods_id: int) -> ResponseReturnValue:
    """Price, name, photo, on the shelf or not."""
    goods = queries.goods.get_goods(goods_id, viewer=viewer(), permissions=KEEPERS)
    form = GoodsForm(obj=goods, seen=fingerprint(goods, GOODS_FIELDS))
    photo = photo_sent(form.photo) if form.validate_on_submit() else None
    if form.is_submitted() and not form.errors and submit(
        form, service.shops.edit_goods, goods, form.values(), seen=form.seen.data, photo=photo,
        no_photo=bool(form.no_photo.data), actor=viewer(), now=clock.now(),
    ):  # fmt: skip
        flash(_("已保存；已经预约的仍按原来的积分价。"), "ok")
        return redirect(url_for(".stock", shop_id=goods.shop_id))
    page = render_template(
        "shop/goods.html", form=form, shop=goods.shop, goods=goods, photo=queries.goods.photo_of(goods)
    )
    return page, status_of(form)


@bp.route("/<int:shop_id>/receive", methods=["GET", "POST"])
@needs(*KEEPERS)
def receive(shop_id: int) -> ResponseReturnValue:
    """A batch comes in."""
    shop = kept_shop(shop_id)
    goods = queries.goods.goods_of(shop)
    if not goods:
        return redirect(url_for(".new_goods", shop_id=shop_id))
    form = ReceiveForm(
        goods=[(one.id, f"{one.name}（{one.unit}）") for one in goods], client_uuid=str(uuid4()),
        donations=queries.donations.choices(shop, viewer=viewer()), received_on=today(),
    )  # fmt: skip
    if not form.is_submitted():
        form.goods.data = request.args.get("goods", goods[0].id, type=int)
    if form.validate_on_submit():
        chosen = db.session.get_one(Goods, form.goods.data)
        made = submit(
            form, service.stock.receive, chosen, _arrival(form), client_uuid=form.client_uuid.data, actor=viewer(),
            now=clock.now(),
        )  # fmt: skip
        if isinstance(made, Batch):
            flash(_("已入库：%(goods)s %(n)s%(unit)s。", goods=chosen.name, n=made.quantity, unit=chosen.unit), "ok")
            return redirect(url_for(".stock", shop_id=shop_id))
    return render_template("shop/receive.html", form=form, shop=shop, money=viewer().may(MANAGE)), status_of(form)


def _arrival(form: ReceiveForm) -> Arrival:
    return Arrival(
        quantity=form.quantity.data, unit_fen=to_fen(form.unit_price.data), source=Source(form.source.data),
        received_on=form.received_on.data, expires_on=form.expires_on.data, donation_id=form.donation.data or None,
    )  # fmt: skip


@bp.route("/<int:shop_id>/count", methods=["GET", "POST"])
@needs(*KEEPERS)
def count(shop_id: int) -> ResponseReturnValue:
    """Somebody counts what lies there."""
    shop = kept_shop(shop_id)
    rows = queries.goods.stock(shop)
    form = count_form(rows, client_uuid=str(uuid4()))
    if form.validate_on_submit():
        made = submit(
            form, service.stock.take, shop, _counts(form, rows), client_uuid=form.client_uuid.data, actor=viewer(),
            now=clock.now(),
        )  # fmt: skip
        if isinstance(made, StockTake):
            return redirect(url_for(".take", take_id=made.id))
    return render_template("shop/count.html", form=form, shop=shop, rows=rows), status_of(form)


def _counts(form: CountForm, rows: Any) -> list[Counted]:
    found = []
    for row in rows:
        pieces = form[f"counted_{row.Batch.id}"].data
        if pieces is not None:
            found.append(Counted(row.Batch.id, pieces, form[f"reason_{row.Batch.id}"].data or ""))
    return found


@bp.get("/takes/<int:take_id>")
@needs(*KEEPERS)
def take(take_id: int) -> ResponseReturnValue:
    """What a stock-take found."""
    return _take(queries.goods.get_take(take_id, viewer=viewer(), permissions=KEEPERS), BaseForm(formdata=None))


def _take(row: StockTake, form: BaseForm) -> ResponseReturnValue:
    page = render_template(
        "shop/take.html", take=row, lines=queries.goods.take_lines(row), form=form, TakeState=TakeState,
        shop=db.session.get_one(Shop, row.shop_id), own=row.counted_by_user_id == viewer().user_id,
    )  # fmt: skip
    return page, status_of(form)


@bp.post("/takes/<int:take_id>/confirm")
@needs(*KEEPERS)
def confirm_take(take_id: int) -> ResponseReturnValue:
    """A second person has looked too."""
    row, form = queries.goods.get_take(take_id, viewer=viewer(), permissions=KEEPERS), BaseForm()
    if form.validate_on_submit() and submit(form, service.stock.confirm, row, actor=viewer(), now=clock.now()):
        flash(_("差异已入账。"), "ok")
        return redirect(url_for(".take", take_id=take_id))
    return _take(row, form)


@bp.post("/takes/<int:take_id>/send-back")
@needs(*KEEPERS)
def send_back_take(take_id: int) -> ResponseReturnValue:
    """A second person does not agree."""
    row, form = queries.goods.get_take(take_id, viewer=viewer(), permissions=KEEPERS), BaseForm()
    if form.validate_on_submit() and submit(form, service.stock.send_back, row, actor=viewer(), now=clock.now()):
        flash(_("已退回，请重新盘点。"), "ok")
        return redirect(url_for(".take", take_id=take_id))
    return _take(row, form)
