"""Announcements: the list, a new one, one with who has been told, and the ticks."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.bulletin import queries, service
from gridcase.bulletin.forms import AnnounceForm, TellForm, WordsForm
from gridcase.bulletin.models import Announcement
from gridcase.bulletin.rules import USUAL, How
from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.db import db
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import BaseForm, submit
from gridcase.web.frame import NavItem

bp = Blueprint("bulletin", __name__, url_prefix="/bulletin")
PASSES_ON, SPEAKS = Permission.LOG_VISIT, Permission.ANNOUNCE
NAV = (
    NavItem(
        "bulletin", N_("通知传达"), "bulletin.index", "list", frozenset({PASSES_ON, SPEAKS}), 6, group="day",
        work=False,
    ),
)  # fmt: skip
INDENT = {GridLevel.VILLAGE: "", GridLevel.GROUP: "　", GridLevel.CELL: "　　"}


def _today() -> date:
    return clock.town_day(clock.now())


@bp.get("/")
@needs(PASSES_ON, SPEAKS)
def index() -> ResponseReturnValue:
    """The announcements being passed on, or those that are over."""
    over = request.args.get("state") == "over"
    page = queries.page(viewer(), on=_today(), over=over, after=request.args.get("after"))
    counts = queries.counts_of([row.Announcement.id for row in page.rows], viewer=viewer())
    return render_template("bulletin/list.html", page=page, counts=counts, over=over)


@bp.route("/new", methods=["GET", "POST"])
@needs(SPEAKS)
def new() -> ResponseReturnValue:
    """Give word to every home of a place."""
    rows = queries.places(viewer())
    wide = bool(rows) and rows[0].level == GridLevel.TOWN
    choices = [(row.id, ("　" if wide and row.level == GridLevel.VILLAGE else INDENT.get(row.level, "")) + row.name)
               for row in rows]  # fmt: skip
    form = AnnounceForm(places=choices, client_uuid=str(uuid4()), until=_today() + USUAL)
    if form.validate_on_submit():
        place = db.session.get_one(Grid, form.place.data)
        made = submit(
            form, service.announce, actor=viewer(), place=place, client_uuid=form.client_uuid.data,
            title=form.title.data, text=form.text.data, until=form.until.data, now=clock.now(),
        )  # fmt: skip
        if isinstance(made, Announcement):
            flash(_("已发出，联户代表会在“今天”看到。"), "ok")
            return redirect(url_for(".show", announcement_id=made.id))
    return render_template("bulletin/new.html", form=form)


@bp.get("/<int:announcement_id>")
@needs(PASSES_ON, SPEAKS)
def show(announcement_id: int) -> ResponseReturnValue:
    """One announcement: what is said, who has been told, who has not."""
    return _page(queries.get_announcement(announcement_id, viewer=viewer()), TellForm(formdata=None))


def _page(one: Announcement, form: TellForm) -> str:
    someone, after, on = viewer(), request.args.get("after"), _today()
    village = queries.village_below(one, request.args.get("village", type=int), viewer=someone)
    place = queries.place_of(one)
    wide, path = place.level == GridLevel.TOWN and village is None, village.path if village else one.path
    heard = request.args.get("who") == "told"
    by = "circle" if request.args.get("by") == "circle" else "cell"
    if wide:
        rows = queries.by_village(one, viewer=someone)
    elif by == "circle":
        rows = queries.by_circle(one, viewer=someone, path=path, on=on)
    else:
        rows = queries.by_cell(one, viewer=someone, path=path)
    listed = queries.told if heard else queries.still_to_tell
    return render_template(
        "bulletin/show.html", one=one, place=place, village=village, form=form, wide=wide, by=by, heard=heard,
        running=one.ended_at is None and one.until >= on, own=queries.is_own(one, viewer=someone), How=How,
        count=queries.counts_of([one.id], viewer=someone).get(one.id, (0, 0)), rows=rows,
        page=listed(one, viewer=someone, path=path, after=after), author=queries.title_of(one),
        editable=not queries.any_told(one), end_form=BaseForm(formdata=None),
    )  # fmt: skip


@bp.route("/<int:announcement_id>/edit", methods=["GET", "POST"])
@needs(SPEAKS)
def edit(announcement_id: int) -> ResponseReturnValue:
    """Put it right, before the first home hears it."""
    one = queries.get_own(announcement_id, viewer=viewer())
    form = WordsForm(obj=one, seen=fingerprint(one, service.EDITED))
    if form.validate_on_submit() and submit(
        form, service.put_right, one, actor=viewer(), title=form.title.data, text=form.text.data,
        until=form.until.data, seen=form.seen.data, now=clock.now(),
    ):  # fmt: skip
        flash(_("已改好。"), "ok")
        return redirect(url_for(".show", announcement_id=announcement_id))
    return render_template("bulletin/edit.html", form=form, one=one)


@bp.post("/<int:announcement_id>/end")
@needs(SPEAKS)
def end(announcement_id: int) -> ResponseReturnValue:
    """End it before its day."""
    one, form = queries.get_own(announcement_id, viewer=viewer()), BaseForm()
    if form.validate_on_submit():
        if submit(form, service.end, one, actor=viewer(), now=clock.now()):
            flash(_("已结束，不再传达。"), "ok")
        for words in form.form_errors:
            flash(words, "warning")
    return redirect(url_for(".show", announcement_id=announcement_id))


@bp.post("/<int:announcement_id>/tell")
@needs(PASSES_ON)
def tell(announcement_id: int) -> ResponseReturnValue:
    """Tick homes that were told; from Today back to Today."""
    one, form, someone = queries.get_announcement(announcement_id, viewer=viewer()), TellForm(), viewer()
    back = url_for("visits.index") if request.args.get("back") == "today" else url_for(".show", announcement_id=one.id)
    if not form.validate_on_submit():
        return redirect(back)
    title, now = one.title, clock.now()
    homes = form.homes.data or []
    if request.form.get("all"):
        homes = next((note.homes for note in queries.to_tell(someone, _today()) if note.id == one.id), homes)
    new = submit(form, service.tell, one, homes, actor=someone, at=now, now=now, how=How(form.how.data))
    for words in form.form_errors:
        flash(words, "warning")
    if isinstance(new, int) and not form.form_errors:
        flash(_("“%(title)s”：记下 %(n)s 户已说到。", title=title, n=int(new)), "ok")
    return redirect(back)


@bp.post("/<int:announcement_id>/take-back/<int:household_id>")
@needs(PASSES_ON)
def take_back(announcement_id: int, household_id: int) -> ResponseReturnValue:
    """A tick set by mistake."""
    one, form = queries.get_announcement(announcement_id, viewer=viewer()), BaseForm()
    if form.validate_on_submit() and submit(
        form, service.take_back, one, household_id, actor=viewer(), now=clock.now()
    ):
        flash(_("已取消，这一户还要再说到。"), "ok")
    for words in form.form_errors:
        flash(words, "warning")
    return redirect(url_for(".show", announcement_id=announcement_id))
