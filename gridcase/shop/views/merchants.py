"""The merchants' alliance: for villagers who has a discount, for managers the register, for merchants the check."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.db import transaction
from gridcase.core.errors import Refused
from gridcase.core.words import N_
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.points import queries as points
from gridcase.shop import queries, service
from gridcase.shop.forms.merchants import ApplyForm, PastForm, ProofForm, RemoveForm, ReportForm, ReviewForm, UseForm
from gridcase.shop.models import Merchant, Proof
from gridcase.shop.rules import RATINGS, MerchantLevel, MerchantState, shown, tier_for, to_fen
from gridcase.shop.service.merchants import Review
from gridcase.shop.views.base import MERCHANTS, REDEEM, bp, key, keys, status_of, today
from gridcase.shop.views.shelf import own_home
from gridcase.shop.views.shops import chosen
from gridcase.web.access import needs, public, viewer
from gridcase.web.formkit import BaseForm, submit

YEAR = timedelta(days=365)


@bp.get("/merchants")
@needs(REDEEM, MERCHANTS)
def merchants() -> ResponseReturnValue:
    """The merchants of one's place; for a villager what his points are worth there."""
    someone, state = viewer(), request.args.get("state", "")
    manages = someone.may(MERCHANTS)
    page = queries.merchants.page(someone, on=today(), after=request.args.get("after"), state=state if manages else "")
    home = own_home(someone)
    return render_template(
        "shop/merchants.html", page=page, state=state, manages=manages, counts=queries.merchants.counts(someone),
        MerchantState=MerchantState, MerchantLevel=MerchantLevel, tier_for=tier_for, home=home,
        merit=points.balances_of(home, viewer=someone).merit if home else None,
        tiers={row.id: queries.merchants.tiers_of(row) for row in page.rows},
    )  # fmt: skip


@bp.route("/merchants/new", methods=["GET", "POST"])
@needs(MERCHANTS)
def new_merchant() -> ResponseReturnValue:
    """A merchant wants to join."""
    places = queries.shops.places(viewer(), MERCHANTS, queries.merchants.LEVELS)
    form = ApplyForm(places=[(place.id, place.name) for place in places])
    if form.validate_on_submit():
        made = submit(
            form, service.merchants.apply, chosen(form.place.data), name=form.name.data, trade=form.trade.data,
            address=form.address.data or "", online=bool(form.online.data), actor=viewer(), now=clock.now(),
        )  # fmt: skip
        if isinstance(made, Merchant):
            return redirect(url_for(".review", merchant_id=made.id))
    return render_template("shop/merchant_new.html", form=form), status_of(form)


@bp.get("/merchants/<int:merchant_id>")
@needs(REDEEM, MERCHANTS)
def merchant(merchant_id: int) -> ResponseReturnValue:
    """One merchant: its discounts; for who manages it, the rest."""
    row = queries.merchants.get(merchant_id, viewer=viewer(), on=today())
    home = _home(row)
    merit = points.balances_of(home.id, viewer=viewer()).merit if home else None
    tiers = queries.merchants.tiers_of(row)
    return render_template(
        "shop/merchant.html", row=row, manages=viewer().may(MERCHANTS), RATINGS=RATINGS, home=home, merit=merit,
        tiers=tiers, tier=tier_for(tiers, merit or 0), figures=queries.merchants.figures_of(row),
        own=own_home(viewer()), MerchantState=MerchantState, MerchantLevel=MerchantLevel,
        form=ProofForm(formdata=None, client_uuid=str(uuid4())),
        remove_form=RemoveForm(formdata=None), report_form=ReportForm(formdata=None, year=today().year),
        found=_found(row, request.args.get("q", "")), q=request.args.get("q", ""),
    )  # fmt: skip


def _home(row: Merchant) -> Household | None:
    """The home asked for, else the villager's own, where the merchant gives it a discount."""
    home_id = request.args.get("home", type=int) or own_home(viewer())
    if home_id is None or not viewer().may(REDEEM):
        return None
    home = households.get_household(home_id, viewer=viewer(), permission=REDEEM)
    return home if home.path.startswith(row.path) else None


def _found(row: Merchant, words: str) -> list[Any]:
    """Homes that fit the words, for whoever helps."""
    if not words or not viewer().may(REDEEM) or own_home(viewer()) is not None:
        return []
    return list(households.homes_named(viewer(), words, limit=12))


@bp.route("/merchants/<int:merchant_id>/review", methods=["GET", "POST"])
@needs(MERCHANTS)
def review(merchant_id: int) -> ResponseReturnValue:
    """The four conditions, the agreement, the discounts."""
    row, on = queries.merchants.get_managed(merchant_id, viewer=viewer()), today()
    form = ReviewForm(since=on, until=on + YEAR)
    if form.validate_on_submit():
        found = Review(
            ratings=form.ratings(), words=form.words.data, admitted=form.admitted.data == "yes",
            since=form.since.data, until=form.until.data, tiers=form.tiers(),
        )  # fmt: skip
        if submit(form, service.merchants.review, row, found, actor=viewer(), now=clock.now()):
            flash(_("评审结论已记下。"), "ok")
            return redirect(url_for(".merchant", merchant_id=merchant_id))
    return render_template("shop/merchant_review.html", form=form, row=row, RATINGS=RATINGS), status_of(form)


@bp.post("/merchants/<int:merchant_id>/remove")
@needs(MERCHANTS)
def remove(merchant_id: int) -> ResponseReturnValue:
    """A merchant leaves the alliance."""
    row, form = queries.merchants.get_managed(merchant_id, viewer=viewer()), RemoveForm()
    if form.validate_on_submit() and submit(
        form, service.merchants.remove, row, why=form.why.data, actor=viewer(), now=clock.now()
    ):
        flash(_("已退出联盟，村民不再看到这家商家。"), "ok")
    return _back(form, merchant_id)


@bp.post("/merchants/<int:merchant_id>/figures")
@needs(MERCHANTS)
def figures(merchant_id: int) -> ResponseReturnValue:
    """What a merchant says of his year."""
    row, form = queries.merchants.get_managed(merchant_id, viewer=viewer()), ReportForm()
    if form.validate_on_submit() and submit(
        form, service.merchants.report, row, year=form.year.data, growth_percent=form.growth_percent.data,
        profit_fen=to_fen(form.profit.data) if form.profit.data is not None else None, actor=viewer(), now=clock.now(),
    ):  # fmt: skip
        flash(_("已记下商家自报的数字。"), "ok")
    return _back(form, merchant_id)


def _back(form: BaseForm, merchant_id: int) -> ResponseReturnValue:
    """To the merchant's page; what was wrong is said there."""
    for field in form:
        for words in field.errors:
            flash(f"{field.label.text}：{words}", "warning")
    for words in form.form_errors:
        flash(words, "warning")
    return redirect(url_for(".merchant", merchant_id=merchant_id))


@bp.post("/merchants/<int:merchant_id>/prove")
@needs(REDEEM)
def prove(merchant_id: int) -> ResponseReturnValue:
    """A one-time code for one purchase."""
    row, form = queries.merchants.get_open(merchant_id, viewer=viewer(), on=today()), ProofForm()
    home = _home(row)
    if home is not None and form.validate_on_submit():
        made = submit(
            form, service.merchants.prove, row, household=home, client_uuid=form.client_uuid.data, key=key(),
            actor=viewer(), now=clock.now(),
        )  # fmt: skip
        if isinstance(made, Proof):
            return redirect(url_for(".proof", proof_id=made.id))
    return _back(form, merchant_id)


@bp.get("/proofs/<int:proof_id>")
@needs(REDEEM)
def proof(proof_id: int) -> ResponseReturnValue:
    """The code in large print, for half an hour."""
    row, shop = queries.merchants.get_proof(proof_id, viewer=viewer())
    code = queries.merchants.code_of(row, keys=keys())
    return render_template(
        "shop/proof.html", row=row, merchant=shop, code=shown(code) if code else "", over=row.until < clock.now()
    )


@bp.get("/discounts")
@needs(MERCHANTS)
def discounts() -> ResponseReturnValue:
    """What was bought for less, and what the merchants say themselves."""
    year = request.args.get("year", type=int) or today().year
    year = min(max(year, 2000), today().year)
    begins, ends = queries.reports.period(date(year, 1, 1), date(year, 12, 31))
    return render_template(
        "shop/discounts.html", year=year, this_year=today().year,
        page=queries.merchants.discounts(viewer(), begins=begins, ends=ends, after=request.args.get("after")),
        sums=queries.merchants.discount_sums(viewer(), begins=begins, ends=ends),
        said=queries.merchants.reported(viewer(), year=year), past=queries.merchants.past(viewer()),
    )  # fmt: skip


@bp.route("/discounts/past", methods=["GET", "POST"])
@needs(MERCHANTS)
def past_discounts() -> ResponseReturnValue:
    """Bring the total of discounts given before this system."""
    places = queries.shops.places(viewer(), MERCHANTS, queries.merchants.LEVELS)
    form = PastForm(places=[(place.id, place.name) for place in places])
    if form.validate_on_submit() and submit(
        form, service.merchants.bring_discounts, chosen(form.place.data), until=form.until.data,
        saved_fen=to_fen(form.saved.data), source=form.source.data, actor=viewer(), now=clock.now(),
    ):  # fmt: skip
        flash(_("已登记，台账里单列显示。"), "ok")
        return redirect(url_for(".discounts"))
    return render_template("shop/past.html", form=form), status_of(form)


# --- for the merchant's staff, who have no account


def _address() -> str:
    return service.merchants.address_digest(request.remote_addr or "", key=key(), now=clock.now())


def _look(form: UseForm) -> Any:
    """What the typed code stands for; None where it does not hold, and the form says why."""
    with transaction():  # a wrong code is counted, so it is kept though it is refused
        found, problem = service.merchants.look(form.code.data, keys=keys(), address=_address(), now=clock.now())
    if problem is not None:
        form.refuse(problem)
        return None
    return found


@bp.route("/merchants/check", methods=["GET", "POST"])
@public("a merchant's staff have no account; the code of 30 minutes is the secret, and nobody's name is shown")
def check() -> ResponseReturnValue:
    """Type the customer's code, see the discount."""
    form = UseForm()
    found = _look(form) if form.validate_on_submit() else None
    return render_template("shop/check.html", form=form, found=found, done=None)


@bp.post("/merchants/check/use")
@public("the code of 30 minutes is the secret; it is used once, and a wrong one is counted as where it is looked at")
def use_proof() -> ResponseReturnValue:
    """The purchase is made; the code is used up."""
    form = UseForm()
    fine = form.validate_on_submit()
    found = _look(form) if form.code.data else None
    if fine and found is not None and form.amount.data is None:
        form.refuse(Refused(N_("请填这次购物打折前的金额。"), field="amount"))
    elif fine and found is not None:
        done = submit(
            form, service.merchants.use, form.code.data, amount_fen=to_fen(form.amount.data), keys=keys(),
            now=clock.now(),
        )  # fmt: skip
        if isinstance(done, Proof):
            return render_template("shop/check.html", form=UseForm(formdata=None), found=None, done=done)
    return render_template("shop/check.html", form=form, found=None if form.code.errors else found, done=None), 409
