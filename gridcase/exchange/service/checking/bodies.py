"""Checking organisations and who sits in them: one row a seat, the body itself said the same in each of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gridcase.exchange.queries import bodies
from gridcase.exchange.rules import states
from gridcase.exchange.rules.states import RowState
from gridcase.exchange.service.checking.base import Check
from gridcase.exchange.service.checking.persons import Persons
from gridcase.exchange.service.lines import Line

_BODY = ("kind", "valid_from", "valid_to", "parent", "parent_place")
_SEAT = ("title", "rank", "since", "until", "phone", "home")
LAST_RANK = 9
Key = tuple[str, str]  # place code and name


class OrganisationsCheck(Check):
    """A body is known by its place and name, a seat by its body and person."""

    def settle(self, lines: Sequence[Line]) -> None:
        """New bodies below known or new ones, changed and closed ones; new, changed and ended seats."""
        self._known = bodies.organisations(self.reach, on=self.on)
        self._seats = bodies.seats([row.id for row in self._known.values() if self.reach.covers(row.place_path)])
        self._persons = Persons(lines, self.reach)
        self._own: dict[Key, Line] = {}
        for line in lines:
            self._own.setdefault(_key(line), line)
        for line in lines:
            place = self.place(line, "place")
            if place is not None:
                self._settle(line, place)
        self._loops(lines)
        self._closing(lines)

    def _settle(self, line: Line, place: Any) -> None:
        key, first = _key(line), self._own[_key(line)]
        for name in _BODY:
            if line.values.get(name) is not None and line.values[name] != first.values.get(name):
                line.wrong(name, states.unlike(first.number))
        old = self._known.get(key)
        start = first.values.get("valid_from") or (old.valid_from if old is not None else self.on)
        above = self._above(line, place)
        line.ready = {"place_id": place.id, "body_id": old.id if old is not None else None}
        if old is None:
            line.state = RowState.NEW
            line.ready |= {"place_path": place.path, "since": start, "above": above}
            self.span(line, start)
        else:
            self._body(line, old, above)
        self._seat(line, old, start)

    def _body(self, line: Line, old: Any, above: dict[str, Any] | None) -> None:
        """What differs of a known body is said by each of its rows and written once."""
        names = ("kind", "valid_from", "valid_to")
        changes: dict[str, Any] = {
            name: line.values[name]
            for name in names
            if line.values.get(name) is not None and line.values[name] != getattr(old, name)
        }
        if above is not None and above.get("id") != old.parent_id:
            changes["above"] = above
        self.span(line, line.values.get("valid_from") or old.valid_from)
        ended = changes.get("valid_to") is not None
        line.ready["body"] = changes
        line.state = RowState.ENDED if ended else RowState.CHANGED if changes else RowState.SAME

    def _above(self, line: Line, place: Any) -> dict[str, Any] | None:
        """The body above: of the place named, else of the own place, else of the nearest above it."""
        name = line.values.get("parent")
        if name is None:
            return None
        code = line.values.get("parent_place")
        codes = [code] if code is not None else self._codes_up(place)
        for one in codes:
            if (one, name) in self._own or (one, name) in self._known:
                old = self._known.get((one, name))
                return {"id": old.id} if old is not None else {"place": one, "name": name}
        line.wrong("parent", states.NO_BODY)
        return None

    def _codes_up(self, place: Any) -> list[str]:
        codes, step = [], place
        while step is not None:
            codes.append(step.code)
            step = self.villages.get(step.parent_id)
        return codes

    def _seat(self, line: Line, old: Any | None, body_start: Any) -> None:
        values = line.values
        if values.get("holder") is None:
            if any(values.get(name) is not None for name in _SEAT):
                line.wrong("holder", states.SEAT_EMPTY)
            return
        here = self._seats.get(old.id, []) if old is not None else []
        now = [row for row in here if row.name == values["holder"] and _runs(row, self.on)]
        if values.get("home") is None and len(now) == 1:
            person = now[0].person_id
        else:
            person = self._persons.meant(line, held=now[0].person_id if now else None)
        seated = next((row for row in now if row.person_id == person), None)
        again = self.first_rows.setdefault((*_key(line), person), line.number)
        if person is not None and again != line.number:
            line.wrong("holder", states.twice(again))
        if values.get("title") is None and seated is None:
            line.wrong("title", states.SEAT_INCOMPLETE)
        self._term(line, seated, body_start)
        self._compare(line, seated, person)

    def _term(self, line: Line, seated: Any | None, body_start: Any) -> None:
        start = line.values.get("since") or (seated.valid_from if seated is not None else self.on)
        if line.values.get("since") is not None and start < body_start:
            line.wrong("since", states.SEAT_EARLIER)
        end = line.values.get("until")
        if end is not None and end <= start:
            line.wrong("until", states.TERM_ORDER)

    def _compare(self, line: Line, seated: Any | None, person: int | None) -> None:
        values = line.values
        given = {
            "person_id": person, "name": values["holder"], "phone": values.get("phone"), "title": values.get("title"),
            "rank": values.get("rank"), "from": values.get("since"), "to": values.get("until"),
        }  # fmt: skip
        if seated is None:
            since = max(values.get("since") or self.on, line.ready.get("since") or self.on)
            line.ready["seat"] = {**given, "rank": _or(given["rank"], LAST_RANK), "from": values.get("since") or since}
            line.state = RowState.NEW
            return
        old = {"title": seated.title, "rank": seated.rank, "from": seated.valid_from, "to": seated.valid_to}
        changes = {key: given[key] for key in old if given[key] is not None and given[key] != old[key]}
        if changes:
            line.ready["seat"] = {"seat_id": seated.id, "person_id": seated.person_id, **old, **changes}
            if line.state is RowState.SAME:
                line.state = RowState.ENDED if changes.get("to") is not None else RowState.CHANGED

    def _loops(self, lines: Sequence[Line]) -> None:
        """Nothing hangs under itself, not over several steps either."""
        above: dict[Key, Key | None] = {}
        keys = {row.id: key for key, row in self._known.items()}
        for key, row in self._known.items():
            above[key] = keys.get(row.parent_id)
        for line in lines:
            found = line.ready.get("above") or line.ready.get("body", {}).get("above")
            if found is not None:
                above[_key(line)] = keys.get(found["id"]) if "id" in found else (found["place"], found["name"])
        for line in lines:
            step, seen = above.get(_key(line)), {_key(line)}
            while step is not None and step not in seen:
                seen.add(step)
                step = above.get(step)
            if step == _key(line):
                line.wrong("parent", states.BODY_LOOP)

    def _closing(self, lines: Sequence[Line]) -> None:
        """A body with others below it stands as long as they do."""
        ends = {
            line.ready["body_id"]: line.ready["body"]["valid_to"]
            for line in lines
            if line.ready.get("body", {}).get("valid_to") is not None
        }
        below = [row for row in self._known.values() if row.parent_id in ends]
        busy = {
            row.parent_id
            for row in below
            if (row.valid_to or ends.get(row.id)) is None
            or (row.valid_to or ends[row.id]) > ends[row.parent_id]
        }  # fmt: skip
        for line in lines:
            if line.ready.get("body_id") in busy and line.ready["body"].get("valid_to") is not None:
                line.wrong("valid_to", states.BODIES_BELOW)


def _key(line: Line) -> Key:
    return line.values["place"], line.values["name"]


def _runs(row: Any, on: Any) -> bool:
    return row.valid_to is None or row.valid_to > on


def _or(value: Any, other: Any) -> Any:
    return other if value is None else value
