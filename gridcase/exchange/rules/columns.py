"""What a column of a register is, and how one cell of it is read. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from gridcase.core.clock import TOWN_ZONE
from gridcase.core.errors import Refused
from gridcase.core.sheet_values import parse_number_id, parse_when
from gridcase.core.text import clean_line
from gridcase.core.words import N_, Text


class Kind(StrEnum):
    """How the cells of a column are read and written."""

    TEXT = "text"
    CODE = "code"
    PHONE = "phone"
    DATE = "date"
    LAST = "last"  # the last day of a term; kept as the day after, the first one that does not count
    CHOICE = "choice"
    YESNO = "yesno"
    NUMBER = "number"
    LON = "lon"
    LAT = "lat"


@dataclass(frozen=True)
class Column:
    """One column: its Chinese header, the other names towns use, what may stand in it, what the template says of it.

    `choices` maps what is stored to the word in the cell; `mask` says how it leaves the house without a purpose.
    """

    key: str
    header: str
    kind: Kind = Kind.TEXT
    required: bool = False
    names: tuple[str, ...] = ()
    longest: int = 60
    choices: Mapping[Any, str] = field(default_factory=dict)
    example: str = ""
    help: Text = field(default_factory=lambda: Text(""))
    mask: str = ""  # name, phone, address


@dataclass(frozen=True)
class Register:
    """One register: its columns, which of them name a row, and whether its file is checked in pieces."""

    key: str
    label: Text
    sheet: str
    columns: tuple[Column, ...]
    identity: tuple[str, ...]
    large: bool = False
    note: Text = field(default_factory=lambda: Text(""))

    @property
    def required(self) -> tuple[Column, ...]:
        """The columns no file can do without."""
        return tuple(column for column in self.columns if column.required)

    def column(self, key: str) -> Column:
        """A column by its key."""
        return next(column for column in self.columns if column.key == key)

    def aliases(self) -> dict[str, tuple[str, ...]]:
        """The names each column is known by, its own first."""
        return {column.key: (column.header, *column.names) for column in self.columns}


EMPTY = N_("是空的，请补上。")
MASKED = N_("是打了码的，不能导入。请用写明用途导出的表，或填写完整内容。")
NO_TEXT = N_("这里应是文字，单元格里却是日期或是非值。")
NO_CODE = N_("编码只能有字母、数字和 - _ . /，中间不能有空格。")
NO_PHONE = N_("电话只能有数字、- 和 +，5 到 20 位。")
NO_NUMBER = N_("请填 0 或正整数。")
NO_YESNO = N_("请填“是”或“否”。")
NO_DEGREES = N_("请填十进制度数，例如 109.123456。")
SWAPPED = N_("不在中国范围内，请核对经度和纬度是否填反。")
ONE_DAY = timedelta(days=1)
ODD_DAY = N_("日期应在 1900 年到 2100 年之间，请核对。")

_CLEAN = re.compile(r"[0-9A-Za-z\u4e00-\u9fff\-.]+")  # as nearly every cell is: nothing to clean
_CODE = re.compile(r"[\w\-./]+", re.ASCII)
_PHONE = re.compile(r"\+?[0-9][0-9\- ]{3,18}[0-9]")
_YES = frozenset({"是", "有", "√", "✓", "1", "true", "yes", "y", "对"})
_NO = frozenset({"否", "无", "×", "✗", "0", "false", "no", "n", "不是", "没有"})
_SPANS = {Kind.LON: (73.0, 136.0), Kind.LAT: (3.0, 54.0)}


def too_long(limit: int) -> Text:
    """A cell that the register cannot hold."""
    return N_("超过 %(limit)s 个字，请缩短。", limit=limit)


def not_offered(value: str, column: Column) -> Text:
    """A word that is none of the column's."""
    words = "、".join(column.choices.values())
    return N_("没有「%(value)s」，请填：%(words)s。", value=value[:20], words=words)


def read_cell(column: Column, value: Any) -> Any:
    """What a cell holds, as text, date, bool or number; None when it is empty. `Refused` says what to put right."""
    if value is None or value == "":
        return None
    return _READERS[column.kind](column, value)


def _text(column: Column, value: Any) -> str | None:
    if isinstance(value, bool | date):
        raise Refused(NO_TEXT)
    text = value if isinstance(value, str) else parse_number_id(value)
    if not _CLEAN.fullmatch(text):
        text = clean_line(text)
    if len(text) > column.longest:
        raise Refused(too_long(column.longest))
    if column.mask and "*" in text:
        raise Refused(MASKED)
    return text or None


def _code(column: Column, value: Any) -> str | None:
    text = _text(column, parse_number_id(value) if not isinstance(value, bool | date) else value)
    if text is not None and not _CODE.fullmatch(text):
        raise Refused(NO_CODE)
    return text


def _phone(column: Column, value: Any) -> str | None:
    text = _text(column, value)
    if text is not None and not _PHONE.fullmatch(text):
        raise Refused(NO_PHONE)
    return text


def _date(_column: Column, value: Any) -> date:
    if isinstance(value, bool):
        raise Refused(NO_TEXT)
    if isinstance(value, date) and not isinstance(value, datetime):
        day = value
    else:
        day = parse_when(value, TOWN_ZONE).astimezone(TOWN_ZONE).date()
    if not 1900 <= day.year < 2100:
        raise Refused(ODD_DAY)
    return day


def _last(column: Column, value: Any) -> date:
    return _date(column, value) + ONE_DAY


def _choice(column: Column, value: Any) -> str:
    text = _text(column, value) or ""
    for stored, word in column.choices.items():
        if text in (word, stored):
            return stored
    raise Refused(not_offered(text, column))


def _yesno(_column: Column, value: Any) -> bool:
    text = str(int(value) if isinstance(value, float | bool) else value).strip().casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise Refused(NO_YESNO)


def _number(_column: Column, value: Any) -> int:
    text = "" if isinstance(value, bool | date) else parse_number_id(value)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refused(NO_NUMBER)
    return int(text)


def _degrees(column: Column, value: Any) -> float:
    try:
        if isinstance(value, bool | date):
            raise TypeError
        degrees = round(float(value), 7)
    except (TypeError, ValueError, OverflowError) as problem:
        raise Refused(NO_DEGREES) from problem
    low, high = _SPANS[column.kind]
    if not low <= degrees <= high:
        raise Refused(SWAPPED)
    return degrees


_READERS = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.PHONE: _phone,
    Kind.DATE: _date,
    Kind.LAST: _last,
    Kind.CHOICE: _choice,
    Kind.YESNO: _yesno,
    Kind.NUMBER: _number,
    Kind.LON: _degrees,
    Kind.LAT: _degrees,
}


def shown(column: Column, value: Any) -> Any:
    """A stored value as the cell of a file shows it."""
    if column.kind is Kind.CHOICE:
        return column.choices.get(value, value)
    if column.kind is Kind.LAST:
        return value - ONE_DAY if value is not None else None
    return round(value, 7) if isinstance(value, float) else value
