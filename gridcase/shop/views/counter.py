"""Behind the counter: a code is typed, the goods change hands; the printed list for a day without power."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.errors import Refused
from gridcase.core.words import N_
from gridcase.shop import queries, service
from gridcase.shop.forms.redemptions import CodeForm, ListForm
from gridcase.shop.models import Redemption, Shop
from gridcase.shop.views.base import KEEPERS, bp, kept_shop, keys, status_of, today
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import BaseForm, submit

NO_SUCH_CODE = N_("没有这个领取码，请和村民核对；字母和数字里没有 0、1、I、L、O。")


@bp.route("/<int:shop_id>/counter", methods=["GET", "POST"])
@needs(*KEEPERS)
def counter(shop_id: int) -> ResponseReturnValue:
    """The code first; then what lies there for it."""
    shop, form = kept_shop(shop_id), CodeForm()
    found = None
    if form.validate_on_submit():
        found = _behind(form, shop)
    return _counter(shop, form, found)


def _behind(form: CodeForm, shop: Shop) -> Redemption | None:
    row = queries.redemptions.by_code(shop, form.code.data, keys=keys())
    if row is None:
        form.refuse(Refused(NO_SUCH_CODE, field="code"))
    elif row.ended_at is not None:
        form.refuse(service.redemptions.ended(row))
    return row if row is not None and row.ended_at is None else None


def _counter(shop: Shop, form: CodeForm, found: Redemption | None) -> ResponseReturnValue:
    on = today()
    page = render_template(
        "shop/counter.html", shop=shop, form=form, found=queries.redemptions.at_counter(found) if found else None,
        back_on=queries.redemptions.back_on(found) if found else None,
        handed=queries.redemptions.handed(shop, on=on), low=queries.goods.low(shop, on=on), today=on,
        expiring=queries.goods.expiring(shop, on=on), waiting=len(queries.redemptions.waiting(shop, on=on)),
        takes=queries.goods.waiting_takes(shop),
    )  # fmt: skip
    return page, status_of(form)


@bp.get("/<int:shop_id>/hand-over")
@bp.get("/<int:shop_id>/give-back")
@needs(*KEEPERS)
def back_to_counter(shop_id: int) -> ResponseReturnValue:
    """Who was refused stands at one of these addresses; opened again it is the counter, and nothing is repeated."""
    return redirect(url_for(".counter", shop_id=kept_shop(shop_id).id))


@bp.post("/<int:shop_id>/hand-over")
@needs(*KEEPERS)
def hand_over(shop_id: int) -> ResponseReturnValue:
    """The goods change hands; who comes second reads when it was (409)."""
    shop, form = kept_shop(shop_id), CodeForm()
    row = queries.redemptions.by_code(shop, form.code.data or "", keys=keys())
    if not form.validate() or row is None:
        form.refuse(Refused(NO_SUCH_CODE))
        return _counter(shop, form, None)
    if submit(form, service.redemptions.hand_over, row, actor=viewer(), now=clock.now()):
        done = queries.redemptions.at_counter(row)
        flash(
            _("已交付：%(goods)s %(n)s%(unit)s，%(points)s 分。", goods=done.Goods.name, n=row.quantity,
              unit=done.Goods.unit, points=row.points),
            "ok",
        )  # fmt: skip
        return redirect(url_for(".counter", shop_id=shop_id))
    return _counter(shop, form, None)


@bp.post("/<int:shop_id>/give-back")
@needs(*KEEPERS)
def give_back(shop_id: int) -> ResponseReturnValue:
    """What lies there cannot be handed over (spoilt, not wanted): points and goods go back."""
    shop, form = kept_shop(shop_id), CodeForm()
    row = queries.redemptions.by_code(shop, form.code.data or "", keys=keys())
    if not form.validate() or row is None:
        form.refuse(Refused(NO_SUCH_CODE))
        return _counter(shop, form, None)
    if submit(form, service.redemptions.cancel, row, actor=viewer(), now=clock.now()):
        flash(_("已取消，积分退回，货品放回货架。"), "ok")
        return redirect(url_for(".counter", shop_id=shop_id))
    return _counter(shop, form, None)


@bp.get("/<int:shop_id>/list")
@needs(*KEEPERS)
def day_list(shop_id: int) -> ResponseReturnValue:
    """What can be fetched today, to sign on paper when there is no power."""
    shop = kept_shop(shop_id)
    return render_template(
        "shop/list_print.html", shop=shop, rows=queries.redemptions.waiting(shop, on=today()), today=today()
    )


@bp.route("/<int:shop_id>/list/enter", methods=["GET", "POST"])
@needs(*KEEPERS)
def enter_list(shop_id: int) -> ResponseReturnValue:
    """The printed list, entered afterwards: each line by itself, so that one that is refused holds up no other."""
    shop, form = kept_shop(shop_id), ListForm(handed_on=today())
    rows = queries.redemptions.waiting(shop, on=today(), late=True)
    refused: dict[int, str] = {}
    if form.validate_on_submit():
        done = _enter(form, {row.Redemption.id: row.Redemption for row in rows}, refused)
        if done:
            flash(_("已补录 %(n)s 份。", n=done), "ok")
        if done and not refused:
            return redirect(url_for(".counter", shop_id=shop_id))
        rows = queries.redemptions.waiting(shop, on=today(), late=True)
    return render_template("shop/list_enter.html", shop=shop, rows=rows, form=form, refused=refused)


def _enter(form: ListForm, rows: dict[int, Redemption], refused: dict[int, str]) -> int:
    done = 0
    wanted = [number for number in form.rows.data or [] if number in rows]
    if not wanted:
        form.refuse(Refused(N_("请勾选已签字领取的。")))
    for number in wanted:
        one = BaseForm(formdata=None)
        if submit(
            one, service.redemptions.hand_over, rows[number], actor=viewer(), now=clock.now(),
            handed_on=form.handed_on.data,
        ):  # fmt: skip
            done += 1
        else:
            refused[number] = "".join(one.form_errors)
    return done
