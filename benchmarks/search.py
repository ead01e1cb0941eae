"""Searching among many invented cases, on both databases: a county's desk, a town's, a village head, a station, a
representative.

    python -m benchmarks.search --cases 1000000 --db both
"""

from __future__ import annotations

import argparse
import logging
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.ground import COUNTY_DESK, Ground, prepared
from benchmarks.line import Line
from gridcase.app import with_places
from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.core.text import clean_line
from gridcase.search import queries as search
from gridcase.seed.scale import texts
from gridcase.users import queries as users

WHO = (COUNTY_DESK, "dispatcher", "village_head", "dept", "liaison")
ROUNDS = 4
SEED = 8


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--db", choices=("sqlite", "postgresql", "both"), default="both")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    for kind in ("sqlite", "postgresql") if options.db == "both" else (options.db,):
        with prepared(kind, options.cases) as ground:
            for line in measured(ground):
                print(f"{kind:<10}  {line.measure:<58} {line.value:>9.2f} {line.unit}", flush=True)


# -- the questions


def questions() -> dict[str, list[str]]:
    """What is typed, by kind; the coined ones are those of the cases."""
    coined, other = texts.coined(), random.Random(SEED)
    two, four = [w for w in coined if len(w) == 2], [w for w in coined if len(w) == 4]
    return {
        "two characters, common": [*texts.THINGS[:6], *texts.TROUBLES[:6]],
        "two characters, middling": [*two[:6], *(w for w in texts.THINGS[-14:] if len(w) == 2)],
        "two characters, rare": two[-12:],
        "four characters, common": [f"{a}{b}" for a in texts.THINGS[:4] for b in texts.TROUBLES[:3] if len(a + b) == 4],
        "four characters, middling": [*four[:6], *(f"{a}{b}" for a in two[:3] for b in ("村口", "桥头"))],
        "four characters, rare": four[-12:],
        "nowhere": ["魑魅", "魍魉", "饕餮", "魑魅魍魉"],
        "two common words that hardly meet": [f"{a} {b}" for a in texts.THINGS[:3] for b in four[:3]],
        "a person's name": [other.choice("王李张刘陈周曹孙") + "建国" for _ in range(6)],
    }


@dataclass(frozen=True, order=True)
class Asked:
    """One answer in milliseconds: by the clock, and of processors (this process and the database's, whose other
    neighbours on the machine do not count)."""

    spent: float
    busy: float
    words: str


def measured(ground: Ground) -> Iterator[Line]:
    """p50 and p95 of the whole search of the page: cases, homes, people and places, in the scope of each viewer."""
    everything: list[Asked] = []
    for login in WHO:
        with ground.app.app_context():
            user = users.by_login(login)
            assert user is not None
            viewer = with_places(users.viewer_of(user, now=ground.now))
            db.session.remove()
        own: list[Asked] = []
        for kind, typed in questions().items():
            times = _asked(ground, viewer, typed)
            own += times
            yield Line(f"search, {login}, {kind}, p95", _share([one.spent for one in times], 0.95), "ms")
        yield from _summed(login, own)
        everything += own
    yield from _summed("everybody", everything)


def _summed(who: str, asked: list[Asked]) -> Iterator[Line]:
    slowest = max(asked)
    yield Line(f"search, {who}, p50", _share([one.spent for one in asked], 0.5), "ms")
    yield Line(f"search, {who}, p95", _share([one.spent for one in asked], 0.95), "ms")
    yield Line(f"search, {who}, processor time, p50", _share([one.busy for one in asked], 0.5), "ms")
    yield Line(f"search, {who}, processor time, p95", _share([one.busy for one in asked], 0.95), "ms")
    yield Line(f"search, {who}, slowest ({slowest.words})", slowest.spent, "ms")


def _share(times: list[float], share: float) -> float:
    return sorted(times)[int((len(times) - 1) * share + 0.5)]


def _asked(ground: Ground, viewer: Viewer, typed: list[str]) -> list[Asked]:
    """Each question in a session of its own, as a request asks it; the first round warms."""
    times = []
    for round_ in range(ROUNDS):
        for words in typed:
            with ground.app.app_context():
                backend = answering(ground.name)
                busy, began = processor_seconds(backend), time.perf_counter()
                search.find(viewer, clean_line(words), now=ground.now)
                spent, busy = (time.perf_counter() - began) * 1000, (processor_seconds(backend) - busy) * 1000
                db.session.remove()
            if round_:
                times.append(Asked(spent, busy, words))
    return times


def answering(kind: str) -> int | None:
    """The process of PostgreSQL that answers this session; SQLite answers in this one."""
    return db.session.scalar(select(func.pg_backend_pid())) if kind == "postgresql" else None


def processor_seconds(backend: int | None) -> float:
    """Seconds on a processor so far, of this process and of the one that answers (Linux keeps them in nanoseconds)."""
    other = 0 if backend is None else int(Path(f"/proc/{backend}/schedstat").read_text(encoding="ascii").split()[0])
    return time.process_time() + other / 1e9


if __name__ == "__main__":
    main()
