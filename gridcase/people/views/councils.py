"""The four councils and the review group: what a village has, what they lack, the opinions they gave."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.errors import Refused
from gridcase.core.paging import PAGE_SIZE, cut, read_mark
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.grid import queries as grids
from gridcase.people import queries, service
from gridcase.people.forms import OpinionForm
from gridcase.people.models import Decision, Organisation
from gridcase.people.rules import COUNCILS, GIVES_OPINIONS
from gridcase.people.views.base import bp, today
from gridcase.people.views.decisions import KEEP
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit


@bp.get("/councils")
@needs(Permission.SEE_PLACE)
def councils() -> ResponseReturnValue:
    """A village's councils; of several villages first who has which."""
    someone, day = viewer(), today()
    villages = queries.villages_reading(someone)
    only = villages[0] if len(villages) == 1 else None
    village = next((one for one in villages if one.id == request.args.get("village", type=int)), only)
    mark = read_mark(request.args.get("after"), str)
    page = cut([one for one in villages if mark is None or one.code > mark[0]][: PAGE_SIZE + 1], lambda one: [one.code])
    return render_template(
        "people/councils.html", villages=villages, village=village, kinds=COUNCILS, page=page,
        cards=queries.councils_of(village, on=day) if village else [],
        sizes=queries.council_sizes([one.id for one in page.rows], on=day) if village is None else {},
        group=queries.review_group(village, on=day) if village else None,
        may_manage=someone.may(Permission.MANAGE_POSTS), keeps=village and queries.may_keep(someone, village.path),
    )  # fmt: skip


@bp.route("/organisations/<int:body_id>/opinions/new", methods=["GET", "POST"])
@needs(KEEP)
def new_opinion(body_id: int) -> ResponseReturnValue:
    """A council met and gave its opinion."""
    someone, day = viewer(), today()
    body = queries.organisation_for(body_id, viewer=someone, permission=KEEP)
    seats = queries.seats_of(body.id, on=day)
    form = OpinionForm(held_on=day, entitled=len(seats) or None)
    if form.validate_on_submit():
        made = submit(form, _opine, form, body, actor=someone, now=clock.now())
        if isinstance(made, Decision):
            flash(_("意见已登记，编号 %(number)s。", number=made.number))
            return redirect(url_for(".decision", decision_id=made.id))
    place = grids.ancestors(body.place_path)[-1]
    rules = queries.decision_rules(body.place_path, on=day)
    return render_template(
        "people/opinion_form.html", form=form, body=body, seats=seats, place=place, quorum=rules.quorums["council"]
    )


def _opine(form: OpinionForm, body: Organisation, *, actor: Viewer, now: datetime) -> Decision:
    if body.kind not in GIVES_OPINIONS:
        raise Refused(N_("只有四会、积分评议小组、调解委员会和村监委会在这里登记意见。"))
    return service.opine(
        actor=actor, body=body, title=form.title.data, text=form.text.data, held_on=form.held_on.data,
        entitled=form.entitled.data, present=form.present.data, in_favour=form.in_favour.data,
        note=form.note.data or "", now=now,
    )  # fmt: skip
