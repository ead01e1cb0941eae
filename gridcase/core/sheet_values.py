"""What stands in a cell: texts, dates and numbers as people type them, and the headers above them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from gridcase.core.errors import Refused
from gridcase.core.words import N_

_BLANK = " \t\r\n\v\f\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff"
_CONTROL = dict.fromkeys(n for n in range(32) if chr(n) not in "\t\n")
_GAPS = re.compile(rf"[{_BLANK}]*\n[{_BLANK}]*")
_WHEN = re.compile(
    r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
    r"(?:[T ]*(?P<half>上午|下午|晚上|中午|凌晨)?\s*(?P<hour>\d{1,2})[:时点]"
    r"(?:(?P<minute>\d{1,2})分?)?(?:[:]?(?P<second>\d{1,2})(?:\.\d+)?秒?)?)?"
)
_PLAIN_DAY = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_NUMBER_WITH_ZERO = re.compile(r"(\d+)\.0+")
_NOTE = re.compile(r"\((?:必填|选填|可选|必选)\)")
_NOT_A_LETTER = re.compile(r"[\W_]+")

# Excel counts days from here (its 1900 has a 29 February); outside the span a number is meant as no date.
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell has no time zone
_FIRST_SERIAL, _LAST_SERIAL = 10_000, 80_000  # 1927 to 2119
_EXACT_DIGITS = 15  # Excel keeps no more of a number


def tidy(text: str) -> str:
    """A cell's text without the dirt of copying: no outer blanks (full-width too), no tabs, no empty lines.

    Line breaks inside stay. Characters that a database refuses (NUL and its kin) go.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROL).strip(_BLANK)
    if "\n" in text:
        text = _GAPS.sub("\n", text)
    return text.replace("\t", " ")


def parse_when(value: Any, zone: tzinfo) -> datetime:
    """The moment a date cell names, in UTC; cells carry no zone, so they are read as clock time in `zone`.

    Takes dates, Excel's serial numbers, 20190228, and texts such as '2019/2/28 11:25:05', '2019-02-28' or
    '2019年2月28日 下午3点20分'. A day alone is its first minute. `Refused` for anything else and for days
    that do not exist.
    """
    if isinstance(value, datetime):
        naive = value
    elif isinstance(value, date):
        naive = datetime.combine(value, time())
    elif isinstance(value, int | float) and not isinstance(value, bool):
        naive = _from_number(value)
    else:
        naive = _from_text(value)
    return (naive if naive.tzinfo else naive.replace(tzinfo=zone)).astimezone(UTC)


def _from_number(value: float) -> datetime:
    if _FIRST_SERIAL <= value < _LAST_SERIAL:
        moment = _EXCEL_EPOCH + timedelta(days=value)
        return (moment + timedelta(milliseconds=500)).replace(microsecond=0)  # 11:25:04.9999 was 11:25:05
    return _from_text(parse_number_id(value))


def _from_text(value: Any) -> datetime:
    text = tidy(unicodedata.normalize("NFKC", str("" if value is None else value)))
    match = _WHEN.fullmatch(text) or _PLAIN_DAY.fullmatch(text)
    if match is not None:
        try:
            return _clock_time(match)
        except ValueError as problem:
            raise Refused(N_("没有「%(value)s」这个时间，请核对年月日和时分。", value=text[:40])) from problem
    try:
        return datetime.fromisoformat(text)  # other systems write 2026-11-21T09:30:00+08:00
    except ValueError as problem:
        raise Refused(
            N_("看不懂时间「%(value)s」，请写成 2026-11-21 或 2026-11-21 09:30。", value=text[:40])
        ) from problem


def _clock_time(match: re.Match[str]) -> datetime:
    found = {name: int(value) for name, value in match.groupdict().items() if value and value.isdigit()}
    if match.groupdict().get("half") in ("下午", "晚上") and found["hour"] < 12:
        found["hour"] += 12
    return datetime(**found)  # type: ignore[arg-type]  # noqa: DTZ001 - the caller sets the zone


def parse_number_id(value: Any) -> str:
    """A number used as a name: 188006.0 -> '188006', ' 188006 ' -> '188006', nothing -> ''.

    `Refused` for numbers of more than 15 digits: Excel has already replaced their end with zeros.
    """
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) >= 10**_EXACT_DIGITS:
            raise Refused(N_("编号太长，Excel 已把末尾几位变成 0。请把这一列设为文本后重新填写。"))
        return str(int(value)) if float(value).is_integer() else str(value)
    text = tidy(unicodedata.normalize("NFKC", str(value)))
    match = _NUMBER_WITH_ZERO.fullmatch(text)
    return match[1] if match else text


def match_headers(headers: Sequence[str], aliases: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Which column holds which field: {field: header as it stands in the file}.

    Blanks, full-width letters, upper case, punctuation and notes such as （必填） make no difference. Of
    several columns that fit a field, the one named earlier in its aliases wins; a column serves one field.
    """
    found = {_plain(header): header for header in reversed(headers)}
    matched: dict[str, str] = {}
    for field, names in aliases.items():
        for name in names:
            header = found.pop(_plain(name), None)
            if header is not None:
                matched[field] = header
                break
    return matched


def _plain(header: str) -> str:
    folded = _NOTE.sub("", unicodedata.normalize("NFKC", header))
    return _NOT_A_LETTER.sub("", folded).casefold()
