"""The weekly sheet of a representative on paper, and the fast way to type it in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.permissions import Permission, Viewer
from gridcase.grid import queries as grids
from gridcase.grid.rules import GridLevel
from gridcase.people import queries as people
from gridcase.people.models import Post
from gridcase.visits import service
from gridcase.visits.forms import WeekForm
from gridcase.visits.models import Visit
from gridcase.visits.queries import sheets
from gridcase.visits.queries.sheets import WEEK, monday_of
from gridcase.visits.rules import TICKS, VisitMode, VisitState
from gridcase.visits.service import Line, Typed
from gridcase.visits.service.sheets import WEEKS_BACK
from gridcase.visits.views.base import bp
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import submit

EVERYBODY = "all"
PARTS = ("day", "mode", "met", "state", "ticks", "note")


def _week() -> date:
    """The Monday asked for in the link, else this week's."""
    try:
        return monday_of(date.fromisoformat(request.args.get("week", "")))
    except ValueError:
        return monday_of(clock.town_day(clock.now()))


def _chosen(someone: Viewer, posts: Sequence[Post], on: date) -> list[Post]:
    """Whose sheets: the one asked for, everybody's, or the only one there is."""
    wanted = request.args.get("post", "")
    if wanted == EVERYBODY:
        return list(posts)
    if wanted.isdecimal():
        return [sheets.representative(int(wanted), viewer=someone, on=on)]
    return list(posts) if len(posts) == 1 else []


@bp.get("/sheet")
@needs(Permission.LOG_VISIT)
def sheet() -> ResponseReturnValue:
    """The homes due this week with empty boxes, a page of A4 for each representative."""
    someone, today = viewer(), clock.town_day(clock.now())
    posts, week = sheets.representatives(someone, on=today), _week()
    chosen, whole = _chosen(someone, posts, today), request.args.get("whole") == "1"
    homes = sheets.homes_of(chosen, week=week, whole=whole)
    if request.args.get("post") == EVERYBODY:
        chosen = [post for post in chosen if homes[post.id]]  # nobody prints an empty page
    return render_template(
        "visits/sheet.html", posts=posts, chosen=chosen, week=week, last=week + WEEK - timedelta(days=1), homes=homes,
        whole=whole, weeks=[monday_of(today) + n * WEEK for n in (0, 1)], typing=_may_type(someone),
        holders=people.holders_of([post.id for post in chosen], on=today), line_code=sheets.line_code,
        villages=_villages_of(chosen), today=today, wanted=request.args.get("post", ""), **_words(),
    )  # fmt: skip


def _may_type(someone: Viewer) -> bool:
    """Sheets are typed in by who answers for a place or section, not by who filled them in."""
    return any(grant.household_ids is None for grant in someone.grants_with(Permission.LOG_VISIT))


def _villages_of(posts: Sequence[Post]) -> dict[int, str]:
    """The village each post works in, by post; asked once a place."""
    names: dict[str, str] = {}
    for path in {post.place_path for post in posts}:
        above = grids.ancestors(path)
        names[path] = next((grid.name for grid in above if grid.level == GridLevel.VILLAGE), above[-1].name)
    return {post.id: names[post.place_path] for post in posts}


def _words() -> dict[str, Any]:
    """The boxes of the paper with their digits, the same on the screen."""
    return {
        "boxes": {
            name: [(n, one.label) for n, one in enumerate(members, start=1)]
            for name, members in (("mode", VisitMode), ("state", VisitState), ("ticks", TICKS))
        }
    }


@bp.route("/sheet/enter", methods=["GET", "POST"])
@needs(Permission.LOG_VISIT)
def enter_sheet() -> ResponseReturnValue:
    """One line a home, by the keyboard alone; what is good is kept, what is not stays with its word."""
    someone, today, week = viewer(), clock.town_day(clock.now()), _week()
    number = request.args.get("post", type=int)
    post = sheets.representative(number, viewer=someone, on=today, typing=True) if number else None
    form, result, lines = WeekForm(), None, {}
    if post is not None and form.validate_on_submit():
        lines = {line.household_id: line for line in _typed_lines(post, week)}
        result = submit(
            form, service.enter_sheet, actor=someone, post=post, week=week, lines=list(lines.values()),
            now=clock.now(),
        )  # fmt: skip
        if isinstance(result, Typed) and _say_done(result):
            return redirect(url_for(".enter_sheet", post=post.id, week=week))
    wrong = result.wrong if isinstance(result, Typed) else {}
    saved = isinstance(result, Typed) and bool(result.saved)
    return _entry_page(form, post, week, lines=lines, wrong=wrong, saved=saved)


def _entry_page(
    form: WeekForm, post: Post | None, week: date, *, lines: dict[int, Line], wrong: dict[int, Any], saved: bool
) -> ResponseReturnValue:
    today = clock.town_day(clock.now())
    noted: dict[int, list[Visit]] = {}
    for visit in sheets.noted_otherwise(post.id, first=week, days=WEEK.days) if post else ():
        noted.setdefault(visit.household_id, []).append(visit)
    mine = [one for one in sheets.representatives(viewer(), on=today) if _may_type(viewer())]
    return render_template(
        "visits/sheet_entry.html", form=form, post=post, posts=mine, week=week, last=week + WEEK - timedelta(days=1),
        homes=sheets.homes_of([post], week=week, whole=True)[post.id] if post else [],
        typed=sheets.typed(post.id, week=week) if post else {}, lines=lines, wrong=wrong, saved=saved,
        noted=noted, parts=PARTS,
        weeks=[monday_of(today) - n * WEEK for n in range(WEEKS_BACK + 1)], line_code=sheets.line_code,
        Mode=VisitMode, State=VisitState, **_words(),
    )  # fmt: skip


def _typed_lines(post: Post, week: date) -> list[Line]:
    homes = sheets.homes_of([post], week=week, whole=True)[post.id]
    return [
        Line(
            home.id,
            again=f"again_{home.id}" in request.form,
            **{part: request.form.get(f"{part}_{home.id}", "")[:600] for part in PARTS},
        )
        for home in homes
    ]


def _say_done(result: Typed) -> bool:
    """Say what was kept; whether nothing is left to put right."""
    if result.saved:
        flash(_("录好 %(n)s 行。", n=len(result.saved)), "ok")
    if not (result.saved or result.wrong):
        flash(_("还没有填任何一行。"), "warning")
    return not result.wrong
