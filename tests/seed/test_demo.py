"""The demo: whole, repeatable, and with something of everything to look at."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from gridcase import doctor
from gridcase.audit.models import AuditRow, AuditSeal
from gridcase.cases.models import Case, CaseStep, CaseTally, ClassVersion, ReplyTemplate
from gridcase.cases.rules import State
from gridcase.core.db import Base, db
from gridcase.core.errors import SetupProblem
from gridcase.core.geo import contains_point
from gridcase.grid.models import Grid, GridOutline
from gridcase.households.models import CirclePlace, Household, Member
from gridcase.households.queries import place_of
from gridcase.households.rules import CareTier
from gridcase.mediation.models import Mediation
from gridcase.notices.models import Notice
from gridcase.people.models import Holding, Person, Post
from gridcase.people.rules import Role
from gridcase.points.models import Account, PointNotice, Transfer
from gridcase.seed import demo, places
from gridcase.seed.scene import OVER_DUE
from gridcase.users import queries as users
from gridcase.users import service as user_service
from gridcase.visits.models import Visit
from tests.factories.demo import NOW, Blanks, load_demo, opened

# Everything but accounts (their hashes are salted) and geometry.
TABLES: tuple[type[Base], ...] = (
    Grid, Person, Post, Holding, Household, Member, CirclePlace, Case, CaseStep, CaseTally, Visit, Account, Transfer,
    PointNotice, Notice, AuditRow, AuditSeal,
)  # fmt: skip


def test_doctor_finds_nothing(small_demo: Flask) -> None:
    found = {name: problems for name, problems in doctor.examine() if problems and name != "assets"}
    assert found == {}


def test_the_same_clock_gives_the_same_demo(demo_config: object, blanks: Blanks, small_demo: Flask) -> None:
    first = digests()
    with opened(blanks.fresh()):
        load_demo()
        assert digests() == first


def digests() -> dict[str, str]:
    """One digest a table over all its rows."""
    found = {}
    for model in TABLES:
        key = model.__table__.primary_key.columns
        digest = hashlib.sha256()
        for row in db.session.execute(select(*model.__table__.columns).order_by(*key)):
            digest.update(repr(tuple(row)).encode())
        found[model.__tablename__] = digest.hexdigest()
    return found


def test_a_case_stands_in_every_state(small_demo: Flask) -> None:
    assert set(db.session.scalars(select(Case.state).distinct())) == set(State)


def test_every_role_has_an_account_that_opens(small_demo: Flask) -> None:
    accounts = users.demo_accounts()
    held = {account.login: users.viewer_of(account, now=NOW).roles() for account in accounts}
    assert {login for login, roles in held.items() if roles == {login}} == set(Role) - {Role.RESIDENT}
    assert held[Role.RESIDENT] == frozenset()
    assert all(user_service.password_fits(account, demo.PASSWORD, memory_kib=64) for account in accounts)


@pytest.mark.parametrize(
    "condition",
    [
        Case.closed_at.is_(None) & (Case.due_at < NOW),
        Case.closed_at.is_(None) & (Case.soon_at <= NOW) & (Case.due_at > NOW),
        Case.restricted.is_(True) & Case.closed_at.is_(None),
        Case.unsorted.is_(True),
        Case.self_solved.is_(True),
        Case.second_check == "passed",
        Case.helper_household_id.is_not(None),
    ],
    ids=["late", "soon", "restricted", "in the tray", "self-solved", "checked twice", "helped"],
)
def test_there_is_something_of_everything(small_demo: Flask, condition: object) -> None:
    assert db.session.scalar(select(func.count()).select_from(Case).where(condition))  # type: ignore[arg-type]


def test_the_desks_keep_templates_a_version_and_mediations(small_demo: Flask) -> None:
    assert {one.kind for one in db.session.scalars(select(ReplyTemplate))} == {"result", "return", "answer", "refusal"}
    levels = select(Grid.level).join(ClassVersion, ClassVersion.place_id == Grid.id)
    assert set(db.session.scalars(levels)) == {"county", "village"}
    ended = [(one.result, one.signed_on is not None) for one in db.session.scalars(select(Mediation))]
    assert sorted(ended, key=str) == [("agreed", True), (None, False)]


def test_points_wait_and_have_matured(small_demo: Flask) -> None:
    kinds = set(db.session.scalars(select(Account.kind).where(Account.balance > 0)))
    assert {"pending", "merit"} <= kinds
    assert db.session.scalar(select(func.count()).where(Transfer.kind == "reverse"))


def test_visits_are_made_and_due_and_told(small_demo: Flask) -> None:
    liaison = users.by_login(Role.LIAISON)
    assert liaison is not None
    own = (
        select(Household.next_visit_on)
        .join(CirclePlace, CirclePlace.household_id == Household.id)
        .join(Holding, Holding.post_id == CirclePlace.post_id)
        .where(Holding.person_id == liaison.person_id)
    )
    days = list(db.session.scalars(own))
    late = [day for day in days if day and day <= NOW.date()]
    assert len(late) >= len(OVER_DUE), "the demo liaison's first page has work, whatever the cases led to"
    assert any(day and day > NOW.date() for day in days)
    assert {"digest", "case_due"} <= set(db.session.scalars(select(Notice.rule).distinct()))


def test_homes_stand_inside_their_cell(small_demo: Flask) -> None:
    homes = db.session.execute(select(Household.id, Household.grid_id).where(Household.id % 40 == 0)).all()
    assert len(homes) > 20
    for home in homes:
        lon, lat = place_of(home.id) or (0.0, 0.0)
        holds = contains_point(GridOutline.geom, lon, lat, key=GridOutline.grid_id)
        assert home.grid_id in set(db.session.scalars(select(GridOutline.grid_id).where(holds)))
    assert db.session.scalar(select(func.count()).select_from(GridOutline).where(GridOutline.synthetic.is_(False))) == 0


def test_circles_cross_the_cells(small_demo: Flask) -> None:
    rows = db.session.execute(
        select(func.count(), func.count(func.distinct(Household.grid_id)))
        .join(CirclePlace, CirclePlace.household_id == Household.id)
        .join(Post, Post.id == CirclePlace.post_id)
        .where(Post.role == Role.LIAISON)
        .group_by(CirclePlace.post_id)
    ).all()
    assert 14 <= sum(homes for homes, _ in rows) / len(rows) <= 16
    assert sum(cells > 1 for _, cells in rows) > len(rows) / 2


def test_care_is_shared_out_as_in_a_village(small_demo: Flask) -> None:
    counts = dict(db.session.execute(select(Household.tier, func.count()).group_by(Household.tier)).all())
    total = sum(counts.values())
    assert counts[CareTier.REASSURED] / total == pytest.approx(0.80, abs=0.02)
    assert counts[CareTier.CONNECTED] / total == pytest.approx(0.04, abs=0.01)


def test_registers_are_as_large_as_planned(small_demo: Flask) -> None:
    for plan in places.plans(small=True):
        village = db.session.scalars(select(Grid).where(Grid.code == plan.code)).one()
        homes, persons = db.session.execute(
            select(func.count(func.distinct(Household.id)), func.count(Member.id))
            .join(Member, Member.household_id == Household.id)
            .where(Household.village_id == village.id)
        ).one()
        assert (homes, persons) == (plan.size.homes, plan.size.persons)


def test_nothing_lies_in_the_future(small_demo: Flask) -> None:
    for column in (AuditRow.at, CaseStep.at, Visit.visited_at, Case.registered_at, Transfer.at):
        newest = db.session.scalar(select(func.max(column)))
        assert newest is not None
        assert newest <= NOW, column


def test_only_an_empty_database_is_filled(small_demo: Flask) -> None:
    assert not demo.half_filled()
    with pytest.raises(SetupProblem):
        load_demo()


def test_production_takes_no_demo(blanks: Blanks) -> None:
    config = replace(blanks.fresh(), env="production", trusted_hosts="localhost", secret_key="s" * 40)
    with opened(config), pytest.raises(SetupProblem):
        load_demo()


def test_the_whole_demo_has_the_published_figures() -> None:
    plans = places.plans(small=False)
    town = [plan.size for plan in plans if plan.town_code == places.OUJIANGCHA]
    assert len(town) == 19
    assert sum(size.homes for size in town) == 12_310
    assert sum(size.sections for size in town) == 73
    assert sum(size.liaisons for size in town) == 823
    tonganyi = next(plan.size for plan in plans if plan.town_code == places.TONGANYI)
    assert (tonganyi.groups, tonganyi.groups * tonganyi.cells) == (6, 12)
    assert (tonganyi.homes, tonganyi.persons) == (772, 3036)
    assert sum(plan.town_code == places.SHUANGRU for plan in plans) == 6
