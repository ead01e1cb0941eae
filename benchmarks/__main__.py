"""`python -m benchmarks`: one line a measure, kept in benchmarks/results.csv."""

from __future__ import annotations

import argparse
import csv
import logging
import os
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import alike
from benchmarks.floors import Floor
from benchmarks.goals import COUNTY, judged
from benchmarks.ground import Ground, prepared
from benchmarks.line import Line
from benchmarks.measures import COUNTY_MEASURES, MEASURES
from benchmarks.planner import VILLAGE
from benchmarks.planner import lines as planner_lines
from benchmarks.served import requests_a_second, workers

HOME = Path(__file__).parent
RESULTS = HOME / "results.csv"
HEADERS = ("date", "commit", "db", "cases", "measure", "value", "unit", "floor", "ratio")
KINDS = ("sqlite", "postgresql")
SMALL, LARGE = 10_000, 100_000  # the sizes the peer was measured at; growth to a county is told from the first


def main() -> None:
    """Measure both databases, or one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--cases", type=int, default=int(os.environ.get("BENCH_CASES", "10000")))
    parser.add_argument("--db", choices=(*KINDS, "both"), default="both")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each measure is taken for")
    parser.add_argument("--no-http", action="store_true", help="leave out gunicorn and wrk")
    parser.add_argument("--keep", type=Path, default=RESULTS, help="the file the lines are added to")
    parser.add_argument("--no-planner", action="store_true", help="leave out the planner")
    parser.add_argument("--full", action="store_true", help="the planner's county of 80,000 homes")
    parser.add_argument("--county", action="store_true", help="the goals alone: 10,000, 100,000, 1,000,000 cases")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    began = time.monotonic()
    real = list(alike.real())
    for line in real:
        print(said("texts", line), flush=True)
    keep(real, "texts", 0, options.keep)
    county = options.county or options.cases >= COUNTY
    for kind in KINDS if options.db == "both" else (options.db,):
        before = None
        for cases in (SMALL, LARGE, max(COUNTY, options.cases)) if county else (options.cases,):
            with prepared(kind, cases) as ground:
                lines = measured(ground, options.seconds, http=not options.no_http, county=county)
            keep(lines, kind, cases, options.keep)
            found = {line.measure: line for line in lines}
            print(f"\n{kind}, {cases} cases: the goals")
            for sentence in judged(found, cases=cases, database=kind, before=before if cases >= COUNTY else None):
                print(f"{kind:<10}  {sentence}", flush=True)
            print(flush=True)
            before = before or found
    if not options.no_planner and not county:
        keep(planned(full=options.full), "planner", VILLAGE, options.keep)
    print(f"{time.monotonic() - began:.0f} s; lines added to {options.keep}")


def measured(ground: Ground, seconds: float, *, http: bool, county: bool = False) -> list[Line]:
    """Every measure of one database, printed as it comes."""
    floor, lines = Floor(ground), []
    over_http = (() if county else (requests_a_second,)) if http else ()
    last = (workers,) if http else ()  # after the others: what the workers hold then is told
    for measure in (*over_http, *(COUNTY_MEASURES if county else MEASURES), *last):
        for line in measure(ground, floor, seconds):
            print(said(ground.name, line), flush=True)
            lines.append(line)
    floor.close()
    return lines


def planned(*, full: bool) -> list[Line]:
    """The planner's figures, printed as they come."""
    lines = []
    for line in planner_lines(full=full):
        print(said("planner", line), flush=True)
        lines.append(line)
    return lines


def said(name: str, line: Line) -> str:
    """A line for people."""
    text = f"{name:<10}  {line.measure:<40} {line.value:>9.2f} {line.unit:<11}"
    if line.floor is None or line.ratio is None:
        return text.rstrip()
    return f"{text} floor {line.floor:>9.2f}   {line.ratio:.3g} of the floor"


def keep(lines: list[Line], name: str, cases: int, path: Path) -> None:
    """Add the lines to the file of results."""
    fresh = not path.exists()
    day, commit = datetime.now(UTC).date().isoformat(), _commit()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if fresh:
            writer.writerow(HEADERS)
        for line in lines:
            floor = "" if line.floor is None else f"{line.floor:.3f}"
            ratio = "" if line.ratio is None else f"{line.ratio:.3f}"
            row = (day, commit, name, cases, line.measure, f"{line.value:.3f}", line.unit, floor, ratio)
            writer.writerow(row)


def _commit() -> str:
    command = ["git", "-C", str(HOME), "describe", "--always", "--dirty", "--exclude=*"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() or "unknown"


if __name__ == "__main__":
    main()
