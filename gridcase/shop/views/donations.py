"""The donation ledger and what is published of it every quarter."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.grid.models import Grid
from gridcase.shop import queries, service
from gridcase.shop.forms.donations import GiveForm, UseForm
from gridcase.shop.models import Donation, DonationUse
from gridcase.shop.rules import DonationForm, DonorKind, quarter_name, quarter_of, quarter_starting, to_fen
from gridcase.shop.service.donations import Gift
from gridcase.shop.views.base import MANAGE, bp, status_of, today
from gridcase.shop.views.shops import chosen, place_choices
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit


@bp.get("/donations")
@needs(MANAGE)
def donations() -> ResponseReturnValue:
    """Who gave what, newest first."""
    page = queries.donations.page(viewer(), after=request.args.get("after"))
    return render_template(
        "shop/donations.html", page=page, sums=queries.donations.sums(viewer()), to_publish=place_choices(),
        DonorKind=DonorKind, DonationForm=DonationForm,
    )  # fmt: skip


@bp.route("/donations/new", methods=["GET", "POST"])
@needs(MANAGE)
def new_donation() -> ResponseReturnValue:
    """Enter a donation."""
    form = GiveForm(places=place_choices(), client_uuid=str(uuid4()), given_on=today())
    if form.validate_on_submit():
        made = submit(
            form, service.donations.give, chosen(form.place.data), _gift(form), client_uuid=form.client_uuid.data,
            actor=viewer(), now=clock.now(),
        )  # fmt: skip
        if isinstance(made, Donation):
            flash(_("已登记。"), "ok")
            return redirect(url_for(".donation", donation_id=made.id))
    return render_template("shop/donation_new.html", form=form), status_of(form)


def _gift(form: GiveForm) -> Gift:
    return Gift(
        donor=form.donor.data, donor_kind=DonorKind(form.donor_kind.data), form=DonationForm(form.given.data),
        amount_fen=to_fen(form.amount.data), given_on=form.given_on.data, goods=form.goods.data or "",
        purpose=form.purpose.data or "", anonymous=bool(form.anonymous.data),
    )  # fmt: skip


@bp.route("/donations/<int:donation_id>", methods=["GET", "POST"])
@needs(MANAGE)
def donation(donation_id: int) -> ResponseReturnValue:
    """One donation and what became of it."""
    row = queries.donations.get(donation_id, viewer=viewer())
    form = UseForm(client_uuid=str(uuid4()), used_on=today())
    if form.validate_on_submit():
        made = submit(
            form, service.donations.use, row, amount_fen=to_fen(form.amount.data), what=form.what.data,
            used_on=form.used_on.data, client_uuid=form.client_uuid.data, actor=viewer(), now=clock.now(),
        )  # fmt: skip
        if isinstance(made, DonationUse):
            flash(_("已记下用途。"), "ok")
            return redirect(url_for(".donation", donation_id=donation_id))
    page = render_template(
        "shop/donation.html", row=row, form=form, uses=queries.donations.uses_of(row),
        batches=queries.donations.batches_of(row), DonorKind=DonorKind, DonationForm=DonationForm,
    )  # fmt: skip
    return page, status_of(form)


@bp.get("/donations/print/<int:place_id>")
@needs(MANAGE)
def print_donations(place_id: int) -> ResponseReturnValue:
    """What a place puts on its wall after a quarter."""
    place: Grid = queries.shops.get_place(place_id, viewer=viewer(), permission=MANAGE)
    first, end = quarter_of(_quarter())
    return render_template(
        "shop/donations_print.html", place=place, name=quarter_name(first), last=end - timedelta(days=1), today=today(),
        rows=queries.donations.published(place, first=first, end=end), DonorKind=DonorKind, DonationForm=DonationForm,
        quarters=[(quarter_name(day), day) for day in _four_quarters()], first=first,
    )  # fmt: skip


def _quarter() -> date:
    try:
        return date.fromisoformat(request.args["quarter"])
    except (KeyError, ValueError):
        return today()


def _four_quarters() -> list[date]:
    """The first days of this quarter and the three before."""
    days = [quarter_starting(today())]
    while len(days) < 4:
        days.append(quarter_starting(days[-1] - timedelta(days=1)))
    return days
