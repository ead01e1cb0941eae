"""The village covenant: the version in force for everybody, the earlier ones, a new one, and on paper."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.paper import Block, Paper, Seal, Words
from gridcase.core.pdf import write_pdf
from gridcase.core.permissions import Viewer
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.people import queries, service
from gridcase.people.forms import CovenantForm
from gridcase.people.models import Covenant
from gridcase.people.rules import DecisionKind, findings_in, mark_of
from gridcase.people.views.base import bp, today
from gridcase.people.views.decisions import KEEP, READS
from gridcase.web.access import needs, viewer
from gridcase.web.filters import show_date
from gridcase.web.formkit import submit
from gridcase.web.respond import pdf_file


@bp.get("/covenant")
@needs(*READS)
def covenant() -> ResponseReturnValue:
    """The version in force in a village; where there are several villages, the first is shown."""
    villages = queries.villages_reading(viewer())
    asked = request.args.get("village", type=int)
    village = next((one for one in villages if one.id == asked), villages[0] if villages else None)
    return _page(village, queries.covenant_on(village.id, on=today()) if village else None, villages)


@bp.get("/covenant/<int:covenant_id>")
@needs(*READS)
def covenant_version(covenant_id: int) -> ResponseReturnValue:
    """One version, in force or not."""
    found = queries.covenant_for(covenant_id, viewer=viewer())
    return _page(grids.ancestors(found.path)[-1], found, [])


def _page(village: Grid | None, found: Covenant | None, villages: list[Grid]) -> ResponseReturnValue:
    return render_template(
        "people/covenant.html", village=village, villages=villages, one=found, today=today(),
        versions=queries.covenants_of(village.id) if village else [],
        signed=queries.signatures(found.id) if found else 0,
        keeps=village is not None and queries.may_keep(viewer(), village.path),
    )  # fmt: skip


@bp.route("/covenant/new", methods=["GET", "POST"])
@needs(KEEP)
def new_covenant() -> ResponseReturnValue:
    """A new version, once the village has passed it."""
    someone, day = viewer(), today()
    villages = grids.villages_of(someone, permission=KEEP)
    asked = request.args.get("village", type=int) or (villages[0].id if len(villages) == 1 else None)
    village = next((one for one in villages if one.id == asked), None)
    if village is None:
        offered = [(one.id, one.name) for one in villages]
        return render_template("people/choose_village.html", offered=offered, target="people.new_covenant")
    passed = queries.passed_decisions(village.id, kind=DecisionKind.COVENANT, on=day)
    form = CovenantForm(valid_from=day, text=passed[0].text if passed else "")
    form.offer([(str(one.id), f"{one.number} {one.title}") for one in passed])
    if form.validate_on_submit():
        made = submit(form, _adopt, form, village, actor=someone, now=clock.now())
        if isinstance(made, Covenant):
            flash(_("村规民约第 %(n)s 版已登记，%(day)s 起生效。", n=made.number, day=show_date(made.valid_from)))
            return redirect(url_for(".covenant_version", covenant_id=made.id))
    found = findings_in(form.text.data or "") if form.is_submitted() else []
    return render_template(
        "people/covenant_form.html", form=form, village=village, passed=passed, found=found, mark=mark_of(found)
    )


def _adopt(form: CovenantForm, village: Grid, *, actor: Viewer, now: datetime) -> Covenant:
    return service.adopt(
        actor=actor, village=village, decision_id=int(form.decision.data), text=form.text.data,
        valid_from=form.valid_from.data, confirmed=form.confirmed.data or "", now=now,
    )  # fmt: skip


@bp.get("/covenant/<int:covenant_id>/print")
@needs(*READS)
def print_covenant(covenant_id: int) -> ResponseReturnValue:
    """The covenant, ready to print and hang out."""
    found = queries.covenant_for(covenant_id, viewer=viewer())
    pdf = url_for(".covenant_pdf", covenant_id=covenant_id)
    return render_template("people/covenant_print.html", one=found, paper=covenant_paper(found), pdf_url=pdf)


@bp.get("/covenant/<int:covenant_id>/print.pdf")
@needs(*READS)
def covenant_pdf(covenant_id: int) -> ResponseReturnValue:
    """The same as a file."""
    found = queries.covenant_for(covenant_id, viewer=viewer())
    return pdf_file(write_pdf(covenant_paper(found), now=clock.now()), name=f"covenant-{found.number}")


def covenant_paper(found: Covenant) -> Paper:
    """Its text, on which decision it rests, from when it holds."""
    village = grids.ancestors(found.path)[-1].name
    rests = _(
        "本村规民约经村民会议或村民代表会议通过（决议 %(number)s），自 %(day)s 起施行。",
        number=found.decision.number, day=show_date(found.valid_from),
    )  # fmt: skip
    office = _("%(village)s村民委员会", village=village)
    blocks: list[Block] = [Words(found.text), Words(rests), Seal(office, _("（盖章）"), show_date(found.valid_from))]
    title = _("%(village)s村规民约", village=village)
    return Paper(office, title, _("第 %(n)s 版", n=found.number), "", blocks, number_label="")
