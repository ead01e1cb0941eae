"""Invented people: names, families and homes. Likeness to anybody is chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from gridcase.core import outlines
from gridcase.grid.rules import household_code
from gridcase.households.rules import CareTier
from gridcase.households.service import HouseholdRow, MemberRow
from gridcase.seed.places import Size, Spot, share
from gridcase.seed.reference import read_csv

LARGEST = 8
CONNECTED_SHARE, CONCERNED_SHARE = 0.04, 0.16
# (relation, gender, age): who lives in a home of each size; the head is first.
_OLD_ALONE = (("head", "f", 76),)
_OLD_PAIR = (("head", "m", 72), ("spouse", "f", 70))
_LEFT_BEHIND = (("head", "m", 66), ("spouse", "f", 64), ("grandchild", "f", 9))
_COUPLE = (("head", "m", 45), ("spouse", "f", 43))
_SHAPES: dict[int, tuple[tuple[tuple[str, str, int], ...], ...]] = {
    1: (_OLD_ALONE, (("head", "m", 58),), (("head", "m", 41),)),
    2: (_OLD_PAIR, _OLD_PAIR, _COUPLE, (("head", "m", 49), ("parent", "f", 78))),
    3: ((*_COUPLE, ("child", "m", 16)), (*_COUPLE, ("child", "f", 20)), _LEFT_BEHIND),
    4: ((*_COUPLE, ("child", "f", 18), ("child", "m", 12)), (*_COUPLE, ("child", "m", 17), ("parent", "f", 71))),
    5: ((*_COUPLE, ("child", "f", 15), ("child", "m", 10), ("parent", "f", 72)),),
    6: ((*_COUPLE, ("child", "m", 19), ("child", "f", 13), ("parent", "m", 74), ("parent", "f", 71)),),
}
_MORE = (("grandchild", "m", 3), ("sibling", "m", 51))


class Names:
    """Names as villages have them: a few surnames are common in each."""

    def __init__(self, rng: Random) -> None:
        parts: dict[str, list[str]] = {}
        weights: list[int] = []
        for row in read_csv("names.csv"):
            parts.setdefault(row["kind"], []).append(row["text"])
            if row["kind"] == "surname":
                weights.append(int(row["weight"]))
        self._rng, self._surnames, self._weights = rng, parts["surname"], weights
        self._first, self._second = parts["given_first"], {g: parts[f"given_second_{g}"] for g in "mf"}
        self._clans = rng.choices(self._surnames, weights=weights, k=6)

    def surname(self) -> str:
        """One of the village's clans, or any."""
        if self._rng.random() < 0.6:
            return self._rng.choice(self._clans)
        return self._rng.choices(self._surnames, weights=self._weights)[0]

    def given(self, gender: str) -> str:
        """One or two characters."""
        second = self._rng.choice(self._second[gender])
        return second if self._rng.random() < 0.2 else self._rng.choice(self._first) + second

    def full(self, gender: str) -> str:
        """Somebody's whole name."""
        return self.surname() + self.given(gender)


@dataclass(frozen=True)
class Home:
    """A row of the register and what the circles are drawn from."""

    row: HouseholdRow
    lon: float
    lat: float


def homes_of(spots: Sequence[Spot], size: Size, *, village_name: str, rng: Random, today: date) -> list[Home]:
    """The whole register of a village: exactly `size.homes` homes and `size.persons` persons."""
    names = Names(rng)
    sizes = iter(_sizes(size.homes, size.persons, rng))
    counts = share(size.homes, [outlines.area_m2(spot.ring) ** 0.25 * rng.uniform(0.95, 1.05) for spot in spots])
    families: list[tuple[Spot, int, tuple[MemberRow, ...]]] = []
    for spot, count in zip(spots, counts, strict=True):
        for n in range(1, count + 1):
            families.append((spot, n, _family(next(sizes), names, rng, today)))
    tiers = _tiers([members for _, _, members in families], rng, today)
    phones = _phones(rng)
    homes = []
    for (spot, n, members), tier in zip(families, tiers, strict=True):
        lon, lat = outlines.point_inside(spot.ring, rng)
        row = HouseholdRow(
            code=household_code(spot.grid.code, n), grid=spot.grid, address=f"{village_name}{spot.grid.name}{n}号",
            members=members, lon=lon, lat=lat, tier=tier, phone=next(phones),
            absent=rng.random() < 0.12, floating=rng.random() < 0.03,
        )  # fmt: skip
        homes.append(Home(row, lon, lat))
    return homes


def _sizes(homes: int, persons: int, rng: Random) -> list[int]:
    """Family sizes that add up exactly."""
    sizes = rng.choices(range(1, 8), weights=(13, 20, 20, 22, 14, 8, 3), k=homes)
    while gap := persons - sum(sizes):
        step = 1 if gap > 0 else -1
        for i in rng.sample(range(homes), min(abs(gap), homes)):
            if 1 <= sizes[i] + step <= LARGEST:
                sizes[i] += step
    return sizes


def _family(size: int, names: Names, rng: Random, today: date) -> tuple[MemberRow, ...]:
    shape = rng.choice(_SHAPES[min(size, 6)]) + _MORE[: max(0, size - 6)]
    surname, shift = names.surname(), rng.randint(-6, 8)
    return tuple(_member(relation, gender, age + shift, surname, names, rng, today) for relation, gender, age in shape)


def _member(relation: str, gender: str, age: int, surname: str, names: Names, rng: Random, today: date) -> MemberRow:
    married_in = relation == "spouse" or (relation == "parent" and gender == "f")
    name = names.full(gender) if married_in else surname + names.given(gender)
    born = today - timedelta(days=max(1, age) * 365 + rng.randint(0, 364))
    return MemberRow(name=name, relation=relation, gender=gender, born_on=born)


def _tiers(families: Sequence[Sequence[MemberRow]], rng: Random, today: date) -> list[CareTier]:
    """About 80/16/4 in a hundred, those in need first. The register brings them; people confirm changes later."""
    need = [_need(members, today) + rng.random() for members in families]
    order = sorted(range(len(need)), key=lambda i: (-need[i], i))
    reds, yellows = round(len(need) * CONNECTED_SHARE), round(len(need) * CONCERNED_SHARE)
    tiers = [CareTier.REASSURED] * len(need)
    for place, i in enumerate(order[: reds + yellows]):
        tiers[i] = CareTier.CONNECTED if place < reds else CareTier.CONCERNED
    return tiers


def _need(members: Sequence[MemberRow], today: date) -> float:
    ages = [(today - member.born_on).days / 365 for member in members if member.born_on]
    carers = sum(18 <= age < 62 for age in ages)
    frail = sum(age >= 75 for age in ages) + sum(age < 14 for age in ages)
    return frail * 0.7 / (1 + 2 * carers)


def _phones(rng: Random) -> Iterator[str]:
    """Numbers that ring nowhere: no Chinese operator was given 154."""
    while True:
        yield f"154{rng.randint(0, 99_999_999):08d}"
