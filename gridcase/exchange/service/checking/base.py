"""What every check of a register shares: the reach, the columns the file has, keys seen before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from gridcase.core.permissions import Viewer
from gridcase.core.text import initials
from gridcase.exchange.queries import lookups
from gridcase.exchange.queries.lookups import Reach
from gridcase.exchange.rules import states
from gridcase.exchange.rules.columns import Register
from gridcase.exchange.rules.states import RowState
from gridcase.exchange.service.lines import Line


@dataclass
class Check:
    """The check of one file. `on`: the day from which changes hold; `today` decides what is in force now."""

    register: Register
    actor: Viewer
    on: date
    today: date
    first_rows: dict[tuple[Any, ...], int] = field(default_factory=dict)

    @cached_property
    def reach(self) -> Reach:
        """Where the actor may write."""
        return lookups.reach_of(self.actor)

    @cached_property
    def places(self) -> dict[str, Any]:
        """Places within reach by code."""
        return lookups.places(self.reach)

    @cached_property
    def villages(self) -> dict[int, Any]:
        """Places within reach by id."""
        return {row.id: row for row in self.places.values()}

    def run(self, lines: Sequence[Line]) -> None:
        """Settle what becomes of these rows; what is wrong is noted in them."""
        for line in lines:
            self._unlike(line)
        self.settle([line for line in lines if line.sound])
        for line in lines:
            if not line.sound:
                line.state, line.ready, line.target_id = RowState.WRONG, {}, None

    def settle(self, lines: Sequence[Line]) -> None:
        """What becomes of rows whose cells are sound; each register has its own way."""
        raise NotImplementedError

    def dress(self, lines: Sequence[Line]) -> None:
        """What the writer needs besides, worked out only once: the initials of names."""
        for line in lines:
            if "head_name" in line.ready or "relation" in line.ready:
                name = line.ready.get("head_name") or line.ready.get("name")
                if name:
                    line.ready["initials"] = initials(name)

    def _unlike(self, line: Line) -> None:
        """A key must not stand in the file twice."""
        if any(line.values.get(key) is None for key in self.register.identity if self.register.column(key).required):
            return
        key = tuple(line.values.get(key) for key in self.register.identity)
        if self.first_rows.setdefault(key, line.number) != line.number:
            line.wrong(self.register.identity[-1 if len(key) < 3 else 1], states.twice(self.first_rows[key]))

    def place(self, line: Line, key: str) -> Any | None:
        """The place a code names, still in use; else the cell is wrong."""
        found = self.places.get(line.values.get(key) or "")
        if found is None:
            line.wrong(key, states.UNKNOWN)
        elif found.valid_to is not None and found.valid_to <= self.on:
            line.wrong(key, states.CLOSED)
            return None
        return found

    def span(self, line: Line, start: date | None, *, key: str = "valid_to") -> None:
        """What ends must not end before it began."""
        end = line.values.get(key)
        if end is not None and start is not None and end < start:
            line.wrong(key, states.ENDS_EARLIER)


def differing(line: Line, old: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    """The values of a row that differ from what stands; an empty cell leaves it as it is."""
    return {key: line.values[key] for key in keys if line.values.get(key) is not None and line.values[key] != old[key]}


def becomes(line: Line, changes: Mapping[str, Any], *, ended: bool = False) -> None:
    """A known row: changed, ended or the same."""
    line.ready = dict(changes)
    line.state = RowState.ENDED if ended else RowState.CHANGED if changes else RowState.SAME
