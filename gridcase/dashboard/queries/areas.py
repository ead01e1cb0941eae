"""How many open cases each place on the map has: the numbers behind its fill and beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func

from gridcase.cases.rules import Light
from gridcase.core.db import db
from gridcase.core.places import with_above
from gridcase.dashboard.queries.ground import Ground
from gridcase.dashboard.queries.places import Named


@dataclass(frozen=True)
class Area:
    """One place and its open cases; `id` None: those that lie in none of the places shown."""

    id: int | None
    name: str
    open: int
    late: int
    soon: int


def areas(ground: Ground, places: Sequence[Named]) -> list[Area]:
    """Every place with its numbers, those without any too; what lies in none comes last, if there is any."""
    key = {place.path: place.id for place in places}
    told: Counter[tuple[int | None, str]] = Counter()
    rows = ground.rows
    query = ground.read(rows.path, func.count(), ground.number(Light.RED), ground.number(Light.YELLOW))
    for path, number, late, soon in db.session.execute(query.group_by(rows.path)):
        place = _above(path, key)
        for name, count in (("open", number), ("late", late), ("soon", soon)):
            told[place, name] += count
    found = [(place.id, place.name) for place in places] + [(None, "")] * (told[None, "open"] > 0)
    return [Area(place, name, told[place, "open"], told[place, "late"], told[place, "soon"]) for place, name in found]


def _above(path: str, key: dict[str, int]) -> int | None:
    """Which of the places a path lies in."""
    return next((key[one] for one in with_above(path) if one in key), None)
