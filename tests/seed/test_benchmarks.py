"""The benchmarks run: every measure answers on both databases."""

from __future__ import annotations

import csv
from pathlib import Path

from benchmarks.__main__ import HEADERS, keep, measured
from benchmarks.goals import GOALS, judged
from benchmarks.ground import prepared

NOTHING = {"counters that differ", "sweep again, told", "CSV export, memory grows by"}  # best where they are 0
LEFT_OUT = {"start to first answer", "worker memory"}  # of gunicorn


def test_every_measure_answers(database: str, tmp_path: Path) -> None:
    kept = tmp_path / "results.csv"
    with prepared(database, 400) as ground:
        lines = measured(ground, 0.05, http=False)
        keep(lines, ground.name, ground.cases, kept)
    assert {"case list, page 1", "case detail", "create a case", "map points"} <= {line.measure for line in lines}
    assert {line.measure for line in lines if line.value <= 0} <= NOTHING
    found = {line.measure: line for line in lines}
    said = list(judged(found, cases=400, database=database, before=found))
    assert [one for one in said if "not compared" in one] == []
    assert {goal.measure for goal in GOALS} - set(found) == LEFT_OUT
    exact = next(one for one in said if one.startswith("counters differ"))
    assert exact.split()[-1] == "met"
    assert all(line.ratio is None or line.ratio > 0 for line in lines)
    with kept.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == HEADERS
    assert len(rows) == len(lines)
