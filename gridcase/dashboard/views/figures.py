"""The figures, the rows behind each of them, and the same as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gridcase.core import clock
from gridcase.core.clock import TOWN_ZONE, town_day
from gridcase.core.db import transaction
from gridcase.core.errors import Missing
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Permission
from gridcase.core.sheets_out import write_xlsx
from gridcase.core.words import N_
from gridcase.dashboard import queries
from gridcase.dashboard.rules import office as rules
from gridcase.dashboard.views.base import bp
from gridcase.grid import queries as grids
from gridcase.measures import queries as measures
from gridcase.measures import service
from gridcase.measures.queries import Row, Values
from gridcase.measures.rules import MEASURES, By, Measure, Narrow, Shape
from gridcase.web import charts
from gridcase.web.access import needs, viewer
from gridcase.web.filters import translate
from gridcase.web.frame import NavItem, address
from gridcase.web.respond import xlsx_file

office = Blueprint("figures", __name__, url_prefix="/dashboard")
NAV = (
    NavItem(
        "f",
        N_("概况"),
        "dashboard.figures.show",
        "chart",
        frozenset({Permission.SEE_DASHBOARD}),
        35,
        phone=True,
        group="figures",
        pages=frozenset(
            {
                "dashboard.figures.show",
                "dashboard.figures.listed",
                "dashboard.presets.show",
                "dashboard.presets.choose",
                "dashboard.areas.show",
                "dashboard.areas.edit",
                "dashboard.burden.show",
                "dashboard.wall.screens",
            }
        ),
    ),
)
MOST_ROWS = 5000  # of a list as a file
Line = tuple[str, str | None, tuple[tuple[str | None, str], ...]]  # of a table: name, where it leads, its numbers


@dataclass(frozen=True)
class Card:
    """One number as the page says it: its link where its rows may be opened, and how it moved."""

    measure: Measure
    value: Any
    count: int
    url: str | None
    change: float | None
    of: int | None = None


@office.get("/")
@needs(Permission.SEE_DASHBOARD)
def show() -> ResponseReturnValue:
    """Satisfaction first, then what waits, then the period and the places; each number leads to its rows."""
    now = clock.now()
    period, narrow = period_of(now), Narrow.read(request.args)
    found = queries.office(viewer(), period=period, now=now, narrow=narrow)
    villages = grids.villages_of(viewer(), permission=Permission.SEE_DASHBOARD)
    if narrow.village_id and narrow.village_id not in {one.id for one in villages}:
        raise Missing
    return render_template(
        "dashboard/figures.html", found=found, period=period, narrow=narrow, rules=rules, MEASURES=MEASURES,
        card=lambda key: _card(key, found.total, found.before), heads_of=_heads_of, lines_of=_lines_of, link=link_of,
        chips=chips_of(".figures.show", period, narrow, now),
        over=period.next.begins <= now, villages=villages if len(villages) > 1 else [],
        words=tuple(_short(row.period) for row in found.trend.rows), series=lambda keys: _series(found.trend, keys),
        share=_is_share, preset=queries.preset_of(viewer(), on=town_day(now)),
        keeps=any(viewer().may(one) for one in queries.KEEPERS), misread=_misread(period),
        place_link=lambda row: _place_link(row, period),
        where=queries.root_of(viewer()).name, narrowed=measures.narrowed_to(viewer(), narrow),
    )  # fmt: skip


@office.get("/list")
@needs(Permission.SEE_DASHBOARD)
def listed() -> ResponseReturnValue:
    """The rows behind one number; a share has those it counts in, and those it is measured against, side by side."""
    now = clock.now()
    key, period, narrow = _measure(), period_of(now), Narrow.read(request.args)
    measure = MEASURES[key]
    after = request.args.get("after")
    page = measures.rows(viewer(), key, period=period, now=now, narrow=narrow, after=after)
    first = None if after else measures.values(viewer(), (key,), period=period, now=now, narrow=narrow).total
    heads = [(translate(head), "") for head in measures.heads(key)]
    return render_template(
        "dashboard/list.html", measure=measure, of=MEASURES[measure.of] if measure.of else None, page=page, heads=heads,
        period=period, opens=measures.opens(viewer(), measure.source), chosen={"period": str(period), **narrow.link()},
        total=first and _card(key, first, None), narrowed=measures.narrowed_to(viewer(), narrow), share=_is_share(key),
    )  # fmt: skip


@office.post("/list.xlsx")
@needs(Permission.SEE_DASHBOARD)
def export() -> ResponseReturnValue:
    """The same list as a table; what leaves is written down."""
    now = clock.now()
    key, period, narrow = _measure(), period_of(now), Narrow.read(request.args)
    measure = MEASURES[key]
    page = measures.rows(viewer(), key, period=period, now=now, narrow=narrow, size=MOST_ROWS)
    service.refuse_too_many(page.after is not None, most=MOST_ROWS)
    heads = [translate(head) for head in measures.heads(key)]
    name = f"{translate(measure.label)}-{translate(period.label)}"
    content = write_xlsx(
        heads, ([_plain(cell) for cell in line.cells] for line in page.rows), title=translate(measure.label),
        heading=f"{queries.root_of(viewer()).name} {name}", zone=TOWN_ZONE,
    )  # fmt: skip
    with transaction():
        service.note_export(actor=viewer(), now=now, measure=key, period=str(period), count=len(page.rows))
    return xlsx_file(content, name=name)


def _plain(cell: Any) -> Any:
    """A cell of a list as a table has it: the words of a light, without its colour."""
    if isinstance(cell, tuple):
        light, left = cell
        return translate(left or light.label)
    return cell if cell is None or isinstance(cell, int | datetime | date) else translate(cell)


def _measure() -> str:
    key = request.args.get("measure") or "cases.open"
    if key not in MEASURES:
        raise Missing
    return key


def period_of(now: datetime) -> Period:
    """That of the link, else this month; two days of the form become a span, unless they are those of the link."""
    chosen = Period.read(request.args.get("period"), default=Period.of(PeriodKind.MONTH, town_day(now)))
    first, last = _typed()
    span = Period.read(f"{first}..{last}", default=chosen)
    return chosen if (span.first, span.last) == (chosen.first, chosen.last) else span


def _typed() -> tuple[str, str]:
    return request.args.get("first", ""), request.args.get("last", "")


def _misread(period: Period) -> bool:
    """Whether two days were typed that make no period."""
    days = _typed()
    return any(days) and sorted(days) != [str(period.first), str(period.last)]


def chips_of(page: str, period: Period, narrow: Narrow, now: datetime) -> list[tuple[Any, str, bool]]:
    """The periods that are running, each with the address of this page for it, and whether it is shown."""
    today = town_day(now)
    found = []
    for kind, words in rules.CHOSEN:
        one = Period.of(kind, today)
        link: dict[str, Any] = {"period": str(one), **narrow.link()}
        found.append((translate(words), url_for(f"dashboard{page}", **link), one == period))
    return found


def _card(key: str, total: Row, before: Row | None) -> Card:
    measure = MEASURES[key]
    value = total.numbers[key]
    past = before.numbers.get(key) if before is not None and not measure.live else None
    change = value - past if value is not None and past is not None else None
    of = total.counts.get(measure.of) if measure.of else None
    return Card(measure, value, total.counts[key], link_of(total, key), change, of)


def link_of(row: Row, key: str) -> str | None:
    """Where the rows behind a number are; None where the viewer may not open them, or where there is no number."""
    door = _door_of(key)
    return None if door is None or row.numbers.get(key) is None else door + row.query


def _door_of(key: str) -> str | None:
    """How the address of the rows behind a measure begins; None where the viewer may not open them."""
    if not measures.opens(viewer(), MEASURES[key].source):
        return None
    return f"{address('dashboard.figures.listed')}?measure={key}&"


def _heads_of(values: Values, keys: Sequence[str]) -> tuple[str, ...]:
    return (translate(values.by[0].label), *(translate(MEASURES[key].label) for key in keys))


def _lines_of(values: Values, keys: Sequence[str], inside: Callable[[Row], str | None] | None) -> tuple[Line, ...]:
    """The rows of a table as it says them."""
    columns = [(key, _door_of(key), _is_share(key)) for key in keys]
    return tuple((_label_of(row), inside(row) if inside else None, _cells(row, columns)) for row in values.rows)


def _cells(row: Row, columns: Sequence[tuple[str, str | None, bool]]) -> tuple[tuple[str | None, str], ...]:
    """The numbers of a row as its table says them, each with where its rows are; a column: measure, door, share."""
    found = [(row.numbers[key], door, share) for key, door, share in columns]
    return tuple(
        (door + row.query if door and number is not None else None, charts.say(number, share=share))
        for number, door, share in found
    )


def _place_link(row: Row, period: Period) -> str | None:
    """The same page of one place of a table; a group has none of its own."""
    group = row.group[0]
    if group.by not in (By.COUNTY, By.TOWN, By.VILLAGE) or group.key is None:
        return None
    link: dict[str, Any] = {"period": str(period), **row.narrow.link()}
    return url_for(".show", **link)


def _series(trend: Values, keys: Sequence[str]) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    return tuple((translate(MEASURES[key].label), tuple(row.numbers[key] for row in trend.rows)) for key in keys)


def _label_of(row: Row) -> str:
    return translate(row.group[0].label)


def _short(period: Period) -> str:
    """A period as a few signs below a chart: its first day, or its month."""
    return str(period) if period.kind is PeriodKind.MONTH else f"{period.first.month}/{period.first.day}"


def _is_share(key: str) -> bool:
    return MEASURES[key].shape is Shape.SHARE


bp.register_blueprint(office)
