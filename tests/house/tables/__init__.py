"""The matrix of rights, part by part: the lines (`TABLE`) and the objects they try (`things`)."""

from __future__ import annotations

from types import ModuleType

from tests.house.tables import (
    accounts,
    care,
    clocks,
    families,
    files,
    moves,
    people,
    places,
    planner,
    plans,
    registers,
    villager,
    voices,
)

PARTS: tuple[ModuleType, ...] = (
    places, people, families, care, planner, plans, registers, accounts, files, moves, clocks, villager, voices,
)  # fmt: skip
