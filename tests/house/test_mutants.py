"""The planted faults still fit the code, and name tests that exist (`python -m tests.mutants` runs them)."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.mutants.__main__ import Mutant, all_mutants

ROOT = Path(__file__).resolve().parents[2]
FEWEST = 12


def test_there_are_enough() -> None:
    assert len(all_mutants()) >= FEWEST


@pytest.mark.parametrize("mutant", all_mutants(), ids=lambda mutant: mutant.name)
def test_a_mutant_fits_the_code_and_names_a_test(mutant: Mutant) -> None:
    command = ["git", "apply", "-p1", "--check", str(mutant.patch)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    path, name = mutant.test[0].split("::")
    name = name.split("[")[0]
    assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.M), mutant.test[0]
