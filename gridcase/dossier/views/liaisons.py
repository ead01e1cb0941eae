"""Liaison representatives with their circles; ending a post or a unit, once nothing open lies there."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.scope import covers
from gridcase.core.words import N_
from gridcase.dossier.forms import DayForm, DutyPhoneForm, FirstVisitForm, PairForm
from gridcase.dossier.queries import liaisons as queries
from gridcase.dossier.queries.liaisons import LiaisonFilters
from gridcase.grid import queries as grids
from gridcase.grid import service as grid_service
from gridcase.grid.rules import SizeLimits
from gridcase.households import service as household_service
from gridcase.households.rules import CareTier
from gridcase.people import queries as people
from gridcase.people import service as people_service
from gridcase.people.models import Certificate, Person, Post, Unit
from gridcase.people.queries import HolderRow
from gridcase.people.rules import Role, standing_on
from gridcase.people.rules.liaisons import DUTY_PHONE, STEPS
from gridcase.web.access import needs, viewer
from gridcase.web.filters import show_date
from gridcase.web.formkit import submit
from gridcase.web.frame import NavItem

bp = Blueprint("liaisons", __name__)
LOOKING = frozenset({Permission.SEE_PLACE, Permission.LOG_VISIT})
NAV = (
    NavItem(
        "liaisons", N_("联户代表"), "liaisons.index", "person", LOOKING, 43, group="registers",
        pages=frozenset({
            "liaisons.index", "liaisons.show", "liaisons.card", "liaisons.pairings", "people.certificate",
            "people.print_certificates", "people.revoke", "people.certify",
        }),
    ),
)  # fmt: skip
MOST_CARDS = 40


@bp.get("/liaisons/")
@needs(*LOOKING)
def index() -> ResponseReturnValue:
    """The register; a liaison comes to the own page at once."""
    someone, asked, day = viewer(), request.args, clock.town_day(clock.now())
    if not someone.may(Permission.SEE_PLACE):
        own = queries.own_post(someone)
        if own is None:
            raise Missing
        return redirect(url_for(".show", post_id=own))
    villages = grids.villages_of(someone)
    only = villages[0] if len(villages) == 1 else None
    village = next((one for one in villages if one.id == asked.get("village", type=int)), only)
    filters = LiaisonFilters(
        words=asked.get("q", "").strip()[:40], place=village.path if village else "", show=asked.get("show", "")
    )
    limits = grids.size_limits(village.path, on=day) if village else SizeLimits()
    page = queries.liaisons(someone, filters, limits=limits, on=day, after=asked.get("after"))
    ids = [row.post_id for row in page.rows]
    return render_template(
        "dossier/liaisons.html", page=page, filters=filters, villages=villages, village=village, limits=limits,
        holders=people.holders_since(ids, on=day), certificates=people.newest_certificates(ids), today=day,
        standing_on=standing_on, may_manage=someone.may(Permission.MANAGE_POSTS),
        duty_phone=_duty_phone(village.path) if village else "",
        too_short=0 < len(filters.words) < people.LEAST_WORDS,
        kept={key: value for key, value in asked.items() if key != "after" and value},
    )  # fmt: skip


def _duty_phone(path: str) -> str:
    found = grids.setting(path, DUTY_PHONE, on=clock.town_day(clock.now()))
    return str(found[0].get("phone", "")) if found else ""


@bp.post("/liaisons/duty-phone")
@needs(Permission.MANAGE_POSTS)
def set_duty_phone() -> ResponseReturnValue:
    """The number of the village's duty desk, for the contact cards."""
    villages = grids.villages_of(viewer(), permission=Permission.MANAGE_POSTS)
    village = next((one for one in villages if one.id == request.form.get("village", type=int)), None)
    form = DutyPhoneForm()
    if village is not None and form.validate_on_submit():
        submit(
            form, grid_service.set_setting, actor=viewer(), place=village, key=DUTY_PHONE,
            value={"phone": form.phone.data}, valid_from=clock.town_day(clock.now()), now=clock.now(),
        )  # fmt: skip
        flash(_("值班电话已保存，会印在连心卡上。"))
    elif village is not None:
        flash(next(iter(form.phone.errors), ""), "danger")
    return redirect(url_for(".index", village=village.id if village else None))


@bp.get("/liaisons/<int:post_id>")
@needs(*LOOKING)
def show(post_id: int) -> ResponseReturnValue:
    """Who, for which term, which homes, how far with the first round; for himself and his leaders."""
    someone, now = viewer(), clock.now()
    day, post = clock.town_day(now), queries.liaison_post(post_id, viewer=someone)
    holders = people.holders_on(post.id, on=day)
    holder = _holder(holders)
    homes = queries.circle_of(post.id, viewer=someone, on=day)
    visits = people.first_visits(post.id, holder.person_id) if holder and homes else {}
    return render_template(
        "dossier/liaison.html", post=post, role=Role(post.role), holders=holders, holder=holder, homes=homes,
        today=day, size=queries.circle_size(post.id, on=day), first_visits=visits, steps=STEPS, tiers=CareTier,
        limits=grids.size_limits(post.place_path, on=day), certificates=_certificates(post, holder),
        standing_on=standing_on, visits_a_year=queries.visits_a_year(homes),
        demands=queries.open_demands(post.id, viewer=someone, on=day) if someone.may(Permission.SEE_CASE) else None,
        himself=holder is not None and holder.person_id == someone.person_id, may_manage=_may_manage(post),
        place_names=[grid.name for grid in grids.ancestors(post.place_path)],
        in_full=holder is not None and holder.person_id in people.phone_in_full([holder.person_id]),
    )  # fmt: skip


def _certificates(post: Post, holder: HolderRow | None) -> list[Certificate]:
    """The newest certificate of who holds the post; a predecessor's is not his."""
    return [one for one in people.certificates_of(post.id) if holder and one.person_id == holder.person_id][:1]


def _holder(holders: list[HolderRow]) -> HolderRow | None:
    return next((one for one in holders if not one.stand_in), None)


def _may_manage(post: Post) -> bool:
    return any(
        covers(grant, path=post.place_path, section_id=None, household_id=None)
        for grant in viewer().grants_with(Permission.MANAGE_POSTS)
    )


@bp.post("/liaisons/<int:post_id>/first-visits")
@needs(Permission.LOG_VISIT)
def first_visit(post_id: int) -> ResponseReturnValue:
    """The representative himself ticks how far he has come with a home, or takes it back."""
    someone, now = viewer(), clock.now()
    post, day = queries.liaison_post(post_id, viewer=someone), clock.town_day(now)
    form = FirstVisitForm()
    homes = {home.id for home in queries.circle_of(post.id, viewer=someone, on=day)}
    if form.validate_on_submit() and form.household.data in homes:
        submit(
            form, people_service.mark_first_visit, post, person_id=someone.person_id, actor=someone,
            household_id=form.household.data, step=form.step.data, on=None if form.undo.data else day, now=now,
        )  # fmt: skip
    if form.errors or form.form_errors:
        flash(next(iter(form.form_errors), _("请从自己的清单里选。")), "danger")
    return redirect(url_for(".show", post_id=post_id, _anchor="first-visits"))


@bp.post("/liaisons/<int:post_id>/consent")
@needs(Permission.LOG_VISIT)
def consent(post_id: int) -> ResponseReturnValue:
    """The representative's own word on the number of the contact card."""
    someone, now = viewer(), clock.now()
    post = queries.liaison_post(post_id, viewer=someone)
    holder = _holder(people.holders_on(post.id, on=clock.town_day(now)))
    if holder is None or holder.person_id != someone.person_id:
        raise Refused(N_("连心卡上的电话由联户代表本人决定。"))
    form, in_full = DayForm(), request.form.get("in_full") == "1"
    submit(form, _consent, holder.person_id, actor=someone, in_full=in_full, now=now)
    flash(_("连心卡上会印完整电话。") if in_full else _("连心卡上的电话会隐去中间几位。"))
    return redirect(url_for(".show", post_id=post_id))


def _consent(person_id: int, *, actor: Viewer, in_full: bool, now: datetime) -> None:
    person = people.get_person(person_id)
    people_service.set_card_consent(person, actor=actor, phone_in_full=in_full, now=now)


@bp.get("/liaisons/<int:post_id>/card")
@needs(*LOOKING)
def card(post_id: int) -> ResponseReturnValue:
    """Contact cards to cut out, one for each home of the circle."""
    post, day = queries.liaison_post(post_id, viewer=viewer()), clock.town_day(clock.now())
    holder = _holder(people.holders_on(post.id, on=day))
    person: Person | None = people.get_person(holder.person_id) if holder else None
    return render_template(
        "dossier/liaison_card.html", post=post, person=person, role=Role(post.role),
        in_full=person is not None and person.id in people.phone_in_full([person.id]),
        village=grids.ancestors(post.place_path)[:3][-1], duty_phone=_duty_phone(post.place_path),
        cards=min(MOST_CARDS, max(1, queries.circle_size(post.id, on=day))),
    )  # fmt: skip


@bp.route("/liaisons/<int:post_id>/pairings", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def pairings(post_id: int) -> ResponseReturnValue:
    """The homes paired with a party contact, from when to when; pairing one more, or ending a pairing."""
    someone = viewer()
    post = people.post_for(post_id, viewer=someone, permission=Permission.MANAGE_POSTS)
    if post.role != Role.PARTY_CONTACT:
        return redirect(url_for(".show", post_id=post_id))  # a liaison's circle is formed in the planner
    form = PairForm(start=clock.town_day(clock.now()))
    if form.validate_on_submit() and submit(form, _pair, post, form, actor=someone, now=clock.now()):
        flash(_("结对已登记，从%(day)s起。", day=show_date(form.start.data)))
        return redirect(url_for(".pairings", post_id=post_id))
    return render_template(
        "dossier/liaison_pairings.html", post=post, form=form, pairs=queries.pairs_of(post.id, viewer=someone),
        today=clock.town_day(clock.now()),
    )  # fmt: skip


def _pair(post: Post, form: PairForm, *, actor: Viewer, now: datetime) -> int:
    village = grids.ancestors(post.place_path)[:3][-1]
    home = queries.home_by_code((form.code.data or "").upper(), path=village.path)
    if home is None:
        raise Refused(N_("本村没有这个户编号，请核对。"), field="code")
    return household_service.change_circles(
        actor=actor, place=post.place_path, homes={home.id: None if form.end.data else post}, role=Role.PARTY_CONTACT,
        start=form.start.data, reason="pairing", now=now,
    )  # fmt: skip


# --- ending


@bp.route("/posts/<int:post_id>/end", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def end_post(post_id: int) -> ResponseReturnValue:
    """A post ends once no case is addressed to it and no home is in its circle."""
    return _end(post_id, "end")


@bp.route("/posts/<int:post_id>/vacate", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def vacate(post_id: int) -> ResponseReturnValue:
    """The holder leaves without a successor: only with a stand-in, or with nothing open."""
    return _end(post_id, "vacate")


def _end(post_id: int, what: str) -> ResponseReturnValue:
    someone, day = viewer(), clock.town_day(clock.now())
    post = people.post_for(post_id, viewer=someone, permission=Permission.MANAGE_POSTS)
    form = DayForm(start=day)
    if form.validate_on_submit() and submit(form, _end_it, post, form, what, actor=someone, now=clock.now()):
        said = show_date(form.start.data)
        flash(
            _("岗位从%(day)s起撤销。", day=said) if what == "end" else _("已登记离任，从%(day)s起岗位空缺。", day=said)
        )
        return redirect(url_for("people.post", post_id=post_id))
    work = queries.open_work_of_post(post.id, viewer=someone, on=form.start.data or day)
    return render_template(
        "dossier/liaison_end.html", post=post, unit=None, form=form, work=work, what=what,
        back=url_for("people.post", post_id=post.id), holders=people.holders_on(post.id, on=day),
    )  # fmt: skip


def _end_it(post: Post, form: DayForm, what: str, *, actor: Viewer, now: datetime) -> None:
    """Asked again inside the transaction: a case may have come in meanwhile."""
    work = queries.open_work_of_post(post.id, viewer=actor, on=form.start.data).sentences
    act = people_service.end_post if what == "end" else people_service.end_holding
    act(post, actor=actor, on=form.start.data, open_work=work, now=now)


@bp.route("/units/<int:unit_id>/close", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def close_unit(unit_id: int) -> ResponseReturnValue:
    """A unit closes once no case is addressed to it and no post is left in it."""
    someone, day = viewer(), clock.town_day(clock.now())
    unit = people.unit_for(unit_id, viewer=someone, permission=Permission.MANAGE_POSTS)
    form = DayForm(start=day)
    work = queries.open_work_of_unit(unit.id, viewer=someone)
    if form.validate_on_submit() and submit(form, _close_it, unit, form, actor=someone, now=clock.now()):
        flash(_("“%(name)s”已撤销。", name=unit.name))
        return redirect(url_for("people.unit", unit_id=unit_id))
    return render_template(
        "dossier/liaison_end.html", post=None, unit=unit, form=form, work=work, what="unit", holders=[],
        back=url_for("people.unit", unit_id=unit.id),
    )  # fmt: skip


def _close_it(unit: Unit, form: DayForm, *, actor: Viewer, now: datetime) -> None:
    """Asked again inside the transaction, as for a post."""
    work = queries.open_work_of_unit(unit.id, viewer=actor)
    people_service.close_unit(unit, actor=actor, on=form.start.data, open_work=work.sentences, now=now)
