"""Service points of all kinds: the register, one point, and the answers behind the figures of the legal ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.audit import queries as audit
from gridcase.calendar.queries import work_calendar
from gridcase.cases import queries as cases
from gridcase.core import clock
from gridcase.core.changes import fingerprint
from gridcase.core.periods import FIRST_YEAR
from gridcase.core.permissions import Permission
from gridcase.core.words import N_
from gridcase.grid import queries as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridLevel
from gridcase.people import service
from gridcase.people.models import ServicePoint
from gridcase.people.queries import service_points
from gridcase.people.queries.service_points import KEEPS
from gridcase.people.rules import PointKind, door_of
from gridcase.people.rules.opening import read
from gridcase.people.rules.service_points import LENGTHS, Door, lines_of
from gridcase.reception import queries
from gridcase.reception.forms import PointForm
from gridcase.reception.queries.legal import READS
from gridcase.reception.views.base import begins, bp, mark, page_of, place_of, today
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate
from gridcase.web.formkit import BaseForm, submit

DEEDS = {"legal.open": N_("登记"), "legal.edit": N_("修改"), "legal.close": N_("撤销")}
FIELDS = {
    "name": N_("名称"), "kind": N_("哪一种"), "address": N_("在哪里"), "opening": N_("开放时间"),
    "on_holidays": N_("法定节假日也照常开"), "hours": N_("时间的补充说明"), "does": N_("能办什么"),
    "duty": N_("谁值班"), "phone": N_("电话"),
}  # fmt: skip


def _place() -> tuple[Grid, Sequence[Any]]:
    """The place asked for: who keeps points and no doors reads them too."""
    return place_of(READS[0] if viewer().may(READS[0]) else READS[1])


def _year(asked: int | None = None) -> dict[str, datetime]:
    """From when to when this year goes, or the one asked for."""
    this = today().year
    year = asked if asked is not None and FIRST_YEAR <= asked <= this else this
    return {"since": begins(date(year, 1, 1)), "until": begins(date(year + 1, 1, 1))}


def _kind() -> PointKind | None:
    """The kind asked for; what is none is all of them."""
    asked = request.args.get("kind")
    return next((kind for kind in PointKind if kind.value == asked), None)


def _doors() -> Callable[[ServicePoint], Door]:
    """How each point stands now."""
    now, calendar = clock.now(), work_calendar()
    return lambda p: door_of(p.opening, on_holidays=p.on_holidays, at=now, calendar=calendar)


def _said(name: str, value: Any) -> str:
    """A value of the history in words."""
    if name == "kind":
        return translate(PointKind(value).label)
    if name == "on_holidays":
        return _("是") if value else _("否")
    if name == "opening" and value:
        return _("；").join(map(translate, read(value).lines()))
    return value or _("（空）")


@bp.get("/legal/")
@needs(*READS)
def legal() -> ResponseReturnValue:
    """The points of a place, which of them are open now, and this year's person-times at the legal ones."""
    (place, mine), someone, year = _place(), viewer(), _year()
    closed, kind = request.args.get("closed") == "1", _kind()
    page = queries.legal.page(place, viewer=someone, closed=closed, kind=kind, after=request.args.get("after"))
    ids = [row.ServicePoint.id for row in page.rows]
    return page_of(
        "legal", place=place, desks=mine, page=page, closed=closed, kind=kind, kinds=PointKind, door=_doors(),
        keeps=service_points.keeps(someone, place.path),
        standing=queries.legal.standing_in(place, viewer=someone), reads=someone.may(Permission.REGISTER_CASE),
        advised=queries.legal.advised_at(ids, viewer=someone, **year),
        in_all=queries.legal.advised_in(place, viewer=someone, **year), above=service_points.above(place),
    )  # fmt: skip


@bp.get("/legal/answers")
@needs(Permission.REGISTER_CASE)
def legal_answers() -> ResponseReturnValue:
    """The answers behind a number: of a place or one point, in a year."""
    (place, mine), someone, wanted = place_of(), viewer(), request.args.get("point", type=int)
    point = queries.legal.get_point(wanted, viewer=someone) if wanted is not None else None
    year, ids = _year(request.args.get("year", type=int)), [wanted] if wanted is not None else []
    if point is None:
        count = queries.legal.advised_in(place, viewer=someone, **year)
    else:
        count = queries.legal.advised_at(ids, viewer=someone, **year).get(point.id, 0)
    return page_of(
        "legal_answers", place=place, desks=mine, point=point, count=count, year=year["since"].year,
        this_year=today().year, page=queries.legal.answers(
            place, point, viewer=someone, after=request.args.get("after"), **year
        ),
    )  # fmt: skip


@bp.get("/legal/<int:point_id>")
@needs(*READS)
def legal_point(point_id: int) -> ResponseReturnValue:
    """One point: where, when, who; what was counted, also before it became one of another kind; who changed it."""
    someone, point = viewer(), queries.legal.get_point(point_id, viewer=viewer())
    reads = someone.may(Permission.REGISTER_CASE)
    return page_of(
        "legal_point", point=point, kind=PointKind(point.kind), door=_doors(),
        place=grids.by_ids([point.place_id])[point.place_id], year=today().year,
        advised=queries.legal.advised_at([point.id], viewer=someone, **_year()).get(point.id, 0),
        keeps=point.closed_on is None and service_points.keeps(someone, point.path),
        reads=reads, taken=cases.taken_at(point.id, viewer=someone, **_year()) if reads else 0,
        deeds=audit.history_of("legal_point", point.id), deed_words=DEEDS, fields=FIELDS,
        said=_said, does=lines_of(point.does),
    )  # fmt: skip


@bp.route("/<int:place_id>/legal/new", methods=["GET", "POST"])
@needs(KEEPS)
def legal_new(place_id: int) -> ResponseReturnValue:
    """One more point."""
    place = queries.places.get_place(place_id, viewer=viewer(), permission=KEEPS)
    usual = PointKind.STATION if place.level == GridLevel.VILLAGE else PointKind.HALL
    form = PointForm(client_uuid=mark(), kind=usual.value)
    if form.validate_on_submit():
        made = submit(
            form, service.open_point, actor=viewer(), place=place, client_uuid=form.client_uuid.data,
            facts=form.facts, now=clock.now(),
        )  # fmt: skip
        if isinstance(made, ServicePoint):
            flash(_("已登记“%(name)s”，群众扫码就能看到。", name=made.name), "ok")
            return redirect(url_for(".legal", place=place.id))
    return page_of("legal_form", form=form, place=place, point=None)


def _filled(point: ServicePoint) -> dict[str, Any]:
    """A point as its form shows it, the hours in the reader's language."""
    kept = {name: getattr(point, name) for name in (*LENGTHS, "kind", "on_holidays", "phone", "client_uuid")}
    hours = "\n".join(map(translate, read(point.opening).lines())) if point.opening else ""
    return kept | {"opening": hours, "seen": fingerprint(point, service.POINT_SEEN)}


@bp.route("/legal/<int:point_id>/edit", methods=["GET", "POST"])
@needs(KEEPS)
def legal_edit(point_id: int) -> ResponseReturnValue:
    """Put right what is said of a point."""
    point = service_points.get_kept(point_id, viewer=viewer())
    form = PointForm(data=_filled(point))
    if form.validate_on_submit() and submit(
        form, service.edit_point, point, actor=viewer(), facts=form.facts, seen=form.seen.data, now=clock.now()
    ):
        flash(_("已保存。"), "ok")
        return redirect(url_for(".legal_point", point_id=point.id))
    place = grids.by_ids([point.place_id])[point.place_id]
    return page_of("legal_form", form=form, place=place, point=point)


@bp.route("/legal/<int:point_id>/close", methods=["GET", "POST"])
@needs(KEEPS)
def legal_close(point_id: int) -> ResponseReturnValue:
    """It stands no longer."""
    point, form = service_points.get_kept(point_id, viewer=viewer()), BaseForm()
    if form.validate_on_submit() and submit(form, service.close_point, point, actor=viewer(), now=clock.now()):
        flash(_("已撤销“%(name)s”，群众不再看到；以前的咨询人次还在。", name=point.name), "ok")
        return redirect(url_for(".legal", place=point.place_id))
    return page_of("legal_close", form=form, point=point)
