"""Families live, split, marry, die and are put right; nobody, no case, visit or point is lost or counted twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from gridcase.audit.models import AuditRow
from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.models import Case
from gridcase.cases.rules import Answer, Channel
from gridcase.core.clock import town_day
from gridcase.core.dated import in_force
from gridcase.core.db import db, transaction
from gridcase.core.errors import Refused
from gridcase.dossier import service
from gridcase.grid.models import Grid
from gridcase.households import queries as household_queries
from gridcase.households import service as households
from gridcase.households.models import Household, HouseholdLineage, Member, Nomination
from gridcase.households.rules import Why
from gridcase.households.service import NewPerson
from gridcase.people import queries as people_queries
from gridcase.people.models import Holding
from gridcase.people.rules import DecisionKind
from gridcase.points import queries as point_queries
from gridcase.points import service as points
from gridcase.points.models import Account
from gridcase.users.models import User
from gridcase.visits import service as visits
from gridcase.visits.models import Visit
from gridcase.visits.rules import Purpose, VisitMode, VisitState
from gridcase.visits.service import VisitRecord
from tests.factories import decisions, schemes
from tests.factories.world import MAKER, World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = town_day(NOW)


def home_at(world: World, number: int) -> Household:
    return db.session.get_one(Household, world.homes["village_a"][number])


def living(home: Household) -> list[int]:
    return [member.person_id for member in household_queries.members_of(home.id, on=TODAY)]


def reported(home: Household, *, now: datetime = NOW) -> int:
    """A case of the home that brings it two points under public notice."""
    with transaction():
        case = cases.collect(
            actor=MAKER, case_class=case_queries.class_in_use("0504"), title="路边有险情", text="护栏松了",
            channel=Channel.VISIT, grid=db.session.get_one(Grid, home.grid_id), household=home, now=now,
        )  # fmt: skip
        cases.accept(case, actor=MAKER, now=now)
        cases.self_solve(case, actor=MAKER, now=now, result="已修好", answer=Answer.SOLVED)
        return case.id


def visited(home: Household, mark: int, *, now: datetime = NOW) -> None:
    record = VisitRecord(
        client_uuid=f"00000000-0000-4000-8000-{mark:012d}", visited_at=now, mode=VisitMode.HOME,
        state=VisitState.SAFE, purpose=Purpose.CARE, met=1,
    )  # fmt: skip
    with transaction():
        visits.log_visit(actor=MAKER, household=home, record=record, now=now)


def ripen(now: datetime) -> None:
    with transaction():
        due = point_queries.due_notices(on=town_day(now), limit=500)
        points.mature(due, actor=MAKER, now=now)


def held(home: Household) -> tuple[int, int, int]:
    found = point_queries.balances_of(home.id, viewer=MAKER)
    return found.pending, found.merit, found.recover


def test_a_home_written_twice(ctx: Flask, world: World) -> None:
    double, kept = home_at(world, 0), home_at(world, 1)
    case_id = reported(double)
    ripen(NOW + timedelta(days=10))
    second = reported(double, now=NOW + timedelta(days=11))
    visited(double, 1)
    place = db.session.get_one(Case, case_id).grid_id
    pairs = dict(zip(living(double)[:1], living(kept)[:1], strict=True))
    spouse = living(double)[1]
    with transaction():
        outcome = service.merge_homes(double, kept, actor=MAKER, same=pairs, now=NOW)
    assert "2 件事、1 次走访、2 分" in "".join(map(str, outcome.sentences))
    assert len(living(kept)) == 3
    assert spouse in living(kept)
    assert living(double) == []
    assert (double.ended_why, double.next_visit_on, kept.ended_on) == ("merged", None, None)
    found = db.session.get_one(Case, case_id)
    assert (found.household_id, found.grid_id) == (kept.id, place)
    assert db.session.scalars(select(Visit.household_id)).all() == [kept.id]
    assert kept.last_visit_at == NOW
    assert (held(kept), held(double)) == ((0, 2, 0), (2, 0, 0))
    ripen(NOW + timedelta(days=20))
    assert (held(kept), held(double)) == ((0, 4, 0), (0, 0, 0)), "what was under notice follows"
    with transaction():
        case = db.session.get_one(Case, second)
        cases.reopen(case, actor=MAKER, now=NOW + timedelta(days=21), note="又松了")
    assert (held(kept), held(double)) == ((0, 2, 0), (0, 0, 0)), "what is taken back is taken from the kept home"
    assert points.verify() == []


def test_a_veto_and_what_was_declared_hold_for_the_home_that_stays(ctx: Flask, world: World) -> None:
    village = world.grids["village_a"]
    schemes.in_force(village, "zhilong", on=TODAY, now=NOW)
    double, kept = home_at(world, 0), home_at(world, 1)
    until = TODAY + timedelta(days=30)
    with transaction():
        decision = decisions.passed(village, DecisionKind.VETO, on=TODAY, now=NOW, title="关于一户的决议").id
        points.put_veto(
            double, code="V9", document_no="核查〔2026〕3号", reason="冒领他人积分。", decision_id=decision,
            until=until, actor=MAKER, now=NOW,
        )  # fmt: skip
    with transaction():
        service.merge_homes(double, kept, actor=MAKER, same={}, now=NOW)
    assert point_queries.frozen_until(kept.id, on=TODAY) == until + timedelta(days=1)
    row = db.session.scalars(select(AuditRow).where(AuditRow.action == "points.repoint")).one()
    assert row.detail == {"double": double.id, "kind": "points_veto", "count": 1}


def test_homes_of_two_villages_are_not_one(ctx: Flask, world: World) -> None:
    double, kept = home_at(world, 0), db.session.get_one(Household, world.homes["village_b"][0])
    with pytest.raises(Refused, match="不在同一个村"), transaction():
        service.merge_homes(double, kept, actor=MAKER, same={}, now=NOW)
    with pytest.raises(Refused, match="另一户"), transaction():
        service.merge_homes(double, double, actor=MAKER, same={}, now=NOW)


def test_a_person_written_twice(ctx: Flask, world: World) -> None:
    """A post, an account and a nomination hang on the second record."""
    home, other = home_at(world, 0), home_at(world, 1)
    double = db.session.get_one(User, world.users["liaison"]).person_id
    with transaction():
        households.fold_person(living(other)[1], double, actor=MAKER, place=other.path, now=NOW, ending=other.id)
        households.nominate(home, actor=MAKER, person_ids=[double, living(home)[0]], now=NOW)
    kept = living(home)[1]
    with transaction():
        service.merge_persons(double, kept, actor=MAKER, home=home, now=NOW)
    assert [post.role for post in people_queries.posts_held_by(kept, on=TODAY)] == ["liaison"]
    assert people_queries.posts_held_by(double, on=TODAY) == []
    assert db.session.get_one(User, world.users["liaison"]).person_id == kept
    named = db.session.scalars(select(Nomination.person_id).order_by(Nomination.rank)).all()
    assert named == [kept, living(home)[0]]
    assert double not in living(other)
    assert (
        db.session.scalars(select(Holding).where(Holding.person_id == double, Holding.superseded_at.is_(None))).all()
        == []
    )
    with pytest.raises(Refused, match="户主"), transaction():
        service.merge_persons(living(home)[0], kept, actor=MAKER, home=home, now=NOW)


@dataclass
class Diary:
    """What must be true, kept beside the database in the plainest form."""

    home_of: dict[int, int] = field(default_factory=dict)
    case_of: dict[int, int] = field(default_factory=dict)
    visits_of: Counter[int] = field(default_factory=Counter)
    merit_of: Counter[int] = field(default_factory=Counter)
    marks: int = 0

    def standing(self) -> list[int]:
        return sorted(set(self.home_of.values()))

    def of(self, home: int) -> list[int]:
        return sorted(person for person, where in self.home_of.items() if where == home)


STEPS = ("born", "died", "left", "married", "split", "case", "visit", "merge", "double", "head")


@settings(
    max_examples=12,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 999), st.integers(0, 999)), min_size=4, max_size=14))
def test_random_lives_lose_nothing(ctx: Flask, world: World, lives: list[tuple[str, int, int]]) -> None:
    diary = Diary()
    for home in db.session.scalars(
        select(Household).where(Household.village_id == world.grids["village_a"], household_queries.standing())
    ):
        diary.home_of |= dict.fromkeys(living(home), home.id)
    for case in db.session.scalars(select(Case)):
        diary.case_of[case.id] = case.household_id
    diary.visits_of = Counter(db.session.scalars(select(Visit.household_id)))
    for account in db.session.scalars(select(Account).where(Account.kind == "merit")):
        diary.merit_of[account.household_id] = account.balance
    for step, one, two in lives:
        LIVES[step](world, diary, one, two)
    _compare(world, diary)


def _compare(world: World, diary: Diary) -> None:
    rows = db.session.execute(
        select(Member.person_id, Member.household_id)
        .join(Household, Household.id == Member.household_id)
        .where(in_force(Member, TODAY), Household.village_id == world.grids["village_a"])
    ).all()
    assert Counter(row.person_id for row in rows) == Counter(diary.home_of.keys()), "each person once"
    assert {row.person_id: row.household_id for row in rows} == diary.home_of
    standing = db.session.scalars(
        select(Household.id).where(Household.village_id == world.grids["village_a"], household_queries.standing())
    )
    assert sorted(standing) == diary.standing()
    heads = db.session.execute(
        select(Member.household_id, func.count())
        .where(in_force(Member, TODAY), Member.relation == "head", Member.household_id.in_(diary.standing()))
        .group_by(Member.household_id)
    ).all()
    assert {row[0]: row[1] for row in heads} == dict.fromkeys(diary.standing(), 1), "one head a home"
    assert {case.id: case.household_id for case in db.session.scalars(select(Case))} == diary.case_of
    assert Counter(db.session.scalars(select(Visit.household_id))) == diary.visits_of
    merit = {home: held(db.session.get_one(Household, home))[1] for home in diary.standing()}
    assert merit == {home: diary.merit_of[home] for home in diary.standing()}
    total = db.session.scalar(select(func.sum(Account.balance)).where(Account.kind == "merit")) or 0
    assert total == sum(diary.merit_of.values())
    assert points.verify() == []
    assert household_queries.check() == []


def _pick(diary: Diary, number: int) -> Household:
    homes = diary.standing()
    return db.session.get_one(Household, homes[number % len(homes)])


def _born(world: World, diary: Diary, one: int, two: int) -> None:
    home = _pick(diary, one)
    before = set(living(home))
    with transaction():
        child = NewPerson(f"新{two}之{db.session.scalar(select(func.count()).select_from(Member))}", "child", "f")
        households.born(
            home, actor=MAKER, child=child, on=max(home.since or TODAY, TODAY - timedelta(days=two % 20)), now=NOW
        )
    diary.home_of |= dict.fromkeys(set(living(home)) - before, home.id)


def _gone(diary: Diary, home: int, people: list[int], to: int | None) -> None:
    for person in people:
        diary.home_of.pop(person)
        if to is not None:
            diary.home_of[person] = to


def _go(world: World, diary: Diary, one: int, two: int, act: Callable[[Household, list[int], int | None], Any]) -> None:
    """Some of a home, and who follows its head; refused where a day does not fit, then nothing happens."""
    home = _pick(diary, one)
    everybody = living(home)
    going = [person for number, person in enumerate(everybody) if (two >> number) & 1] or everybody[-1:]
    staying = [person for person in everybody if person not in going]
    try:
        with transaction():
            act(home, going, staying[0] if staying else None)
    except Refused:
        db.session.rollback()


def _died(world: World, diary: Diary, one: int, two: int) -> None:
    def act(home: Household, going: list[int], head: int | None) -> None:
        others = [p for p in living(home) if p != going[0]]
        households.died(
            home, actor=MAKER, person_id=going[0], on=TODAY, now=NOW, new_head_id=others[0] if others else None
        )
        _gone(diary, home.id, going[:1], None)

    if len(diary.standing()) > 3:
        _go(world, diary, one, two, act)


def _left(world: World, diary: Diary, one: int, two: int) -> None:
    def act(home: Household, going: list[int], head: int | None) -> None:
        households.left(home, actor=MAKER, person_ids=going, why=Why.MOVE, on=TODAY, new_head_id=head, now=NOW)
        _gone(diary, home.id, going, None)

    if len(diary.standing()) > 3:
        _go(world, diary, one, two, act)


def _married(world: World, diary: Diary, one: int, two: int) -> None:
    def act(home: Household, going: list[int], head: int | None) -> None:
        to = _pick(diary, one + 1)
        households.left(
            home, actor=MAKER, person_ids=going, why=Why.MARRIAGE, on=TODAY - timedelta(days=one % 9), destination=to,
            relation="spouse", new_head_id=head, now=NOW,
        )  # fmt: skip
        _gone(diary, home.id, going, to.id)

    _go(world, diary, one, two, act)


def _split(world: World, diary: Diary, one: int, two: int) -> None:
    def act(home: Household, going: list[int], head: int | None) -> None:
        outcome = households.split(
            home, actor=MAKER, person_ids=going, head_id=going[-1], grid=db.session.get_one(Grid, home.grid_id),
            address=None, keep_circle=bool(two % 2), on=TODAY - timedelta(days=one % 9), new_head_id=head, now=NOW,
        )  # fmt: skip
        _gone(diary, home.id, going, outcome.household_id)

    _go(world, diary, one, two, act)


def _head(world: World, diary: Diary, one: int, two: int) -> None:
    def act(home: Household, going: list[int], head: int | None) -> None:
        households.change_head(home, actor=MAKER, person_id=going[-1], on=TODAY, now=NOW)

    _go(world, diary, one, two, act)


def _case(world: World, diary: Diary, one: int, two: int) -> None:
    home = _pick(diary, one)
    before = held(home)[1]
    diary.case_of[reported(home)] = home.id
    ripen(NOW + timedelta(days=30))
    diary.merit_of[home.id] = held(home)[1]
    assert held(home)[1] - before in (0, 2), "the month's cap"


def _visit(world: World, diary: Diary, one: int, two: int) -> None:
    home = _pick(diary, one)
    visited(home, db.session.scalar(select(func.count()).select_from(Visit)) or 0)
    diary.visits_of[home.id] += 1


def _merge(world: World, diary: Diary, one: int, two: int) -> None:
    double, kept = _pick(diary, one), _pick(diary, two)
    if double.id == kept.id:
        return
    here, there = living(double), living(kept)
    same = dict(zip(here[: two % 3], there, strict=False))
    with transaction():
        service.merge_homes(double, kept, actor=MAKER, same=same, now=NOW)
    _gone(diary, double.id, list(same), None)
    _gone(diary, double.id, [person for person in here if person not in same], kept.id)
    for case, home in diary.case_of.items():
        diary.case_of[case] = kept.id if home == double.id else home
    diary.visits_of[kept.id] += diary.visits_of.pop(double.id, 0)
    diary.merit_of[kept.id] += diary.merit_of.pop(double.id, 0)


def _double(world: World, diary: Diary, one: int, two: int) -> None:
    home, other = _pick(diary, one), _pick(diary, two)
    kept, double = living(home)[0], living(other)[-1]
    if kept == double:
        return
    try:
        with transaction():
            service.merge_persons(double, kept, actor=MAKER, home=home, now=NOW)
    except Refused:
        db.session.rollback()
        return
    diary.home_of.pop(double)


LIVES = {
    "born": _born, "died": _died, "left": _left, "married": _married, "split": _split, "case": _case,
    "visit": _visit, "merge": _merge, "double": _double, "head": _head,
}  # fmt: skip


def test_lineage_leads_to_the_last_home(ctx: Flask, world: World) -> None:
    one, two, three = (home_at(world, number) for number in range(3))
    for double, kept in ((one, two), (two, three)):
        with transaction():
            service.merge_homes(double, kept, actor=MAKER, same={}, now=NOW)
    assert household_queries.successor_of([one.id]) == {one.id: three.id}
    assert len(db.session.scalars(select(HouseholdLineage)).all()) == 2
    assert date(2026, 11, 23) == one.ended_on
