"""The benchmarks run: every measure answers on both databases."""

from __future__ import annotations

import csv
from pathlib import Path

from benchmarks.__main__ import HEADERS, keep, measured
from benchmarks.ground import prepared


def test_every_measure_answers(database: str, tmp_path: Path) -> None:
    kept = tmp_path / "results.csv"
    with prepared(database, 400) as ground:
        lines = measured(ground, 0.05, http=False)
        keep(lines, ground.name, ground.cases, kept)
    assert {"case list, page 1", "case detail", "create a case", "map points"} <= {line.measure for line in lines}
    assert all(line.value > 0 for line in lines)
    assert all(line.ratio is None or line.ratio > 0 for line in lines)
    with kept.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == HEADERS
    assert len(rows) == len(lines)
