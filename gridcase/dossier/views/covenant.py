"""Who signed the village covenant, home by home; the mottoes of homes."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.dossier.forms import MottoForm, SignForm
from gridcase.dossier.queries import village as queries
from gridcase.households import queries as households
from gridcase.people import queries as people
from gridcase.people import service as people_service
from gridcase.people.rules import Role
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit

bp = Blueprint("covenant", __name__, url_prefix="/people")
SPEAKS = Permission.DECLARE_POINTS


@bp.get("/covenant/<int:covenant_id>/signatures")
@needs(Permission.SEE_HOUSEHOLD)
def signers(covenant_id: int) -> ResponseReturnValue:
    """The viewer's homes: who signed, who did not yet."""
    someone, asked = viewer(), request.args
    found = people.covenant_for(covenant_id, viewer=someone)
    counts = queries.sign_counts(found, viewer=someone)
    signed = asked.get("who") == "signed" or (counts[1] == 1 and counts[0] == 1)
    return render_template(
        "dossier/signers.html", one=found, counts=counts, signed=signed, may_sign=someone.may(SPEAKS),
        page=queries.signers(found, viewer=someone, signed=signed, after=asked.get("after")),
        form=SignForm(formdata=None, signed_on=clock.town_day(clock.now())), villager=Role.RESIDENT in someone.roles(),
    )  # fmt: skip


@bp.post("/covenant/<int:covenant_id>/signatures")
@needs(SPEAKS)
def sign(covenant_id: int) -> ResponseReturnValue:
    """Homes signed."""
    someone, form = viewer(), SignForm()
    found = people.covenant_for(covenant_id, viewer=someone)
    homes = queries.speaks_for(someone, request.form.getlist("homes", type=int)[:400], village_id=found.village_id)
    done = form.validate_on_submit() and submit(
        form, people_service.sign, found, homes, actor=someone, signed_on=form.signed_on.data, now=clock.now()
    )
    wrong = next(iter([*form.form_errors, *form.signed_on.errors]), "")
    flash(wrong or _("已登记 %(n)s 户签约。", n=len(homes)), "danger" if done is None or wrong else "ok")
    return redirect(url_for(".signers", covenant_id=covenant_id))


@bp.post("/covenant/<int:covenant_id>/signatures/back")
@needs(SPEAKS)
def unsign(covenant_id: int) -> ResponseReturnValue:
    """A home was ticked by mistake."""
    someone, form = viewer(), SignForm()
    del form.signed_on
    found = people.covenant_for(covenant_id, viewer=someone)
    asked = request.form.get("home", type=int) or 0
    home = next(iter(queries.speaks_for(someone, [asked], village_id=found.village_id)), 0)
    done = form.validate_on_submit() and submit(
        form, people_service.take_back_signature, found, home, actor=someone, now=clock.now()
    )
    flash(_("已去掉这户的签约记录。") if done else next(iter(form.form_errors), ""), "ok" if done else "danger")
    return redirect(url_for(".signers", covenant_id=covenant_id, who="signed"))


@bp.get("/mottoes")
@needs(*people.READS)
def mottoes() -> ResponseReturnValue:
    """The mottoes that homes of a village let the others read."""
    someone, asked = viewer(), request.args
    villages = people.villages_reading(someone)
    wanted = asked.get("village", type=int)
    village = next((one for one in villages if one.id == wanted), villages[0] if villages else None)
    own = next((grant.household_ids for grant in someone.grants if grant.role == Role.RESIDENT), None)
    return render_template(
        "dossier/mottoes.html", villages=villages, village=village, own=min(own) if own else None,
        page=queries.mottoes(village.id, on=clock.town_day(clock.now()), after=asked.get("after")) if village else None,
    )  # fmt: skip


@bp.route("/mottoes/<int:household_id>", methods=["GET", "POST"])
@needs(SPEAKS)
def motto(household_id: int) -> ResponseReturnValue:
    """A home's own words, and whether the village may read them."""
    someone = viewer()
    home = households.get_household(household_id, viewer=someone, permission=SPEAKS)
    known = people.motto_of(home.id)
    form = MottoForm(text=known.text if known else "", shown=known.shown if known else False)
    if form.validate_on_submit() and submit(
        form, people_service.set_motto, actor=someone, household_id=home.id, path=home.path, text=form.text.data or "",
        shown=form.shown.data, now=clock.now(),
    ):  # fmt: skip
        flash(_("家风家训已保存。") if form.text.data else _("家风家训已去掉。"))
        return redirect(url_for(".mottoes", village=home.village_id))
    return render_template("dossier/motto.html", form=form, home=home)
