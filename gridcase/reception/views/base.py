"""The blueprint of the room, its entry in the navigation, and what its pages share: the place, the class, the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from gridcase.cases import queries as cases
from gridcase.cases.models import Case
from gridcase.cases.rules.alike import Told as Said
from gridcase.cases.rules.emergency import call_first
from gridcase.cases.service import link_to
from gridcase.core import clock
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.reception import queries, service
from gridcase.reception.forms import RaiseForm, TellFields
from gridcase.reception.service import Told
from gridcase.reception.service.raising import Row
from gridcase.web.access import viewer
from gridcase.web.filters import in_language, translate
from gridcase.web.formkit import submit
from gridcase.web.frame import NavItem

bp = Blueprint("reception", __name__, url_prefix="/reception")
_USES = frozenset({Permission.REGISTER_CASE})
GROUP = N_("接访巡查")


def _entry(key: str, label: Any, endpoint: str, order: int, pages: str) -> NavItem:
    return NavItem(
        key, label, f"reception.{endpoint}", "calendar", _USES, order, group="reception", group_label=GROUP,
        pages=frozenset(f"reception.{page}" for page in pages.split()),
    )  # fmt: skip


NAV = (
    _entry("r", N_("接访日"), "index", 15, "index day duty rota visitor_case figures"),
    _entry("", N_("快速答复"), "quick", 16, "quick quick_case"),
    replace(
        _entry("", N_("便民服务点"), "legal", 16, "legal legal_point legal_answers legal_new legal_edit legal_close"),
        needs=frozenset(queries.legal.READS),
        work=False,
    ),
    _entry("", N_("会议"), "meetings", 17, "meetings new_meeting meeting outcome_case"),
    _entry("", N_("巡查排查"), "patrols", 18, "patrols new_check check finding_case new_clue"),
    replace(
        _entry("", N_("设置"), "settings", 19, "settings rule plan own_item drop_item"),
        needs=frozenset({Permission.MANAGE_POSTS}),
        work=False,
    ),
)
INDENT = {GridLevel.CELL: "　"}


def place_of(permission: Permission = Permission.REGISTER_CASE) -> tuple[Grid, Sequence[Any]]:
    """The place a page is about, and those one may switch to."""
    wanted = request.args.get("place", type=int)
    mine = queries.places.places(viewer(), permission)
    return queries.places.first_place(viewer(), wanted, permission), mine


def asked_day(name: str = "on") -> date | None:
    """The day in the link; what is no day is none."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def today() -> date:
    """The day of the town."""
    return town_day(clock.now())


def begins(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time(), TOWN_ZONE)


def mark() -> str:
    """A form's own mark, made before it is sent."""
    return str(uuid4())


def class_choices(place: Grid, *, majors: Sequence[str] = (), open_only: bool = False) -> list[SelectChoice]:
    """The classes in use, the common ones first; of some majors, or only those that everybody may read."""
    found = [SelectChoice("", _("请选择"))]
    for one in cases.catalogue(path=place.path):
        if (majors and one.major not in majors) or (open_only and one.terms.restricted):
            continue
        group = _("常用") if one.terms.common and not majors else _("全部")
        found.append(SelectChoice(one.code, in_language(zh=one.zh, en=one.en), optgroup=None if majors else group))
    return found


def place_choices(place: Grid) -> list[tuple[str, Any]]:
    """Where a demand of this place may lie: a town's villages, or the village itself and its cells."""
    below = [(str(row.id), INDENT.get(row.level, "") + row.name) for row in queries.places.grids_below(place)]
    if place.level == GridLevel.TOWN:
        return [("", N_("请选择")), *below]
    return [(str(place.id), place.name), *below]


def suggested_choices(place: Grid, title: str, text: str = "") -> list[SelectChoice]:
    """What the words sound like, with those words; never a restricted class."""
    return [
        SelectChoice(
            one.case_class.code,
            _("%(name)s（因为说到：%(words)s）", name=words_of(one.case_class), words=translate(list(one.words))),
            optgroup=_("听起来像"),
        )
        for one in cases.suggest_classes(title, text, path=place.path)
    ]


def prepare(form: Any, place: Grid, *, majors: Sequence[str] = (), said: tuple[str, str] | None = None) -> None:
    """Hand in what may be chosen; `said`: title and text, whose classes stand first."""
    assert isinstance(form, TellFields)
    likely_ones = suggested_choices(place, *said) if said else []
    known = {choice.value for choice in likely_ones}
    choose, *rest = class_choices(place, majors=majors)
    form.offer(
        classes=[choose, *likely_ones, *(one for one in rest if one.value not in known)],
        places=place_choices(place),
        homes=viewer().may(Permission.SEE_HOUSEHOLD),
    )


def home_in(form: Any) -> Household | None:
    """The home that was typed, of the viewer's."""
    words = form.household_words.data if "household_words" in form else None
    if not words:
        return None
    return households.named_home(words, viewer=viewer(), on=today(), field="household_words")


def likely(form: Any, place: Grid, *, title: str | None) -> list[cases.Likely]:
    """Cases that may be the same matter as what a form of a door says; a restricted matter is compared with nothing."""
    chosen = form.grid.data if form.grid.data and form.grid.data.isdecimal() else ""
    grid = grids.by_ids([int(chosen)]).get(int(chosen)) if chosen else place
    code = form.case_class.data
    entry = cases.entry_in_use(code, path=place.path) if code else None
    if grid is None or (entry is not None and entry.terms.restricted):
        return []
    return cases.likely_same(viewer(), cases.Typed(Said(title or "", form.text.data or ""), grid), now=clock.now())


def join_first(form: Any, case_id: int | None, *, actor: Viewer, now: datetime) -> None:
    """Let the case just made of a row carry on in the one that was chosen as the same matter."""
    if case_id is None or not form.same_as.data:
        return
    first = cases.by_number(form.same_as.data, viewer=actor)
    link_to(cases.get_case(case_id, viewer=actor), actor=actor, now=now, first=first)


def told_in(form: Any, place: Grid, *, title: str, household: Household | None, name: str | None) -> Told:
    """What a case is made of, as a form says it."""
    wanted = int(form.grid.data) if form.grid.data else place.id
    grid = grids.by_ids([wanted]).get(wanted)
    if grid is None:
        raise Refused(N_("请选在哪里。"), field="grid")
    return Told(form.case_class.data or "", title, form.text.data or title, grid, household, name, form.phone.data)


def raise_page(
    row: Row, place: Grid, *, back: str, title: str, text: str = "", class_code: str = "", name: str | None = None,
    phone: str | None = None, grid: int | None = None,
) -> ResponseReturnValue:  # fmt: skip
    """The one page on which a row of a door becomes a case; everything known is filled in."""
    someone = viewer()
    if row.case_id is not None:
        flash(_("已经登记成事件了，请到事件里办理。"), "warning")
        return redirect(back)
    form = RaiseForm(
        data={
            "title": title[:60], "text": text, "case_class": class_code, "name": name, "phone": phone,
            "grid": str(grid or place.id),
        }
    )  # fmt: skip
    prepare(form, place, said=(form.title.data or "", form.text.data or ""))
    valid, same = form.validate_on_submit(), likely(form, place, title=form.title.data)
    if valid and (form.looked.data or not same):
        case = submit(form, _raise, form, row, place, actor=someone, now=clock.now())
        if isinstance(case, Case):
            say_registered(case)
            return redirect(back)
    code = form.case_class.data or ""
    known = cases.class_by_code(code) if code else None
    first = call_first(code=code, urgency=known.urgency if known else 3, words=f"{form.title.data}{form.text.data}")
    return render_template(
        "reception/raise.html", form=form, place=place, back=back, first=first, same=same, chosen=form.same_as.data,
    )  # fmt: skip


def _raise(form: RaiseForm, row: Row, place: Grid, *, actor: Viewer, now: datetime) -> Case:
    told = told_in(form, place, title=form.title.data, household=home_in(form), name=form.name.data)
    case = service.raise_for(row, told, place=place, actor=actor, now=now)
    join_first(form, case.id, actor=actor, now=now)
    return case


def say_registered(case: Case) -> None:
    """What happened, with the number."""
    flash(_("已登记成事件，编号 %(number)s。", number=case.number), "ok")


def own_place(place_id: int) -> Grid:
    """A place by its id, of the viewer's."""
    return queries.places.get_place(place_id, viewer=viewer())


def words_of(row: Any) -> str:
    """A class or item in the reader's language."""
    return in_language(zh=row.zh, en=row.en)


def page_of(template: str, **context: Any) -> str:
    """A page of the room: what all of them show goes along."""
    return render_template(f"reception/{template}.html", words_of=words_of, **context)
