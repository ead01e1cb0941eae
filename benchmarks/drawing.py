"""The maps of docs/planner.md: one invented group, cells before and after, and circles, as plain SVG."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.villages import village
from gridcase.planner.rules import cells, circles
from gridcase.planner.rules.ground import Home, metres

COLOURS = ("#0a5b5d", "#a8231b", "#34479c", "#7d4a00", "#19643a", "#7a2a7d", "#3d4d57", "#94365a")
WIDE, HIGH, EDGE = 760, 520, 24
HOMES, SEED = 260, 5  # a few groups, so that single homes can be told apart


def before_and_after(folder: Path) -> Iterator[Path]:
    """Draw the cells of a village today and proposed, and its circles; yields the files."""
    made = village(HOMES, SEED)
    today: dict[int, int] = {}
    proposed: dict[int, int] = {}
    moved: set[int] = set()
    for number, group in made.cells.groups:
        plan = cells.propose(group)
        assert plan is not None
        for home, cell in zip(group.homes, plan.best.cells, strict=True):
            label = plan.best.labels[int(cell)]
            today[home.id] = home.cell or 0
            proposed[home.id] = label if label is not None else 90_000 + number * 100 + int(cell)
            if label != home.cell:
                moved.add(home.id)
    homes = made.circles.homes
    yield _drawn(folder / "plan-cells-before.svg", homes, today.__getitem__, set())
    yield _drawn(folder / "plan-cells-after.svg", homes, proposed.__getitem__, moved)
    chosen = circles.propose(made.circles)
    assert chosen is not None
    seats = {home.id: int(seat) for home, seat in zip(homes, chosen.seats, strict=True)}
    yield _drawn(folder / "plan-circles.svg", homes, seats.__getitem__, set())


def _drawn(path: Path, homes: tuple[Home, ...], cell_of: Callable[[int], int], ringed: set[int]) -> Path:
    placed = [home for home in homes if home.lon is not None]
    spots = metres([(home.lon, home.lat) for home in placed])
    low, high = spots.min(axis=0), spots.max(axis=0)
    scale = min((WIDE - 2 * EDGE) / (high[0] - low[0]), (HIGH - 2 * EDGE) / (high[1] - low[1]))
    number = {cell: place for place, cell in enumerate(sorted({cell_of(home.id) for home in placed}))}
    marks = []
    for home, (east, north) in zip(placed, spots, strict=True):
        x, y = EDGE + (east - low[0]) * scale, HIGH - EDGE - (north - low[1]) * scale
        marks.append(_mark(x, y, number[cell_of(home.id)], home.id in ringed))
    bar = 500 * scale
    marks.append(f'<path d="M{EDGE} {HIGH - 8}h{bar:.0f}" stroke="#172526" stroke-width="2"/>'
                 f'<text x="{EDGE}" y="{HIGH - 12}" font-size="11" font-family="sans-serif">500 m</text>')  # fmt: skip
    wide = max(bar, (high[0] - low[0]) * scale) + 2 * EDGE
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" viewBox="0 0 {wide:.0f} {HIGH}">'
    head += '<rect width="100%" height="100%" fill="#fff"/>'
    path.write_text(head + "\n" + "\n".join(marks) + "\n</svg>\n", encoding="utf-8")
    return path


def _mark(x: float, y: float, number: int, ringed: bool) -> str:
    """Eight colours and three shapes tell neighbours apart; a ring says that the home moves."""
    ring = ' stroke="#000" stroke-width="1.5"' if ringed else ""
    fill = COLOURS[number % len(COLOURS)]
    kind = number // len(COLOURS) % 3
    if kind == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.4" fill="{fill}"{ring}/>'
    if kind == 1:
        return f'<rect x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6" fill="{fill}"{ring}/>'
    return f'<path d="M{x:.1f} {y - 4:.1f}l4 4-4 4-4-4z" fill="{fill}"{ring}/>'
