"""Checking households and their members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridcase.exchange.queries import lookups
from gridcase.exchange.rules import states
from gridcase.exchange.rules.states import RowState
from gridcase.exchange.service.checking.base import Check, becomes, differing
from gridcase.exchange.service.lines import Line
from gridcase.grid.rules import GridLevel

_HOME = (
    "head_name", "phone", "address", "hamlet", "external_code", "absent", "floating", "since", "ended_on", "ended_why",
)  # fmt: skip
_PERSON = ("gender", "born_on", "phone")


class HouseholdsCheck(Check):
    """Homes in their cells or groups."""

    def settle(self, lines: Sequence[Line]) -> None:
        """New homes, changed ones, and those that move or end."""
        known = lookups.homes([line.values["code"] for line in lines])
        for line in lines:
            grid, old = self.place(line, "grid"), known.get(line.values["code"])
            if old is not None and not self.reach.covers(old.path):
                line.wrong("code", states.TAKEN)
            if grid is not None and grid.level not in (GridLevel.GROUP, GridLevel.CELL):
                line.wrong("grid", states.NOT_HERE)
            self._pairs(line)
            if line.sound:
                assert grid is not None
                line.part = self.villages[grid.village_id].path if grid.village_id in self.villages else grid.path
                if old is None:
                    self._fresh(line, grid)
                else:
                    self._known(line, grid, old)

    def _pairs(self, line: Line) -> None:
        if (line.values.get("lon") is None) != (line.values.get("lat") is None):
            line.wrong("lat" if line.values.get("lat") is None else "lon", states.BOTH_DEGREES)
        if (line.values.get("ended_on") is None) != (line.values.get("ended_why") is None):
            line.wrong("ended_why" if line.values.get("ended_why") is None else "ended_on", states.WHY_ENDED)

    def _fresh(self, line: Line, grid: Any) -> None:
        values = line.values
        since = values.get("since") or self.on
        self.span(line, since, key="ended_on")
        line.state = RowState.NEW
        line.ready = {
            "code": values["code"], "village_id": grid.village_id, "grid_id": grid.id, "path": grid.path,
            "head_name": values["head_name"],
            "address": values.get("address") or "", "phone": values.get("phone"), "hamlet": values.get("hamlet") or "",
            "external_code": values.get("external_code"), "absent": bool(values.get("absent")),
            "floating": bool(values.get("floating")), "since": since, "ended_on": values.get("ended_on"),
            "ended_why": values.get("ended_why"), "lon": values.get("lon"), "lat": values.get("lat"),
        }  # fmt: skip

    def _known(self, line: Line, grid: Any, old: Any) -> None:
        if old.village_id != grid.village_id:
            line.wrong("grid", states.FOREIGN_HOME)
            return
        self.span(line, old.since, key="ended_on")
        changes = differing(line, old._mapping, _HOME)
        lon, lat = line.values.get("lon"), line.values.get("lat")
        if lon is not None and (old.lon is None or (lon, lat) != (round(old.lon, 7), round(old.lat, 7))):
            changes |= {"lon": lon, "lat": lat}
        if old.grid_id != grid.id:
            changes["move"] = grid.id
        becomes(line, changes, ended="ended_on" in changes)
        line.target_id = old.id


class MembersCheck(Check):
    """Who lives in which home. A person who holds a post already is the same person, by name and phone."""

    def settle(self, lines: Sequence[Line]) -> None:
        """New members, changed ones, and those who left."""
        homes = lookups.homes([line.values["household"] for line in lines])
        inside = {code: home for code, home in homes.items() if self.reach.covers(home.path)}
        known = lookups.members([home.id for home in inside.values()])
        names = {line.values["name"] for line in lines if line.values.get("phone")}
        villages = [self.villages[home.village_id].path for home in inside.values() if home.village_id in self.villages]
        workers = lookups.without_home(names, villages)
        for line in lines:
            home = inside.get(line.values["household"])
            if home is None:
                line.wrong("household", states.UNKNOWN)
                continue
            line.part = self.villages[home.village_id].path if home.village_id in self.villages else home.path
            old = _same(line, known.get((home.id, line.values["name"]), []))
            if old is None:
                self._fresh(line, home, workers)
            else:
                self._known(line, old)

    def _fresh(self, line: Line, home: Any, workers: dict[tuple[str, str], Any]) -> None:
        values = line.values
        start = values.get("valid_from") or home.since or self.on
        self.span(line, start)
        worker = workers.pop((values["name"], values["phone"]), None) if values.get("phone") else None
        line.state = RowState.JOINS if worker is not None else RowState.NEW
        line.target_id = worker.id if worker is not None else None
        line.ready = {
            "household_id": home.id, "path": home.path, "name": values["name"],
            "gender": values.get("gender"), "born_on": values.get("born_on"), "phone": values.get("phone"),
            "relation": values["relation"], "absent": bool(values.get("absent")), "valid_from": start,
            "valid_to": values.get("valid_to"),
        }  # fmt: skip

    def _known(self, line: Line, old: Any) -> None:
        self.span(line, old.valid_from)
        person = differing(line, old._mapping, _PERSON)
        place = differing(line, old._mapping, ("relation", "absent", "valid_from", "valid_to"))
        changes = {**person, **place}
        becomes(line, changes, ended="valid_to" in place)
        if changes:
            line.ready = {
                "person": person, "place": place, "member_id": old.id, "household_id": old.household_id,
                "person_id": old.person_id, "relation": place.get("relation", old.relation),
                "absent": place.get("absent", old.absent),
            }  # fmt: skip
        line.target_id = old.person_id


def _same(line: Line, alike: list[Any]) -> Any | None:
    """Of the members of this name the one meant: by birth date where there are several, or where both say one."""
    born = line.values.get("born_on")
    if len(alike) == 1:
        return alike[0]
    return next((row for row in alike if row.born_on == born), alike[0] if alike and born is None else None)
