"""Reply templates: keeping those of a place, and offering them beside the forms of a case."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.audit import queries as audit
from gridcase.cases import queries, service
from gridcase.cases.forms.catalogue import TemplateForm, blanks
from gridcase.cases.models import Case, CaseClass, ReplyTemplate
from gridcase.cases.rules.replies import OFFERED, ReplyKind, filled
from gridcase.cases.views.base import bp, class_name
from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.web.access import needs, viewer
from gridcase.web.filters import show_datetime, translate
from gridcase.web.formkit import submit
from gridcase.web.frame import NavItem

LEVELS = (GridLevel.COUNTY, GridLevel.TOWN, GridLevel.VILLAGE)
PAGES = frozenset(f"cases.{one}" for one in ("reply_list", "reply_new", "reply_edit", "reply_retire"))
NAV = (
    NavItem(
        "replies", N_("答复模板"), "cases.reply_list", "list", frozenset({Permission.SET_CATALOGUE}), 51,
        group="registers", pages=PAGES,
    ),
)  # fmt: skip
DEEDS = {
    "template.add": N_("新建"), "template.edit": N_("修改"), "template.retire": N_("停用模板"),
    "template.restore": N_("重新启用"),
}  # fmt: skip
FIELDS = {"kind": N_("用在哪里"), "title": N_("名字"), "text": N_("内容")}
FILL = "fill"  # the button that fills the text without a script


@bp.get("/templates")
@needs(Permission.SET_CATALOGUE)
def reply_list() -> ResponseReturnValue:
    """The templates of a place, and those that stand there from above."""
    place = _place()
    return render_template(
        "cases/replies.html", place=place, own_places=grids.told_apart(queries.places_to_set(viewer(), levels=LEVELS)),
        rows=queries.templates_of(place), kinds=ReplyKind, class_name=class_name,
    )  # fmt: skip


@bp.route("/templates/new", methods=["GET", "POST"])
@needs(Permission.SET_CATALOGUE)
def reply_new() -> ResponseReturnValue:
    """A new template of a place."""
    place = _place()
    form = _form(place, None)
    if form.validate_on_submit():
        made = submit(form, service.add_template, actor=viewer(), place=place, now=clock.now(), **_values(form, place))
        if isinstance(made, ReplyTemplate):
            flash(_("已保存，办理时就能选“%(title)s”。", title=made.title), "ok")
            return redirect(url_for(".reply_list", place=place.id))
    return _page(form, place, None)


@bp.route("/templates/<int:template_id>", methods=["GET", "POST"])
@needs(Permission.SET_CATALOGUE)
def reply_edit(template_id: int) -> ResponseReturnValue:
    """One template with its history."""
    row, place = queries.get_template(template_id, viewer=viewer())
    form = _form(place, row)
    if form.validate_on_submit():
        done = submit(
            form, service.edit_template, row, actor=viewer(), seen=form.seen.data, now=clock.now(),
            **_values(form, place),
        )  # fmt: skip
        if done:
            flash(_("已保存。已经写出的答复不变。"), "ok")
            return redirect(url_for(".reply_list", place=place.id))
    return _page(form, place, row)


@bp.post("/templates/<int:template_id>/retire")
@needs(Permission.SET_CATALOGUE)
def reply_retire(template_id: int) -> ResponseReturnValue:
    """Offer it no more, or again."""
    row, place = queries.get_template(template_id, viewer=viewer())
    again = row.retired_at is not None
    if submit(_form(place, row), service.restore_template if again else service.retire_template, row, actor=viewer(),
              now=clock.now()):  # fmt: skip
        flash(_("已重新启用。") if again else _("已停用，办理时不再列出。"), "ok")
    return redirect(url_for(".reply_list", place=place.id))


def _place() -> Grid:
    return queries.place_to_set(viewer(), request.args.get("place", type=int), levels=LEVELS)


def _form(place: Grid, row: ReplyTemplate | None) -> TemplateForm:
    entries = queries.catalogue(path=place.path, disabled_too=True)
    form = TemplateForm(data=_stored(row, {one.case_class.id: one.code for one in entries}) if row else None)
    form.offer([(one.code, f"{one.code} {class_name(one.case_class)}") for one in entries])
    if row is not None and not form.is_submitted():
        form.seen.data = fingerprint(row, service.TEMPLATE_SEEN)
    return form


def _stored(row: ReplyTemplate, codes: dict[int, str]) -> dict[str, Any]:
    code = codes.get(row.class_id, "") if row.class_id else ""
    return {"kind": row.kind, "case_class": code, "title": row.title, "text": row.text}


def _values(form: TemplateForm, place: Grid) -> dict[str, Any]:
    code = form.case_class.data
    found: CaseClass | None = queries.class_of(code, place) if code else None
    return {
        "kind": ReplyKind(form.kind.data), "case_class": found, "title": form.title.data or "",
        "text": form.text.data or "",
    }  # fmt: skip


def _page(form: TemplateForm, place: Grid, row: ReplyTemplate | None) -> ResponseReturnValue:
    return render_template(
        "cases/reply.html", form=form, place=place, row=row, blanks=blanks(), deed_words=DEEDS, fields=FIELDS,
        said=_said, deeds=audit.history_of("reply_template", row.id) if row else (),
    )  # fmt: skip


def _said(name: str, value: Any) -> str:
    """A value of the history in words."""
    return translate(ReplyKind(value).label) if name == "kind" else str(value)


def offered(case: Case, moves: list[dict[str, Any]], facts: Any) -> dict[str, list[tuple[int, str, str]]]:
    """By move: (id, title, text with its blanks filled) of the templates for it; asked for only where one can be."""
    if not facts.has_templates or not any(one["name"] in OFFERED for one in moves):
        return {}
    rows = queries.templates_for(case)
    values = {
        "编号": case.number, "事项": case.title, "单位": facts.unit_name or facts.post_title or "",
        "期限": show_datetime(case.due_at) if case.due_at else "",
    }  # fmt: skip
    found = {}
    for name, kind in OFFERED.items():
        found[name] = [(row.id, row.title, filled(row.text, values)) for row in rows if row.kind == kind]
    return found


def fill(form: Any, name: str, choices: dict[str, list[tuple[int, str, str]]]) -> None:
    """The way without a script: put the template chosen below what is typed, where the button asks for it."""
    if FILL not in request.form:
        return
    chosen = request.form.get("template", "")
    text = next((words for key, _title, words in choices.get(name, ()) if str(key) == chosen), "")
    form.note.data = "\n".join(part for part in (form.note.data, text) if part)
