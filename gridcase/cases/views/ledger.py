"""The month's ledger on paper, as PDF and as a table; the work list as a table. Names masked, nothing restricted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from gridcase.cases import queries, service
from gridcase.cases.queries import MOST_ROWS, Wording
from gridcase.cases.rules import State, Urgency
from gridcase.cases.views import desk
from gridcase.cases.views.base import bp, class_name
from gridcase.core import clock
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.db import transaction
from gridcase.core.errors import Refused
from gridcase.core.masking import mask_name
from gridcase.core.paper import Fields, Paper, Table
from gridcase.core.pdf import write_pdf
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.sheets_out import write_xlsx
from gridcase.core.streams import CsvStream
from gridcase.core.words import N_
from gridcase.grid import queries as grids
from gridcase.web.access import needs, viewer
from gridcase.web.filters import in_language, show_date, translate
from gridcase.web.respond import csv_stream, pdf_file, xlsx_file

MOST_PRINTED = 1000


@bp.get("/ledger")
@needs(Permission.SEE_CASE)
def ledger() -> ResponseReturnValue:
    """A month as it is printed; the link carries month and village."""
    someone, month, this = viewer(), _month(), _this_month()
    village = _village(someone)
    paper, more = _paper(someone, month, village)
    return render_template(
        "cases/ledger.html", paper=paper, month=month, month_before=month.before, more=more, shown=MOST_PRINTED,
        month_after=month.next if month.begins < this.begins else None,
        villages=queries.villages_seen(someone), village_id=village.id if village else None,
    )  # fmt: skip


@bp.get("/ledger.pdf")
@needs(Permission.SEE_CASE)
def ledger_pdf() -> ResponseReturnValue:
    """The same as a file."""
    someone, month = viewer(), _month()
    paper, _more = _paper(someone, month, _village(someone))
    return pdf_file(write_pdf(paper, now=clock.now()), name=f"ledger-{month}")


@bp.post("/ledger.xlsx")
@needs(Permission.SEE_CASE)
def ledger_sheet() -> ResponseReturnValue:
    """The same as a table; what leaves is written down."""
    someone, month, village = viewer(), _month(), _village(viewer())
    rows = queries.month_rows(someone, month, village_id=village.id if village else None)
    return _exported(someone, rows, what="ledger", name=f"ledger-{month}", title=str(month))


@bp.post("/export")
@needs(Permission.SEE_CASE)
def export() -> ResponseReturnValue:
    """The work list under the filters of the link, as a table."""
    someone, now = viewer(), clock.now()
    filters = desk.read(request.args, someone)
    rows = queries.whole_list(someone, filters, now=now, most=MOST_ROWS)
    name = f"cases-{filters.tab.value}-{town_day(now):%Y%m%d}"
    return _exported(someone, rows, what="list", name=name, title=translate(filters.tab.label))


@bp.post("/export.csv")
@needs(Permission.SEE_CASE)
def export_csv() -> ResponseReturnValue:
    """The same as CSV, however long it is: sent while it is read."""
    someone, now = viewer(), clock.now()
    filters = desk.read(request.args, someone)
    with transaction():
        service.note_export(actor=someone, now=now, what="csv")
    stream = CsvStream(_heads(), queries.whole_list_parts(someone, filters, _wording(), now=now))
    name = f"cases-{filters.tab.value}-{town_day(now):%Y%m%d}"
    return csv_stream(_counted(stream, someone), name=name)


def _counted(stream: CsvStream, someone: Viewer) -> Iterator[bytes]:
    """The stream; at its end, or where the reader broke off, how many rows had left is written down too."""
    try:
        yield from stream
    finally:
        with transaction():
            service.note_export(actor=someone, now=clock.now(), what="csv", count=stream.rows)


def _wording() -> Wording:
    return Wording(
        states={state.value: translate(state.label) for state in State},
        urgencies={urgency.value: translate(urgency.label) for urgency in Urgency},
        yes=_("是"), no=_("否"), english=in_language(zh="", en="en") == "en",
    )  # fmt: skip


def _exported(someone: Viewer, rows: Sequence[Any], *, what: str, name: str, title: str) -> ResponseReturnValue:
    if len(rows) > MOST_ROWS:
        if what == "list":
            raise Refused(N_("超过 %(n)s 件，一张 Excel 太长：请存成 CSV，或先缩小范围。", n=MOST_ROWS))
        raise Refused(N_("超过 %(n)s 件，请先用村、类别或状态缩小范围，再存成 Excel。", n=MOST_ROWS))
    content = write_xlsx(_heads(), _cells(rows), title=title, heading=title, zone=TOWN_ZONE)
    with transaction():
        service.note_export(actor=someone, now=clock.now(), what=what, count=len(rows))
    return xlsx_file(content, name=name)


def _heads() -> list[str]:
    return [
        _("编号"), _("事项"), _("类别"), _("状态"), _("轻重缓急"), _("村"), _("地点"), _("户主"), _("登记时间"),
        _("办理期限"), _("结束时间"), _("超期"), _("在谁手上"),
    ]  # fmt: skip


def _cells(rows: Sequence[Any]) -> Iterable[list[Any]]:
    now = clock.now()
    for row in rows:
        yield [
            row.number, row.title, class_name(row), translate(State(row.state).label),
            translate(Urgency(row.urgency).label), row.village_name or "", row.place_name,
            mask_name(row.head_name) if row.head_name else "", row.registered_at, row.due_at, row.closed_at,
            _("是") if _late(row, now) else _("否"), row.unit_name or row.post_title or "",
        ]  # fmt: skip


def _late(row: Any, now: Any) -> bool:
    return bool(row.closed_late) if row.closed_at else row.due_at is not None and row.due_at < now


def _paper(someone: Viewer, month: Period, village: Any) -> tuple[Paper, bool]:
    """The ledger, and whether it had to be cut."""
    village_id = village.id if village else None
    rows = queries.month_rows(someone, month, village_id=village_id)
    figures = queries.month_figures(someone, month, village_id=village_id)
    now = clock.now()
    counted = Fields([
        [(_("上月结转"), str(figures.brought)), (_("本月登记"), str(figures.registered))],
        [(_("本月办结"), _closed_words(figures)), (_("月末在办"), str(figures.left))],
    ])  # fmt: skip
    listed = Table(
        ["", _("编号"), _("登记日期"), _("类别"), _("事项"), _("地点"), _("在谁手上"), _("状态")],
        [_line(place, row, now) for place, row in enumerate(rows[:MOST_PRINTED], start=1)],
        (1, 5, 3, 3.2, 5.8, 3.4, 3.4, 2.4),
    )
    office = village.name if village else _office(someone)
    title = _("事件台账（%(year)s年%(month)s月）", year=month.first.year, month=month.first.month)
    paper = Paper(office, title, "", show_date(now), [counted, listed], wide=True)
    return paper, len(rows) > MOST_PRINTED


def _office(someone: Viewer) -> str:
    """The place of the viewer's post; of a post without one, the post."""
    for grant in someone.grants_with(Permission.SEE_CASE):
        ids = [int(part) for part in (grant.path or "").split("/") if part]
        if ids:
            return str(grids.by_ids(ids[-1:])[ids[-1]].name)
    return next((grant.title for grant in someone.grants if grant.title), "")


def _closed_words(figures: Any) -> str:
    if not figures.closed_late:
        return str(figures.closed)
    return _("%(n)s（其中超期 %(late)s）", n=figures.closed, late=figures.closed_late)


def _line(place: int, row: Any, now: Any) -> list[str]:
    state = translate(State(row.state).label)
    if _late(row, now):
        state = _("%(state)s（超期）", state=state)
    village = row.village_name if row.village_name and row.village_name != row.place_name else ""
    who = row.unit_name or row.post_title or ""
    return [
        str(place),
        row.number,
        show_date(row.registered_at),
        class_name(row),
        row.title,
        f"{village}{row.place_name}",
        who,
        state,
    ]


def _this_month() -> Period:
    return Period.of(PeriodKind.MONTH, town_day(clock.now()))


def _month() -> Period:
    """The month of the link; what makes no sense, or lies ahead, is this month."""
    this = _this_month()
    asked = Period.read(request.args.get("month"), default=this)
    return asked if asked.kind is PeriodKind.MONTH and asked.begins <= this.begins else this


def _village(someone: Viewer) -> Any:
    """The village of the link, if it is one of those the viewer's cases lie in."""
    asked = request.args.get("village", type=int)
    return next((row for row in queries.villages_seen(someone) if row.id == asked), None)
