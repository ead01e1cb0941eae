"""The schemes that a village may start from, as files: the practice of three of the places, filled up with examples."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from gridcase.core.paths import SEED_DATA
from gridcase.points.rules import (
    PRESETS,
    AccountKind,
    Approval,
    Board,
    Item,
    Origin,
    Period,
    VetoKind,
    YearEnd,
)

FOLDER = SEED_DATA / "schemes"


@dataclass(frozen=True)
class LeftOut:
    """What a place practises and no scheme here may hold, with the reason."""

    name: str
    points: int
    note: str


@dataclass(frozen=True)
class Preset:
    """A scheme to start from. `left_out`: what lies beyond the red lines."""

    key: str
    name: str
    base_points: int
    at_year_end: YearEnd
    expire_months: int
    notice_days: int
    council_from: int
    month_budget: int | None
    boards: tuple[Board, ...]
    items: tuple[Item, ...]
    vetoes: tuple[VetoKind, ...]
    left_out: tuple[LeftOut, ...]


@cache
def standard_vetoes() -> dict[str, VetoKind]:
    """The vetoes that any village may take into its draft, by code: those of the example that has them, within the red
    lines."""
    return {veto.code: veto for preset in presets().values() for veto in preset.vetoes if veto.on}


def presets() -> Mapping[str, Preset]:
    """The presets by key, in the order of the files."""
    found = {row["preset"]: _preset(row) for row in _rows("presets")}
    return {key: found[key] for key in PRESETS}


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _preset(head: Mapping[str, str]) -> Preset:
    rows = _rows(head["preset"])
    items = [row for row in rows if row["kind"] == "item"]
    return Preset(
        key=head["preset"],
        name=head["name"],
        base_points=int(head["base_points"]),
        at_year_end=YearEnd(head["at_year_end"]),
        expire_months=int(head["expire_months"]),
        notice_days=int(head["notice_days"]),
        council_from=int(head["council_from"]),
        month_budget=int(head["month_budget"]) if head["month_budget"] else None,
        boards=tuple(Board(row["code"], row["name"], int(row["weight"])) for row in rows if row["kind"] == "board"),
        items=tuple(_item(row, rank) for rank, row in enumerate(items, start=1) if row["on"] == "1"),
        vetoes=tuple(_veto(row) for row in rows if row["kind"] == "veto"),
        left_out=tuple(LeftOut(row["name"], int(row["points"]), row["note"]) for row in items if row["on"] == "0"),
    )


def _item(row: Mapping[str, str], rank: int) -> Item:
    return Item(
        code=row["code"],
        board=row["board"],
        name=row["name"],
        criteria=row["criteria"],
        points=int(row["points"]),
        at_most=row["at_most"] == "1",
        cap=int(row["cap"]) if row["cap"] else None,
        cap_per=Period(row["cap_per"]) if row["cap_per"] else None,
        who=row["who"],
        unit=row["unit"],
        evidence=row["evidence"],
        approval=Approval(row["approval"]),
        document=row["document"] == "1",
        account=AccountKind(row["account"]),
        case_rule=row["case_rule"],
        origin=Origin(row["origin"]),
        rank=rank,
    )


def _veto(row: Mapping[str, str]) -> VetoKind:
    return VetoKind(row["code"], row["name"], row["evidence"], row["on"] == "1", row["note"])
