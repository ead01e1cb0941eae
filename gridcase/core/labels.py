"""Enums whose members carry the word a user reads: the stored value and its label stand on one line."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Self

from gridcase.core.words import Text

_UNNAMED = Text("")  # only so that `State("stored value")` reads as what it is, a look-up


class Labelled(StrEnum):
    """`NAME = "stored value", N_("中文")`; the value is kept in the database, `label` printed on a page."""

    _value_: str
    label: Text

    def __new__(cls, value: str, label: Text = _UNNAMED) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class Marked(Labelled):
    """A labelled member with a shape beside it, so that colour is never the only sign."""

    mark: str

    def __new__(cls, value: str, label: Text = _UNNAMED, mark: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.mark = mark
        return member


class Ranked(IntEnum):
    """A labelled member whose stored value is its rank."""

    label: Text

    def __new__(cls, value: int, label: Text = _UNNAMED) -> Self:
        member = int.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member
