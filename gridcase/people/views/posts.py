"""Posts: the list, one with its holders over time, setting up, appointing, standing in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.audit import queries as audit
from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.permissions import Permission, Viewer
from gridcase.grid import queries as grids
from gridcase.people import queries, service
from gridcase.people.forms import AppointForm, DayForm, EditPostForm, NewPostForm, StandInForm
from gridcase.people.models import Post
from gridcase.people.queries import LEAST_WORDS, PostFilters
from gridcase.people.rules import OFFICES, Absence, LeaderSource, Role
from gridcase.people.views.base import ONE_DAY, bp, offer, picked, today
from gridcase.web.access import needs, viewer
from gridcase.web.filters import show_date
from gridcase.web.formkit import options, submit


@bp.get("/posts")
@needs(Permission.SEE_PLACE)
def posts() -> ResponseReturnValue:
    """The posts of the viewer's places."""
    someone, asked, day = viewer(), request.args, today()
    villages = grids.villages_of(someone)
    village = next((one for one in villages if one.id == asked.get("village", type=int)), None)
    role = asked.get("role", "")
    filters = PostFilters(
        words=asked.get("q", "").strip()[:40], role=role if role in list(Role) else "",
        place=village.path if village else "", vacant=asked.get("show") == "vacant",
    )  # fmt: skip
    page = queries.posts_page(someone, filters, on=day, after=asked.get("after"))
    return render_template(
        "people/posts.html", page=page, filters=filters, villages=villages, village=village, roles=Role,
        holders=queries.holders_since([row.id for row in page.rows], on=day),
        too_short=0 < len(filters.words) < LEAST_WORDS,
        kept={key: value for key, value in asked.items() if key != "after" and value},
    )  # fmt: skip


@bp.get("/posts/<int:post_id>")
@needs(Permission.SEE_PLACE)
def post(post_id: int) -> ResponseReturnValue:
    """One post: who holds it, who held it, on any day and as known on any day."""
    found = queries.post_for(post_id, viewer=viewer())
    on, known = _day("on"), _day("known")
    known_at = datetime.combine(known + ONE_DAY, datetime.min.time(), clock.TOWN_ZONE) if known else None
    return render_template(
        "people/post.html", post=found, role=Role(found.role), on=on or today(), known=known, asked=bool(on or known),
        holders=queries.holders_on(found.id, on=on or today(), known_at=known_at),
        history=queries.holdings_of(found.id, known_at=known_at), absences=Absence, sources=LeaderSource,
        place_names=[grid.name for grid in grids.ancestors(found.place_path)], today=today(),
        section=dict(queries.sections_of(_place(found))).get(found.section_id or 0),
        unit=queries.get_unit(found.unit_id) if found.unit_id else None,
        certificates=queries.certificates_of(found.id) if found.role == Role.LIAISON else [],
        deeds=audit.history_of("post", found.id), may_manage=_may_manage(found),
        end_stand_in=DayForm(start=today()),
    )  # fmt: skip


def _day(name: str) -> date | None:
    """A day of the link; what makes no sense is left out."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _may_manage(found: Post) -> bool:
    someone = viewer()
    return any(
        grant.path and found.place_path.startswith(grant.path) for grant in someone.grants_with(Permission.MANAGE_POSTS)
    )


def _place(found: Post) -> Any:
    return grids.by_ids([found.place_id])[found.place_id]


@bp.route("/posts/new", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def new_post() -> ResponseReturnValue:
    """Set up a post at a place: first the place, then the rest."""
    someone, places = viewer(), queries.places_for(viewer())
    asked = request.args.get("at", type=int)
    if asked is None or asked not in dict(places):
        return render_template("people/choose_place.html", offered=places, target="people.new_post")
    at = queries.place_for(asked, viewer=someone)
    form = NewPostForm(start=today(), place=str(at.id))
    form.place.choices = options((str(key), name) for key, name in queries.places_below(at))
    form.role.choices = options((role.value, role.label) for role in Role if role not in {Role.RESIDENT, *OFFICES})
    _offer_homes(form, at)
    if form.validate_on_submit():
        made = submit(form, _add_post, form, actor=someone, now=clock.now())
        if isinstance(made, Post):
            flash(_("已设立岗位“%(title)s”，可以安排人任职。", title=made.title))
            return redirect(url_for(".post", post_id=made.id))
    return render_template("people/post_form.html", form=form, post=None, at=at)


def _offer_homes(form: EditPostForm, place: Any) -> None:
    """The sections of the village and the units that serve the place."""
    form.section.choices = options([("", "—"), *((str(key), name) for key, name in queries.sections_of(place))])
    units = [(str(unit.id), unit.name) for unit in queries.units_for(place.path)]
    form.unit.choices = options([("", "—"), *units])


def _add_post(form: NewPostForm, *, actor: Viewer, now: datetime) -> Post:
    place = queries.place_for(int(form.place.data), viewer=actor)
    return service.add_post(
        actor=actor, code=service.free_code(place, form.role.data), role=Role(form.role.data), title=form.title.data,
        place=place, now=now, valid_from=form.start.data, paid=form.paid.data,
        section=queries.section_of(_id(form.section)), unit=queries.get_unit(_id(form.unit) or 0),
    )  # fmt: skip


def _id(field: Any) -> int | None:
    return int(field.data) if field.data else None


@bp.route("/posts/<int:post_id>/edit", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def edit_post(post_id: int) -> ResponseReturnValue:
    """Rename a post, move it to another section or unit."""
    someone = viewer()
    found = queries.post_for(post_id, viewer=someone, permission=Permission.MANAGE_POSTS)
    form = EditPostForm(
        title=found.title, paid=found.paid, section=str(found.section_id or ""), unit=str(found.unit_id or ""),
        seen=fingerprint(found, service.EDITED),
    )  # fmt: skip
    _offer_homes(form, _place(found))
    if form.validate_on_submit() and submit(
        form, service.edit_post, found, actor=someone, title=form.title.data, paid=form.paid.data,
        section_id=_id(form.section), unit_id=_id(form.unit), seen=form.seen.data, now=clock.now(),
    ):  # fmt: skip
        flash(_("已保存。"))
        return redirect(url_for(".post", post_id=post_id))
    return render_template("people/post_form.html", form=form, post=found, at=None)


@bp.route("/posts/<int:post_id>/appoint", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def appoint(post_id: int) -> ResponseReturnValue:
    """Who holds the post from a day on; a day gone by corrects, a day to come takes effect then."""
    someone, words = viewer(), request.args.get("q", "").strip()[:60]
    found = queries.post_for(post_id, viewer=someone, permission=Permission.MANAGE_POSTS)
    form = AppointForm(start=today())
    offer(form, words=words, path=found.place_path)
    if words and form.validate_on_submit() and submit(form, _appoint, found, form, words, actor=someone):
        flash(_("%(name)s从%(day)s起任“%(title)s”。", name=words, day=show_date(form.start.data), title=found.title))
        return redirect(url_for(".post", post_id=post_id))
    return render_template("people/appoint.html", form=form, post=found, words=words, stands_in=False)


def _appoint(found: Post, form: AppointForm, words: str, *, actor: Viewer) -> None:
    now = clock.now()
    person_id = picked(form, words=words, path=found.place_path, actor=actor, now=now)
    source = LeaderSource(form.source.data) if form.source.data else None
    service.replace_holder(found, actor=actor, person_id=person_id, start=form.start.data, source=source, now=now)


@bp.route("/posts/<int:post_id>/stand-in", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def stand_in(post_id: int) -> ResponseReturnValue:
    """Who has the post's rights too, from when to when."""
    someone, words = viewer(), request.args.get("q", "").strip()[:60]
    found = queries.post_for(post_id, viewer=someone, permission=Permission.MANAGE_POSTS)
    form = StandInForm(start=today())
    offer(form, words=words, path=found.place_path)
    if words and form.validate_on_submit() and submit(form, _stand_in, found, form, words, actor=someone):
        flash(_("%(name)s代班到%(day)s，到期自动收回权限。", name=words, day=show_date(form.until.data)))
        return redirect(url_for(".post", post_id=post_id))
    return render_template("people/appoint.html", form=form, post=found, words=words, stands_in=True)


def _stand_in(found: Post, form: StandInForm, words: str, *, actor: Viewer) -> None:
    now = clock.now()
    person_id = picked(form, words=words, path=found.place_path, actor=actor, now=now)
    service.stand_in(
        found, actor=actor, person_id=person_id, start=form.start.data, end=form.until.data + ONE_DAY,
        why=Absence(form.why.data), now=now,
    )  # fmt: skip


@bp.post("/posts/<int:post_id>/stand-in/end")
@needs(Permission.MANAGE_POSTS)
def end_stand_in(post_id: int) -> ResponseReturnValue:
    """The stand-in goes back earlier than planned."""
    found = queries.post_for(post_id, viewer=viewer(), permission=Permission.MANAGE_POSTS)
    form = DayForm()
    done = form.validate_on_submit() and submit(
        form, service.end_stand_in, found, actor=viewer(), on=form.start.data, now=clock.now()
    )
    flash(_("代班已结束。") if done else next(iter([*form.form_errors, *form.start.errors]), ""))
    return redirect(url_for(".post", post_id=post_id))
