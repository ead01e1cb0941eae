"""Units: the offices that work is addressed to."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.audit import queries as audit
from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import covers
from gridcase.grid import queries as grids
from gridcase.people import queries, service
from gridcase.people.forms import UnitForm
from gridcase.people.models import Unit
from gridcase.people.rules import Role, UnitKind
from gridcase.people.views.base import bp, today
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit


@bp.get("/units")
@needs(Permission.SEE_PLACE)
def units() -> ResponseReturnValue:
    """The units of the viewer's places and of those above them."""
    asked = request.args
    kind = asked.get("kind", "")
    words = asked.get("q", "").strip()[:40]
    return render_template(
        "people/units.html", kinds=UnitKind, kind=kind, words=words,
        page=queries.units(
            viewer(), words=words, kind=kind if kind in list(UnitKind) else "", after=asked.get("after")
        ),
        kept={key: value for key, value in asked.items() if key != "after" and value},
    )  # fmt: skip


@bp.get("/units/<int:unit_id>")
@needs(Permission.SEE_PLACE)
def unit(unit_id: int) -> ResponseReturnValue:
    """One unit, its posts and who holds them."""
    someone, day = viewer(), today()
    found = queries.unit_for(unit_id, viewer=someone)
    posts = queries.posts_of_unit(found.id, on=day)
    return render_template(
        "people/unit.html", unit=found, kind=UnitKind(found.kind), posts=posts, roles=Role,
        place_names=[grid.name for grid in grids.ancestors(found.place_path)],
        holders=queries.holders_of([post.id for post in posts], on=day), deeds=audit.history_of("unit", found.id),
        may_manage=may_manage(found.place_path),
    )  # fmt: skip


def may_manage(path: str) -> bool:
    """Whether the viewer may change what stands at this place."""
    return any(
        covers(grant, path=path, section_id=None, household_id=None)
        for grant in viewer().grants_with(Permission.MANAGE_POSTS)
    )


@bp.route("/units/new", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def new_unit() -> ResponseReturnValue:
    """Set up a unit."""
    form = UnitForm()
    form.offer(queries.places_for(viewer()))
    if form.validate_on_submit():
        made = submit(form, _add_unit, form, actor=viewer(), now=clock.now())
        if isinstance(made, Unit):
            flash(_("已设立“%(name)s”。", name=made.name))
            return redirect(url_for(".unit", unit_id=made.id))
    return render_template("people/unit_form.html", form=form, unit=None)


def _add_unit(form: UnitForm, *, actor: Viewer, now: datetime) -> Unit:
    place = queries.place_for(int(form.place.data), viewer=actor)
    return service.add_unit(
        actor=actor, code=service.free_unit_code(place), name=form.name.data, kind=UnitKind(form.kind.data),
        place=place, now=now,
    )  # fmt: skip


@bp.route("/units/<int:unit_id>/edit", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def edit_unit(unit_id: int) -> ResponseReturnValue:
    """Rename a unit."""
    someone = viewer()
    found = queries.unit_for(unit_id, viewer=someone, permission=Permission.MANAGE_POSTS)
    form = UnitForm(name=found.name, kind=found.kind, seen=fingerprint(found, service.UNIT_EDITED))
    form.offer([])
    if form.validate_on_submit() and submit(
        form, service.edit_unit, found, actor=someone, name=form.name.data, kind=UnitKind(form.kind.data),
        seen=form.seen.data, now=clock.now(),
    ):  # fmt: skip
        flash(_("已保存。"))
        return redirect(url_for(".unit", unit_id=unit_id))
    return render_template("people/unit_form.html", form=form, unit=found)
