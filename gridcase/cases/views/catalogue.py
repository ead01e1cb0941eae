"""The catalogue of a county or village: the list, one class with its history, a class of the county's own."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.audit import queries as audit
from gridcase.cases import queries, service
from gridcase.cases.forms.catalogue import BackForm, OwnClassForm, TermsForm, VillageTermsForm
from gridcase.cases.models import CaseClass
from gridcase.cases.queries import Entry
from gridcase.cases.rules import Level, Urgency
from gridcase.cases.rules.catalogue import Terms, stays_restricted
from gridcase.cases.rules.majors import MAJORS
from gridcase.cases.rules.said import limit_said
from gridcase.cases.views.base import bp, class_name
from gridcase.core import clock
from gridcase.core.permissions import Permission
from gridcase.core.words import N_, Text
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.people.rules import BodyKind
from gridcase.points.rules import CASE_RULES
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate
from gridcase.web.formkit import rehearse, submit
from gridcase.web.frame import NavItem

LEVELS = (GridLevel.COUNTY, GridLevel.VILLAGE)
DEEDS_LOOKED_AT, DEEDS_SHOWN = 1000, 50
PAGES = frozenset(f"cases.{one}" for one in ("class_list", "class_terms", "class_back", "class_new"))
NAV = (
    NavItem(
        "catalogue", N_("类别目录"), "cases.class_list", "settings", frozenset({Permission.SET_CATALOGUE}), 50,
        group="registers", pages=PAGES,
    ),
)  # fmt: skip
FIELDS = {
    "enabled": N_("启用"), "common": N_("常用"), "urgency": N_("轻重缓急"), "contact_limit": N_("首次联系时限"),
    "contact_unit": N_("首次联系的单位"), "limit": N_("办结时限"), "limit_unit": N_("办结的单位"),
    "level": N_("一般由哪一级办"), "department": N_("主办单位"), "restricted": N_("限定可见"),
    "reporter_rule": N_("反映人记分"), "helper_rule": N_("协助户记分"), "open_condition": N_("立案条件"),
    "close_condition": N_("结案条件"), "evidence_hint": N_("办理提示"),
    "council": N_("可请哪个会出面"),
}  # fmt: skip
DEEDS = {
    "catalogue.set": N_("修改"), "catalogue.back": N_("恢复为上一级的设置"), "catalogue.add": N_("新设类别"),
    "catalogue.follow": N_("县里修改后，村里的设置随之调整"), "case.restrict": N_("改为限定可见"),
}  # fmt: skip


@bp.get("/catalogue")
@needs(Permission.SET_CATALOGUE)
def class_list() -> ResponseReturnValue:
    """The classes of a place by major class, with where their rules come from."""
    place, words = _place(), request.args.get("q", "")
    return render_template(
        "cases/catalogue.html", place=place, words=words,
        own_places=grids.told_apart(queries.places_to_set(viewer(), levels=LEVELS)),
        entries=queries.catalogue(words, path=place.path, disabled_too=True), majors=MAJORS, class_name=class_name,
        limit_said=limit_said, origin=lambda entry: _origin(entry, place), is_county=place.level == GridLevel.COUNTY,
    )  # fmt: skip


@bp.route("/catalogue/<code>", methods=["GET", "POST"])
@needs(Permission.SET_CATALOGUE)
def class_terms(code: str) -> ResponseReturnValue:
    """One class: what stands now, a change looked at first and then kept."""
    place = _place()
    case_class = queries.class_of(code, place)
    entry = queries.class_at(case_class, place.path)
    form, change = _form(entry, place), None
    if form.validate_on_submit():
        terms = service.terms_of(entry.terms, **form.values)
        change, kept = rehearse(
            form,
            lambda: service.set_class(
                actor=viewer(), place=place, case_class=case_class, terms=terms, seen=form.seen.data, now=clock.now()
            ),
        )
        if kept and change is not None:
            flash(_kept(change), "ok")
            return redirect(url_for(".class_terms", code=code, place=place.id))
    return _page(form, entry, place, change)


@bp.post("/catalogue/<code>/back")
@needs(Permission.SET_CATALOGUE)
def class_back(code: str) -> ResponseReturnValue:
    """Take a place's own rules back."""
    place, form = _place(), BackForm()
    case_class = queries.class_of(code, place)
    if form.validate_on_submit():
        change = submit(
            form, service.back_to_default, actor=viewer(), place=place, case_class=case_class, seen=form.seen.data,
            now=clock.now(),
        )  # fmt: skip
        if isinstance(change, service.Change):
            flash(_kept(change), "ok")
    for words in form.form_errors:
        flash(words, "error")
    return redirect(url_for(".class_terms", code=code, place=place.id))


@bp.route("/catalogue/new", methods=["GET", "POST"])
@needs(Permission.MANAGE_COUNTY)
def class_new() -> ResponseReturnValue:
    """A class of a county's own."""
    county = queries.place_to_set(viewer(), request.args.get("place", type=int), levels=(GridLevel.COUNTY,))
    form = OwnClassForm(data=_FIRST)
    form.offer()
    if form.validate_on_submit():
        made = submit(
            form, service.add_class, actor=viewer(), county=county, major=form.major.data, zh=form.zh.data or "",
            en=form.en.data, terms=Terms(**form.values), now=clock.now(),
        )  # fmt: skip
        if isinstance(made, CaseClass):
            flash(_("已新设类别 %(code)s %(name)s，登记时就能选。", code=made.code, name=made.zh), "ok")
            return redirect(url_for(".class_list", place=county.id))
    return render_template("cases/class_new.html", form=form, place=county, limit_said=limit_said)


_FIRST = {
    "enabled": True, "urgency": int(Urgency.ORDINARY), "contact_limit": 8, "contact_unit": "W", "limit": 40,
    "limit_unit": "W", "level": Level.TOWN.value,
}  # fmt: skip


def _place() -> Grid:
    return queries.place_to_set(viewer(), request.args.get("place", type=int), levels=LEVELS)


def _form(entry: Entry, place: Grid) -> TermsForm:
    """The form of a place, filled with what stands there now."""
    form_type = TermsForm if place.level == GridLevel.COUNTY else VillageTermsForm
    form = form_type(data=Terms.of(entry.terms).values())
    form.offer()
    if stays_restricted(entry.code) and "restricted" in form:
        form.restricted.description = _("这类事涉及具体的人，不能放开。")
    if not form.is_submitted():
        form.seen.data = service.mark_of(entry)
    return form


def _page(form: TermsForm, entry: Entry, place: Grid, change: service.Change | None) -> ResponseReturnValue:
    rows = audit.history_of("case_class", entry.case_class.id, limit=DEEDS_LOOKED_AT)
    deeds = [row for row in rows if _of_place(row, place)][:DEEDS_SHOWN]
    back = BackForm(formdata=None, data={"seen": service.mark_of(entry)})
    county = place.level == GridLevel.COUNTY
    own = entry.version is not None and entry.version.place_id == place.id
    return render_template(
        "cases/class_terms.html", form=form, entry=entry, place=place, change=change, terms=entry.terms,
        origin=_origin(entry, place), limit_said=limit_said, class_name=class_name, said=_said, fields=FIELDS,
        deeds=deeds, deed_words=DEEDS, back=back, is_county=county,
        may_go_back=own and entry.case_class.county_id != place.id,
        above=None if county else service.above_of(entry.case_class, place), unit_help=_UNIT_HELP,
        running=queries.running_of(entry.case_class, place.path),
    )  # fmt: skip


_UNIT_HELP = {"W": N_("按工作小时填，8 个是一个工作日。"), "N": N_("按小时填。"), "D": N_("按天填。")}


def _of_place(row: Any, place: Grid) -> bool:
    """The deeds of this place, and of the county above a village: nobody reads another village's or county's."""
    return place.path.startswith(row.place_path or "/")


def _origin(entry: Entry, place: Grid) -> Text:
    """Whose rules stand here."""
    version = entry.version
    if version is None:
        return N_("示例默认值")
    if version.place_id != place.id:
        return N_("县里第 %(number)s 版", number=version.number)
    if place.level == GridLevel.COUNTY:
        return N_("本县第 %(number)s 版", number=version.number)
    return N_("本村第 %(number)s 版", number=version.number)


def _said(name: str, value: Any, terms: Terms | None = None) -> str:
    """A value of the rules in words; a limit of `terms` with its unit."""
    if terms is not None and name in ("limit", "contact_limit"):
        return translate(limit_said(value, getattr(terms, f"{name}_unit")))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if name == "urgency":
        return translate(Urgency(value).label)
    if name == "level":
        return translate(Level(value).label)
    if name.endswith("_unit"):
        return {"W": _("工作小时"), "N": _("小时"), "D": _("天")}[value]
    if name.endswith("_rule"):
        return f"{value} {translate(CASE_RULES[value].label)}" if value else _("不记分")
    if name == "council":
        return translate(BodyKind(value).label) if value else _("不指明")
    if isinstance(value, float | int):
        return f"{value:g}"
    return str(value or _("（空）"))


def _kept(change: service.Change) -> str:
    if change.hidden:
        return _("已保存，以后登记的按新的办；这类事已有的 %(hidden)s 件也改为限定可见。", hidden=change.hidden)
    return _("已保存，以后登记的按新的办；在办的 %(running)s 件仍按登记时的办。", running=change.running)
