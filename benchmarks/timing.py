"""A job and its floor in turns, so that a noisy minute slows both; what is told is processor time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 5
TRIAL = 0.1
LEAST_MS = 1e-6
Job = Callable[[], object]
Watch = Callable[[], float]


@dataclass(frozen=True)
class Pair:
    """Milliseconds of one call on processors, this one's and the database's, the median of the rounds; `ratio` is
    floor / job: 1 is as fast as the floor."""

    job_ms: float
    floor_ms: float
    ratio: float


def side_by_side(job: Job, floor: Job, *, seconds: float, watch: Watch, rounds: int = ROUNDS) -> Pair:
    """Time both in turns for about `seconds` in all; next to no seconds means once each, to see that they run."""
    if seconds < TRIAL:
        job_ms, floor_ms = _block(job, 1, watch), _block(floor, 1, watch)
        return Pair(job_ms, floor_ms, floor_ms / job_ms)
    job(), floor()  # caches, prepared statements
    block = seconds / rounds / 2
    counts = [_repeats(call, block) for call in (job, floor)]
    jobs, floors = [], []
    for _ in range(rounds):
        jobs.append(_block(job, counts[0], watch))
        floors.append(_block(floor, counts[1], watch))
    ratios = [floor_ms / job_ms for job_ms, floor_ms in zip(jobs, floors, strict=True)]
    return Pair(statistics.median(jobs), statistics.median(floors), statistics.median(ratios))


def once(job: Job) -> float:
    """Milliseconds of one call by the clock."""
    return _block(job, 1, time.perf_counter)


def spent(pids: Callable[[], list[int]]) -> Watch:
    """A watch of seconds on processors: of this process and of those that answer it (Linux keeps nanoseconds)."""

    def read() -> float:
        return time.process_time() + sum(map(_seconds_of, pids()))

    return read


def _seconds_of(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9
    except FileNotFoundError:
        return 0.0


def _repeats(call: Job, block: float) -> int:
    return max(1, min(2000, round(block / max(1e-6, once(call) / 1000))))


def _block(call: Job, count: int, watch: Watch) -> float:
    began = watch()
    for _ in range(count):
        call()
    return max(LEAST_MS, (watch() - began) * 1000 / count)
