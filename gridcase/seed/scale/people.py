"""Homes and posts for measuring: one person a home, a duty desk and a station a town, a head and liaisons a village."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from gridcase.grid.rules import household_code
from gridcase.households.models import CirclePlace, Household, HouseholdPlace, HouseholdPoint, Member
from gridcase.households.rules import CareTier
from gridcase.people.models import Holding, Person, Post, Unit
from gridcase.people.rules import Role, UnitKind
from gridcase.seed.places import HOMES_A_CIRCLE, share
from gridcase.seed.scale import writing
from gridcase.seed.scale.places import Home, Town, Village

_SURNAMES = (("王", "w"), ("李", "l"), ("张", "z"), ("刘", "l"), ("陈", "c"), ("周", "z"), ("曹", "c"), ("孙", "s"))
_GIVEN = (("建国", "jg"), ("秀英", "xy"), ("志强", "zq"), ("桂兰", "gl"), ("海波", "hb"), ("玉梅", "ym"))
_HOUSEHOLD = "id code village_id grid_id path head_name initials address phone tier absent floating next_visit_on"


def write_homes(towns: Sequence[Town], count: int, *, since: date, today: date, rng: Random) -> None:
    """Homes with their heads, spread evenly over the cells."""
    villages = [village for town in towns for village in town.villages]
    ids, persons = writing.reserve(Household, count), writing.reserve(Person, count)
    rows: list[tuple[Any, ...]] = []
    for village, own in zip(villages, share(count, [1.0] * len(villages)), strict=True):
        for cell, homes in zip(village.cells, share(own, [1.0] * len(village.cells)), strict=True):
            for n in range(1, homes + 1):
                at = tuple(c + rng.random() * s for c, s in zip(cell.corner, cell.side, strict=True))
                home = Home(next(ids), next(persons), cell, (at[0], at[1]))
                village.homes.append(home)
                rows.append(_values(home, village, n, today, rng))
    writing.write(Household, _HOUSEHOLD, rows)
    homes_made = [home for village in villages for home in village.homes]
    writing.write(
        HouseholdPoint, "household_id geom source", ((h.id, writing.point_text(h.at), "scale") for h in homes_made)
    )
    writing.write(
        HouseholdPlace, "household_id grid_id reason valid_from",
        ((h.id, h.cell.id, "scale", since) for h in homes_made),
    )  # fmt: skip
    writing.write(
        Person, "id name initials gender place_path",
        ((h.person_id, row[5], row[6], "m", row[4]) for h, row in zip(homes_made, rows, strict=True)),
    )  # fmt: skip
    writing.write(
        Member, "household_id person_id relation valid_from", ((h.id, h.person_id, "head", since) for h in homes_made)
    )


def _values(home: Home, village: Village, n: int, today: date, rng: Random) -> tuple[Any, ...]:
    (surname, one), (given, two) = rng.choice(_SURNAMES), rng.choice(_GIVEN)
    tier = rng.choices(tuple(CareTier), weights=(80, 16, 4))[0]
    due = today + timedelta(days=rng.randint(-3, tier.interval_days))
    cell = home.cell
    return (
        home.id, household_code(cell.code, n), village.id, cell.id, cell.path, surname + given, one + two, f"{n}号",
        f"154{home.id % 100_000_000:08d}", tier, False, False, due,
    )  # fmt: skip


class _Staff:
    """The rows of posts and holdings on their way into the database."""

    def __init__(self, ids: Iterator[int], since: date) -> None:
        self.ids, self.since = ids, since
        self.rows: list[tuple[Any, ...]] = []
        self.holdings: list[tuple[Any, ...]] = []
        self.first: dict[str, int] = {}

    def add(self, role: Role, place: Town | Village, holder: Home, unit: int | None = None) -> int:
        """One post with its holder; returns its id."""
        post_id, paid = next(self.ids), role is not Role.LIAISON
        self.rows.append((post_id, f"S-{post_id}", role, str(role.label), place.id, place.path, unit, paid, self.since))
        self.holdings.append((post_id, holder.person_id, self.since, False))
        self.first.setdefault(role, holder.person_id)
        return post_id


def write_posts(towns: Sequence[Town], *, since: date) -> dict[str, int]:
    """Posts, their holders and the circles; returns the person who holds the first post of each role."""
    villages = [village for town in towns for village in town.villages]
    liaisons = sum(-(-len(village.homes) // HOMES_A_CIRCLE) for village in villages)
    staff = _Staff(writing.reserve(Post, 2 * len(towns) + len(villages) + liaisons), since)
    units = _stations(towns, staff)
    circles = [place for village in villages for place in _village(village, staff)]
    writing.write(Unit, "id code name kind place_id place_path", units)
    writing.write(Post, "id code role title place_id place_path unit_id paid valid_from", staff.rows)
    writing.write(Holding, "post_id person_id valid_from stand_in", staff.holdings)
    writing.write(CirclePlace, "household_id post_id valid_from reason", circles)
    return staff.first


def _stations(towns: Sequence[Town], staff: _Staff) -> list[tuple[Any, ...]]:
    ids = writing.reserve(Unit, 2 * len(towns))
    units: list[tuple[Any, ...]] = []
    for town in towns:
        desk, town.station = next(ids), next(ids)
        units.append((desk, f"{town.code}-U1", "综治中心", UnitKind.ZONGZHI, town.id, town.path))
        units.append((town.station, f"{town.code}-U2", "水利站", UnitKind.STATION, town.id, town.path))
        homes = town.villages[0].homes
        town.desk_post = staff.add(Role.DISPATCHER, town, homes[-1], desk)
        staff.add(Role.DEPT, town, homes[-2], town.station)
    return units


def _village(village: Village, staff: _Staff) -> Iterator[tuple[Any, ...]]:
    village.head_post = staff.add(Role.VILLAGE_HEAD, village, village.homes[-3])
    for start in range(0, len(village.homes), HOMES_A_CIRCLE):
        own = village.homes[start : start + HOMES_A_CIRCLE]
        post = staff.add(Role.LIAISON, village, own[0])
        village.liaison_posts.append(post)
        for home in own:
            yield home.id, post, staff.since, ""
