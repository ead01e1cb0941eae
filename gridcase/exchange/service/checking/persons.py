"""Who is meant by a name in a row: of a home, or of a name and phone; else somebody new."""

from __future__ import annotations

from collections.abc import Sequence

from gridcase.exchange.queries import lookups
from gridcase.exchange.queries.lookups import Reach
from gridcase.exchange.rules import states
from gridcase.exchange.service.lines import Line


class Persons:
    """The persons a file's rows may mean, asked for once."""

    def __init__(self, lines: Sequence[Line], reach: Reach) -> None:
        self._reach = reach
        self._names = lookups.namesakes(
            [line.values["holder"] for line in lines if line.values.get("holder")], reach
        )  # fmt: skip
        self._homes = lookups.homes([line.values["home"] for line in lines if line.values.get("home")])
        self._members = lookups.members([home.id for home in self._homes.values()])

    def meant(self, line: Line, *, held: int | None = None) -> int | None:
        """The person's id where one is known; of namesakes in one home the one who is `held` already."""
        name, phone = line.values["holder"], line.values.get("phone")
        if line.values.get("home") is not None:
            return self._of_home(line, name, phone, held)
        alike = [row for row in self._names.get(name, []) if phone is not None and row.phone == phone]
        if len(alike) > 1:
            line.wrong("holder", states.TWO_HOLDERS)
        return alike[0].id if alike else None

    def _of_home(self, line: Line, name: str, phone: str | None, held: int | None) -> int | None:
        home = self._homes.get(line.values["home"])
        if home is None or not self._reach.covers(home.path):
            line.wrong("home", states.UNKNOWN)
            return None
        found = self._members.get((home.id, name), [])
        if not found:
            line.wrong("home", states.NO_PERSON)
            return None
        best = sorted(found, key=lambda row: (row.person_id != held, phone is None or row.phone != phone))
        person_id: int = best[0].person_id
        return person_id
