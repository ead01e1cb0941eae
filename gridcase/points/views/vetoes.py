"""The register of vetoes for who reviews; a home's own, with the reason and the way to object."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.people import queries as people
from gridcase.people.rules import DecisionKind
from gridcase.points import queries, service
from gridcase.points.forms.notices import ObjectForm, SettleForm
from gridcase.points.forms.vetoes import VetoForm
from gridcase.points.models import Veto
from gridcase.points.views.base import bp, today, village_of
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import options, submit

READS = (Permission.OBJECT_POINTS, Permission.REVIEW_POINTS)


@bp.get("/vetoes")
@needs(Permission.REVIEW_POINTS)
def vetoes() -> ResponseReturnValue:
    """Who stands still, and until when."""
    past = request.args.get("show") == "past"
    page = queries.veto_list(viewer(), on=today(), past=past, after=request.args.get("after"))
    return render_template("points/vetoes.html", page=page, past=past, today=today())


@bp.route("/vetoes/new", methods=["GET", "POST"])
@needs(Permission.REVIEW_POINTS)
def veto_new() -> ResponseReturnValue:
    """Put a veto on record."""
    village = village_of(queries.boards(viewer()))
    scheme = queries.scheme_of(village.id, on=today())
    kinds = [(code, kind.name) for code, kind in scheme.vetoes.items() if kind.on] if scheme else []
    decisions = people.passed_decisions(village.id, kind=DecisionKind.VETO, on=today())
    form = VetoForm(data={"until": today().replace(month=12, day=31)})
    form.code.choices = options(kinds)
    form.decision.choices = options((str(one.id), f"{one.number} {one.title}") for one in decisions)
    if form.validate_on_submit():
        made = submit(form, _put, form)
        if isinstance(made, Veto):
            flash(_("已登记，已请联户代表当面告知。到期自动恢复。"), "ok")
            return redirect(url_for(".veto", veto_id=made.id))
    return render_template("points/veto_new.html", form=form, village=village, kinds=kinds, decisions=decisions)


def _put(form: VetoForm) -> Veto:
    data: dict[str, Any] = form.data
    return service.put_veto(
        queries.home_to_veto(data["home"], viewer=viewer()), code=data["code"], document_no=data["document_no"],
        reason=data["reason"], decision_id=int(data["decision"]), until=data["until"], actor=viewer(),
        now=clock.now(),
    )  # fmt: skip


@bp.get("/vetoes/<int:veto_id>")
@needs(*READS)
def veto(veto_id: int) -> ResponseReturnValue:
    """One veto: the reason, until when, how to object."""
    found, row = queries.veto_for(veto_id, viewer=viewer())
    return render_template("points/veto.html", veto=found, row=row, today=today())


@bp.route("/vetoes/<int:veto_id>/object", methods=["GET", "POST"])
@needs(Permission.OBJECT_POINTS)
def veto_object(veto_id: int) -> ResponseReturnValue:
    """Say why a veto is not right."""
    found, row = queries.veto_for(veto_id, viewer=viewer(), permission=Permission.OBJECT_POINTS)
    form = ObjectForm()
    if form.validate_on_submit() and submit(
        form, service.object_to_veto, found, actor=viewer(), reason=form.reason.data, now=clock.now()
    ):
        flash(_("异议已提交，由没有经手的评议成员复核。"), "ok")
        return redirect(url_for(".veto", veto_id=veto_id))
    return render_template("points/veto_answer.html", form=form, veto=found, row=row, settling=False)


@bp.route("/vetoes/<int:veto_id>/settle", methods=["GET", "POST"])
@needs(Permission.REVIEW_POINTS)
def veto_settle(veto_id: int) -> ResponseReturnValue:
    """Answer an objection to a veto."""
    found, row = queries.veto_for(veto_id, viewer=viewer(), permission=Permission.REVIEW_POINTS)
    form = SettleForm()
    form.upheld.choices = options([("yes", N_("异议成立，今天起恢复")), ("no", N_("异议不成立，到期恢复"))])
    if form.validate_on_submit() and submit(
        form, service.settle_veto, found, actor=viewer(), upheld=form.upheld.data == "yes", note=form.note.data,
        now=clock.now(),
    ):  # fmt: skip
        flash(_("复核意见已记下。"), "ok")
        return redirect(url_for(".veto", veto_id=veto_id))
    return render_template("points/veto_answer.html", form=form, veto=found, row=row, settling=True)
