"""Reading JSON that somebody sent: each field once, every complaint kept, nothing taken that was not asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from gridcase.core.text import clean
from gridcase.core.words import N_, Text

Choice = TypeVar("Choice", bound=StrEnum)
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
LARGEST_ID = 2**31 - 1
YEARS = range(2000, 2100)  # what a clock may say at all; whether the moment counts is asked later
MISSING, UNKNOWN, WRONG = N_("这一项要填。"), N_("这一项不在可选的范围里。"), N_("这一项的写法不对。")


class BadFields(Exception):
    """What was sent does not read as an item: the complaint by field."""

    def __init__(self, fields: Mapping[str, Text]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


class Reader:
    """One JSON object, read field by field. Every getter gives back a value of its type even where it complains."""

    def __init__(self, source: Any, *, prefix: str = "", complaints: dict[str, Text] | None = None) -> None:
        self.complaints: dict[str, Text] = {} if complaints is None else complaints
        self._prefix = prefix
        self._source: Mapping[str, Any] = source if isinstance(source, Mapping) else {}
        self._no_object = not isinstance(source, Mapping)
        if self._no_object:
            self.complaints.setdefault(prefix.rstrip(".") or "body", WRONG)

    def complain(self, name: str, why: Text) -> None:
        """Note what is wrong with a field; of what is no object at all that alone is said."""
        if self._no_object:
            return
        self.complaints.setdefault(self._prefix + name, why)

    def done(self) -> None:
        """Raise `BadFields` where anything was wrong."""
        if self.complaints:
            raise BadFields(self.complaints)

    def has(self, name: str) -> bool:
        """Whether the field says anything."""
        return self._source.get(name) is not None

    def inner(self, name: str) -> Reader:
        """An object inside this one; its complaints are this one's."""
        return Reader(self._source.get(name), prefix=f"{self._prefix}{name}.", complaints=self.complaints)

    def raw(self, name: str) -> Any:
        """The field as it was sent."""
        return self._source.get(name)

    def text(self, name: str, *, most: int, needed: bool = True) -> str:
        """A text without the dirt of typing, at most `most` characters."""
        value = self._source.get(name)
        if value is None or value == "":
            if needed:
                self.complain(name, MISSING)
            return ""
        if not isinstance(value, str):
            self.complain(name, WRONG)
            return ""
        tidy = clean(value)
        if len(tidy) > most:
            self.complain(name, N_("最多 %(n)s 个字。", n=most))
        if needed and not tidy:
            self.complain(name, MISSING)
        return tidy

    def number(self, name: str, *, least: int = 0, most: int = LARGEST_ID, needed: bool = True) -> int | None:
        """A whole number within bounds."""
        value = self._source.get(name)
        if value is None and not needed:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.complain(name, MISSING if value is None else WRONG)
            return None
        return value

    def numbers(self, name: str, *, most: int) -> tuple[int, ...]:
        """Ids, each once."""
        value = self._source.get(name)
        sound = isinstance(value, list) and 0 < len(value) <= most
        if not sound or not all(isinstance(one, int) and 0 < one <= LARGEST_ID for one in value or ()):
            self.complain(name, WRONG)
            return ()
        return tuple(dict.fromkeys(value or ()))

    def choice(self, name: str, among: type[Choice], *, default: Choice | None = None) -> Choice:
        """One of an enum's values."""
        value, first = self._source.get(name), default or next(iter(among))
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or value not in set(among):
            self.complain(name, MISSING if value is None else UNKNOWN)
            return first
        return among(value)

    def choices(self, name: str, among: type[Choice]) -> tuple[Choice, ...]:
        """Some of an enum's values, each once."""
        value = self._source.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) and one in set(among) for one in value):
            self.complain(name, UNKNOWN)
            return ()
        return tuple(among(one) for one in dict.fromkeys(value))

    def words(self, name: str, *, most: int, length: int) -> tuple[str, ...]:
        """Some short keys, each once."""
        value = self._source.get(name)
        sound = isinstance(value, list) and len(value) <= most
        if not sound or not all(isinstance(one, str) and 0 < len(one) <= length for one in value or ()):
            self.complain(name, WRONG)
            return ()
        return tuple(dict.fromkeys(value or ()))

    def uuid(self, name: str) -> str:
        """A UUID of version 4 in lower case."""
        value = self._source.get(name)
        if not isinstance(value, str) or not UUID.fullmatch(value):
            self.complain(name, MISSING if value is None else WRONG)
            return ""
        return value

    def moment(self, name: str) -> datetime:
        """A time with its zone."""
        value = self._source.get(name)
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
            if moment is not None and moment.tzinfo is not None and moment.year in YEARS:
                return moment.astimezone(UTC)
        except ValueError:
            pass
        self.complain(name, MISSING if value is None else WRONG)
        return datetime(2000, 1, 1, tzinfo=UTC)

    def day(self, name: str, *, needed: bool = True) -> date | None:
        """A calendar day."""
        value = self._source.get(name)
        if value is None and not needed:
            return None
        try:
            day = date.fromisoformat(value) if isinstance(value, str) and len(value) == len("2026-11-22") else None
        except ValueError:
            day = None
        if day is None or day.year not in YEARS:
            self.complain(name, MISSING if value is None else WRONG)
            return None
        return day
