"""The settings of a place's doors: its reception day, what its patrols look at and when."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.checks import queries as checks
from gridcase.checks.rules import CheckKind, PatrolPlan
from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.grid.models import Grid
from gridcase.reception import queries, service
from gridcase.reception.forms import OwnItemForm, PlanForm, RuleForm, plan_form
from gridcase.reception.views.base import bp, class_choices, page_of, place_of, today, words_of
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import BaseForm, submit


@bp.get("/settings")
@needs(Permission.MANAGE_POSTS)
def settings() -> ResponseReturnValue:
    """Everything that can be set for a place."""
    return _page(place_of(Permission.MANAGE_POSTS)[0])


@bp.post("/<int:place_id>/rule")
@needs(Permission.MANAGE_POSTS)
def rule(place_id: int) -> ResponseReturnValue:
    """On which weekday a place receives."""
    place, form = _place(place_id), RuleForm()
    if form.validate_on_submit() and submit(
        form, service.set_day_rule, actor=viewer(), place=place, rule=form.rule, now=clock.now()
    ):
        return _saved(place)
    return _page(place, rule_form=form)


@bp.post("/<int:place_id>/plan")
@needs(Permission.MANAGE_POSTS)
def plan(place_id: int) -> ResponseReturnValue:
    """When a place checks what."""
    place = _place(place_id)
    before, shipped = _plan(place), checks.shipped_items()
    form = plan_form(before, shipped, [(item.code, words_of(item)) for item in shipped])
    if form.validate_on_submit() and submit(
        form, service.set_patrol_plan, actor=viewer(), place=place, plan=form.plan(before, shipped), now=clock.now()
    ):
        return _saved(place)
    return _page(place, plan_of=form)


@bp.post("/<int:place_id>/items")
@needs(Permission.MANAGE_POSTS)
def own_item(place_id: int) -> ResponseReturnValue:
    """One more thing to look at."""
    place = _place(place_id)
    form = OwnItemForm(classes=class_choices(place, open_only=True))
    if form.validate_on_submit() and submit(form, _add, form, place):
        return _saved(place)
    return _page(place, item_form=form)


def _add(form: OwnItemForm, place: Grid) -> Any:
    kind, home = CheckKind(form.kind.data), bool(form.home.data)
    wanted = _plan(place).with_own(kind, form.words.data, form.case_class.data, home=home)
    return service.set_patrol_plan(actor=viewer(), place=place, plan=wanted, now=clock.now())


@bp.post("/<int:place_id>/items/drop")
@needs(Permission.MANAGE_POSTS)
def drop_item(place_id: int) -> ResponseReturnValue:
    """Not looked at any more."""
    place, form = _place(place_id), BaseForm()
    wanted = _plan(place).without_own(request.form.get("code", ""))
    if form.validate_on_submit():
        submit(form, service.set_patrol_plan, actor=viewer(), place=place, plan=wanted, now=clock.now())
        return _saved(place)
    return _page(place)


def _place(place_id: int) -> Grid:
    return queries.places.get_place(place_id, viewer=viewer(), permission=Permission.MANAGE_POSTS)


def _plan(place: Grid) -> PatrolPlan:
    return checks.patrol_plan(place.path, on=today())


def _saved(place: Grid) -> ResponseReturnValue:
    flash(_("已保存，从今天起按新的设置。"), "ok")
    return redirect(url_for(".settings", place=place.id))


def _page(
    place: Grid, *, rule_form: RuleForm | None = None, plan_of: PlanForm | None = None,
    item_form: OwnItemForm | None = None,
) -> ResponseReturnValue:  # fmt: skip
    someone, current, shipped = viewer(), _plan(place), checks.shipped_items()
    day = queries.places.day_rule(place.path, on=today())
    if rule_form is None:
        rule_form = RuleForm(
            formdata=None,
            data={"weekday": day.weekday, "opens": day.opens, "closes": day.closes, "venue": day.venue},
        )
    if plan_of is None:
        plan_of = plan_form(current, shipped, [(item.code, words_of(item)) for item in shipped], formdata=None)
    return page_of(
        "settings", place=place, desks=queries.places.places(someone, Permission.MANAGE_POSTS), rule_form=rule_form,
        plan_form=plan_of, own=current.own, drop_form=BaseForm(formdata=None),
        item_form=item_form or OwnItemForm(formdata=None, classes=class_choices(place, open_only=True)),
    )  # fmt: skip
