"""What a form comes to: blocks of lines of numbers, as they are shown, kept and added up. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from gridcase.core.periods import Period
from gridcase.core.words import Both, Text
from gridcase.measures.rules import Shape

Words = Text | Both | str
Number = float | int
ADDED = frozenset({Shape.COUNT, Shape.SUM})
WITHOUT = frozenset({"None", "00", "0000"})  # the keys of lines of what has no group, or no class yet
PARTS_OF = {Shape.SHARE: 1, Shape.RATE: 100}


def _kept(words: Words) -> Any:
    if isinstance(words, Both):
        return {"zh": words.zh, "en": words.en}
    return words.as_json() if isinstance(words, Text) else words


def _said(kept: Any) -> Words:
    if not isinstance(kept, Mapping):
        return str(kept)
    return Both(kept["zh"], kept["en"]) if "zh" in kept else Text.from_json(kept)


@dataclass(frozen=True)
class Head:
    """A column: what it holds, and how such numbers are written and added."""

    label: Words
    unit: Words = ""
    shape: str = Shape.COUNT
    group: Words = ""  # the group it belongs to, where columns are told apart
    measure: str = ""
    under: Words = ""  # what is to be known of the numbers, as how many have been entered

    def as_json(self) -> dict[str, Any]:
        """As a run keeps it."""
        kept = {
            "label": _kept(self.label), "unit": _kept(self.unit), "shape": str(self.shape), "group": _kept(self.group),
            "measure": self.measure,
        }  # fmt: skip
        return kept | ({"under": _kept(self.under)} if self.under else {})

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read back what `as_json` wrote."""
        return cls(
            _said(kept["label"]), _said(kept["unit"]), kept["shape"], _said(kept["group"]), kept["measure"],
            _said(kept.get("under", "")),
        )  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A number, what it is measured against, and the values of the link to its rows."""

    number: Number | None = None
    of: Number | None = None
    link: Mapping[str, str] | None = None

    def as_json(self) -> list[Number | None]:
        """As a run keeps it: without the link, for the rows of today are not those of then."""
        return [self.number] if self.of is None else [self.number, self.of]


@dataclass(frozen=True)
class Line:
    """A row: one group of what is told apart, or one figure of a list of figures."""

    key: str
    label: Words
    cells: tuple[Cell, ...]
    head: Head | None = None  # of a list of figures: each line has its own unit

    def as_json(self) -> dict[str, Any]:
        """As a run keeps it."""
        kept: dict[str, Any] = {
            "key": self.key, "label": _kept(self.label), "cells": [cell.as_json() for cell in self.cells],
        }  # fmt: skip
        return kept | ({"head": self.head.as_json()} if self.head else {})

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read back what `as_json` wrote."""
        cells = tuple(Cell(*cell) for cell in kept["cells"])
        return cls(kept["key"], _said(kept["label"]), cells, Head.from_json(kept["head"]) if "head" in kept else None)


@dataclass(frozen=True)
class Block:
    """One table. `rows` is what its lines are told apart by; empty, its lines are figures."""

    heads: tuple[Head, ...]
    lines: tuple[Line, ...]
    total: Line | None = None
    rows: Words = ""
    head: str = ""
    head_en: str = ""
    places: bool = False  # the lines are places: another town has other ones
    by: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As a run keeps it."""
        return {
            "heads": [head.as_json() for head in self.heads], "lines": [line.as_json() for line in self.lines],
            "total": self.total.as_json() if self.total else None, "rows": _kept(self.rows), "head": self.head,
            "head_en": self.head_en, "places": self.places, "by": [str(one) for one in self.by],
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Read back what `as_json` wrote."""
        return cls(
            tuple(map(Head.from_json, kept["heads"])), tuple(map(Line.from_json, kept["lines"])),
            Line.from_json(kept["total"]) if kept["total"] else None, _said(kept["rows"]), kept["head"],
            kept["head_en"], kept["places"], tuple(kept["by"]),
        )  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """A report of a place and a period."""

    title: str
    title_en: str
    office: str
    period: Period
    blocks: tuple[Block, ...]
    notes: str = ""
    notes_en: str = ""

    @property
    def rows(self) -> int:
        """How many lines its tables have, without their sums."""
        return sum(len(block.lines) for block in self.blocks)

    def as_json(self) -> dict[str, Any]:
        """As a run keeps it."""
        return {
            "title": self.title, "title_en": self.title_en, "office": self.office, "period": str(self.period),
            "blocks": [block.as_json() for block in self.blocks], "notes": self.notes, "notes_en": self.notes_en,
        }  # fmt: skip

    @classmethod
    def from_json(cls, kept: Mapping[str, Any], *, period: Period) -> Self:
        """Read back what `as_json` wrote."""
        return cls(
            kept["title"], kept["title_en"], kept["office"], Period.read(kept["period"], default=period),
            tuple(Block.from_json(block) for block in kept["blocks"]), kept["notes"], kept["notes_en"],
        )  # fmt: skip


def by_code(key: str) -> tuple[bool, str]:
    """Lines stand by their codes, those of what has none last."""
    return key in WITHOUT, key


def added(cells: Sequence[Cell], shape: str) -> Cell:
    """Numbers of several places as one. Shares are added by what they are shares of; a median cannot be added."""
    known = [cell for cell in cells if cell.number is not None]
    if shape in PARTS_OF:
        whole = sum(cell.of or 0 for cell in known)
        hits = sum((cell.number or 0) * (cell.of or 0) for cell in known)
        return Cell(hits / whole if whole else None, whole)
    if shape not in ADDED or not known:
        return Cell()
    return Cell(sum(cell.number or 0 for cell in known))
