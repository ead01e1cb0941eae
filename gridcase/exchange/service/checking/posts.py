"""Checking posts and liaison posts with who holds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridcase.exchange.queries import lookups
from gridcase.exchange.rules import states
from gridcase.exchange.rules.states import RowState
from gridcase.exchange.service.checking.base import Check, becomes, differing
from gridcase.exchange.service.lines import Line
from gridcase.grid.rules import GridLevel
from gridcase.people.models import Post
from gridcase.people.rules import Role

_COUNTY_ROLES = frozenset({Role.COUNTY_DISPATCHER, Role.COUNTY_DEPT, Role.COUNTY_MANAGER})
_TOWN_ROLES = frozenset({Role.TOWN_MANAGER})
_HIGHEST = {**dict.fromkeys(_COUNTY_ROLES, (GridLevel.COUNTY,)), **dict.fromkeys(_TOWN_ROLES, (GridLevel.TOWN,))}


class PostsCheck(Check):
    """A post keeps its role and place; its holder may change from a day on."""

    def settle(self, lines: Sequence[Line]) -> None:
        """New posts, changed ones, and who holds them."""
        known = lookups.posts(self.reach)
        taken = lookups.taken_codes(Post, [line.values["code"] for line in lines if line.values["code"] not in known])
        self._held = lookups.holders(self.reach, on=self.today)
        self._sections, self._units = lookups.sections(self.reach), lookups.units(self.reach)
        self._names = lookups.namesakes(
            [line.values["holder"] for line in lines if line.values.get("holder")], self.reach
        )
        self._homes = lookups.homes([line.values["home"] for line in lines if line.values.get("home")])
        self._members = lookups.members([home.id for home in self._homes.values()])
        for line in lines:
            place, old = self.place(line, "place"), known.get(line.values["code"])
            if line.values["code"] in taken:
                line.wrong("code", states.TAKEN)
            elif place is not None:
                self._settle(line, place, old)

    def role(self, line: Line) -> str:
        """The role of a row."""
        return str(line.values["role"])

    def _settle(self, line: Line, place: Any, old: Any | None) -> None:
        role = self.role(line)
        ties = self._ties(line, place)
        self.span(line, line.values.get("valid_from") or (old.valid_from if old else self.on))
        if old is not None:
            self._known(line, old, role, place, ties)
        else:
            if place.level not in _HIGHEST.get(Role(role), (place.level,)):
                line.wrong("role" if "role" in line.values else "place", states.ROLE_LEVEL)
            line.state = RowState.NEW
            line.ready = {
                "role": role, "place_id": place.id, "place_path": place.path, **ties,
                "paid": bool(line.values.get("paid")), "valid_from": line.values.get("valid_from") or self.on,
            }  # fmt: skip
        self._holder(line, place, old)

    def _known(self, line: Line, old: Any, role: str, place: Any, ties: dict[str, int]) -> None:
        if (old.role == Role.LIAISON) != (role == Role.LIAISON):
            line.wrong("code", states.NOT_A_LIAISON if old.role == Role.LIAISON else states.ONLY_LIAISONS)
        elif old.role != role or old.place_id != place.id:
            line.wrong("place" if old.role == role else "role", states.POST_FIXED)
        changes = differing(line, old._mapping, ("title", "paid", "valid_from", "valid_to"))
        changes |= {key: value for key, value in ties.items() if value != getattr(old, key)}
        becomes(line, changes, ended="valid_to" in changes)
        line.target_id = old.id

    def _ties(self, line: Line, place: Any) -> dict[str, int]:
        """The section and the unit a post belongs to."""
        ties: dict[str, int] = {}
        for key, found in (
            ("section", self._sections.get((place.village_id, line.values.get("section") or ""))),
            ("unit", self._units.get(line.values.get("unit") or "")),
        ):
            if line.values.get(key) is not None and found is None:
                line.wrong(key, states.UNKNOWN)
            elif found is not None:
                ties[f"{key}_id"] = found.id
        return ties

    def _holder(self, line: Line, place: Any, old: Any | None) -> None:
        name, phone = line.values.get("holder"), line.values.get("phone")
        if name is None:
            return
        held = self._held.get(old.id) if old is not None else None
        if held is not None and held.name == name and line.values.get("home") is None:
            if phone is not None and phone != held.phone:
                self._add(line, {"call": {"person_id": held.person_id, "phone": phone}})
            return
        person = self._person(line, place, name, phone)
        if held is not None and person == held.person_id:
            return
        if person is not None and person == self.actor.person_id:
            line.wrong("holder", states.NOT_YOURSELF)
        start = line.values.get("since") or (line.ready.get("valid_from") if old is None else None) or self.on
        self._add(line, {"appoint": {"person_id": person, "name": name, "phone": phone, "from": start.isoformat()}})

    def _person(self, line: Line, place: Any, name: str, phone: str | None) -> int | None:
        """The person meant, where one is known: of the home named, else of this name and phone; None: somebody new."""
        if line.values.get("home") is not None:
            home = self._homes.get(line.values["home"])
            if home is None or not self.reach.covers(home.path):
                line.wrong("home", states.UNKNOWN)
                return None
            found = self._members.get((home.id, name), [])
            if not found:
                line.wrong("home", states.NO_PERSON)
            return found[0].person_id if found else None
        alike = [row for row in self._names.get(name, []) if phone is not None and row.phone == phone]
        if len(alike) > 1:
            line.wrong("holder", states.TWO_HOLDERS)
        return alike[0].id if alike else None

    def _add(self, line: Line, more: dict[str, Any]) -> None:
        line.ready = {**line.ready, **more}
        if line.state is RowState.SAME:
            line.state = RowState.CHANGED


class LiaisonsCheck(PostsCheck):
    """Posts of one role, in a village."""

    def role(self, line: Line) -> str:
        """Always a liaison."""
        return Role.LIAISON

    def _settle(self, line: Line, place: Any, old: Any | None) -> None:
        if place.village_id is None:
            line.wrong("place", states.NOT_A_VILLAGE)
        super()._settle(line, place, old)
