"""One piece of work for the solver, from plain data to plain data, so that another process can do it. Pure."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from gridcase.core.words import N_, Text
from gridcase.planner.rules import cells, circles
from gridcase.planner.rules.circles import Village
from gridcase.planner.rules.ground import Division, Group, Home


class Kind(StrEnum):
    """What is planned."""

    CELLS = "cells"
    CIRCLES = "circles"

    @property
    def label(self) -> Text:
        """The field's word."""
        return N_("三级网格") if self is Kind.CELLS else N_("联户圈")


class Reason(StrEnum):
    """Why a home comes where it comes."""

    STAYS = "stays"
    NEARER = "nearer"
    LIMITS = "limits"
    PLACED = "placed"
    OWN = "own"
    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    NEAR = "near"

    @property
    def label(self) -> Text:
        """In words."""
        return _REASONS[self]


_REASONS = {
    Reason.STAYS: N_("不变"),
    Reason.NEARER: N_("离新网格更近"),
    Reason.LIMITS: N_("为了各网格都在限度内"),
    Reason.PLACED: N_("原来没有分到网格"),
    Reason.OWN: N_("本户有人当联户代表"),
    Reason.FIRST: N_("第一意愿"),
    Reason.SECOND: N_("第二意愿"),
    Reason.THIRD: N_("第三意愿"),
    Reason.NEAR: N_("就近"),
}
_RANKS = (Reason.FIRST, Reason.SECOND, Reason.THIRD)


@dataclass(frozen=True)
class Target:
    """A cell or circle of the proposal. `grid`: the cell of today it goes on as; `seat`: the candidate's person."""

    homes: int
    persons: int
    group: int | None = None
    grid: int | None = None
    person: int | None = None
    post: int | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True)
class Placing:
    """Where a home goes: the number of its target, from which cell or post, and why."""

    home: int
    source: int | None
    target: int
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What one piece of work found; `figures` is plain JSON."""

    targets: tuple[Target, ...]
    placings: tuple[Placing, ...]
    figures: dict[str, Any]


@dataclass(frozen=True)
class CellWork:
    """The groups of a village, each to be divided into cells: (id of the group, its homes and rules); `outside`: homes
    of the village that lie in no group and are left alone."""

    groups: tuple[tuple[int, Group], ...]
    outside: int = 0


Progress = Callable[[int, int], None]


def done(work: CellWork | Village, progress: Progress | None = None) -> Outcome:
    """Do one piece of work; `progress` hears (done, total) after each part."""
    began = time.perf_counter()
    outcome = _cells(work, progress) if isinstance(work, CellWork) else _circles(work)
    outcome.figures["seconds"] = round(time.perf_counter() - began, 2)
    return outcome


def _cells(work: CellWork, progress: Progress | None) -> Outcome:
    targets: list[Target] = []
    placings: list[Placing] = []
    figures: list[dict[str, Any]] = []
    for number, (grid_id, group) in enumerate(work.groups, start=1):
        plan = cells.propose(group)
        if plan is not None:
            placings.extend(_cell_placings(group, plan.best, len(targets)))
            targets.extend(_cell_targets(grid_id, group, plan))
            figures.append({"group": grid_id, **_cell_figures(group, plan)})
        if progress is not None:
            progress(number, len(work.groups))
    return Outcome(tuple(targets), tuple(placings), {"groups": figures, "outside": work.outside, **_cell_sums(figures)})


def _cell_targets(grid_id: int, group: Group, plan: cells.CellPlan) -> list[Target]:
    sizes = group.sizes(plan.best.cells, plan.count)
    placed = [home for home in group.homes if home.lon is not None and home.lat is not None]
    found = []
    for (homes, persons), label, centre in zip(sizes, plan.best.labels, plan.best.centres, strict=True):
        middle = placed[centre] if placed else None
        found.append(Target(homes, persons, group=grid_id, grid=label, lon=middle.lon if middle else None,
                            lat=middle.lat if middle else None))  # fmt: skip
    return found


def _cell_placings(group: Group, best: Division, first: int) -> list[Placing]:
    away = group.metres_to[:, list(best.centres)]
    own = {label: number for number, label in enumerate(best.labels) if label is not None}
    found = []
    for row, home in enumerate(group.homes):
        cell = int(best.cells[row])
        found.append(Placing(home.id, home.cell, first + cell, _cell_reason(home, cell, best, away[row], own)))
    return found


def _cell_reason(home: Home, cell: int, best: Division, away: Any, own: dict[int, int]) -> Reason:
    if home.cell is None:
        return Reason.PLACED
    if best.labels[cell] == home.cell:
        return Reason.STAYS
    before = own.get(home.cell)
    return Reason.NEARER if before is not None and away[cell] < away[before] else Reason.LIMITS


def _cell_figures(group: Group, plan: cells.CellPlan) -> dict[str, Any]:
    judged, limits = plan.verdict, group.rules.limits
    sizes = group.sizes(plan.best.cells, plan.count)
    return {
        "homes": judged.homes, "persons": judged.persons, "cells": plan.count, "possible": list(judged.possible),
        "why": str(judged.why) if judged.why else None, "proof_seconds": round(judged.seconds, 3),
        "within": sum(limits.fits(*size) for size in sizes),
        "nearest": {
            "cells": judged.nearest.cells, "homes_short": judged.nearest.homes_short,
            "homes_over": judged.nearest.homes_over, "persons_short": judged.nearest.persons_short,
            "persons_over": judged.nearest.persons_over,
        },
        "best": _division(plan.best, plan.count, group), "greedy": _division(plan.greedy, plan.count, group),
        "today": _division(plan.today, len(group.labels), group) if plan.today else None,
        "bound": round(plan.bound, 1), "gap": round(plan.gap, 5), "seconds": round(plan.seconds, 2),
        "unplaced": sum(home.lon is None for home in group.homes),
    }  # fmt: skip


def _division(division: Division, count: int, group: Group) -> dict[str, Any]:
    limits = group.rules.limits
    return {
        "cells": count, "within": sum(limits.fits(*size) for size in group.sizes(division.cells, count)),
        "missed": division.missed, "distance": round(division.distance, 1), "moves": division.moves,
        "cost": round(division.cost, 1),
    }  # fmt: skip


def _cell_sums(figures: list[dict[str, Any]]) -> dict[str, Any]:
    """The village's figures: sums over its groups; the gap is that of the sums, over groups that keep the limits."""
    kept = [one for one in figures if one["possible"]]
    cost, bound = sum(one["best"]["cost"] for one in figures), sum(one["bound"] for one in figures)
    sums: dict[str, Any] = {
        "homes": sum(one["homes"] for one in figures), "persons": sum(one["persons"] for one in figures),
        "possible_groups": len(kept), "groups_total": len(figures),
        "cells_possible": sum(one["cells"] for one in kept), "cells_possible_within": sum(o["within"] for o in kept),
        "bound": round(bound, 1), "gap": round(max(0.0, (cost - bound) / cost), 5) if cost else 0.0,
        "unplaced": sum(one["unplaced"] for one in figures),
    }  # fmt: skip
    for name in ("best", "greedy", "today"):
        parts = [one[name] for one in figures if one[name]]
        sums[name] = {key: round(sum(part[key] for part in parts), 1) for key in
                      ("cells", "within", "missed", "distance", "moves", "cost")} if parts else None  # fmt: skip
    return sums


def _circles(village: Village) -> Outcome:
    plan = circles.propose(village)
    if plan is None:
        return Outcome((), (), {"homes": len(village.homes), "candidates": len(village.candidates), "circles": 0})
    number = {seat: place for place, seat in enumerate(plan.serving)}
    targets = []
    for seat in plan.serving:
        mine = np.flatnonzero(plan.seats == seat)
        who = village.candidates[seat]
        home = village.homes[village.row[who.home]] if who.home in village.row else None
        targets.append(Target(
            len(mine), sum(village.homes[int(row)].persons for row in mine), person=who.person, post=who.today,
            lon=home.lon if home else None, lat=home.lat if home else None,
        ))  # fmt: skip
    placings = [
        Placing(home.id, village.posts.get(home.id), number[int(plan.seats[row])], _circle_reason(village, plan, row))
        for row, home in enumerate(village.homes)
    ]
    return Outcome(tuple(targets), tuple(placings), _circle_figures(village, plan, targets))


def _circle_reason(village: Village, plan: circles.CirclePlan, row: int) -> Reason:
    home, who = village.homes[row], village.candidates[int(plan.seats[row])]
    if who.home == home.id:
        return Reason.OWN
    wishes = list(village.nominations.get(home.id, ()))[:3]
    return _RANKS[wishes.index(who.person)] if who.person in wishes else Reason.NEAR


def _circle_figures(village: Village, plan: circles.CirclePlan, targets: list[Target]) -> dict[str, Any]:
    limits = village.rules.limits
    sizes = [target.homes for target in targets]
    today = circles.honour_today(village)
    return {
        "homes": len(village.homes), "candidates": len(village.candidates), "circles": len(targets),
        "asked": len({row for row, _ in village.wishes}), "smallest": min(sizes), "largest": max(sizes),
        "within": sum(limits.circle_few <= size <= limits.circle_many for size in sizes), "few": plan.few,
        "many": plan.many,
        "honoured": plan.honoured, "bound": plan.bound, "wished": plan.wished, "ranks": list(plan.by_rank),
        "gap": round((plan.bound - plan.honoured) / plan.bound, 5) if plan.bound else 0.0,
        "distance": round(plan.distance, 1), "moves": plan.changes, "new": sum(t.post is None for t in targets),
        "greedy": {"honoured": plan.greedy.honoured, "outside": plan.greedy.outside,
                   "moves": circles.changes(village, plan.greedy.seats)},
        "today": {"honoured": today, "circles": len(set(village.posts.values()))},
    }  # fmt: skip
