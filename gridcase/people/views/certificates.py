"""Certificates of liaison representatives: recording the choice, printing, oath, revoking, and what its code shows."""

from __future__ import annotations

from datetime import datetime

import segno
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.errors import Missing, Refused
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.grid import queries as grids
from gridcase.people import queries, service
from gridcase.people.forms import ElectionForm, OathForm, RevokeForm
from gridcase.people.models import Certificate, Post
from gridcase.people.rules import Candidate, MeetingKind, Role, Standing, standing_on
from gridcase.people.service import Election
from gridcase.people.views.base import ONE_DAY, bp, today, village_path
from gridcase.web.access import needs, public, viewer
from gridcase.web.formkit import submit


@bp.route("/posts/<int:post_id>/certificate", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def certify(post_id: int) -> ResponseReturnValue:
    """Record how the homes chose the holder of a liaison's post; the certificate gets its number."""
    someone = viewer()
    post = queries.post_for(post_id, viewer=someone, permission=Permission.MANAGE_POSTS)
    holder = next((row for row in queries.holders_on(post.id, on=today()) if not row.stand_in), None)
    form = ElectionForm(term_from=holder.valid_from if holder else today())
    form.offer()
    if form.validate_on_submit():
        made = submit(form, _certify, post, form, actor=someone, now=clock.now())
        if isinstance(made, Certificate):
            flash(_("代表证编号 %(number)s，可以打印。", number=made.number))
            return redirect(url_for(".certificate", certificate_id=made.id))
    return render_template("people/election.html", form=form, post=post, holder=holder)


def _certify(post: Post, form: ElectionForm, *, actor: Viewer, now: datetime) -> Certificate:
    holder = next((row for row in queries.holders_on(post.id, on=clock.town_day(now)) if not row.stand_in), None)
    if post.role != Role.LIAISON:
        raise Refused(N_("只给联户代表发证。"))
    if holder is None:
        raise Refused(N_("这个岗位还没有人任职，请先安排任职。"))
    election = Election(
        elected_on=form.elected_on.data, meeting=MeetingKind(form.meeting.data),
        candidate=Candidate(form.candidate.data), led_by=form.led_by.data, term_from=form.term_from.data,
        term_to=form.until.data + ONE_DAY, votes=form.votes.data, signatures=form.signatures.data,
        oath_on=form.oath_on.data,
    )  # fmt: skip
    return service.certify(post, actor=actor, person_id=holder.person_id, election=election, now=now)


@bp.get("/certificates/<int:certificate_id>")
@needs(Permission.SEE_PLACE)
def certificate(certificate_id: int) -> ResponseReturnValue:
    """One certificate, ready to print."""
    found = queries.certificate_for(certificate_id, viewer=viewer())
    return render_template(
        "people/certificate.html", certificates=[_sheet(found)], one=found, standing=_standing(found),
        meeting=MeetingKind(found.meeting), candidate=Candidate(found.candidate), oath=OathForm(on=today()),
    )  # fmt: skip


def _standing(found: Certificate) -> Standing:
    """Whether it holds today; nobody's who has left the post, though nobody revoked it."""
    standing, held = standing_on(found, today()), queries.holders_on(found.post_id, on=today())
    left = standing is Standing.VALID and found.person_id not in {row.person_id for row in held}
    return Standing.LEFT if left else standing


def _sheet(found: Certificate) -> tuple[Certificate, str, str, str]:
    """A certificate with the names of its town and village and its code as an image."""
    names = [grid.name for grid in grids.ancestors(village_path(found.place_path))]
    link = url_for("people.check_certificate", token=found.token, _external=True)
    return found, "".join(names[1:2]), names[-1], segno.make_qr(link, error="m").svg_data_uri(border=2)


@bp.get("/certificates/print")
@needs(Permission.MANAGE_POSTS)
def print_certificates() -> ResponseReturnValue:
    """All certificates of a village that hold, for one printing job."""
    villages = grids.villages_of(viewer(), permission=Permission.MANAGE_POSTS)
    asked = request.args.get("village", type=int)
    village = next((one for one in villages if one.id == asked), villages[0] if villages else None)
    found = queries.to_print(village.path, on=today(), viewer=viewer()) if village else []
    return render_template(
        "people/certificates.html", villages=villages, village=village, certificates=[_sheet(one) for one in found]
    )


@bp.post("/certificates/<int:certificate_id>/oath")
@needs(Permission.MANAGE_POSTS)
def oath(certificate_id: int) -> ResponseReturnValue:
    """The representative swore."""
    found = queries.certificate_for(certificate_id, viewer=viewer(), permission=Permission.MANAGE_POSTS)
    form = OathForm()
    done = form.validate_on_submit() and submit(
        form, service.note_oath, found, actor=viewer(), on=form.on.data, now=clock.now()
    )
    wrong = next(iter([*form.form_errors, *form.on.errors]), "")
    flash(_("宣誓日期已记下。") if done else wrong, "message" if done else "danger")
    return redirect(url_for(".certificate", certificate_id=certificate_id))


@bp.route("/certificates/<int:certificate_id>/revoke", methods=["GET", "POST"])
@needs(Permission.MANAGE_POSTS)
def revoke(certificate_id: int) -> ResponseReturnValue:
    """The certificate holds no longer."""
    found = queries.certificate_for(certificate_id, viewer=viewer(), permission=Permission.MANAGE_POSTS)
    form = RevokeForm(start=today())
    if form.validate_on_submit() and submit(
        form, service.revoke, found, actor=viewer(), on=form.start.data, why=form.why.data, now=clock.now()
    ):
        flash(_("代表证 %(number)s 已撤销，扫码会显示无效。", number=found.number))
        return redirect(url_for(".certificate", certificate_id=certificate_id))
    return render_template("people/revoke.html", form=form, one=found)


@bp.get("/c/<token>")
@public("whoever is shown a certificate may ask whether it holds: number, village, a masked name, valid or not")
def check_certificate(token: str) -> ResponseReturnValue:
    """What the printed code of a certificate leads to."""
    found = queries.by_token(token)
    if found is None:
        raise Missing
    village = grids.ancestors(village_path(found.place_path))[-1]
    return render_template(
        "people/check.html", number=found.number, village=village.name, name=found.person.name,
        standing=_standing(found),
    )  # fmt: skip
