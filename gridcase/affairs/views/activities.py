"""Activities: the list, a new one, one with its people, putting names down, ending it with points."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.affairs.forms.activities import CallForm, CancelForm, EndForm, GiveForm, JoinForm, ValueForm
from gridcase.affairs.models import Activity
from gridcase.affairs.queries import activities as queries
from gridcase.affairs.queries import figures, members
from gridcase.affairs.queries import signing as lists
from gridcase.affairs.rules import (
    HOURS_A_DAY,
    ActivityKind,
    ActivityState,
    Branch,
    seats_left,
    state_words,
    value_saved,
    work_days,
)
from gridcase.affairs.service import activities as service
from gridcase.affairs.views.base import JOINS, RUNS, bp, local, say_refusals, today, utc
from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.db import db
from gridcase.core.errors import Missing
from gridcase.core.masking import mask_name
from gridcase.core.permissions import Permission
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.households import queries as households
from gridcase.households.models import Household
from gridcase.web.access import needs, viewer
from gridcase.web.filters import show_datetime
from gridcase.web.formkit import BaseForm, options, rehearse, submit

INDENT = {GridLevel.VILLAGE: "", GridLevel.GROUP: "　", GridLevel.CELL: "　　"}
ANYBODY, CHILD = "0", "child"


@bp.get("/affairs/")
@needs(RUNS, JOINS)
def index() -> ResponseReturnValue:
    """What people are called to, or what is over."""
    over = request.args.get("state") == "over"
    page = queries.page(viewer(), over=over, after=request.args.get("after"))
    return render_template(
        "affairs/list.html", page=page, over=over, counts=queries.counts_of([row.Activity.id for row in page.rows]),
        kinds=ActivityKind, states=ActivityState, none=queries.Count(), seats_left=seats_left, state_words=state_words,
        is_past=service.is_past, now=clock.now(), member=_is_member(),
    )  # fmt: skip


def _is_member() -> bool:
    """Whether who looks is a party member this year, with a year of his own to read."""
    own = viewer().person_id
    return own is not None and members.is_member(own, year=today().year)


@bp.route("/affairs/new", methods=["GET", "POST"])
@needs(RUNS)
def new() -> ResponseReturnValue:
    """Call people to something."""
    form = _form(client_uuid=str(uuid4()), kind=ActivityKind.VOLUNTEER.value)
    if form.validate_on_submit():
        place = db.session.get_one(Grid, form.place.data)
        made = submit(
            form, service.call, actor=viewer(), place=place, client_uuid=form.client_uuid.data, what=_said(form),
            now=clock.now(),
        )  # fmt: skip
        if isinstance(made, Activity):
            held = made.state == ActivityState.RUNNING
            flash(_("已建好，请记到场的人。") if held else _("已发出，联户代表会在消息里看到。"), "ok")
            return redirect(url_for(".show", activity_id=made.id))
    return render_template("affairs/new.html", form=form)


def _form(**values: Any) -> CallForm:
    """The form with the places one answers for and the items of the village's scheme."""
    places, form = queries.places(viewer()), CallForm(**values)
    village = (places[0].village_id or places[0].id) if places else 0
    items = figures.items_for(village, on=today())
    offered = [(code, f"{item.name} +{item.points}") for code, item in items.items()]
    form.offer(
        places=[(one.id, INDENT.get(GridLevel(one.level), "") + one.name) for one in places],
        items=[(service.AUTO, _("按类型自动选")), *offered, (service.NO_POINTS, _("不记积分"))],
    )
    return form


def _said(form: CallForm) -> service.Call:
    return service.Call(
        kind=ActivityKind(form.kind.data), title=form.title.data or "", spot=form.spot.data or "",
        starts_at=utc(form.starts_at.data), hours=form.hours.data or 0,
        branch=Branch(form.branch.data) if form.branch.data else None, text=form.text.data or "",
        seats=form.seats.data, item=form.item.data or service.AUTO, afterwards=form.afterwards.data,
    )  # fmt: skip


@bp.get("/affairs/<int:activity_id>")
@needs(RUNS, JOINS)
def show(activity_id: int) -> ResponseReturnValue:
    """One activity: what, when and where, who comes, and what is to do next."""
    someone = viewer()
    one = queries.get_activity(activity_id, viewer=someone)
    count, day = queries.count_of(one), clock.town_day(min(one.starts_at, clock.now()))
    over = one.state in (ActivityState.ENDED, ActivityState.CANCELLED)
    own = queries.runs(one, viewer=someone)
    return render_template(
        "affairs/show.html", one=one, own=own, count=count, over=over,
        gives=queries.may(one.path, someone, Permission.BATCH_POINTS), place=db.session.get_one(Grid, one.place_id),
        people=queries.came_to(one, viewer=someone), most=queries.LISTED_MOST,
        homes=lists.homes_to_join(one, viewer=someone, limit=2),
        left=seats_left(one.seats, count.joined), author=queries.title_of(one), kind=ActivityKind(one.kind),
        state=ActivityState(one.state), past=service.is_past(one, clock.now()), state_words=state_words,
        branch=Branch(one.branch) if one.branch else None, form=BaseForm(formdata=None),
        item=figures.items_for(one.village_id, on=day).get(one.item_code), given=figures.given(one),
        open_homes=_without_points(one), days=work_days(count.came * one.hours),
        saved=value_saved(count.came * one.hours, one.day_value or 0), ActivityState=ActivityState,
        promises=len(members.proposals(one)) if own else 0,
        party=figures.party_members(one, on=day) if one.kind == ActivityKind.PARTY_DAY and over else None,
    )  # fmt: skip


def _without_points(one: Activity) -> int:
    """How many homes that came have no points asked for yet."""
    if one.state != ActivityState.ENDED or not one.item_code:
        return 0
    return len({line.household_id for line in queries.present(one.id)} - figures.declared_homes(one))


@bp.route("/affairs/<int:activity_id>/edit", methods=["GET", "POST"])
@needs(RUNS)
def edit(activity_id: int) -> ResponseReturnValue:
    """Another time or place, before it is over."""
    one = queries.get_own(activity_id, viewer=viewer())
    form = _form(
        obj=one, starts_at=local(one.starts_at), place=one.place_id, item=one.item_code or service.NO_POINTS,
        seen=fingerprint(one, service.EDITED), branch=one.branch,
    )  # fmt: skip
    if form.validate_on_submit() and submit(
        form, service.put_right, one, actor=viewer(), what=_said(form), seen=form.seen.data, now=clock.now()
    ):
        flash(_("已改好。"), "ok")
        return redirect(url_for(".show", activity_id=activity_id))
    return render_template("affairs/edit.html", form=form, one=one)


@bp.route("/affairs/<int:activity_id>/join", methods=["GET", "POST"])
@needs(JOINS)
def join(activity_id: int) -> ResponseReturnValue:
    """Put a name down: of the own home, or of a home one serves."""
    someone = viewer()
    one = queries.get_activity(activity_id, viewer=someone)
    homes = lists.homes_to_join(one, viewer=someone)
    if one.state in (ActivityState.ENDED, ActivityState.CANCELLED) or service.is_past(one, clock.now()):
        flash(_("这次活动已经结束或取消，不能再报名。"), "warning")
        return redirect(url_for(".show", activity_id=one.id))
    if not homes:
        flash(_("您名下没有联系的户，请由联户代表或户里自己报名。"), "warning")
        return redirect(url_for(".show", activity_id=activity_id))
    wanted = request.args.get("home", type=int)
    home = next((each for each in homes if each.id == wanted), homes[0])
    form = _join_form(homes, home)
    if form.validate_on_submit():
        chosen = form.who.data or ""
        if submit(
            form, service.sign_up, one, db.session.get_one(Household, form.home.data), actor=someone,
            person_id=int(chosen) or None if chosen != CHILD else None, child=chosen == CHILD, now=clock.now(),
        ):  # fmt: skip
            flash(_("已报名：%(when)s，%(spot)s。", when=show_datetime(one.starts_at), spot=one.spot), "ok")
            return redirect(url_for(".show", activity_id=activity_id))
    return render_template("affairs/join.html", form=form, one=one, homes=homes, home=home)


def _join_form(homes: list[Household], home: Household) -> JoinForm:
    form = JoinForm(home=home.id)
    form.home.choices = options([(each.id, f"{mask_name(each.head_name)} · {each.code[-7:]}") for each in homes])
    grown = lists.grown_of([form.home.data or home.id], on=today())
    own = not any(grant.post_id for grant in viewer().grants_with(JOINS))  # nobody's own name is hidden from him
    form.who.choices = options(
        [
            *((str(row.id), row.name if own else mask_name(row.name)) for row in grown),
            (ANYBODY, _("还没定，家里去一个人")),
            (CHILD, _("家里的孩子（监护人同意，只记在户上）")),
        ]
    )
    return form


@bp.post("/affairs/lines/<int:line_id>/leave")
@needs(RUNS, JOINS)
def leave(line_id: int) -> ResponseReturnValue:
    """Take a name back."""
    form = BaseForm()
    line, one = queries.line_of(line_id, viewer=viewer())
    if form.validate_on_submit() and submit(form, service.leave, one, line, actor=viewer(), now=clock.now()):
        flash(_("已取消报名。"), "ok")
    say_refusals(form)
    return redirect(url_for(".show", activity_id=one.id))


@bp.post("/affairs/<int:activity_id>/start")
@needs(RUNS)
def start(activity_id: int) -> ResponseReturnValue:
    """Open the list: people may sign in."""
    one, form = queries.get_own(activity_id, viewer=viewer()), BaseForm()
    if form.validate_on_submit() and submit(form, service.start, one, actor=viewer(), now=clock.now()):
        flash(_("签到已打开。"), "ok")
    say_refusals(form)
    return redirect(url_for(".show", activity_id=activity_id))


@bp.route("/affairs/<int:activity_id>/cancel", methods=["GET", "POST"])
@needs(RUNS)
def cancel(activity_id: int) -> ResponseReturnValue:
    """Call it off, and say why."""
    one, form = queries.get_own(activity_id, viewer=viewer()), CancelForm()
    if form.validate_on_submit() and submit(
        form, service.cancel, one, actor=viewer(), reason=form.reason.data, now=clock.now()
    ):
        flash(_("已取消。"), "ok")
        return redirect(url_for(".show", activity_id=activity_id))
    return render_template("affairs/cancel.html", form=form, one=one)


@bp.route("/affairs/<int:activity_id>/end", methods=["GET", "POST"])
@needs(RUNS)
def end(activity_id: int) -> ResponseReturnValue:
    """End it: first what it will give to whom, then, confirmed, done."""
    someone, now = viewer(), clock.now()
    one, form = queries.get_own(activity_id, viewer=someone), EndForm()
    if request.method == "GET":
        form.hours.data = one.hours
    outcome, kept = None, False
    if form.validate_on_submit():
        hours = form.hours.data or 0
        outcome, kept = rehearse(form, lambda: service.end(one, actor=someone, hours=hours, now=now))
    if kept and outcome is not None:
        flash(_done(outcome, one), "ok")
        return redirect(url_for(".show", activity_id=activity_id))
    return _points_page(one, form, outcome, "affairs/end.html")


@bp.route("/affairs/<int:activity_id>/give", methods=["GET", "POST"])
@needs(Permission.BATCH_POINTS)
def give(activity_id: int) -> ResponseReturnValue:
    """Points for the homes left out before, by somebody who is not of them."""
    someone, now = viewer(), clock.now()
    one = queries.get_own(activity_id, viewer=someone, permission=Permission.BATCH_POINTS)
    form, outcome, kept = GiveForm(), None, False
    if form.validate_on_submit():
        outcome, kept = rehearse(form, lambda: service.give_points(one, actor=someone, now=now))
    if kept and outcome is not None:
        flash(_done(outcome, one), "ok")
        return redirect(url_for(".show", activity_id=activity_id))
    return _points_page(one, form, outcome, "affairs/give.html")


def _done(outcome: service.Outcome, one: Activity) -> str:
    if not one.item_code:
        return _("已结束。")
    return _("已结束，给 %(homes)s 户申报了 %(points)s 分，评议通过后一起公示。", homes=outcome.declared,
             points=outcome.points)  # fmt: skip


def _points_page(one: Activity, form: BaseForm, outcome: service.Outcome | None, template: str) -> str:
    names = households.names_of([home for home, _why in outcome.skipped]) if outcome else {}
    day = clock.town_day(min(one.starts_at, clock.now()))
    return render_template(
        template, one=one, form=form, outcome=outcome, names=names, count=queries.count_of(one),
        item=figures.items_for(one.village_id, on=day).get(one.item_code), open_homes=_without_points(one),
    )  # fmt: skip


@bp.route("/affairs/work", methods=["GET", "POST"])
@needs(RUNS, Permission.SET_SCHEME)
def work() -> ResponseReturnValue:
    """Days of unpaid work by village, and what they would have cost."""
    someone, this_year = viewer(), today().year
    asked = request.args.get("year", type=int)
    year = asked if asked is not None and this_year - 5 <= asked <= this_year else this_year
    places, form = figures.valued_places(someone), ValueForm()
    form.place.choices = options([(one.id, one.name) for one in places])
    if form.validate_on_submit():
        if not someone.may(Permission.SET_SCHEME):
            raise Missing
        place = db.session.get_one(Grid, form.place.data)
        if submit(form, service.set_day_value, place, actor=someone, yuan=form.yuan.data or 0, now=clock.now()):
            flash(_("已保存，以后结束的活动按新的折算价。"), "ok")
            return redirect(url_for(".work"))
    values = [(one, figures.day_value(one.path, on=today())) for one in places[:30]]
    return render_template(
        "affairs/work.html", rows=figures.work_of(someone, year=year), year=year, this_year=this_year, form=form,
        values=values, days=work_days, HOURS_A_DAY=HOURS_A_DAY,
    )  # fmt: skip
