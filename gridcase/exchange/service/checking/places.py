"""Checking places, sections and units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridcase.exchange.queries import lookups
from gridcase.exchange.rules import columns, states
from gridcase.exchange.rules.states import RowState
from gridcase.exchange.service.checking.base import Check, becomes, differing
from gridcase.exchange.service.lines import Line
from gridcase.grid.models import Grid
from gridcase.grid.rules import GridKind, GridLevel
from gridcase.people.models import Unit

_ORDER = list(GridLevel)


class PlacesCheck(Check):
    """A place and its parent may stand in the same file."""

    def settle(self, lines: Sequence[Line]) -> None:
        """New places below known or new parents; level and parent of known ones stay."""
        own = {line.values["code"]: line for line in lines}
        fresh = [code for code in own if code not in self.places]
        taken = lookups.taken_codes(Grid, fresh)
        for line in lines:
            if bool(line.values.get("lon") is None) != bool(line.values.get("lat") is None):
                line.wrong("lon", states.BOTH_DEGREES)
            if line.values["code"] in self.places:
                self._known(line, self.places[line.values["code"]])
            elif line.values["code"] in taken:
                line.wrong("code", states.TAKEN)
            else:
                self._fresh(line, own)
        self._orphans(lines, own)

    def _known(self, line: Line, old: Any) -> None:
        above = self.villages.get(old.parent_id)
        if line.values["level"] != old.level:
            line.wrong("level", states.NO_MOVE)
        given = line.values.get("parent")
        if given is not None and old.level != GridLevel.COUNTY and above is not None and above.code != given:
            line.wrong("parent", states.NO_MOVE)
        elif given is not None and above is None and given not in self._above_reach(old):
            line.wrong("parent", states.UNKNOWN)
        start = line.values.get("valid_from") or old.valid_from
        if start > old.valid_from:
            line.wrong("valid_from", states.STARTS_LATER)
        self.span(line, start)
        keys = ("name", "kind", "external_code", "lon", "lat", "valid_from", "valid_to")
        changes = differing(line, old._mapping, keys)
        becomes(line, changes, ended="valid_to" in changes)
        line.target_id = old.id

    def _above_reach(self, old: Any) -> set[str]:
        """The code of the place right above the reach's own top: the file names it, though it is not the actor's."""
        return lookups.codes_of([old.parent_id]) if old.parent_id else set()

    def _fresh(self, line: Line, own: dict[str, Line]) -> None:
        values = line.values
        level, parent = values["level"], values.get("parent")
        if level == GridLevel.COUNTY:
            if not self.reach.everywhere:
                line.wrong("level", states.NO_COUNTY)
            elif parent is not None:
                line.wrong("parent", states.BAD_PARENT)
        else:
            self._parent(line, own)
        self.span(line, values.get("valid_from") or self.on)
        line.state = RowState.NEW
        line.ready = {
            "kind": values.get("kind") or GridKind.GENERAL, "valid_from": values.get("valid_from") or self.on,
            "parent": parent,
        }  # fmt: skip

    def _parent(self, line: Line, own: dict[str, Line]) -> None:
        code = line.values.get("parent")
        known = self.places.get(code or "")
        found = known.level if known is not None else own[code].values["level"] if code in own else None
        if code is None:
            line.wrong("parent", columns.EMPTY)
        elif found is None:
            line.wrong("parent", states.UNKNOWN)
        elif _ORDER.index(found) != _ORDER.index(line.values["level"]) - 1:
            line.wrong("parent", states.BAD_PARENT)

    def _orphans(self, lines: Sequence[Line], own: dict[str, Line]) -> None:
        """A place below one that cannot be taken over cannot be either."""
        for line in sorted(lines, key=lambda one: _ORDER.index(one.values["level"])):
            above = own.get(line.values.get("parent") or "")
            if line.sound and line.state is RowState.NEW and above is not None and not above.sound:
                line.wrong("parent", states.UNKNOWN)


class SectionsCheck(Check):
    """Sections of villages."""

    def settle(self, lines: Sequence[Line]) -> None:
        """A section is named by its village and its own code."""
        known = lookups.sections(self.reach)
        for line in lines:
            village = self.place(line, "village")
            if village is None:
                continue
            if village.level != GridLevel.VILLAGE:
                line.wrong("village", states.NOT_A_VILLAGE)
                continue
            old = known.get((village.id, line.values["code"]))
            if old is None:
                line.state, line.ready = RowState.NEW, {"village_id": village.id, "place_path": village.path}
            else:
                becomes(line, differing(line, old._mapping, ("name",)))
                line.target_id = old.id


class UnitsCheck(Check):
    """Offices of towns and counties."""

    def settle(self, lines: Sequence[Line]) -> None:
        """A unit stays where it is."""
        known = lookups.units(self.reach)
        taken = lookups.taken_codes(Unit, [line.values["code"] for line in lines if line.values["code"] not in known])
        for line in lines:
            place, old = self.place(line, "place"), known.get(line.values["code"])
            if line.values["code"] in taken:
                line.wrong("code", states.TAKEN)
            elif place is not None and old is not None:
                if old.place_id != place.id:
                    line.wrong("place", states.NO_MOVE)
                becomes(line, differing(line, old._mapping, ("name", "kind")))
                line.target_id = old.id
            elif place is not None:
                line.state, line.ready = RowState.NEW, {"place_id": place.id, "place_path": place.path}
