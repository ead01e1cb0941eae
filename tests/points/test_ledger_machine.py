"""Random lives of a ledger against a model in plain Python, on both databases.

A few short sequences by default; GRIDCASE_FULL=1 runs 10,000 of up to 100 steps.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gridcase.app import create_app
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer, job
from gridcase.points import jobs, queries, service
from tests.conftest import Templates
from tests.points.spending import spend

FULL = os.environ.get("GRIDCASE_FULL", "") not in {"", "0"}
SEQUENCES, STEPS = (10_000, 100) if FULL else (10, 30)
PHASES = tuple(Phase) if FULL else (Phase.generate,)  # shrinking a failure takes minutes: the full run does it
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
WORTH = 20  # K5, which no cap limits
CASES = st.integers(1, 3)
HOMES = st.integers(0, 1)
CHECKER = Viewer(kind="staff", name="核查人", user_id=1)
OBJECTOR = Viewer(kind="staff", name="村民", user_id=2)


class LedgerMachine(RuleBasedStateMachine):
    """Closings, reopenings, days, objections and spending, in any order."""

    templates: ClassVar[Templates]
    folder: ClassVar[Path]

    @initialize()
    def start(self) -> None:
        self.config: Config = self.templates.copy(self.folder)
        self.app: Flask = create_app(self.config)
        self.context = self.app.app_context()
        self.context.push()
        self.homes = self.templates.world.homes["village_a"][:2]
        self.now = START
        self.serial = 0
        self.purses = [[0, 0, 0] for _ in self.homes]  # pending, merit, recover
        self.standing: dict[int, dict[str, Any]] = {}  # award id -> home, case, matured, objected, closes
        self.cases: dict[int, int] = {}  # case -> award that stands for its closing
        self.struck: set[tuple[int, int]] = set()  # (case, home) that an objection took back
        self.balance = [0, 0, 0]  # awards - reversals - spent

    def teardown(self) -> None:
        if hasattr(self, "context"):
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()
            self.context.pop()
            self.templates.drop(self.config)

    @rule(case=CASES, home=HOMES)
    def close(self, case: int, home: int) -> None:
        """A closed case earns once; a struck award does not come back."""
        with transaction():
            made = service.award_for_case(
                case_id=case, number=str(case), village_id=None, class_code="0202", reporter_rule="K5",
                helper_rule=None, reporter_household_id=self.homes[home], helper_household_id=None,
                restricted=False, imported=False, actor=CHECKER, now=self.now,
            )  # fmt: skip
            ids = [transfer.id for transfer in made]
        known = any(a["case"] == case and a["home"] == home for a in self.standing.values())
        if known or (case, home) in self.struck:
            assert ids == []
            return
        assert len(ids) == 1
        self.standing[ids[0]] = {
            "home": home, "case": case, "matured": False, "objected": False, "answered": False,
            "closes": self.now + timedelta(days=7),
        }  # fmt: skip
        self.purses[home][0] += WORTH
        self.balance[home] += WORTH

    @rule(case=CASES)
    def reopen(self, case: int) -> None:
        """Everything the case had earned goes back, and a second time nothing does."""
        for _ in range(2):
            with transaction():
                service.reverse_for_case(case_id=case, actor=CHECKER, now=self.now)
        for award_id in sorted(key for key, award in self.standing.items() if award["case"] == case):
            self._take_back(award_id)

    def _take_back(self, award_id: int) -> None:
        award = self.standing.pop(award_id)
        purse = self.purses[award["home"]]
        self.balance[award["home"]] -= WORTH
        if not award["matured"]:
            purse[0] -= WORTH
            return
        left = min(purse[1], WORTH)
        purse[1] -= left
        purse[2] += WORTH - left

    @rule(days=st.sampled_from((1, 7, 7)))
    def mature(self, days: int) -> None:
        """Days pass; what ran out without an open objection becomes merit, debts first."""
        self.now += timedelta(days=days)
        due = sorted(
            key
            for key, award in self.standing.items()
            if not award["matured"] and award["closes"] <= self.now and (not award["objected"] or award["answered"])
        )
        assert jobs.mature(actor=job("points"), now=self.now, batch=2) == len(due)
        for key in due:
            self.standing[key]["matured"] = True
            purse = self.purses[self.standing[key]["home"]]
            filled = min(purse[2], WORTH)
            purse[0] -= WORTH
            purse[1] += WORTH - filled
            purse[2] -= filled

    @precondition(lambda self: self.standing)
    @rule(pick=st.integers(0, 100))
    def object_to(self, pick: int) -> None:
        key, award = self._pick(pick)
        open_ = not award["matured"] and not award["objected"] and award["closes"] > self.now
        try:
            with transaction():
                transfer = queries.get_award(key)
                service.object_to(transfer, actor=OBJECTOR, reason="那天不在场", now=self.now)
        except Refused:
            assert not open_
        else:
            assert open_
            award["objected"] = True

    @precondition(lambda self: self.standing)
    @rule(pick=st.integers(0, 100), upheld=st.booleans(), self_answered=st.booleans())
    def settle(self, pick: int, upheld: bool, self_answered: bool) -> None:
        key, award = self._pick(pick)
        open_ = award["objected"] and not award["answered"] and not self_answered
        actor = OBJECTOR if self_answered else CHECKER
        try:
            with transaction():
                transfer = queries.get_award(key)
                service.settle_objection(transfer, actor=actor, upheld=upheld, note="核对过", now=self.now)
        except Refused:
            assert not open_
            return
        assert open_
        award["answered"] = True
        if upheld:
            self.struck.add((award["case"], award["home"]))
            self._take_back(key)

    @rule(home=HOMES, rest=st.sampled_from((0, 0, 1, 7, -1)))
    def spend(self, home: int, rest: int) -> None:
        """All of it, nearly all of it, or more than is there, which is refused."""
        self.serial += 1
        amount = max(1, self.purses[home][1] - rest)
        try:
            spend(self.homes[home], amount, f"spend:{self.serial}", now=self.now)
        except Refused:
            assert self.purses[home][1] < amount
        else:
            self.purses[home][1] -= amount
            self.balance[home] -= amount

    def _pick(self, pick: int) -> tuple[int, dict[str, Any]]:
        keys = sorted(self.standing)
        key = keys[pick % len(keys)]
        return key, self.standing[key]

    @invariant()
    def the_ledger_is_whole(self) -> None:
        """Total zero, stored balance = replay, nothing negative, reversals linked once, notices settled: `verify`."""
        if not hasattr(self, "homes"):
            return
        db.session.rollback()
        assert service.verify() == []
        for number, home in enumerate(self.homes):
            held = queries.balances_of(home, viewer=job("test"))
            assert [held.pending, held.merit, held.recover] == self.purses[number]
            assert held.pending + held.merit - held.recover == self.balance[number]
            assert min(held.pending, held.merit, held.recover) >= 0


def test_ledger_machine(templates: Templates, tmp_path: Path, at: Any) -> None:
    at(START.isoformat())
    machine = type("Machine", (LedgerMachine,), {"templates": templates, "folder": tmp_path})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=SEQUENCES, stateful_step_count=STEPS, deadline=None, derandomize=not FULL, database=None,
            print_blob=True, phases=PHASES, suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
