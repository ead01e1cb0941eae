"""Random lives of a case against a model in plain Python, on both databases: no illegal state, no lost step, no wrong
clock. A few short lives by default; GRIDCASE_FULL=1 runs 10,000, a part at a time: a stop loses one part.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.cases.lives import CaseLives
from tests.cases.lives_town import START, Town
from tests.conftest import Templates
from tests.soak.progress import Progress

FULL = os.environ.get("GRIDCASE_FULL", "") not in {"", "0"}
LIVES, PART, STEPS = (10_000, 250, 4) if FULL else (20, 20, 4)
PHASES = tuple(Phase) if FULL else (Phase.generate,)  # shrinking a failure takes minutes: the full run does it


def live(templates: Templates, folder: Path, *, lives: int) -> None:
    """So many lives of up to `STEPS` stretches of four to nine moves."""
    towns: list[Town] = []
    machine = type("Machine", (CaseLives,), {"templates": templates, "folder": folder, "towns": towns})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=lives, stateful_step_count=STEPS, deadline=None, derandomize=not FULL, database=None,
            print_blob=True, phases=PHASES, suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    for town in towns:
        town.close()


def test_random_lives_of_a_case(templates: Templates, database: str, tmp_path: Path, at: Any) -> None:
    at(START.isoformat())
    progress = Progress.of("lives", database) if FULL else Progress()
    while progress.done < LIVES:
        live(templates, tmp_path / str(progress.done), lives=PART)
        progress.add(PART)
