"""The builder: choose, look, save; copy, change and withdraw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases.rules.majors import MAJORS
from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.errors import Missing, Refused
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Permission
from gridcase.core.words import N_, Both
from gridcase.grid.models import Grid
from gridcase.measures import queries as measures
from gridcase.measures.rules import MEASURES, By, Narrow, Source
from gridcase.reports import queries, service
from gridcase.reports.forms import BuildForm
from gridcase.reports.models import ReportForm
from gridcase.reports.rules import BELOW, INDICATOR, MEAN, MOST_PARTS, Adding, Order, Part, Shape, Spec, checked
from gridcase.reports.views import base
from gridcase.reports.views.base import bp, common, place_choices
from gridcase.reports.views.paper import words_of
from gridcase.web.access import needs, viewer
from gridcase.web.filters import in_language, translate
from gridcase.web.formkit import BaseForm, submit

BUILDS = (Permission.MANAGE_TOWN, Permission.MANAGE_COUNTY)
FIRST = ("cases.collected", "cases.closed", "cases.on_time")  # what a new form begins with
RESTRICTED = "03"
SHOWN = 10  # rows of a list in the preview
SOURCES = {
    Source.CASES: N_("事件"), Source.STEPS: N_("办理过程"), Source.WHISTLES: N_("哨件"),
    Source.CALLS: N_("吹哨叫到的单位"), Source.HOMES: N_("住户"), Source.VISITS: N_("走访"), Source.ENTRIES: N_("积分"),
    Source.NOTICES: N_("积分公示"), Source.REDEMPTIONS: N_("兑换"), Source.ACTIVITIES: N_("活动"),
    Source.HELPERS: N_("参加活动"), Source.MEDIATIONS: N_("调解"),
    Source.CAMPAIGNS: N_("专项行动"),
}  # fmt: skip
ENTERED = N_("填报的指标")


@bp.route("/new", methods=["GET", "POST"])
@needs(*BUILDS)
def new() -> ResponseReturnValue:
    """A new form: from nothing, or from one that is there."""
    someone, asked = viewer(), request.args.get("from", type=int)
    places = place_choices(someone, builds=True)
    if not places:
        raise Missing
    origin = queries.get_form(asked, viewer=someone) if asked else None
    form = BuildForm(data=None if request.method == "POST" else _begun(origin))
    _offer(form, places)
    if _saves(form):
        place = queries.get_place(form.place.data, viewer=someone)
        made = submit(
            form, service.make, actor=someone, place=place, title=form.title.data, spec=spec_of(form),
            client_uuid=form.client_uuid.data, copied_from=origin[0] if origin else None, now=clock.now(),
        )  # fmt: skip
        if made:
            flash(_("已存为“%(title)s”，随时可以出数。", title=form.title.data), "ok")
            return redirect(url_for(".show", form_id=made.id, place=place.id))  # type: ignore[union-attr]
    return _page(form, None)


@bp.route("/<int:form_id>/edit", methods=["GET", "POST"])
@needs(*BUILDS)
def edit(form_id: int) -> ResponseReturnValue:
    """Change a form: a new version; what was kept stays under its own."""
    someone = viewer()
    found, spec = queries.get_form(form_id, viewer=someone)
    if not queries.builds(someone, found.path):
        raise Missing
    form = BuildForm(data=None if request.method == "POST" else _filled(found.title, spec, found))
    _offer(form, [(found.place_id or 0, "")])
    form.place.data = found.place_id
    if _saves(form):
        changed = submit(
            form, service.change, found, actor=someone, title=form.title.data, spec=spec_of(form), seen=form.seen.data,
            now=clock.now(),
        )  # fmt: skip
        if changed:
            flash(_("已改好。以前定稿的不变。"), "ok")
            return redirect(url_for(".show", form_id=form_id, place=found.place_id))
    return _page(form, found)


@bp.post("/<int:form_id>/withdraw")
@needs(*BUILDS)
def withdraw(form_id: int) -> ResponseReturnValue:
    """A form out of use."""
    form, asked = queries.get_form(form_id, viewer=viewer())[0], BaseForm()
    if asked.validate_on_submit() and submit(asked, service.withdraw, form, actor=viewer(), now=clock.now()):
        flash(_("已停用。定稿的留底还在。"), "ok")
        return redirect(url_for(".index"))
    for words in asked.form_errors:
        flash(words, "warning")
    return redirect(url_for(".show", form_id=form_id))


def _saves(form: BuildForm) -> bool:
    """Whether the reader wants it kept, and it is whole; adding a part only shows the page anew."""
    act = request.form.get("act")
    if act == "more" and len(form.parts) < MOST_PARTS:
        form.parts.append_entry({"rows": BELOW, "measures": []})
        _offer(form, [(value, words) for value, words, *_rest in form.place.iter_choices()])
    return request.method == "POST" and act == "save" and bool(form.validate_on_submit())


def _begun(origin: tuple[ReportForm, Spec] | None) -> dict[str, Any]:
    if origin is None:
        return _filled("", Spec((Part(FIRST, below=True),)), None)
    form, spec = origin
    title = in_language(zh=form.title, en=form.title_en or form.title)
    return _filled(_("%(title)s（本地）", title=title), spec, None)


def _filled(title: str, spec: Spec, form: ReportForm | None) -> dict[str, Any]:
    """A spec as the fields of the form."""
    return {
        "client_uuid": str(uuid4()), "seen": fingerprint(form, service.EDITED) if form else "", "title": title,
        "every": str(spec.every), "shape": str(spec.shape), "order": str(spec.order),
        "notes": in_language(zh=spec.notes, en=spec.notes_en or spec.notes),
        "parts": [
            {
                "head": in_language(zh=part.head, en=part.head_en or part.head),
                "rows": BELOW if part.below else str(part.rows or ""), "columns": str(part.columns or ""),
                "major": part.major, "measures": list(part.measures),
            }
            for part in spec.parts
        ],
    }  # fmt: skip


def spec_of(form: BuildForm) -> Spec:
    """The fields as a spec."""
    parts = tuple(
        Part(
            tuple(part["measures"].data or ()), _by(part["rows"].data), part["rows"].data == BELOW,
            _by(part["columns"].data), part["major"].data or "", part["head"].data or "",
        )
        for part in form.parts
        if part["measures"].data
    )  # fmt: skip
    return Spec(
        parts, PeriodKind(form.every.data), Shape(form.shape.data), Order(form.order.data), form.notes.data or ""
    )


def _by(value: str | None) -> By | None:
    return By(value) if value and value != BELOW else None


def _majors() -> list[tuple[str, Any]]:
    return [("", N_("全部类别")), *((code, label) for code, label in MAJORS.items() if code != RESTRICTED)]


def _groups(path: str) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """The measures by what they count: (key, words, what it means)."""
    for source, label in SOURCES.items():
        own = [
            (key, translate(one.label), translate(one.meaning)) for key, one in MEASURES.items() if one.source is source
        ]
        if own:
            yield translate(label), own
    entered = []
    for one in queries.indicators(path):
        name = words_of(Both(one.name, one.name_en or one.name))
        entered.append((f"{INDICATOR}{one.code}", name, ""))
        if one.adding == Adding.FLOW:
            entered.append((f"{INDICATOR}{one.code}{MEAN}", _("%(what)s（村均）", what=name), ""))
    yield translate(ENTERED), entered


def _offer(form: BuildForm, places: Any) -> None:
    path = _place(form, places).path
    pairs = [(key, words) for _label, own in _groups(path) for key, words, _meaning in own]
    form.offer(places=places, majors=_majors(), measures=pairs)


def _place(form: BuildForm, places: Any) -> Grid:
    """The place of the form, else the first there is."""
    ids = [value for value, _words in places]
    chosen = form.place.data if form.place.data in ids else ids[0]
    return queries.get_place(chosen, viewer=viewer())


def _page(form: BuildForm, found: ReportForm | None) -> ResponseReturnValue:
    """The builder with what has been chosen so far below it."""
    place = queries.get_place(form.place.data or form.place.choices[0].value, viewer=viewer())
    return render_template(
        "reports/build.html", form=form, found=found, groups=list(_groups(place.path)), most=MOST_PARTS,
        now=clock.now(), words_of=words_of, **_preview(form, place), **common(),
    )  # fmt: skip


def _preview(form: BuildForm, place: Grid) -> dict[str, Any]:
    """The last period that is over; or why it cannot be made."""
    try:
        words = {key: label for _group, own in _groups(place.path) for key, label, _meaning in own}
        spec = checked(spec_of(form), indicators=words)
        if not all(queries.may_tell(viewer(), part) for part in spec.parts):
            raise Refused(N_("按户类分只给看得到户类的岗位，请改选行列。"))
    except (Refused, ValueError) as why:
        return {"sheet": None, "problem": translate(why.text) if isinstance(why, Refused) else _("请重新选。")}
    period, part = Period.of(spec.every, base.today()).before, spec.parts[0]
    if spec.shape is Shape.LIST:
        page = measures.rows(
            viewer(), part.measures[0], period=period, now=clock.now(),
            narrow=part.narrow.joined(Narrow(path=place.path)), size=SHOWN,
        )  # fmt: skip
        heads = measures.heads(part.measures[0])
        empty = Spec((), spec.every)
        sheet = queries.sheet(viewer(), None, empty, place=place, period=period, now=clock.now(), title=_title(form))
        return {"sheet": sheet, "problem": "", "listed": True, "heads": heads, "rows": page.rows}
    sheet = queries.sheet(viewer(), None, spec, place=place, period=period, now=clock.now(), title=_title(form))
    return {"sheet": sheet, "problem": "", "listed": False, "heads": (), "rows": ()}


def _title(form: BuildForm) -> str:
    return form.title.data or _("（还没有名称）")
