"""A job and its floor in turns, so that a noisy minute slows both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 5
TRIAL = 0.1
Job = Callable[[], object]


@dataclass(frozen=True)
class Pair:
    """Milliseconds of one call, the median of the rounds; `ratio` is floor / job: 1 is as fast as the floor."""

    job_ms: float
    floor_ms: float
    ratio: float


def side_by_side(job: Job, floor: Job, *, seconds: float, rounds: int = ROUNDS) -> Pair:
    """Time both in turns for about `seconds` in all; next to no seconds means once each, to see that they run."""
    if seconds < TRIAL:
        job_ms, floor_ms = once(job), once(floor)
        return Pair(job_ms, floor_ms, floor_ms / job_ms)
    job(), floor()  # caches, prepared statements
    block = seconds / rounds / 2
    counts = [_repeats(call, block) for call in (job, floor)]
    jobs, floors = [], []
    for _ in range(rounds):
        jobs.append(_block(job, counts[0]))
        floors.append(_block(floor, counts[1]))
    ratios = [floor_ms / job_ms for job_ms, floor_ms in zip(jobs, floors, strict=True)]
    return Pair(statistics.median(jobs), statistics.median(floors), statistics.median(ratios))


def once(job: Job) -> float:
    """Milliseconds of one call."""
    return _block(job, 1)


def _repeats(call: Job, block: float) -> int:
    return max(1, min(2000, round(block / max(1e-6, once(call) / 1000))))


def _block(call: Job, count: int) -> float:
    began = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - began) * 1000 / count
