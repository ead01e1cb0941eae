"""The goals of speed, each a line that says whether it is met; beside the peer by its own figures or by the floor.

The peer is django-helpdesk 2.6.1 on the same PostgreSQL; for the map and the reading interface the Open311 server of
6aika (2023). Its figures stand in `PEER`: how fast its best page for the same job was beside the same floor in one
sitting of October 2026 (2 processors, requests a second or processor time), so that our ratio to the floor divided by
it is the ratio to the peer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from benchmarks.line import Line

Lines = Mapping[str, Line]
Size = Literal["10k", "100k"]


@dataclass(frozen=True)
class Recorded:
    """A figure of the peer beside a floor: `share` of the floor's speed, and where it comes from."""

    share: float
    source: str


PEER: dict[tuple[str, Size], Recorded] = {
    ("list", "10k"): Recorded(0.042, "list JSON 0.031 of 25 rows, these with two look-ups 2.58 / 1.9 ms"),
    ("list", "100k"): Recorded(0.0042, "list JSON 0.0031 of 25 rows, as above"),
    ("detail", "10k"): Recorded(0.092, "ticket 0.068 of 25 rows, as above"),
    ("detail", "100k"): Recorded(0.043, "ticket 60 ms of processors, 25 rows with two look-ups 2.58"),
    ("search", "10k"): Recorded(0.0114, "keyword 227 ms of processors, the same floor 2.58"),
    ("search", "100k"): Recorded(0.0015, "keyword 1702 ms of processors, the same floor 2.58"),
    ("figures", "10k"): Recorded(0.0034, "dashboard alone 417 ms, a hundred counters 1.40"),
    ("figures", "100k"): Recorded(0.00047, "dashboard alone 2967 ms, a hundred counters 1.40"),
    ("create", "10k"): Recorded(0.104, "create 0.104 of the floor's create"),
    ("create", "100k"): Recorded(0.095, "create 18 ms of processors, the floor's 1.71"),
    ("rest list", "10k"): Recorded(0.000116, "REST list 5343 ms alone, 25 rows by orjson 0.62"),
    ("rest list", "100k"): Recorded(0.0000116, "REST list 53286 ms alone, as above"),
    ("rest detail", "10k"): Recorded(0.000109, "REST detail 5698 ms alone, as above"),
    ("rest detail", "100k"): Recorded(0.0000113, "REST detail 54933 ms alone, as above"),
    ("escalate", "10k"): Recorded(0.0082, "9.0 ms a ticket, one UPDATE 0.074"),
    ("escalate", "100k"): Recorded(0.0093, "8.2 ms a ticket, one UPDATE 0.077"),
    ("load", "10k"): Recorded(0.041, "bulk_create 2400 tickets a second, COPY with five indexes 59000"),
    ("load", "100k"): Recorded(0.034, "bulk_create 2400 tickets a second, COPY with five indexes 70000"),
    ("start", "10k"): Recorded(0.59, "first answer after 1.1 s, a bare application after 0.65"),
    ("start", "100k"): Recorded(0.59, "as above"),
    ("311 list", "10k"): Recorded(0.069, "25 newest 9.0 ms of processors, 25 rows by orjson 0.62"),
    ("311 list", "100k"): Recorded(0.052, "25 newest 12.0 ms of processors, as above"),
    ("311 deep", "100k"): Recorded(0.0115, "last page 54 ms of processors, as above"),
    ("311 box", "100k"): Recorded(0.0065, "box of 1/100 of the town 96 ms of processors, as above"),
    ("311 figures", "100k"): Recorded(0.0015, "statistics 929 ms of processors, a hundred counters 1.40"),
    ("311 create", "10k"): Recorded(0.171, "create 10 ms of processors, the floor's 1.71"),
    ("311 create", "100k"): Recorded(0.038, "create 45 ms of processors, the floor's 1.71"),
}  # fmt: skip
MEMORY_MB: dict[Size, float] = {"10k": 127, "100k": 250}  # of a worker after its pages: 118-135, 172-335


@dataclass(frozen=True)
class Goal:
    """What a line has to reach. `peer`: the peer's job; None: the measure's own value or ratio counts."""

    said: str
    measure: str
    least: float | None = None  # of the ratio
    most: float | None = None  # of the value
    peer: str | None = None
    only: Size | None = None  # the size of the peer's data it is told for
    postgresql: bool = False


def _peer(said: str, measure: str, job: str, small: float | None, large: float | None, **more: bool) -> Iterator[Goal]:
    for size, least in (("10k", small), ("100k", large)):
        if least is not None:
            yield Goal(f"{said}, peer at {size}", measure, least=least, peer=job, only=size, postgresql=True, **more)  # type: ignore[arg-type]


GOALS: tuple[Goal, ...] = (
    *_peer("case list", "case list, page 1", "list", 10, 60),
    Goal("case list, floor", "case list, page 1", least=0.25),
    Goal("case list, statements", "case list, page 1, SQL statements", most=6),
    *_peer("case detail", "case detail beside a list", "detail", 4, 4),
    Goal("case detail, floor", "case detail", least=0.20),
    Goal("case detail, statements", "case detail, SQL statements", most=10),
    *_peer("search, 2 characters", "search, 2 characters", "search", 15, 60),
    *_peer("search, 4 characters", "search, 4 characters", "search", 15, 60),
    Goal("search, 2 characters beside 4", "search, 2 characters by 4", most=2),
    *_peer("figures", "figures", "figures", 50, 300),
    Goal("figures, floor", "figures", least=0.3),
    *_peer("create", "create a case", "create", 3, 3),
    Goal("create, floor", "create a case", least=0.30),
    Goal("create, statements", "create a case, SQL statements", most=10),
    Goal("create, commits", "create a case, commits", most=1),
    *_peer("JSON list", "JSON list", "rest list", 500, 5000),
    *_peer("JSON detail", "JSON detail", "rest detail", 500, 5000),
    Goal("JSON list, floor", "JSON list", least=0.25),
    Goal("JSON detail, floor", "JSON detail", least=0.25),
    Goal("JSON list, statements", "JSON list, SQL statements", most=5),
    Goal("JSON detail, statements", "JSON detail, SQL statements", most=5),
    *_peer("escalation", "sweep per 1000 escalations", "escalate", 25, 25),
    Goal("escalation, floor", "sweep per 1000 escalations", least=0.25),
    Goal("escalation, statements per 1000", "sweep, SQL statements per 1000", most=10),
    Goal("escalation again tells nobody", "sweep again, told", most=0),
    *_peer("import", "import 1500 rows", "load", 3, 3),
    Goal("import, floor", "import 1500 rows", least=0.15),
    Goal("CSV export, floor", "CSV export", least=0.3),
    Goal("CSV export, first byte, ms", "CSV export, first byte", most=200),
    Goal("CSV export, memory, MiB", "CSV export, memory grows by", most=20),
    Goal("worker memory, peer at 10k", "worker memory", most=1.2 * MEMORY_MB["10k"], only="10k"),
    Goal("worker memory, peer at 100k", "worker memory", most=0.4 * MEMORY_MB["100k"], only="100k"),
    *_peer("start", "start to first answer", "start", 1 / 1.5, None),
    Goal("start, bare application", "start to first answer", least=1 / 3),
    *_peer("Open311 list", "JSON list", "311 list", 2, 3),
    *_peer("Open311 deep page", "JSON list, deep", "311 deep", None, 10),
    *_peer("Open311 box", "map box beside JSON rows", "311 box", None, 10),
    *_peer("Open311 statistics", "figures", "311 figures", None, 100),
    *_peer("Open311 create", "create a case", "311 create", 2, 6),
    Goal("counters differ from a live count", "counters that differ", most=0),
)
# What is held where a proposed goal was changed (docs/decisions/0036-goals-of-speed.md).
HELD: tuple[Goal, ...] = (
    Goal("held: case list, floor", "case list, page 1", least=0.10),
    Goal("held: case detail, floor", "case detail", least=0.09),
    Goal("held: figures, floor", "figures", least=0.07),
    Goal("held: JSON list, floor", "JSON list", least=0.08),
    Goal("held: JSON detail, floor", "JSON detail", least=0.14),
    Goal("held: create, floor", "create a case", least=0.09),
    Goal("held: import, floor", "import 1500 rows", least=0.03),
    Goal("held: a worker beside others, MiB", "worker memory, shared pages by share", most=115, postgresql=True),
    Goal("held: start to first answer, ms", "start to first answer", most=5000),
)
GROWTH: dict[str, float] = {
    "case list, page 1": 1.5, "case list, all, page 2": 1.5, "case detail": 1.5, "create a case": 1.5, "figures": 1.5,
    "JSON list, deep": 1.5, "point to grid": 1.5, "sweep per 1000 escalations": 1.5, "worker memory": 1.15,
}  # fmt: skip
AT_COUNTY: tuple[Goal, ...] = (
    Goal("search in SQL, ms", "search, 2 characters, in the database", most=25),
    *(
        Goal(f"{name}, {said}", f"{name}, {measured}", most=most)
        for name in ("map box", "map of the county")
        for said, measured, most in (("in SQL, ms", "in the database", 50), ("KiB", "size", 200))
    ),
)
COUNTY = 1_000_000


def judged(lines: Lines, *, cases: int, database: str, before: Lines | None = None) -> Iterator[str]:
    """One sentence a goal: what was reached, what was asked, met or not; `before`: the same at 10,000 cases. Beside the
    peer we stand with as many cases as it had: it was never measured with a million."""
    size: Size | None = "10k" if cases < 50_000 else "100k" if cases < COUNTY else None
    goals = (*GOALS, *(AT_COUNTY if cases >= COUNTY else ()), *HELD)
    if size is None:
        yield "beside the peer: told at its own sizes, 10,000 and 100,000 cases"
    for goal in goals:
        if (goal.only in (None, size)) and not (goal.postgresql and database != "postgresql"):
            yield _judge(goal, lines)
    for measure, most in GROWTH.items() if before else ():
        assert before is not None
        if measure in before and measure in lines:
            grown = lines[measure].value / before[measure].value
            yield _said(f"{measure}, growth", f"{grown:.2f}x", f"<= {most}x", met=grown <= most)


def _judge(goal: Goal, lines: Lines) -> str:
    line = lines.get(goal.measure)
    if line is None:
        return f"{goal.said:<42} {'not measured here':>14}"
    if goal.most is not None:
        return _said(goal.said, f"{line.value:.4g}", f"<= {goal.most:.4g}", met=line.value <= goal.most)
    assert goal.least is not None
    if line.ratio is None:
        return f"{goal.said:<42} {'not compared':>14}"
    if goal.peer is None:
        return _said(goal.said, f"{line.ratio:.2f}", f">= {goal.least:.2f}", met=line.ratio >= goal.least)
    assert goal.only is not None, "a goal beside the peer says with how many cases"
    reached = line.ratio / PEER[goal.peer, goal.only].share
    return _said(goal.said, f"{reached:.3g}x", f">= {goal.least:.3g}x", met=reached >= goal.least, how="by the floor")


def _said(said: str, reached: str, asked: str, *, met: bool, how: str = "") -> str:
    return f"{said:<42} {reached:>14}   goal {asked:<10} {'met' if met else 'NOT MET':<8} {how}".rstrip()
