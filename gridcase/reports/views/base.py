"""The blueprint of reports and what its pages share: place and period of a link, and how numbers are written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _

from gridcase.core import clock
from gridcase.core.errors import Missing
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.permissions import Permission, Viewer
from gridcase.core.words import N_
from gridcase.grid.models import Grid
from gridcase.measures.rules import Shape
from gridcase.reports import queries
from gridcase.reports.rules import Cell, Head, Line
from gridcase.web.filters import translate
from gridcase.web.frame import NavItem

bp = Blueprint("reports", __name__, url_prefix="/reports")
NAV = (
    NavItem(
        "b", N_("报表"), "reports.index", "list", frozenset({Permission.SEE_DASHBOARD}), 36, group="figures", work=False
    ),
)  # fmt: skip
SEES, KEEPS = queries.SEES, queries.KEEPS
LOOKED_BACK = 24  # periods to choose from
DIGITS = {Shape.SHARE: 1, Shape.RATE: 1, Shape.MEDIAN: 1}


def today() -> date:
    """The town's day."""
    return clock.town_day(clock.now())


def place_of(someone: Viewer) -> Grid:
    """The place of the link, else the first the viewer has reports of."""
    asked = request.args.get("place", type=int)
    if asked is not None:
        return queries.get_place(asked, viewer=someone)
    found = queries.places(someone)
    if not found:
        raise Missing
    return found[0]


def period_of(kind: PeriodKind) -> Period:
    """The period of the link if it is one of this kind and has begun, else the last one that is over."""
    over = Period.of(kind, today()).before
    asked = Period.read(request.args.get("period"), default=over)
    return asked if asked.kind is kind and asked.first <= today() else over


def periods(kind: PeriodKind, *, back: int = LOOKED_BACK) -> list[Period]:
    """The running period of a kind and those before it."""
    found = [Period.of(kind, today())]
    while len(found) < back:
        found.append(found[-1].before)
    return found


def is_over(period: Period, *, at: datetime) -> bool:
    """Whether its numbers could not change any more by what still happens in it."""
    return at >= period.ends


def period_words(period: Period, *, at: datetime) -> str:
    """A period in words; of one that was not over at that moment that is said."""
    label = translate(period.label)
    return label if is_over(period, at=at) else _("%(period)s（未满期：数字还会变）", period=label)


def file_name(title: str, place: str, period: Period) -> str:
    """What a report is called once it has left as a file."""
    return f"{title}-{place}-{translate(period.label)}"


def label_of(code: str) -> str:
    """A period said in words."""
    return translate(Period.read(code, default=Period.of(PeriodKind.DAY, today())).label)


def number_of(cell: Cell, head: Head) -> float | int | None:
    """The number as it is written: shares in per cent, at most two digits behind the point."""
    if cell.number is None:
        return None
    value = cell.number * 100 if head.shape == Shape.SHARE else cell.number
    return value if isinstance(value, int) else round(value, DIGITS.get(Shape(head.shape), 2) if _known(head) else 2)


def _known(head: Head) -> bool:
    return head.shape in list(Shape)


def said(cell: Cell, head: Head) -> str:
    """A number in words of a page; a dash where there is none."""
    value = number_of(cell, head)
    if value is None:
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.2f}".rstrip("0").rstrip(".")


def head_words(head: Head, *, between: str = "") -> str:
    """What stands above a column: group, name and unit; `between` stands before the unit."""
    label, unit, group = translate(head.label), unit_of(head), translate(head.group)
    words = _("%(what)s（%(unit)s）", what=label + between, unit=unit) if unit else label
    if head.under:
        words = _("%(what)s，%(under)s", what=words, under=translate(head.under))
    return f"{group} {words}" if group else words


def unit_of(head: Head) -> str:
    """The unit in the reader's language."""
    return translate(head.unit).replace("%%", "%")


def line_words(line: Line) -> str:
    """What stands before a line; a figure with its unit."""
    return head_words(line.head) if line.head is not None else translate(line.label)


def place_choices(someone: Viewer, *, keeps: bool = False, builds: bool = False) -> Sequence[tuple[int, str]]:
    """The places to choose from."""
    return queries.choices(queries.places(someone, keeps=keeps, builds=builds))


def common() -> dict[str, Any]:
    """What every template of the room asks for."""
    return {
        "said": said,
        "head_words": head_words,
        "line_words": line_words,
        "label_of": label_of,
        "period_words": period_words,
    }
