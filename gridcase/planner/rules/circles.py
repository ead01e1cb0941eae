"""Circles proposed for a village: who serves as liaison, and every home in exactly one circle of the right size. Pure.

First what the homes asked for: a whole-number program chooses who serves so that the nominations honoured weigh most;
it is solved to the end, so that what is honoured equals the bound. Then, with those who serve, one transport program
(its corners are whole numbers) puts every home into a circle: honouring as much, then near, of about the target's size,
and with few changes.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from gridcase.grid.rules import SizeLimits
from gridcase.planner.rules.branch import decided
from gridcase.planner.rules.ground import Home, between, metres
from gridcase.planner.rules.program import Numbers, Program

SCALE = 1000.0  # one unit of honour against the tie-break of keeping today's liaisons
FAR = 20_000.0  # metres from which on farther makes no difference


@dataclass(frozen=True)
class Candidate:
    """Someone who may serve: nominated, or a liaison today. `home`: the household he lives in, where it is one of the
    village's; `today`: the post of the circle he leads today."""

    person: int
    home: int | None = None
    today: int | None = None


@dataclass(frozen=True)
class CircleRules:
    """What circles are planned by. `weights`: first, second, third choice; `own_home`: who serves looks after his own
    home too; `number`: how many serve (None: as many as bring circles near the target)."""

    limits: SizeLimits = field(default_factory=SizeLimits)
    weights: tuple[int, int, int] = (3, 2, 1)
    own_home: bool = True
    number: int | None = None
    change_metres: float = 50.0
    uneven_metres: float = 30.0  # a home more or less than the target
    seconds: float = 15.0
    seed: int = 1


@dataclass(frozen=True)
class Village:
    """Homes, who may serve, whom the homes would trust (persons by rank), and their post of today."""

    homes: tuple[Home, ...]
    candidates: tuple[Candidate, ...]
    nominations: Mapping[int, Sequence[int]]
    posts: Mapping[int, int] = field(default_factory=dict)
    rules: CircleRules = field(default_factory=CircleRules)

    @cached_property
    def row(self) -> dict[int, int]:
        """The place of each home."""
        return {home.id: number for number, home in enumerate(self.homes)}

    @cached_property
    def seat(self) -> dict[int, int]:
        """The place of each candidate's person."""
        return {one.person: number for number, one in enumerate(self.candidates)}

    @cached_property
    def wishes(self) -> dict[tuple[int, int], int]:
        """(home, candidate) -> weight of the wish; the same person named twice counts by the better rank."""
        found: dict[tuple[int, int], int] = {}
        for home, persons in self.nominations.items():
            for rank, person in enumerate(persons[:3]):
                pair = (self.row.get(home, -1), self.seat.get(person, -1))
                if min(pair) >= 0 and self._may(*pair):
                    found[pair] = max(found.get(pair, 0), self.rules.weights[rank])
        return found

    def _may(self, home: int, candidate: int) -> bool:
        return self.rules.own_home or self.candidates[candidate].home != self.homes[home].id

    @cached_property
    def own(self) -> dict[int, list[int]]:
        """The candidates who live in each home of the village."""
        living: dict[int, list[int]] = {}
        for seat, one in enumerate(self.candidates):
            if one.home in self.row:
                living.setdefault(self.row[one.home], []).append(seat)
        return living

    @cached_property
    def away(self) -> Numbers:
        """Metres from each home to each candidate: to his home, else to the middle of those who want him or whose
        liaison he is."""
        places = metres([(home.lon, home.lat) for home in self.homes])
        spots = np.full((len(self.candidates), 2), np.nan)
        for seat, one in enumerate(self.candidates):
            home = self.row.get(one.home) if one.home is not None else None
            if home is not None and not np.isnan(places[home]).any():
                spots[seat] = places[home]
            else:
                fond = [row for row, seated in self.wishes if seated == seat]
                fond += [self.row[home] for home, post in self.posts.items() if post == one.today and home in self.row]
                known = places[fond][~np.isnan(places[fond]).any(axis=1)]
                spots[seat] = known.mean(axis=0) if len(known) else np.nan
        return np.minimum(between(places, spots), FAR)


@dataclass(frozen=True)
class CirclePlan:
    """The proposal: for each home the seat of its liaison; honoured weight and its proven bound; the greedy one's."""

    seats: Numbers
    serving: tuple[int, ...]
    few: int  # the sizes kept; other than the limits only where they cannot be
    many: int
    honoured: int
    bound: int
    wished: int  # weight if every home got its first choice
    by_rank: tuple[int, int, int]
    distance: float
    changes: int
    greedy: GreedyCircles
    seconds: float

    @property
    def proven(self) -> bool:
        """Whether no other choice honours more."""
        return self.honoured >= self.bound


@dataclass(frozen=True)
class GreedyCircles:
    """The baseline: most wanted first, then homes one by one."""

    seats: Numbers
    honoured: int
    outside: int  # circles outside the sizes
    serving: tuple[int, ...]


def sizes_kept(village: Village) -> tuple[int, int, int]:
    """(how many serve, fewest, most homes of a circle) that can be kept with these homes and candidates."""
    homes, limits = len(village.homes), village.rules.limits
    living = list(village.own.values())
    able = len(village.candidates)
    if village.rules.own_home:
        able -= sum(len(seats) - 1 for seats in living)  # of one home only one can serve
    wanted = village.rules.number or max(1, round(homes / limits.circle_target))
    least, most = -(-homes // limits.circle_many), max(1, homes // max(1, limits.circle_few))
    number = max(1, min(max(wanted, min(least, most)), most, able))
    return number, min(limits.circle_few, homes // number), max(limits.circle_many, -(-homes // number))


def propose(village: Village) -> CirclePlan | None:
    """The best circles; None where there is no home or nobody who could serve."""
    began = time.perf_counter()
    if not village.homes or not village.candidates:
        return None
    number, few, many = sizes_kept(village)
    greedy = _greedy(village, number, few, many)
    serving, bound = _choose(village, number, few, many, greedy.serving)
    if serving is None:
        serving = list(greedy.serving)
    seats = _seated(village, serving, few, many)
    if seats is None:
        seats = greedy.seats
    honoured, by_rank = honour(village, seats)
    distance = float(village.away[np.arange(len(seats)), seats].sum())
    return CirclePlan(
        seats, tuple(serving), few, many, honoured, max(honoured, bound), _wished(village), by_rank, distance,
        changes(village, seats), greedy, time.perf_counter() - began,
    )  # fmt: skip


def _wished(village: Village) -> int:
    best: dict[int, int] = {}
    for (row, _), weight in village.wishes.items():
        best[row] = max(best.get(row, 0), weight)
    return sum(best.values())


def honour(village: Village, seats: Numbers) -> tuple[int, tuple[int, int, int]]:
    """The weight of the wishes honoured, and how many homes got their first, second, third choice."""
    ranks = [0, 0, 0]
    total = 0
    for row, home in enumerate(village.homes):
        person = village.candidates[int(seats[row])].person
        if (row, int(seats[row])) in village.wishes:
            ranks[list(village.nominations[home.id]).index(person)] += 1
            total += village.wishes[row, int(seats[row])]
    return total, (ranks[0], ranks[1], ranks[2])


def honour_today(village: Village) -> int:
    """The weight of the wishes that today's circles honour."""
    seat = {one.today: number for number, one in enumerate(village.candidates) if one.today is not None}
    pairs = ((row, seat.get(village.posts.get(home.id, -1), -1)) for row, home in enumerate(village.homes))
    return sum(village.wishes.get(pair, 0) for pair in pairs)


def changes(village: Village, seats: Numbers) -> int:
    """Homes that have a liaison today and get another."""
    pairs = ((village.posts.get(home.id), village.candidates[int(seats[row])].today)
             for row, home in enumerate(village.homes))  # fmt: skip
    return sum(post is not None and post != seat for post, seat in pairs)


def _choose(village: Village, number: int, few: int, many: int, start: Sequence[int]) -> tuple[list[int] | None, int]:
    """Who serves, and the greatest weight of wishes that any choice can honour.

    A home that gets no wish may go to any circle, so those are only counted, which keeps the program small. With the
    choice of who serves made, the rest is a transport program: only the choices need be whole numbers.
    """
    program = Program()
    seats = len(village.candidates)
    serves = program.columns(-np.array([1.0 if one.today is not None else 0.0 for one in village.candidates]))
    pairs = sorted(village.wishes)
    wish = program.columns([-SCALE * village.wishes[pair] for pair in pairs], whole=False)
    rest = program.columns(np.zeros(seats), upper=float(len(village.homes)), whole=False)
    by_home: dict[int, list[int]] = {}
    by_seat: dict[int, list[int]] = {}
    for column, (row, seat) in zip(wish, pairs, strict=True):
        program.row(-1.0, [column, serves[seat]], [1.0, -1.0], 0.0)
        by_home.setdefault(row, []).append(int(column))
        by_seat.setdefault(seat, []).append(int(column))
    elsewhere = [] if village.rules.own_home or number == 1 else _elsewhere(program, village, serves, by_home, by_seat)
    for columns in by_home.values():
        program.row(0.0, columns, 1.0, 1.0)
    for seat in range(seats):
        columns = [*by_seat.get(seat, ()), rest[seat], serves[seat]]
        ones = [1.0] * (len(columns) - 1)
        program.row(0.0, columns, [*ones, -float(few)], float("inf"))
        program.row(-float("inf"), columns, [*ones, -float(many)], 0.0)
    program.row(len(village.homes), [*wish, *rest, *elsewhere], 1.0, len(village.homes))
    program.row(number, serves, 1.0, number)
    if village.rules.own_home:
        _own_homes(program, village, pairs, wish, rest, serves)
    answer = decided(
        program, serves, number, gap=max(0.5, SCALE * 0.999 - seats), seconds=village.rules.seconds,
        seed=village.rules.seed, start=start,
    )  # fmt: skip
    if answer.x is None:
        return None, sum(max(village.wishes[pair] for pair in pairs if pair[0] == row) for row in by_home)
    chosen = [seat for seat in range(seats) if answer.x[serves[seat]] > 0.5]
    return chosen, int(np.floor(-answer.bound / SCALE + 1e-6))


def _elsewhere(program: Program, village: Village, serves: Numbers, by_home: dict[int, list[int]],
               by_seat: dict[int, list[int]]) -> list[int]:  # fmt: skip
    """Who serves does not have his own home in his circle: such a home is not only counted, it has a way to every other
    circle of its own."""
    every: list[int] = []
    for row, living in village.own.items():
        others = [seat for seat in range(len(serves)) if seat not in living]
        ways = program.columns(np.zeros(len(others)), whole=False)
        program.row(1.0, [*by_home.get(row, ()), *ways], 1.0, 1.0)
        for seat, way in zip(others, ways, strict=True):
            program.row(-1.0, [way, serves[seat]], [1.0, -1.0], 0.0)
            by_seat.setdefault(seat, []).append(int(way))
            every.append(int(way))
    return every


def _own_homes(program: Program, village: Village, pairs: Sequence[tuple[int, int]], wish: Numbers, rest: Numbers,
               serves: Numbers) -> None:  # fmt: skip
    """Who serves has his own home in his circle; of one home only one serves."""
    column = dict(zip(pairs, wish, strict=True))
    for row, living in village.own.items():
        program.row(0.0, serves[living], 1.0, 1.0)
        for seat in living:
            if (row, seat) in column:
                program.row(0.0, [column[row, seat], serves[seat]], [1.0, -1.0], 0.0)
            else:
                program.row(0.0, [rest[seat], serves[seat]], [1.0, -1.0], float("inf"))
        others = [column[pair] for pair in pairs if pair[0] == row and pair[1] not in living]
        if others:
            program.row(0.0, [*others, *serves[living]], 1.0, 1.0)


def _seated(village: Village, serving: Sequence[int], few: int, many: int) -> Numbers | None:
    """Every home to one of those who serve: the most wishes, then the fewest metres."""
    rules, homes, here = village.rules, len(village.homes), list(serving)
    uneven_cost = round(rules.uneven_metres / 10.0)
    program = Program()
    x = program.columns(_costs(village, here, uneven_cost), whole=False)
    uneven = program.columns(np.full((len(here), 2), uneven_cost), upper=float(homes), whole=False)
    for row in range(homes):
        program.row(1.0, x[row], 1.0, 1.0)
    target = min(max(rules.limits.circle_target, few), many)
    for column in range(len(here)):
        program.row(few, x[:, column], 1.0, many)
        program.row(target, [*x[:, column], *uneven[column]], [*np.ones(homes), 1.0, -1.0], target)
    fixed = 1.0 if rules.own_home else 0.0
    for row, living in village.own.items():
        for seat in set(living) & set(here) if len(here) > 1 else ():  # the only circle holds every home
            program.row(fixed, [x[row, here.index(seat)]], 1.0, fixed)
    answer = program.solve(seconds=max(20.0, rules.seconds), seed=rules.seed)
    if answer.x is None:
        return None
    seats: Numbers = np.array(here)[answer.x[: x.size].reshape(x.shape).argmax(axis=1)]
    return seats


def _costs(village: Village, here: Sequence[int], uneven_cost: int) -> Numbers:
    """In steps of ten metres; one step of honour is worth more than all metres together."""
    costs: Numbers = np.round(village.away[:, list(here)] / 10.0)
    posts = np.array([village.posts.get(home.id, 0) for home in village.homes])
    today = np.array([village.candidates[seat].today or 0 for seat in here])
    costs += ((posts[:, None] > 0) & (posts[:, None] != today[None, :])) * round(village.rules.change_metres / 10.0)
    worth = float(costs.max() + 2 * uneven_cost + 1) * len(village.homes)
    place = {seat: column for column, seat in enumerate(here)}
    for (row, seat), weight in village.wishes.items():
        if seat in place:
            costs[row, place[seat]] -= worth * weight
    return costs


def _greedy(village: Village, number: int, few: int, many: int) -> GreedyCircles:
    """The most wanted serve; homes one by one to their best wish that has room, else to the nearest; then small
    circles are filled from the nearest homes of circles that can spare one."""
    wanted = np.zeros(len(village.candidates))
    for (_, seat), weight in village.wishes.items():
        wanted[seat] += weight
    order = sorted(range(len(wanted)), key=lambda seat: (-wanted[seat], village.candidates[seat].today is None, seat))
    serving = _distinct_homes(village, order)[:number]
    seats = _greedy_seats(village, serving, many)
    _fill(village, seats, serving, few)
    sizes = np.bincount(seats, minlength=len(village.candidates))[serving]
    return GreedyCircles(
        seats, honour(village, seats)[0], int(((sizes < few) | (sizes > many)).sum()), tuple(sorted(serving))
    )


def _greedy_seats(village: Village, serving: Sequence[int], many: int) -> Numbers:
    seats = np.full(len(village.homes), -1)
    if village.rules.own_home:
        for row, living in village.own.items():
            seats[row] = next((seat for seat in serving if seat in living), -1)
    room = {seat: many - int((seats == seat).sum()) for seat in serving}
    by_home: dict[int, list[tuple[int, int]]] = {}
    for (row, seat), weight in village.wishes.items():
        by_home.setdefault(row, []).append((-weight, seat))
    for row in (int(one) for one in np.flatnonzero(seats < 0)):
        free = [seat for seat in serving if room[seat] > 0]
        wishes = [seat for _, seat in sorted(by_home.get(row, ())) if seat in free]
        seat = wishes[0] if wishes else free[int(village.away[row, free].argmin())]
        seats[row] = seat
        room[seat] -= 1
    return seats


def _distinct_homes(village: Village, order: Sequence[int]) -> list[int]:
    if not village.rules.own_home:
        return list(order)
    homes: set[int] = set()
    kept = []
    for seat in order:
        home = village.candidates[seat].home
        if home is None or home not in village.row or home not in homes:
            kept.append(seat)
            homes.add(home or 0)
    return kept


def _fill(village: Village, seats: Numbers, serving: Sequence[int], few: int) -> None:
    fixed = {row for row, living in village.own.items() if set(living) & set(serving)}
    for seat in serving:
        while (seats == seat).sum() < few:
            sizes = np.bincount(seats, minlength=len(village.candidates))
            spare = [row for row in range(len(seats)) if sizes[seats[row]] > few and row not in fixed]
            if not spare:
                break
            seats[min(spare, key=lambda row: village.away[row, seat])] = seat
