"""Pages of a change: what there is to change, the form, what it will change, and the change on record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases.rules import State, light_of
from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.errors import Refused
from gridcase.core.masking import mask_name
from gridcase.core.permissions import Permission, Viewer
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.people import queries as people
from gridcase.people.models import Post
from gridcase.people.rules import Role
from gridcase.planner import service
from gridcase.planner.forms import reorganise as forms
from gridcase.planner.queries import handover
from gridcase.planner.queries import reorganise as queries
from gridcase.planner.queries import village as villages
from gridcase.planner.rules.reorganise import PARTS_MOST, Kind, Plan, Stage, parts_by_place, seen_mark
from gridcase.planner.service import plans
from gridcase.planner.service.checking import check
from gridcase.planner.views.base import bp
from gridcase.web.access import needs, viewer
from gridcase.web.filters import show_date, translate
from gridcase.web.formkit import submit

PLAN = Permission.PLAN_GRID


@bp.get("/reorganise/")
@needs(PLAN)
def reorganise() -> ResponseReturnValue:
    """The cells and circles of a village, each with what can be done to it; and the changes there were."""
    someone, today = viewer(), town_day(clock.now())
    mine = grids.villages_of(someone, permission=PLAN)
    wanted = forms.numbers([request.args.get("village", "")])
    village = villages.village(wanted[0], viewer=someone) if wanted else mine[0] if len(mine) == 1 else None
    if village is None:
        return render_template("planner/reorganise_villages.html", villages=mine)
    circles = villages.circles_in(village.path, on=today)
    posts = [post for post in villages.village_posts(village.path, on=today) if post.role != Role.LIAISON]
    return render_template(
        "planner/reorganise.html", village=village, several=len(mine) > 1,
        cells=villages.places_in(village.path, on=today), circles=circles, posts=posts,
        holders=people.holders_of([row.id for row in circles] + [post.id for post in posts], on=today),
        limits=grids.size_limits(village.path, on=today), changes=queries.changes_of(village.id), kinds=Kind,
        stages=Stage,
    )  # fmt: skip


@dataclass(frozen=True)
class Page:
    """A form of a change: of which kind, in which village, and what the page shows besides its fields."""

    kind: Kind
    village: Grid
    shown: dict[str, Any]


def _act(page: Page, form: forms.ChangeForm, build: Callable[[], Plan]) -> ResponseReturnValue:
    """The form first, then what will change, then it is done; a refusal leads back to the form."""
    someone, now, step = viewer(), clock.now(), request.form.get("step", "")
    if step in ("preview", "confirm") and form.validate_on_submit():
        answer = _confirmed(form, build, someone, now) if step == "confirm" else _preview(page, form, build, now)
        if answer is not None:
            return answer
    if request.method == "GET":
        form.on.data = town_day(now)
    return render_template("planner/reorganise_form.html", page=page, form=form, village=page.village, **page.shown)


def _confirmed(
    form: forms.ChangeForm, build: Callable[[], Plan], someone: Viewer, now: datetime
) -> ResponseReturnValue | None:
    change = submit(form, lambda: service.confirm(build(), actor=someone, now=now, seen=form.seen.data or ""))
    if not change or change is True:
        return None
    done = change.state == Stage.DONE
    flash(
        _("调整已生效，请把交接单交给有关的人。") if done else _("已记下，到 %(day)s 生效。", day=show_date(change.on)),
        "ok",
    )
    return redirect(url_for("planner.change", change_id=change.id))


def _preview(
    page: Page, form: forms.ChangeForm, build: Callable[[], Plan], now: datetime
) -> ResponseReturnValue | None:
    today = town_day(now)
    try:
        plan = build()
        check(plan, today=today)
    except Refused as refusal:
        form.refuse(refusal)
        return None
    gave = handover.givings(plan, today=today)
    shown = queries.preview(plan, gave, today=today)
    persons = villages.persons_named([one for each in gave for one in (each.giver_person, each.taker_person)])
    kept = [(name, value) for name, value in request.form.items(multi=True)]
    return render_template(
        "planner/reorganise_preview.html", page=page, plan=plan, preview=shown, village=page.village, persons=persons,
        titles=queries.post_titles(plan, {ref for each in gave for ref in (each.giver, each.taker)}),
        may=service.may_confirm(viewer(), page.village), mark=seen_mark(plan, gave), today=today,
        kept=[pair for pair in kept if pair[0] not in ("csrf_token", "step", "seen")],
        limits=grids.size_limits(page.village.path, on=today),
    )  # fmt: skip


def _when(form: forms.ChangeForm) -> plans.When:
    return plans.When(form.on.data or town_day(clock.now()), form.reason.data or "")


def _cell(grid_id: int) -> tuple[Grid, Grid]:
    """A group or cell of the viewer's, and its village."""
    place = villages.place(grid_id, viewer=viewer())
    return place, villages.village(place.village_id or 0, viewer=viewer())


@bp.route("/reorganise/cell/<int:grid_id>/move", methods=["GET", "POST"])
@needs(PLAN)
def move_homes(grid_id: int) -> ResponseReturnValue:
    """Homes of a cell to another one, another circle, or both."""
    place, village = _cell(grid_id)
    today, form = town_day(clock.now()), forms.MoveForm()
    circles = villages.circles_in(village.path, on=today)
    form.offer(
        places=[(row.id, row.name) for row in villages.places_in(village.path, on=today) if row.id != place.id],
        circles=_circle_words(circles, today),
    )
    homes = villages.homes_in([place.id], on=today)
    liaisons, titles = (
        villages.liaisons_of([home.id for home in homes], on=today),
        {row.id: row.title for row in circles},
    )
    ticked = forms.numbers(request.form.getlist("homes"))
    page = Page(Kind.MOVE, village, {
        "place": place, "homes": homes, "ticked": ticked,
        "liaison_of": {home: titles.get(post_id, "") for home, post_id in liaisons.items()},
    })  # fmt: skip
    target, circle = _number(form.target.data), _number(form.circle.data)
    return _act(page, form, lambda: plans.move(village, _when(form), homes=ticked, target=target, circle=circle))


def _number(value: str | None) -> int | None:
    return next(iter(forms.numbers([value or ""])), None)


def _circle_words(circles: list[villages.CircleRow], today: Any) -> list[tuple[int, str]]:
    """The circles with their holders and sizes, for a choice."""
    holders = people.holders_of([row.id for row in circles], on=today)
    return [
        (row.id, _("%(holder)s · %(title)s（%(n)s 户）", title=row.title, holder=holders.get(row.id, "—"), n=row.homes))
        for row in circles
    ]


@bp.route("/reorganise/cell/<int:grid_id>/split", methods=["GET", "POST"])
@needs(PLAN)
def split_cell(grid_id: int) -> ResponseReturnValue:
    """A cell into two or more."""
    cell, village = _cell(grid_id)
    today, form = town_day(clock.now()), forms.SplitForm()
    parts = min(PARTS_MOST, max(2, _number(request.values.get("parts")) or 2))
    form.offer(parts=parts, persons=_staff(village, today))
    homes = villages.homes_in([cell.id], on=today)
    ids = [home.id for home in homes]
    part_of = forms.chosen(request.form, "home_", ids) or parts_by_place(villages.spots_of(ids), parts)
    page = Page(Kind.SPLIT, village, {"place": cell, "homes": homes, "parts": parts, "part_of": part_of})

    def build() -> Plan:
        new = [
            plans.Part(
                form[f"name_{number}"].data or "", [home for home in ids if part_of.get(home) == number],
                _number(form[f"leader_{number}"].data),
            )
            for number in range(1, parts)
        ]  # fmt: skip
        return plans.split(village, _when(form), cell=cell, parts=new, now=clock.now())

    return _act(page, form, build)


def _staff(village: Grid, today: Any) -> list[tuple[int, str]]:
    return [(row.id, f"{row.name} · {row.title}") for row in villages.staff_of(village.path, on=today)]


@bp.route("/reorganise/cell/<int:grid_id>/merge", methods=["GET", "POST"])
@needs(PLAN)
def merge_cells(grid_id: int) -> ResponseReturnValue:
    """Other cells into this one."""
    cell, village = _cell(grid_id)
    form = forms.MergeForm()
    places = villages.places_in(village.path, on=town_day(clock.now()))
    others = [row for row in places if row.level == cell.level and row.id != cell.id]
    ticked = [one for one in forms.numbers(request.form.getlist("others")) if one in {row.id for row in others}]
    page = Page(Kind.MERGE, village, {"place": cell, "others": others, "ticked": ticked})
    return _act(
        page, form, lambda: plans.merge(village, _when(form), survivor=cell, others=ticked, now=clock.now())
    )  # fmt: skip


def _post(post_id: int) -> tuple[Post, Grid]:
    return villages.post(post_id, viewer=viewer(), on=town_day(clock.now()))


@bp.route("/reorganise/post/<int:post_id>/replace", methods=["GET", "POST"])
@needs(PLAN)
def replace_holder(post_id: int) -> ResponseReturnValue:
    """Another person for a post: nothing else changes, but everything is handed over."""
    post, village = _post(post_id)
    today, form = town_day(clock.now()), forms.ReplaceForm()
    form.offer(_candidates(post, village, today))
    page = Page(Kind.REPLACE, village, {"post": post, "holders": people.holders_of([post.id], on=today)})

    def build() -> Plan:
        person = plans.person_for(form.person.data or "", form.name.data or "", village=village)
        new = form.way.data == forms.NEW_POST
        return plans.replace(
            village, _when(form), post=post, person_id=person, new_post=new, title=form.title.data or "",
            now=clock.now(),
        )  # fmt: skip

    return _act(page, form, build)


def _candidates(post: Post, village: Grid, today: Any) -> list[tuple[int, str]]:
    """Whom the homes of the circle nominated (names masked), then who holds a post of the village."""
    homes = [row.id for row in villages.homes_of(post.id, on=today)]
    nominated = [(row.id, _nominee(row)) for row in villages.nominees(homes, on=today)]
    known = {person for person, _words in nominated}
    return nominated + [pair for pair in _staff(village, today) if pair[0] not in known]


def _nominee(row: Any) -> str:
    parts = [
        mask_name(row.name),
        _("%(year)s 年生", year=row.born_on.year) if row.born_on else "",
        row.home or "",
        _("%(n)s 户提名", n=row.votes),
    ]
    return " · ".join(part for part in parts if part)


@bp.route("/reorganise/post/<int:post_id>/dissolve", methods=["GET", "POST"])
@needs(PLAN)
def dissolve_circle(post_id: int) -> ResponseReturnValue:
    """A circle ends: each home to another one."""
    post, village = _post(post_id)
    today, form = town_day(clock.now()), forms.DissolveForm()
    others = [row for row in villages.circles_in(village.path, on=today) if row.id != post.id]
    offered = _circle_words(others, today)
    form.offer(offered)
    homes = villages.homes_of(post.id, on=today)
    most = grids.size_limits(village.path, on=today).circle_many
    suggested = plans.suggested(post, village, most=most, now=clock.now())
    circle_of = forms.chosen(request.form, "home_", [home.id for home in homes]) or {
        home: taker for home, (taker, _why) in suggested.items()
    }
    page = Page(Kind.DISSOLVE, village, {
        "post": post, "homes": homes, "offered": offered, "circle_of": circle_of,
        "why": {home: why.label for home, (_taker, why) in suggested.items()},
        "holders": people.holders_of([post.id], on=today),
    })  # fmt: skip
    return _act(
        page, form,
        lambda: plans.dissolve(
            village, _when(form), post=post, circles=circle_of, successor=_number(form.successor.data)
        ),
    )  # fmt: skip


@bp.route("/reorganise/post/<int:post_id>/stand-in", methods=["GET", "POST"])
@needs(PLAN)
def stand_in(post_id: int) -> ResponseReturnValue:
    """Somebody stands in for a time."""
    post, village = _post(post_id)
    today, form = town_day(clock.now()), forms.StandInForm()
    form.offer(_staff(village, today))
    page = Page(Kind.STAND_IN, village, {"post": post, "holders": people.holders_of([post.id], on=today)})

    def build() -> Plan:
        person = plans.person_for(form.person.data or "", form.name.data or "", village=village)
        last = form.until.data or town_day(clock.now())
        return plans.stand_in(village, _when(form), post=post, person_id=person, last_day=last, now=clock.now())

    return _act(page, form, build)


# --- on record


@bp.get("/reorganise/<int:change_id>")
@needs(PLAN)
def change(change_id: int) -> ResponseReturnValue:
    """A change with its hand-over lists."""
    found, village = queries.change_by_id(change_id, viewer=viewer())
    return render_template(
        "planner/reorganise_done.html", change=found, village=village, sheets=queries.sheets_of(found.id),
        kind=Kind(found.kind), stage=Stage(found.state), stages=Stage, form=forms.WithdrawForm(),
        may=service.may_confirm(viewer(), village),
    )  # fmt: skip


@bp.post("/reorganise/<int:change_id>/withdraw")
@needs(Permission.CONFIRM_PLAN)
def withdraw_change(change_id: int) -> ResponseReturnValue:
    """Give up a change whose day has not come."""
    found, _village = queries.change_by_id(change_id, viewer=viewer())
    form = forms.WithdrawForm()
    if form.validate_on_submit() and submit(form, service.withdraw, found, actor=viewer(), now=clock.now()):
        flash(_("这次调整已取消，一切照旧。"), "ok")
    for words in form.form_errors:
        flash(words, "danger")
    return redirect(url_for("planner.change", change_id=change_id))


@bp.get("/handover/<int:sheet_id>")
@needs(PLAN, Permission.LOG_VISIT)
def handover_sheet(sheet_id: int) -> ResponseReturnValue:
    """A hand-over list, for both sides and for who plans the village; made to be printed."""
    sheet, found, village = queries.sheet_by_id(sheet_id, viewer=viewer())
    now, listed = clock.now(), queries.listed_on(sheet.id)
    lights = {
        row.id: light_of(due_at=row.due_at, soon_at=row.soon_at, closed=row.closed_at is not None, now=now)
        for row in listed.cases
    }
    return render_template(
        "planner/reorganise_sheet.html", sheet=sheet, change=found, village=village, listed=listed, lights=lights,
        kind=translate(Kind(found.kind).label), State=State, plans_here=viewer().may(PLAN),
    )  # fmt: skip
