"""Good deeds: told in a sentence, read by those who lead the place."""

from __future__ import annotations

from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.masking import mask_name
from gridcase.core.permissions import Permission
from gridcase.households import queries as households
from gridcase.points import queries as points
from gridcase.points import service as declaring
from gridcase.visits import queries, service
from gridcase.visits.forms import DeclareDeedForm, DeedForm
from gridcase.visits.views.base import bp
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit


@bp.get("/deeds")
@needs(Permission.SEE_VISIT)
def deeds() -> ResponseReturnValue:
    """The good deeds of the viewer's places, newest first."""
    page = queries.good_deeds(viewer(), after=request.args.get("after"))
    return render_template("visits/deeds.html", page=page)


@bp.route("/deeds/new", methods=["GET", "POST"])
@needs(Permission.LOG_VISIT)
def new_deed() -> ResponseReturnValue:
    """A good deed in a sentence."""
    someone, now = viewer(), clock.now()
    homes = [(home.id, f"{mask_name(home.head_name)} · {home.address}") for home in queries.own_circle(someone)]
    asked = request.args.get("home", type=int)
    chosen = asked if asked in dict(homes) else 0
    form = DeedForm(homes=homes, client_uuid=str(uuid4()), household=chosen, on=clock.town_day(now))
    if form.validate_on_submit():
        home_id = form.household.data
        home = households.get_household(home_id, viewer=someone, permission=Permission.LOG_VISIT) if home_id else None
        if submit(
            form, service.note_deed, actor=someone, client_uuid=form.client_uuid.data, household=home,
            text=form.text.data, on=form.on.data, now=now,
        ):  # fmt: skip
            flash(_("记好了，村里看得到。"), "ok")
            return redirect(url_for(".deeds"))
    return render_template("visits/deed.html", form=form)


@bp.route("/deeds/<int:deed_id>/declare", methods=["GET", "POST"])
@needs(Permission.DECLARE_POINTS)
def declare_deed(deed_id: int) -> ResponseReturnValue:
    """Ask points for a good deed: only for which item is asked."""
    deed, home = queries.deed_to_declare(deed_id, viewer=viewer())
    scheme = points.scheme_of(home.village_id, on=deed.on)
    items = [one for one in scheme.items.values() if not one.deduction] if scheme else []
    open_items = [(one.code, one.name) for one in items if declaring.way_of(viewer(), home, one) is not None]
    form = DeclareDeedForm(items=open_items)
    if form.validate_on_submit() and submit(
        form, service.declare_deed, deed, item_code=form.item_code.data, actor=viewer(), now=clock.now()
    ):
        flash(_("已申报，等评议小组评议。"), "ok")
        return redirect(url_for("points.declarations"))
    return render_template("visits/declare_deed.html", form=form, deed=deed, home=home, items=open_items)
