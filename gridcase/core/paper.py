"""A sheet of paper as data: what a page shows for printing and what `core.pdf` writes are made of the same parts.

Every text is already in the reader's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fields:
    """A boxed table: each row is one or two (label, value) pairs."""

    rows: Sequence[Sequence[tuple[str, str]]]
    kind: str = field(default="fields", init=False)


@dataclass(frozen=True)
class Words:
    """Running text, with a heading over it or without. Line ends are kept."""

    text: str
    heading: str = ""
    kind: str = field(default="words", init=False)


@dataclass(frozen=True)
class Table:
    """Many rows alike; `shares` are the widths of the columns, in any unit. The head is repeated on every page. Columns
    from `numbers_from` on hold numbers, which stand to the right."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    shares: Sequence[float]
    numbers_from: int | None = None
    kind: str = field(default="table", init=False)


@dataclass(frozen=True)
class Signs:
    """Lines to sign on."""

    labels: Sequence[str]
    kind: str = field(default="signs", init=False)


@dataclass(frozen=True)
class Seal:
    """The office, the place of its seal, and the day."""

    office: str
    note: str
    day: str
    kind: str = field(default="seal", init=False)


Block = Fields | Words | Table | Signs | Seal


@dataclass(frozen=True)
class Paper:
    """One sheet: the office above, the title, a number and a day, and what stands below them."""

    office: str
    title: str
    number: str
    day: str
    blocks: Sequence[Block]
    wide: bool = False  # laid across
    number_label: str = ""
