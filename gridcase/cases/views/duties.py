"""A town's duty list: read by whoever works in it, kept by the town's manager, in and out as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases import queries, service
from gridcase.cases.models import DutyItem
from gridcase.cases.rules import DutyKind
from gridcase.cases.service import Entry, Taken
from gridcase.cases.service.duties import HEADERS
from gridcase.cases.views.base import bp, class_name
from gridcase.cases.views.routing_forms import DutyFileForm, DutyForm
from gridcase.core import clock
from gridcase.core.db import transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Permission
from gridcase.core.sheets import TableRefused
from gridcase.core.sheets_out import write_xlsx
from gridcase.core.words import Text
from gridcase.grid.models import Grid
from gridcase.web.access import needs, viewer
from gridcase.web.formkit import labelled, options, submit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/duties")
@needs(Permission.SEE_WORK)
def duties() -> ResponseReturnValue:
    """The list of a town, by kind and words."""
    return _list_page(_town(), DutyFileForm(formdata=None), ())


@bp.get("/duties.xlsx")
@needs(Permission.SEE_WORK)
def duties_file() -> ResponseReturnValue:
    """The whole list as a table, which can be handed in again."""
    town = _town()
    rows = [
        (row.item, str(DutyKind(row.kind).label), row.class_code, row.unit, row.lead)
        for row in queries.duty_list(town)
    ]  # fmt: skip
    answer = Response(write_xlsx(HEADERS, rows, title=_("履职事项清单")), mimetype=XLSX)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{town.name}履职事项清单.xlsx")
    return answer


@bp.post("/duties/file")
@needs(Permission.MANAGE_TOWN)
def import_duties() -> ResponseReturnValue:
    """Take the list out of a file; one wrong cell and nothing is taken."""
    town, form, problems = _own_town(), DutyFileForm(), list[Text]()
    if form.validate_on_submit():
        try:
            with transaction():
                taken = service.import_duties(
                    town, form.file.data.read(), actor=viewer(), now=clock.now(), whole=bool(form.whole.data)
                )
            flash(_taken(taken), "ok")
            return redirect(url_for("cases.duties", town=town.id))
        except TableRefused as refusal:
            form.refuse(refusal)
            problems = [problem.text for problem in refusal.problems]
        except Refused as refusal:
            form.refuse(refusal)
    return _list_page(town, form, problems)


@bp.route("/duties/new", methods=["GET", "POST"])
@needs(Permission.MANAGE_TOWN)
def new_duty() -> ResponseReturnValue:
    """One more item."""
    return _edited(_own_town(), None)


@bp.route("/duties/<int:duty_id>", methods=["GET", "POST"])
@needs(Permission.MANAGE_TOWN)
def edit_duty(duty_id: int) -> ResponseReturnValue:
    """Change an item."""
    row = queries.duty_row(duty_id, viewer=viewer())
    return _edited(queries.duty_town(row.town_id, viewer=viewer(), permission=Permission.MANAGE_TOWN), row)


@bp.post("/duties/<int:duty_id>/remove")
@needs(Permission.MANAGE_TOWN)
def remove_duty(duty_id: int) -> ResponseReturnValue:
    """Take an item out of the list."""
    row = queries.duty_row(duty_id, viewer=viewer())
    town_id, item = row.town_id, row.item
    with transaction():
        service.remove_duty(row, actor=viewer(), now=clock.now())
    flash(_("已删除“%(item)s”。", item=item), "ok")
    return redirect(url_for("cases.duties", town=town_id))


def _town() -> Grid:
    return queries.duty_town(request.args.get("town", type=int), viewer=viewer())


def _own_town() -> Grid:
    return queries.duty_town(
        request.args.get("town", type=int), viewer=viewer(), permission=Permission.MANAGE_TOWN
    )  # fmt: skip


def _edited(town: Grid, row: DutyItem | None) -> ResponseReturnValue:
    form = DutyForm(obj=row, data={"case_class": row.class_code or "", "unit": row.unit_id or ""} if row else None)
    form.kind.choices = labelled(DutyKind)
    form.case_class.choices = options(
        [
            ("", _("不对应某一类")),
            *((one.code, f"{one.code} {class_name(one)}") for one in queries.catalogue(path=town.path)),
        ]
    )
    form.unit.choices = options(
        [("", _("镇、村都是")), *((str(unit.id), unit.name) for unit in queries.units_over(town.path))]
    )
    if form.validate_on_submit():
        entry = Entry(
            form.item.data or "", DutyKind(form.kind.data), form.case_class.data or None,
            int(form.unit.data) if form.unit.data else None, form.lead.data or "",
        )  # fmt: skip
        if submit(form, service.keep_duty, town, entry, actor=viewer(), now=clock.now(), row=row):
            flash(_("已保存“%(item)s”。", item=entry.item), "ok")
            return redirect(url_for("cases.duties", town=town.id))
    return render_template("cases/duty.html", form=form, town=town, row=row)


def _list_page(town: Grid, form: DutyFileForm, problems: Sequence[Text]) -> ResponseReturnValue:
    someone, asked = viewer(), request.args
    kind = asked.get("kind", "") if asked.get("kind") in list(DutyKind) else ""
    keeps = any(one.id == town.id for one in queries.duty_towns(someone, permission=Permission.MANAGE_TOWN))
    page = queries.duty_page(town, kind=kind, words=asked.get("q", "")[:60], after=asked.get("after"))
    return render_template(
        "cases/duties.html", town=town, towns=queries.duty_towns(someone), page=page, kind=kind,
        words=asked.get("q", "")[:60], DutyKind=DutyKind, class_name=class_name, keeps=keeps, form=form,
        problems=problems, kept={"town": town.id, "kind": kind, "q": asked.get("q", "")[:60]},
    )  # fmt: skip


def _taken(taken: Taken) -> Any:
    return _(
        "已导入：新增 %(new)s 项，更改 %(changed)s 项，不变 %(same)s 项，删除 %(removed)s 项。",
        new=taken.new, changed=taken.changed, same=taken.same, removed=taken.removed,
    )  # fmt: skip
