"""Random changes of a village, one after the other: no case, home or visit is ever lost, on both databases."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gridcase import doctor
from gridcase.app import create_app
from gridcase.cases import queries as case_queries
from gridcase.cases.models import Case
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.core.permissions import Viewer, job
from gridcase.grid.models import Grid
from gridcase.households.models import Household
from gridcase.people.models import Post
from gridcase.people.rules import Role
from gridcase.planner import service
from gridcase.planner.queries import village as villages
from gridcase.planner.rules.reorganise import Plan
from gridcase.planner.service import plans
from gridcase.planner.service.plans import Part, When
from tests.conftest import Templates
from tests.factories.world import World
from tests.planner import village as proof
from tests.planner.village import Village, open_case, settle_in
from tests.planner.work import open_work

FULL = os.environ.get("GRIDCASE_FULL", "") not in {"", "0"}
EXAMPLES, CHANGES = (300, 12) if FULL else (6, 7)
PHASES = tuple(Phase) if FULL else (Phase.generate,)
TODAY = date(2026, 11, 23)
CODES = ("0503", "0401", "0301")
# What comes next: which change, and numbers to choose homes, cells and posts by.
LIVES = st.lists(
    st.tuples(st.sampled_from(("move", "split", "merge", "replace", "dissolve", "stand_in", "case", "day")),
              st.integers(0, 10**6), st.sampled_from((-20, 0, 0, 3))),
    min_size=3, max_size=CHANGES,
)  # fmt: skip


class Life:
    """One village living through changes; `day` is its today."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.patch, self.day = world, monkeypatch, TODAY
        self.village: Village = settle_in(world)
        self.head: Viewer = job("proof")
        self.serial = 0
        self.cases: set[int] = set()

    def go_on(self, days: int) -> None:
        """The clock to the morning some days later, and what is due then."""
        self.day += timedelta(days=days)
        self.patch.setenv("GRIDCASE_NOW", f"{self.day.isoformat()}T10:00:00+08:00")
        with transaction():
            service.settle_day(actor=job("moves"), now=clock.now())

    def cells(self) -> list[Any]:
        return [row for row in villages.places_in(self.village.grid.path, on=self.day) if row.level == "cell"]

    def liaisons(self) -> list[Any]:
        return list(villages.circles_in(self.village.grid.path, on=self.day))

    def add_case(self, seed: int) -> None:
        """Of any home, taken down by its liaison, sent to a liaison, a leader or nobody."""
        home = self.world.homes["village_a"][seed % 16]
        liaison = villages.liaisons_of([home], on=self.day)[home]
        posts = [None, liaison, *villages.leaders_at([row.id for row in self.cells()], on=self.day).values()]
        code = CODES[seed // 7 % len(CODES)]
        self.cases.add(open_case(self.world, home, collector=liaison, handler=posts[seed % len(posts)], code=code))

    def plan(self, what: str, seed: int, days: int) -> Plan:
        """A change of this kind, chosen by a number."""
        grid, on, now = self.village.grid, When(self.day + timedelta(days=days), "试验调整"), clock.now()
        cells, circles = self.cells(), self.liaisons()
        one, other = cells[seed % len(cells)], cells[seed // 3 % len(cells)]
        post, taker = circles[seed % len(circles)], circles[seed // 5 % len(circles)]
        homes = [row.id for row in villages.homes_in([one.id], on=self.day)]
        circle = [row.id for row in villages.homes_of(post.id, on=self.day)]
        persons = [row.id for row in villages.staff_of(grid.path, on=self.day)]
        person = persons[seed % len(persons)]
        self.serial += 1
        if what == "move":
            some = homes[: 1 + seed % max(1, len(homes))]
            return plans.move(grid, on, homes=some, target=other.id, circle=taker.id if seed % 2 else None)
        if what == "split":
            parts = [Part(f"新格{self.serial}", homes[:1], person)]
            return plans.split(grid, on, cell=db.session.get_one(Grid, one.id), parts=parts, now=now)
        if what == "merge":
            others = [row.id for row in cells if row.id != one.id][: 1 + seed % 2]
            return plans.merge(grid, on, survivor=db.session.get_one(Grid, one.id), others=others, now=now)
        chosen = db.session.get_one(Post, post.id)
        if what == "replace":
            return plans.replace(grid, on, post=chosen, person_id=person, new_post=seed % 2 == 0, title="", now=now)
        if what == "dissolve":
            rest = [row.id for row in circles if row.id != post.id] or [post.id]
            takers = {home: rest[(seed + at) % len(rest)] for at, home in enumerate(circle)}
            return plans.dissolve(grid, on, post=chosen, circles=takers, successor=rest[seed % len(rest)])
        last = max(self.day, on.on) + timedelta(days=2)
        return plans.stand_in(grid, on, post=chosen, person_id=person, last_day=last, now=now)

    def change(self, what: str, seed: int, days: int) -> None:
        """Make one change; what cannot be done is refused in words, and nothing has changed."""
        try:
            plan = self.plan(what, seed, days)
            with transaction():
                service.confirm(plan, actor=self.head, now=clock.now())
        except Refused:
            db.session.rollback()

    def check(self) -> None:
        """Nothing is lost: homes, their one liaison and next visit, cases and their living addressee."""
        homes = set(self.world.homes["village_a"])
        assert proof.homes_of_village(self.village.grid.id) == homes
        assert homes <= proof.looked_after(self.day).keys(), "a home without a liaison"
        assert set(proof.looked_after(self.day).values()) <= proof.living_posts(self.day)
        assert proof.places_agree(self.day)
        without = db.session.query(Household.id).filter(Household.id.in_(homes), Household.next_visit_on.is_(None))
        assert without.count() == 0
        still_open = set(db.session.scalars(db.select(Case.id).where(Case.closed_at.is_(None))))
        assert self.cases <= still_open
        assert proof.lost_cases(self.day) == []
        assert case_queries.without_addressee() == []
        ended = db.session.scalars(db.select(Post.id).where(Post.valid_to <= self.day)).all()
        assert all(work.empty for work in open_work(ended, on=self.day).values())


def test_nothing_is_lost_whatever_happens(templates: Templates, tmp_path: Path) -> None:
    @settings(
        max_examples=EXAMPLES, deadline=None, phases=PHASES, derandomize=not FULL,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(LIVES)
    def live(steps: list[tuple[str, int, int]]) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GRIDCASE_NOW", f"{TODAY.isoformat()}T10:00:00+08:00")
            config = templates.copy(tmp_path)
            app = create_app(config)
            with app.app_context():
                through(Life(templates.world, patch), steps)
                db.session.remove()
                db.engine.dispose()
            templates.drop(config)

    live()


def through(life: Life, steps: list[tuple[str, int, int]]) -> None:
    """A life of these steps, looked at after each, and once more when every planned day has come."""
    for seed in (3, 11, 27):
        life.add_case(seed)
    for what, seed, days in steps:
        if what == "case":
            life.add_case(seed)
        elif what == "day":
            life.go_on(1 + seed % 3)
        else:
            life.change(what, seed, days)
        life.check()
    life.go_on(4)
    life.check()
    found = {name: words for name, words in doctor.examine() if words and name not in ("assets", "spatial_indexes")}
    assert found == {}


def test_the_homes_of_a_circle_are_the_open_work_of_its_post(templates: Templates, tmp_path: Path) -> None:
    """The check can fail: a post ended by hand with its work on it is found."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRIDCASE_NOW", f"{TODAY.isoformat()}T10:00:00+08:00")
        config = templates.copy(tmp_path)
        with create_app(config).app_context():
            life = Life(templates.world, patch)
            life.add_case(3)
            post = db.session.get_one(Post, life.village.liaisons[0])
            post.valid_to = TODAY
            db.session.flush()
            assert proof.lost_cases(TODAY) != []
            work = open_work([post.id, templates.world.posts[Role.GRID_LEADER]], on=TODAY)
            assert len(work[post.id].homes) == 6
            assert not work[post.id].empty
            db.session.rollback()
            db.session.remove()
            db.engine.dispose()
        templates.drop(config)
