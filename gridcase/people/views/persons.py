"""Persons in posts: the list, one person, what they are, the phone number with a reason."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.audit import queries as audit
from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.permissions import Permission
from gridcase.core.words import N_, Text
from gridcase.people import queries, service
from gridcase.people.forms import PersonForm, RevealForm, TagForm, UntagForm
from gridcase.people.models import Person
from gridcase.people.queries import LEAST_WORDS
from gridcase.people.rules import LeaderSource, PledgeReview, Role, Tag
from gridcase.people.views.base import ONE_DAY, bp, today
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate
from gridcase.web.formkit import options, submit
from gridcase.web.revealing import reveal as reveal_particulars
from gridcase.web.revealing import revealed

REASONS: dict[str, Text] = {
    "work": N_("要联系工作"),
    "check": N_("要核对登记"),
    "emergency": N_("有急事"),
}


@bp.get("/persons")
@needs(Permission.SEE_PLACE)
def persons() -> ResponseReturnValue:
    """Who holds or held posts, or sits in bodies."""
    someone, asked, day = viewer(), request.args, today()
    words, tag = asked.get("q", "").strip()[:40], asked.get("tag", "")
    page = queries.persons(someone, on=day, words=words, tag=tag, after=asked.get("after"))
    ids = [row.id for row in page.rows]
    return render_template(
        "people/persons.html", page=page, words=words, tag=tag, tags=Tag, tags_on=queries.tags_on(ids, on=day),
        titles=queries.titles_of(ids, viewer=someone, on=day), too_short=0 < len(words) < LEAST_WORDS,
        kept={key: value for key, value in asked.items() if key != "after" and value},
    )  # fmt: skip


@bp.get("/persons/<int:person_id>")
@needs(Permission.SEE_PLACE)
def person(person_id: int) -> ResponseReturnValue:
    """One person: posts, seats, what they are, pledges."""
    return _page(queries.person_for(person_id, viewer=viewer()))


def _page(found: Person, *, problem: str = "") -> ResponseReturnValue:
    someone, now = viewer(), clock.now()
    may_manage = _may_manage(found)
    tag_form = TagForm(start=today())
    tag_form.offer()
    return render_template(
        "people/person.html", person=found, posts=queries.posts_of(found.id, viewer=someone), roles=Role,
        seats=queries.seats_held(found.id, viewer=someone), tags=queries.tags_of(found.id), kinds=Tag,
        sources=LeaderSource, pledges=queries.pledges_of(found.id), reviews=PledgeReview, today=today(),
        may_manage=may_manage, problem=problem, tag_form=tag_form,
        said_reasons=[(key, translate(words)) for key, words in REASONS.items()],
        revealed=may_manage and revealed("person", found.id, now=now), deeds=audit.history_of("person", found.id),
    )  # fmt: skip


def _may_manage(found: Person) -> bool:
    someone = viewer()
    return someone.may(Permission.MANAGE_POSTS) and queries.is_in_register(
        found.id, viewer=someone, permission=Permission.MANAGE_POSTS
    )


@bp.post("/persons/<int:person_id>/reveal")
@needs(Permission.MANAGE_POSTS)
def reveal(person_id: int) -> ResponseReturnValue:
    """Show the number for ten minutes, and write down who looked and why."""
    someone, now = viewer(), clock.now()
    found = queries.person_for(person_id, viewer=someone, permission=Permission.MANAGE_POSTS)
    form = RevealForm()
    form.reason.choices = options(REASONS.items())
    if form.validate_on_submit() and submit(
        form, service.note_reveal, found, actor=someone, reason=form.reason.data, now=now
    ):
        reveal_particulars("person", person_id, now=now)
        return redirect(url_for(".person", person_id=person_id))
    return _page(found, problem=_("请选择为什么要看。"))


@bp.route("/persons/<int:person_id>/edit", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def edit_person(person_id: int) -> ResponseReturnValue:
    """Put particulars right."""
    someone = viewer()
    found = queries.person_for(person_id, viewer=someone, permission=Permission.MANAGE_POSTS)
    form = PersonForm(
        name=found.name, gender=found.gender or "", born_on=found.born_on, phone=found.phone,
        seen=fingerprint(found, service.PERSON_EDITED),
    )  # fmt: skip
    form.offer()
    if form.validate_on_submit() and submit(
        form, service.edit_person, found, actor=someone, name=form.name.data, gender=form.gender.data or None,
        born_on=form.born_on.data, phone=form.phone.data, seen=form.seen.data, now=clock.now(),
    ):  # fmt: skip
        flash(_("已保存。"))
        return redirect(url_for(".person", person_id=person_id))
    return render_template("people/person_form.html", form=form, person=found)


@bp.post("/persons/<int:person_id>/tags")
@needs(Permission.MANAGE_POSTS)
def tag(person_id: int) -> ResponseReturnValue:
    """A person is something from a day on."""
    found = queries.person_for(person_id, viewer=viewer(), permission=Permission.MANAGE_POSTS)
    form = TagForm()
    form.offer()
    done = form.validate_on_submit() and submit(
        form, service.tag, found, actor=viewer(), kind=Tag(form.kind.data), start=form.start.data,
        end=form.until.data + ONE_DAY if form.until.data else None, now=clock.now(),
    )  # fmt: skip
    return _back(person_id, form, _("身份已登记。") if done else "")


@bp.post("/persons/<int:person_id>/tags/end")
@needs(Permission.MANAGE_POSTS)
def untag(person_id: int) -> ResponseReturnValue:
    """A person is something no longer."""
    found = queries.person_for(person_id, viewer=viewer(), permission=Permission.MANAGE_POSTS)
    form = UntagForm()
    form.offer()
    done = form.validate_on_submit() and submit(
        form, service.untag, found, actor=viewer(), kind=Tag(form.kind.data), on=form.start.data, now=clock.now()
    )
    return _back(person_id, form, _("身份已结束。") if done else "")


def _back(person_id: int, form: TagForm, said: str) -> ResponseReturnValue:
    """To the person's page, with what was done or what was wrong."""
    wrong = [*form.form_errors, *(message for field in form for message in field.errors)]
    flash(said or next(iter(wrong), ""), "message" if said else "danger")
    return redirect(url_for(".person", person_id=person_id))
