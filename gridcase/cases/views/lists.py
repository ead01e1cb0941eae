"""The work list, and the views somebody keeps of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.calendar.queries import work_calendar
from gridcase.cases import queries, service
from gridcase.cases.models import SavedView
from gridcase.cases.queries import Filters, Tab
from gridcase.cases.rules import Light, State, light_of, move_named
from gridcase.cases.rules.majors import MAJORS
from gridcase.cases.rules.said import time_left
from gridcase.cases.views import desk, urgent
from gridcase.cases.views.base import bp, class_name
from gridcase.cases.views.beside import waiting
from gridcase.cases.views.bulk import BULK
from gridcase.cases.views.desk import Desk
from gridcase.cases.views.routing_forms import ViewForm
from gridcase.core import clock
from gridcase.core.db import transaction
from gridcase.core.masking import mask_name
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_, Text
from gridcase.core.worktime import LimitUnit, WorkCalendar
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate
from gridcase.web.formkit import submit

REACHES = {1: N_("本县在办"), 2: N_("本镇在办"), 3: N_("本村在办")}


@bp.get("/")
@needs(Permission.SEE_CASE)
def index() -> ResponseReturnValue:
    """What waits for me first, or the view I chose; tabs and filters stand in the link."""
    someone, now = viewer(), clock.now()
    kept, villages = queries.views_and_villages(someone)
    opening = next((one for one in kept if one.opens), None)
    if opening is not None and not request.args:
        return redirect(_url_of(opening))
    filters, tabs = desk.read(request.args, someone), queries.tabs_for(someone)
    mark = Desk(filters).mark
    bulk = [move_named(name) for name in BULK if someone.may(move_named(name).needs)]
    page = queries.work_list(someone, filters, now=now, after=request.args.get("after"))
    return render_template(
        "cases/list.html", page=page, filters=filters,
        lines=_lines(page.rows, someone, filters, mark, bulk=bool(bulk), now=now), tabs=tabs, Tab=Tab,
        counts=_counts(someone, tabs, kept, now), village_words=_village_words(someone),
        cap=queries.COUNT_CAP, villages=villages, majors=MAJORS, State=State, Light=Light,
        bulk=bulk,
        kept={key: value for key, value in request.args.items() if key not in ("after", "view") and value},
        mark=mark,
        views_kept=[(one, _url_of(one), one.query == desk.written(filters)) for one in kept],
    )  # fmt: skip


def _counts(someone: Viewer, tabs: list[Tab], kept: list[Any], now: Any) -> dict[Any, int]:
    """How many each part and each view kept holds; not of those that would read everything."""
    wanted: dict[Any, Filters] = {tab: Filters(tab=tab) for tab in tabs if tab is not Tab.ALL}
    for one in kept:
        filters = desk.read(dict(parse_qsl(one.query)), someone)
        if filters.tab is not Tab.ALL and not filters.words:
            wanted[one.id] = filters
    return queries.counted(someone, wanted, now=now)


def _village_words(someone: Viewer) -> Text:
    """What "open here" means to this viewer: the widest place whose cases he sees as a whole."""
    whole = [
        grant.path
        for grant in someone.grants_with(Permission.SEE_CASE)
        if grant.path and not grant.unit_id and grant.section_id is None and grant.household_ids is None
    ]
    depth = min((path.count("/") - 1 for path in whole), default=0)
    return REACHES.get(depth, Tab.VILLAGE.label)


def _row_keys(someone: Viewer, mark: str) -> dict[tuple[str, bool], tuple[str, Callable[[int], str]]]:
    """The letters that open a row with a move: (state, whether it must be sorted first) -> (letter, its addresses)."""
    keys = {}
    if someone.may(Permission.ACCEPT_CASE):
        keys[State.REGISTERED.value, False] = ("a", desk.links("cases.move_accept", mark))
        keys[State.REGISTERED.value, True] = ("a", desk.links("cases.move_sort", mark))
    if someone.may(Permission.DISPATCH_CASE):
        sending = ("d", desk.links("cases.move_dispatch", mark))
        keys |= {(state.value, new): sending for state in (State.ACCEPTED, State.RETURNED) for new in (False, True)}
    return keys


class Line(NamedTuple):
    """A row as it reads, nothing else: equal lines look alike (`web.drawn`)."""

    id: int
    number: str
    title: str
    urgency: int
    state: State
    class_name: str
    head: str  # of the home, masked; empty where nobody may read it
    restricted: bool
    voices: int
    attempts: int  # to call back; shown where that is the work
    village: str | None
    place: str | None
    colour: str
    left: str  # empty once closed
    who: str
    url: str
    letter: str  # opens `letter_url` from this row; empty: none
    letter_url: str
    bulk: bool


def _lines(rows: Any, someone: Viewer, filters: Filters, mark: str, *, bulk: bool, now: Any) -> list[Line]:
    calendar, keys, link = work_calendar(), _row_keys(someone, mark), desk.links("cases.show", mark)
    lines = []
    for row in rows:
        light, left = _time(row, now, calendar)
        letter, address = keys.get((row.state, row.unsorted), ("", str))
        lines.append(
            Line(
                id=row.id,
                number=row.number,
                title=row.title,
                urgency=row.urgency,
                state=State(row.state),
                class_name=class_name(row),
                head=mask_name(row.head_name) if row.head_name and not row.restricted else "",
                restricted=row.restricted,
                voices=row.voices or 0,
                attempts=row.answer_attempts if filters.tab is Tab.CALLBACK else 0,
                village=row.village_name,
                place=row.place_name,
                colour=light.value,
                left=translate(left) if left is not None else "",
                who=row.unit_name or row.post_title or translate(waiting(row)),
                url=link(row.id),
                letter=letter,
                letter_url=address(row.id) if letter else "",
                bulk=bulk,
            )
        )
    return lines


def _time(row: Any, now: Any, calendar: WorkCalendar) -> tuple[Light, Any]:
    """Those of one row: of an open emergency by the clock that stands worst. What is counted and filtered stays by the
    last day."""
    if row.closed_at is not None:
        return Light.CLOSED, None
    worst = urgent.pressing(
        row, limit_unit=row.limit_unit, contact_unit=row.contact_unit, now=now, calendar=calendar
    )  # fmt: skip
    if worst is not None:
        return worst.light, worst.left
    light = light_of(due_at=row.due_at, soon_at=row.soon_at, closed=False, now=now)
    return light, time_left(due_at=row.due_at, now=now, unit=LimitUnit(row.limit_unit), calendar=calendar)


# --- views kept


@bp.route("/views", methods=["GET", "POST"])
@needs(Permission.SEE_CASE)
def views() -> ResponseReturnValue:
    """The views I keep; a filter in the link (`list`) can be kept under a name."""
    someone, came, form = viewer(), desk.came_from(viewer()), ViewForm()
    if came is not None and form.validate_on_submit():
        query = desk.written(came.filters)
        kept = submit(form, service.keep_view, actor=someone, name=form.name.data or "", query=query, now=clock.now())
        if isinstance(kept, SavedView):
            flash(_("已存为视图“%(name)s”。", name=kept.name), "ok")
            return redirect(_url_of(kept))
    return _views_page(someone, came, form)


@bp.post("/views/<int:view_id>/name")
@needs(Permission.SEE_CASE)
def rename_view(view_id: int) -> ResponseReturnValue:
    """Another name."""
    someone, form = viewer(), ViewForm()
    view = queries.saved_view(view_id, viewer=someone)
    given = {"actor": someone, "name": form.name.data or ""}
    if form.validate_on_submit() and submit(form, service.rename_view, view, **given):
        flash(_("已改名。"), "ok")
        return redirect(url_for("cases.views"))
    return _views_page(someone, None, ViewForm(formdata=None), {view_id: form})


@bp.post("/views/<int:view_id>/open")
@needs(Permission.SEE_CASE)
def open_with_view(view_id: int) -> ResponseReturnValue:
    """Let the list open with it, or no longer."""
    someone = viewer()
    view = queries.saved_view(view_id, viewer=someone)
    with transaction():
        opens = service.open_with_view(view, actor=someone)
    flash(_("打开“事件”时先看它。") if opens else _("打开“事件”时照常先看待我办的。"), "ok")
    return redirect(url_for("cases.views"))


@bp.post("/views/<int:view_id>/drop")
@needs(Permission.SEE_CASE)
def drop_view(view_id: int) -> ResponseReturnValue:
    """Forget it; no case is touched."""
    view = queries.saved_view(view_id, viewer=viewer())
    with transaction():
        service.drop_view(view)
    flash(_("已删除这个视图，事件没有变化。"), "ok")
    return redirect(url_for("cases.views"))


def _views_page(
    someone: Viewer, came: Desk | None, form: ViewForm, filled: dict[int, ViewForm] | None = None
) -> ResponseReturnValue:
    kept = queries.saved_views(someone)
    names = [(filled or {}).get(one.id) or ViewForm(formdata=None, name=one.name) for one in kept]
    return render_template(
        "cases/views.html", kept=[(one, _url_of(one), name) for one, name in zip(kept, names, strict=True)],
        came=came, form=form, most=service.MOST_VIEWS,
    )  # fmt: skip


def _url_of(view: Any) -> str:
    return desk.list_url(view.query)
