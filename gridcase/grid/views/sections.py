"""Sections (片) of the villages."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.errors import Missing
from gridcase.core.permissions import Permission
from gridcase.grid import queries, service
from gridcase.grid.forms import NewSectionForm, SectionForm
from gridcase.grid.rules import GridLevel
from gridcase.grid.views.base import bp
from gridcase.grid.views.places import managed
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit


@bp.get("/sections")
@needs(Permission.SEE_PLACE)
def sections() -> ResponseReturnValue:
    """The sections of the viewer's villages, by village."""
    someone, today = viewer(), clock.town_day(clock.now())
    village_id = request.args.get("village", type=int)
    found = queries.sections(someone, on=today, village_id=village_id)
    managing = {village.id: village for village in queries.villages_of(someone, permission=Permission.MANAGE_PLACES)}
    shown = {section.village_id for section in found} | set(
        managing if not village_id else {village_id} & set(managing)
    )
    villages = sorted(queries.by_ids(list(shown)).values(), key=lambda village: village.code)
    grouped = [(village, [one for one in found if one.village_id == village.id]) for village in villages]
    return render_template("grid/sections.html", grouped=grouped, managing=managing)


@bp.route("/<int:grid_id>/sections/add", methods=["GET", "POST"])
@needs(Permission.MANAGE_PLACES)
def add_section(grid_id: int) -> ResponseReturnValue:
    """Add a section to a village."""
    village, now = managed(grid_id), clock.now()
    if village.level != GridLevel.VILLAGE:
        raise Missing
    form = NewSectionForm()
    if form.validate_on_submit() and submit(
        form, service.add_section, actor=viewer(), village=village, code=form.code.data or "",
        name=form.name.data or "", now=now, valid_from=clock.town_day(now),
    ):  # fmt: skip
        flash(_("已新增%(name)s。", name=form.name.data), "ok")
        return redirect(url_for(".sections"))
    return render_template("grid/section.html", form=form, village=village, section=None)


@bp.route("/sections/<int:section_id>", methods=["GET", "POST"])
@needs(Permission.MANAGE_PLACES)
def rename_section(section_id: int) -> ResponseReturnValue:
    """Give a section another name."""
    section = queries.get_section(section_id, viewer=viewer())
    form = SectionForm(obj=section, seen=fingerprint(section, service.SECTION_EDITED))
    if form.validate_on_submit() and submit(
        form, service.rename_section, section, actor=viewer(), name=form.name.data or "", seen=form.seen.data,
        now=clock.now(),
    ):  # fmt: skip
        flash(_("已改名为%(name)s。", name=form.name.data), "ok")
        return redirect(url_for(".sections"))
    village = queries.by_ids([section.village_id])[section.village_id]
    return render_template("grid/section.html", form=form, village=village, section=section)
