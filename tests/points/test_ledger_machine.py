"""Random lives of a ledger against a model in plain Python, on both databases: through the pages where there are some.

A few short sequences by default; GRIDCASE_FULL=1 runs 10,000 of up to 100 steps, a part at a time.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.app import create_app
from gridcase.core.clock import town_day
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import job
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.people.rules import Role
from gridcase.points import jobs, queries, service
from gridcase.points.models import Account
from gridcase.points.rules.schemes import YearEnd
from tests.conftest import Templates, open_session
from tests.points.purses import BASE, CHECKER, KINDS, START, WORTH, Model, Posted, nth
from tests.points.walking import move, walk
from tests.soak.progress import Progress

FULL = os.environ.get("GRIDCASE_FULL", "") not in {"", "0"}
SEQUENCES, PART, STEPS = (10_000, 100, 100) if FULL else (20, 20, 40)
# Movements and seals are append-only: what is wrong with them stays wrong until the next look, at the latest the one at
# the end. The purses, which could be wrong and right again, are looked at after every step.
WHOLE_EVERY = 10
# What a full run is about: it takes hours, so it may go on after a change of something else.
TESTS = ("tests/points/test_ledger_machine.py", "tests/points/purses.py", "tests/points/walking.py")
WHAT_HOLDS = ("gridcase/points", "gridcase/core", "gridcase/audit", *TESTS)
CASES, HOMES, ORDERS, PICK = (1, 2, 3), (0, 1), (1, 2, 3, 4), range(101)
BOTH = (False, True)


class LedgerLife:
    """Closings, reopenings, awards, deductions, days, objections, the counter, years, merges, in any order."""

    def __init__(self, templates: Templates, config: Config, app: Flask) -> None:
        self.templates, self.config, self.app = templates, config, app

    def begin(self, rich: bool) -> None:
        """A village where nothing has happened, or one whose homes have something of everything to lose."""
        self.templates.anew(self.config)
        self.context = self.app.app_context()
        self.context.push()
        self.world = self.templates.world
        self.homes, self.village = self.world.homes["village_a"][:2], self.world.grids["village_a"]
        self.now, self.serial, self.merges, self.steps = START, 0, 0, 0
        self.models = [Model() for _ in self.homes]
        self.standing: dict[int, Posted] = {}
        self.struck: set[tuple[int, int]] = set()  # (case, home) that an objection took back
        self.orders: dict[int, tuple[str, int, int]] = {}  # order -> (held | spent | released, home, points)
        self.years: set[int] = set()
        self.clients: dict[tuple[Role, datetime], FlaskClient] = {}
        if rich:
            self.settle_year()
            for home in (0, 1):
                self.close(home + 1, home)
                self.post(home, 30, honour=False)
                self.post(home, 5, honour=True)
            self.mature(7)
            self.post(0, 30, honour=False)

    def leave(self) -> None:
        """Nobody stays connected."""
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
        self.context.pop()

    def ask(self, role: Role, path: str, **data: Any) -> bool:
        """Send a form as somebody; whether it was taken (a refusal shows the form again)."""
        db.session.remove()
        self.context.pop()
        os.environ["GRIDCASE_NOW"] = self.now.isoformat()
        if (role, self.now) not in self.clients:
            self.clients[role, self.now] = self._sign_in(role)
        # JSON: whether it is refused is asked here, not how the page that says so looks
        answer = self.clients[role, self.now].post(path, data=data, headers={"Accept": "application/json"})
        self.context = self.app.app_context()
        self.context.push()
        assert answer.status_code in {200, 302, 404}, answer.get_data(as_text=True)[:500]
        return answer.status_code == 302

    def _sign_in(self, role: Role) -> FlaskClient:
        client, token = self.app.test_client(), open_session(self.app, self.world.users[role])
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        return client

    # --- what is given and taken

    @move(case=CASES, home=HOMES)
    def close(self, case: int, home: int) -> None:
        """A closed case earns once; a struck award does not come back."""
        with transaction():
            made = service.award_for_case(
                case_id=case, number=str(case), village_id=None, class_code="0202", reporter_rule="K5",
                helper_rule=None, reporter_household_id=self.homes[home], helper_household_id=None,
                restricted=False, imported=False, actor=CHECKER, now=self.now,
            )  # fmt: skip
            ids = [transfer.id for transfer in made]
        known = any(entry.case == case and entry.home == home for entry in self.standing.values())
        earns = not known and (case, home) not in self.struck
        assert len(ids) == earns
        if earns:
            self._stands(ids[0], Posted(home, WORTH, case=case))

    @move(home=HOMES, points=(5, 30, -5, -40), honour=BOTH)
    def post(self, home: int, points: int, honour: bool) -> None:
        """Points given or taken by a review; the same key again changes nothing."""
        self.serial += 1
        target = "honour" if honour and points > 0 else "merit"
        for _ in range(2):
            with transaction():
                made = service.post_award(
                    household_id=self.homes[home], points=points, account=target, rule="Z601", version_id=None,
                    source_kind="declaration", source_id=str(self.serial), key=f"declaration:{self.serial}",
                    actor=CHECKER, now=self.now,
                )  # fmt: skip
                number = made.id if made else None
        purses = self.models[home].purses
        if points > 0:
            assert number is not None
            self._stands(number, Posted(home, points, target))
            return
        base = min(purses["base"], -points)
        parts = (base, min(purses["merit"], -points - base))
        assert (number is None) == (sum(parts) == 0)
        if number is not None:
            self._stands(number, Posted(home, points, parts=parts))

    def _stands(self, number: int, entry: Posted) -> None:
        entry.closes = self.now + timedelta(days=7)
        self.standing[number] = entry
        model = self.models[entry.home]
        if entry.points > 0:
            model.add("pending", entry.points)
            model.outside += entry.points
            return
        model.add("base", -entry.parts[0])
        model.add("merit", -entry.parts[1])
        model.add("held", sum(entry.parts))

    @move(case=CASES)
    def reopen(self, case: int) -> None:
        """Everything the case had earned goes back, and a second time nothing does."""
        for _ in range(2):
            with transaction():
                service.reverse_for_case(case_id=case, actor=CHECKER, now=self.now)
        for number in sorted(key for key, entry in self.standing.items() if entry.case == case):
            self._take_back(number)

    def _take_back(self, number: int) -> None:
        entry = self.standing.pop(number)
        model = self.models[entry.home]
        if entry.points < 0:
            model.add("held", -sum(entry.parts))
            model.add("base", entry.parts[0])
            model.add("merit", entry.parts[1])
            model.settle_debt()
            return
        model.outside -= entry.points
        if not entry.matured:
            model.add("pending", -entry.points)
            return
        left = min(model.purses["merit"], entry.points)
        model.add("merit", -left)
        model.add("recover", entry.points - left)

    # --- days and objections

    @move(days=(1, 7, 7))
    def mature(self, days: int) -> None:
        """Days pass; what ran out without an open objection takes effect, debts first."""
        self.now += timedelta(days=days)
        due = sorted(key for key, entry in self.standing.items() if entry.due(self.now))
        assert jobs.mature(actor=job("points"), now=self.now, batch=2) == len(due)
        for key in due:
            entry = self.standing[key]
            entry.matured = True
            model = self.models[entry.home]
            if entry.points < 0:
                model.add("held", -sum(entry.parts))
                model.outside -= sum(entry.parts)
                del self.standing[key]
                continue
            model.add("pending", -entry.points)
            model.add(entry.target, entry.points)
            model.settle_debt()

    @move(lambda self: self._hanging_out(), pick=PICK)
    def object_to(self, pick: int) -> None:
        key = nth(self._hanging_out(), pick)
        assert self._object(key)
        self.standing[key].objected = True

    @move(lambda self: self._unanswered(), pick=PICK, upheld=BOTH)
    def answer(self, pick: int, upheld: bool) -> None:
        key = nth(self._unanswered(), pick)
        assert self._settle(key, upheld=upheld)
        entry = self.standing[key]
        entry.answered = True
        if upheld:
            if entry.case is not None:
                self.struck.add((entry.case, entry.home))
            self._take_back(key)

    @move(lambda self: self.standing, pick=PICK, upheld=BOTH)
    def ask_in_vain(self, pick: int, upheld: bool) -> None:
        """What took effect, was objected to before, has no objection or has its answer: nothing comes of asking."""
        key = nth(sorted(self.standing), pick)
        assert key in self._hanging_out() or not self._object(key)
        assert key in self._unanswered() or not self._settle(key, upheld=upheld)

    def _hanging_out(self) -> list[int]:
        return sorted(key for key, entry in self.standing.items() if entry.hangs_out(self.now))

    def _unanswered(self) -> list[int]:
        return sorted(key for key, entry in self.standing.items() if entry.objected and not entry.answered)

    def _object(self, key: int) -> bool:
        return self.ask(Role.RESIDENT, f"/points/{key}/object", reason="那天不在场")

    def _settle(self, key: int, *, upheld: bool) -> bool:
        said = "yes" if upheld else "no"
        return self.ask(Role.REVIEW_MEMBER, f"/points/{key}/settle", upheld=said, note="核对过")

    # --- the counter

    @move(order=ORDERS, home=HOMES, rest=(0, 0, 1, 7, -1))
    def reserve(self, order: int, home: int, rest: int) -> None:
        """All of it, nearly all of it, or more than is there, which is refused; an order reserves once."""
        merit = self.models[home].purses["merit"]
        amount = max(1, merit - rest)
        try:
            with transaction():
                service.hold_for(
                    household_id=self.homes[home], amount=amount, key=str(order), source_kind="order",
                    source_id=str(order), actor=CHECKER, now=self.now,
                )  # fmt: skip
        except Refused:
            assert order not in self.orders
            assert merit < amount
            return
        if order not in self.orders:
            self.orders[order] = ("held", home, amount)
            self.models[home].add("merit", -amount)
            self.models[home].add("held", amount)

    @move(order=ORDERS, spends=BOTH)
    def end_order(self, order: int, spends: bool) -> None:
        """Handed over or given back: once, and not the one after the other."""
        state, home, amount = self.orders.get(order, ("", 0, 0))
        ended = "spent" if spends else "released"
        try:
            with transaction():
                (service.spend if spends else service.release)(str(order), actor=CHECKER, now=self.now)
        except Refused:
            assert state not in {"held", ended}
            return
        assert state in {"held", ended}
        if state == "held":
            self.orders[order] = (ended, home, amount)
            model = self.models[home]
            model.add("held", -amount)
            if spends:
                model.outside -= amount
            else:
                model.add("merit", amount)
                model.settle_debt()

    # --- years and merges

    @move()
    def settle_year(self) -> None:
        """A year that clears: announced thirty days before, settled by the village once, twice changes nothing."""
        until = town_day(self.now) + timedelta(days=30)
        year = until.year
        if year in self.years:
            return
        with transaction():
            village = db.session.get_one(Grid, self.village)
            row = service.announce_year(village, year, until=until, actor=CHECKER, now=self.now)
            row.policy, row.base_points = YearEnd.RESET, BASE  # as a scheme that clears would have it
        path = f"/points/periods/{self.village}/year/{year}"
        assert not self.ask(Role.VILLAGE_HEAD, path), "before the last day nothing is settled"
        self.now += timedelta(days=31)
        for _ in range(2):
            assert self.ask(Role.VILLAGE_HEAD, path)
        self.years.add(year)
        for model in self.models:
            model.outside += BASE - model.purses["base"] - model.purses["merit"]
            model.purses["base"], model.purses["merit"] = BASE, 0

    @move(lambda self: self.merges < 2, double=HOMES)
    def merge(self, double: int) -> None:
        """Two records of one home: merit, honour and debt go along, of two bases the larger stays."""
        self.merges += 1
        gone, kept = self.models[double], self.models[1 - double]
        with transaction():
            first, other = (db.session.get_one(Household, self.homes[one]) for one in (double, 1 - double))
            assert service.merge_accounts(first, other, actor=CHECKER, now=self.now) == gone.purses["merit"]
        base = max(gone.purses["base"], kept.purses["base"])
        kept.outside += base - kept.purses["base"]
        gone.outside -= gone.purses["base"]
        kept.purses["base"], gone.purses["base"] = base, 0
        for kind, sign in (("merit", 1), ("honour", 1), ("recover", -1)):
            points = gone.purses[kind]
            gone.add(kind, -points)
            kept.add(kind, points)
            gone.outside -= sign * points
            kept.outside += sign * points
        kept.settle_debt()

    @move()
    def seal(self) -> None:
        jobs.seal(now=self.now, batch=3)
        assert queries.count_unsealed()[0] == 0

    def look(self) -> None:
        """Every purse is what the model says, none is negative, and their sum is what the village gave."""
        db.session.rollback()
        kept = select(Account.household_id, Account.kind, Account.balance).where(Account.household_id.in_(self.homes))
        rows = db.session.execute(kept).all()
        for model, home in zip(self.models, self.homes, strict=True):
            purses = dict.fromkeys(KINDS, 0) | {row.kind: row.balance for row in rows if row.household_id == home}
            assert purses == model.purses
            assert min(purses.values()) >= 0
            assert sum(purses.values()) - 2 * purses["recover"] == model.outside
        self.steps += 1
        if self.steps % WHOLE_EVERY == 0:
            self.end()

    def end(self) -> None:
        """Total zero; stored balance = replay from zero; nothing negative; known legs only; reversals linked, whole and
        once; notices and movements agree; what is open is what is held; no seal broken; and pages show the model's."""
        db.session.rollback()
        assert service.verify() == []
        assert service.verify_seals() == []
        for model, home in zip(self.models, self.homes, strict=True):
            shown = queries.balances_of(home, viewer=job("test"))
            assert {kind: getattr(shown, kind) for kind in KINDS} == model.purses


def run(templates: Templates, folder: Path, numbers: range) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    config = templates.copy(folder)
    app = create_app(config)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    for number in numbers:
        walk(lambda: LedgerLife(templates, config, app), number, most=STEPS)
    templates.drop(config)


def test_ledger_machine(templates: Templates, database: str, tmp_path: Path, at: Any) -> None:
    at(START.isoformat())
    progress = Progress.of("ledger", database, *WHAT_HOLDS) if FULL else Progress()
    while progress.done < SEQUENCES:
        run(templates, tmp_path / str(progress.done), range(progress.done, progress.done + PART))
        progress.add(PART)
