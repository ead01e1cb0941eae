"""The planner's figures on invented villages: limits kept, wishes honoured, gap, moves, seconds; greedy beside.

`python -m benchmarks.planner` is quick; `--full` takes a county of 80,000 homes on two processes.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks.drawing import before_and_after
from benchmarks.line import Line
from benchmarks.villages import village
from gridcase.planner.rules.work import done

VILLAGE, COUNTY, SMALL_COUNTY = 800, 80_000, 2_400
IMAGES = Path(__file__).parents[1] / "docs" / "images"
Figures = dict[str, Any]


def lines(*, full: bool = False, processes: int = 2) -> Iterator[Line]:
    """A village of 800 homes, then a county."""
    began = time.perf_counter()
    cells, circles, _ = solved(VILLAGE, 1)
    yield from said("village of 800", [(cells, circles)], time.perf_counter() - began)
    homes = COUNTY if full else SMALL_COUNTY
    began = time.perf_counter()
    made = list(county(homes, processes))
    yield from said(f"county of {homes:,}", made, time.perf_counter() - began)


def solved(homes: int, seed: int) -> tuple[Figures, Figures, int]:
    """One village: the figures of its cells and of its circles."""
    made = village(homes, seed)
    return done(made.cells).figures, done(made.circles).figures, made.homes


def county(homes: int, processes: int) -> Iterator[tuple[Figures, Figures]]:
    """Villages of 800 homes side by side, with a bar."""
    context = multiprocessing.get_context("spawn")
    with (
        ProcessPoolExecutor(processes, mp_context=context) as pool,
        tqdm(total=homes, unit=" homes", disable=None) as bar,
    ):
        for future in as_completed([pool.submit(solved, VILLAGE, seed) for seed in range(homes // VILLAGE)]):
            cells, circles, count = future.result()
            bar.update(count)
            yield cells, circles


def said(name: str, made: Iterable[tuple[Figures, Figures]], seconds: float) -> Iterator[Line]:
    """The lines of a place."""
    both = list(made)
    groups = [group for cells, _ in both for group in cells["groups"]]
    kept = [group for group in groups if group["possible"]]
    cost, greedy = _sum(groups, "best", "cost"), _sum(groups, "greedy", "cost")
    able = sum(group["cells"] for group in kept)
    yield Line(f"{name}: groups that can keep the limits", 100 * len(kept) / len(groups), "%")
    yield Line(f"{name}: longest proof of a group", max(group["proof_seconds"] for group in groups), "s")
    yield Line(f"{name}: cells within, where possible", 100 * sum(g["within"] for g in kept) / able, "%")
    yield Line(f"{name}: the same, greedy", 100 * _sum(kept, "greedy", "within") / _sum(kept, "greedy", "cells"), "%")
    yield Line(f"{name}: gap of the cells to the bound", 100 * (cost - sum(g["bound"] for g in groups)) / cost, "%")
    yield Line(f"{name}: cost, greedy by ours", greedy / cost, "times")
    yield Line(f"{name}: homes that change their cell", _sum(groups, "best", "moves"), "homes")
    yield Line(f"{name}: the same, greedy", _sum(groups, "greedy", "moves"), "homes")
    wishes = [circles for _, circles in both]
    bound = sum(one["bound"] for one in wishes)
    yield Line(f"{name}: wishes honoured of the bound", 100 * sum(one["honoured"] for one in wishes) / bound, "%")
    yield Line(f"{name}: the same, greedy", 100 * sum(one["greedy"]["honoured"] for one in wishes) / bound, "%")
    yield Line(f"{name}: circles of 8 to 20 homes",
               100 * sum(one["within"] for one in wishes) / sum(one["circles"] for one in wishes), "%")  # fmt: skip
    yield Line(f"{name}: cells and circles", seconds, "s")


def _sum(groups: list[Figures], plan: str, figure: str) -> float:
    return float(sum(group[plan][figure] for group in groups))


def main() -> None:
    """Print the lines, or draw the maps of docs/planner.md."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planner", description=__doc__)
    parser.add_argument("--full", action="store_true", help="a county of 80,000 homes")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--draw", action="store_true", help="draw the maps of docs/planner.md")
    options = parser.parse_args()
    if options.draw:
        for path in before_and_after(IMAGES):
            print(path)
        return
    for line in lines(full=options.full, processes=options.processes):
        print(f"{'planner':<10}  {line.measure:<52} {line.value:>9.2f} {line.unit}", flush=True)


if __name__ == "__main__":
    main()
