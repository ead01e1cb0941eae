"""Indicators that are entered: how their numbers are read, added over places and over time. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gridcase.core.errors import Refused
from gridcase.core.labels import Labelled
from gridcase.core.words import N_

HUNDREDTHS = 100
MOST_DIGITS = 12
MOST_PER_CENT = 100 * HUNDREDTHS
SOURCE_LENGTH, REASON_LENGTH, NAME_LENGTH, UNIT_LENGTH = 80, 120, 40, 12
_NUMBER = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,2}))?")


class Adding(Labelled):
    """What becomes of several numbers of an indicator."""

    FLOW = "flow", N_("各村各期相加")  # money earned, people trained
    STOCK = "stock", N_("各村相加，取期末的数")  # how many there are
    MEAN = "mean", N_("各期相加，各村平均")  # so much for every village
    SURVEY = "survey", N_("不相加，原样引用")  # what somebody else has measured


class Kind(Labelled):
    """What numbers an indicator takes."""

    WHOLE = "whole", N_("整数")
    AMOUNT = "amount", N_("可以有小数")
    SIGNED = "signed", N_("可以有小数，也可以是负数")
    PERCENT = "percent", N_("百分比，0 到 100")


@dataclass(frozen=True)
class Entered:
    """One number of one place, in hundredths."""

    place: str  # its path
    first: date
    last: date
    hundredths: int


def read_number(typed: str | None) -> int:
    """What was typed, in hundredths of the unit; `Refused` beside its field."""
    found = _NUMBER.fullmatch((typed or "").strip().replace(",", "").replace("，", ""))
    if found is None:
        raise Refused(N_("请填一个数，最多两位小数，例如 9.94。"), field="number")
    size = int(found[2]) * HUNDREDTHS + int((found[3] or "").ljust(2, "0"))
    return -size if found[1] else size


def fitting(hundredths: int, kind: Kind) -> int:
    """The number itself; `Refused` beside its field where the indicator takes no such number."""
    if kind is Kind.PERCENT and not 0 <= hundredths <= MOST_PER_CENT:
        raise Refused(N_("百分比请填 0 到 100 之间的数。"), field="number")
    if kind is not Kind.SIGNED and hundredths < 0:
        raise Refused(N_("这一项不会是负数，请核对后再填。"), field="number")
    if kind is Kind.WHOLE and hundredths % HUNDREDTHS:
        raise Refused(N_("这一项是整数，请不要填小数。"), field="number")
    return hundredths


def value_of(adding: Adding, rows: Sequence[Entered]) -> float | int | None:
    """The one number that several come to; None where there is none, or where they must not be added."""
    if not rows:
        return None
    places: dict[str, list[Entered]] = {}
    for row in rows:
        places.setdefault(row.place, []).append(row)
    if adding is Adding.SURVEY:
        return plain(max(rows, key=lambda row: row.last).hundredths) if len(places) == 1 else None
    over_time = [_over_time(adding, own) for own in places.values()]
    return plain(sum(over_time)) if adding is not Adding.MEAN else plain(round(sum(over_time) / len(over_time)))


def _over_time(adding: Adding, rows: Sequence[Entered]) -> int:
    if adding is Adding.STOCK:
        return max(rows, key=lambda row: row.last).hundredths
    return sum(row.hundredths for row in rows if not any(_holds(other, row) for other in rows))


def _holds(longer: Entered, row: Entered) -> bool:
    """Whether another number of the place is of more days, these among them: the year's holds that of a month."""
    span, other = (row.first, row.last), (longer.first, longer.last)
    return span != other and other[0] <= span[0] and span[1] <= other[1]


def plain(hundredths: int) -> float | int:
    """In units; whole numbers stay whole."""
    whole, rest = divmod(hundredths, HUNDREDTHS)
    return hundredths / HUNDREDTHS if rest else whole
