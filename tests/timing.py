"""The seconds each room's tests take, printed at the end of a run; a run beyond its budget fails."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from pathlib import PurePosixPath

import pytest
from _pytest.terminal import TerminalReporter

MINUTES = "GRIDCASE_TEST_MINUTES"
# Of wall time on two cores. The aim is 15 on a quiet machine; a shared one takes longer, and only a run beyond this
# fails. The long tests have `python -m tests.soak`.
BUDGET_MINUTES = 60.0


class Timing:
    """Adds up what the workers report; only the process that leads the run prints and judges."""

    def __init__(self, minutes: float) -> None:
        self.minutes = minutes
        self.began = time.monotonic()
        self.seconds: dict[str, float] = defaultdict(float)
        self.tests: dict[str, int] = defaultdict(int)

    @property
    def took(self) -> float:
        """Seconds of wall time since the run began."""
        return time.monotonic() - self.began

    @property
    def over(self) -> bool:
        """Whether the run took longer than it may."""
        return self.took > self.minutes * 60

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of one test, here or in a worker."""
        room = _room(report.nodeid)
        self.seconds[room] += report.duration
        self.tests[room] += report.when == "call"

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """A slow run is a failed run, whatever its tests said."""
        if self.over and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        """Stands above pytest's own last line."""
        if not self.seconds:
            return
        terminalreporter.section("seconds by room")
        for room, seconds in sorted(self.seconds.items(), key=lambda item: -item[1]):
            terminalreporter.write_line(f"{seconds:8.1f} s  {self.tests[room]:5d}  {room}")
        took = f"{self.took:8.1f} s of wall time, {self.minutes * 60:.0f} s allowed"
        terminalreporter.write_line(f"{took}: OVER THE BUDGET" if self.over else took, red=self.over)


def _room(nodeid: str) -> str:
    """`tests/cases/test_rules.py::test_x` -> `cases`."""
    folders = [part for part in PurePosixPath(nodeid.split("::")[0]).parts[:-1] if part != "tests"]
    return folders[0] if folders else "tests"


def register(config: pytest.Config) -> None:
    """Attach to the process that leads the run; called by tests/conftest.py."""
    if not hasattr(config, "workerinput"):
        minutes = float(os.environ.get(MINUTES, BUDGET_MINUTES))
        config.pluginmanager.register(Timing(minutes), "gridcase-timing")
