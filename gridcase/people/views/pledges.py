"""A party member's year: what is promised at its start, how far it has come, how it was judged at its end."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.people import queries, service
from gridcase.people.forms import PledgeForm, ProgressForm, ReviewForm
from gridcase.people.rules import PledgeReview
from gridcase.people.views.base import bp, today
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit


@bp.route("/persons/<int:person_id>/pledges/new", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def add_pledge(person_id: int) -> ResponseReturnValue:
    """The promises of a year."""
    found = queries.person_for(person_id, viewer=viewer(), permission=Permission.MANAGE_POSTS)
    form = PledgeForm(year=today().year)
    if form.validate_on_submit() and submit(
        form, service.pledge, found, actor=viewer(), year=form.year.data, words=form.lines(), on=today(),
        now=clock.now(),
    ):  # fmt: skip
        flash(_("已登记 %(year)s 年的承诺。", year=form.year.data))
        return redirect(url_for(".person", person_id=person_id))
    return render_template("people/pledge_form.html", form=form, person=found)


@bp.route("/persons/<int:person_id>/promises", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def pledge_progress(person_id: int) -> ResponseReturnValue:
    """How far one promise has come."""
    found = queries.person_for(person_id, viewer=viewer(), permission=Permission.MANAGE_POSTS)
    item = queries.pledge_item(request.args.get("item", type=int), person_id=found.id)
    if item is None:
        return redirect(url_for(".person", person_id=person_id))
    form = ProgressForm(progress=item.progress, done=item.done_on is not None)
    if form.validate_on_submit() and submit(
        form, service.pledge_progress, item, person=found, actor=viewer(), words=form.progress.data or "",
        done_on=(item.done_on or today()) if form.done.data else None, now=clock.now(),
    ):  # fmt: skip
        flash(_("进展已记下。"))
        return redirect(url_for(".person", person_id=person_id))
    return render_template("people/progress_form.html", form=form, person=found, item=item)


@bp.route("/persons/<int:person_id>/pledges/review", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def review_pledge(person_id: int) -> ResponseReturnValue:
    """How the members judged the year."""
    found = queries.person_for(person_id, viewer=viewer(), permission=Permission.MANAGE_POSTS)
    made = queries.pledge_of(found.id, request.args.get("year", type=int) or today().year)
    if made is None:
        return redirect(url_for(".person", person_id=person_id))
    form = ReviewForm(review=made.review, score=made.score)
    form.offer()
    if form.validate_on_submit() and submit(
        form, service.review_pledge, made, person=found, actor=viewer(), review=PledgeReview(form.review.data),
        score=form.score.data, on=today(), now=clock.now(),
    ):  # fmt: skip
        flash(_("评诺结果已登记。"))
        return redirect(url_for(".person", person_id=person_id))
    return render_template("people/review_form.html", form=form, person=found, pledge=made)
