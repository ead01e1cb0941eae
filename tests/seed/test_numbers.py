"""The places' numbers come out of the reports: the published figures of two towns, counted from their registers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.app import create_app
from gridcase.core.clock import town_day
from gridcase.core.config import Config
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer, job
from gridcase.dossier.queries.grids import homes_and_persons
from gridcase.grid import queries as grids
from gridcase.people.rules import Role
from gridcase.planner.queries import coverage, coverage_lists
from gridcase.planner.queries.coverage import AsOf
from gridcase.planner.rules.coverage import Listed, Numbers, total
from gridcase.seed import places, reference, towns, villages
from gridcase.seed.places import OUJIANGCHA, TONGANYI, chance
from gridcase.users import queries as accounts
from gridcase.users import service as users
from tests.conftest import open_session
from tests.factories.demo import NOW, Blanks, opened
from tests.factories.pages import body, statements

MAKER: Viewer = job("test")
SINCE, TODAY = date(2026, 1, 1), town_day(NOW)
NOON = AsOf(TODAY)
VILLAGES = 19


@pytest.fixture(scope="module")
def registers(blanks: Blanks) -> Config:
    """A database with all villages of both towns and their offices, without a story; tests of it only read."""
    config = blanks.fresh()
    with opened(config):
        _fill()
    return config


def _fill() -> None:
    plans = [plan for plan in places.plans(small=False) if plan.town_code in (OUJIANGCHA, TONGANYI)]
    with transaction():
        reference.load(actor=MAKER, now=NOW)
        upper = places.add_upper(plans=plans, actor=MAKER, since=SINCE, now=NOW)
    for plan in plans:
        village = upper.grids[plan.code]
        with transaction():
            spots = places.add_lower(village, upper.rings[plan.code], plan.size, actor=MAKER, now=NOW)
            villages.settle(
                village, spots, plan.size, town_code=plan.town_code, actor=MAKER, now=NOW, rng=chance(plan.code)
            )
    for code in (OUJIANGCHA, TONGANYI):
        town, county = upper.grids[code], upper.grids[code[:6] + "000000"]
        with transaction():
            offices = towns.open_offices(town, county, whole_county=True, actor=MAKER, now=NOW, rng=chance(code))
            for role in (Role.TOWN_MANAGER, Role.COUNTY_MANAGER):
                users.add_user(
                    actor=MAKER, login=f"{role}-{code}", password="published-figures", memory_kib=64, now=NOW,
                    person_id=offices.one(role).viewer.person_id or 0,
                )  # fmt: skip


@pytest.fixture
def site(registers: Config, at: Callable[[str], None]) -> Iterator[Flask]:
    """The application on both towns, for clients."""
    at(NOW.isoformat())
    app = create_app(registers)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def two_towns(site: Flask) -> Iterator[Flask]:
    """The same with a context pushed, for queries."""
    with site.app_context():
        yield site
        db.session.remove()


def client_of(app: Flask, role: Role, town: str) -> FlaskClient:
    """Signed in as the manager of a town or of its county."""
    with app.app_context():
        found = accounts.by_login(f"{role}-{town}")
        assert found is not None
        user_id = found.id
        db.session.remove()
    token, client = open_session(app, user_id), app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = token, True
    return client


def whole_of(town: str) -> tuple[list[coverage.VillageRow], Numbers]:
    """The villages of a town in the coverage report, and their numbers together."""
    rows = [row for row in coverage.report(MAKER, NOON, today=TODAY) if row.code.startswith(town[:9])]
    return rows, total(row.numbers for row in rows)


def length(listed: Listed, viewer: Viewer) -> int:
    """How many rows the list behind a number has."""
    count, after = 0, None
    while True:
        page = coverage_lists.rows(listed, viewer, NOON, today=TODAY, after=after, size=5000)
        count, after = count + len(page.rows), page.after
        if after is None:
            return count


def test_the_report_of_oujiangcha(two_towns: Flask) -> None:
    rows, whole = whole_of(OUJIANGCHA)
    assert len(rows) == VILLAGES
    assert (whole.sections, whole.liaisons, whole.homes) == (73, 823, 12_310)
    assert whole.per_liaison == "14.96"
    assert whole.no_liaison == 0


def test_the_report_of_tonganyi(two_towns: Flask) -> None:
    rows, whole = whole_of(TONGANYI)
    assert [row.name for row in rows] == ["通安驿村"]
    assert (whole.cells, whole.homes, whole.persons) == (12, 772, 3036)
    assert whole.sections == 0


def test_every_number_is_its_list(two_towns: Flask) -> None:
    _rows, first = whole_of(OUJIANGCHA)
    _rows, second = whole_of(TONGANYI)
    both = total([first, second])
    for listed in (Listed.SECTIONS, Listed.LIAISONS, Listed.CELLS, Listed.HOMES):
        assert length(listed, MAKER) == both.of(listed), listed


@pytest.mark.parametrize("role", [Role.TOWN_MANAGER, Role.COUNTY_MANAGER])
def test_the_page_of_oujiangcha(site: Flask, role: Role) -> None:
    client = client_of(site, role, OUJIANGCHA)
    words = body(client.get("/planner/coverage"))
    for figure in ("住户 12310 ", "片 73 ", "联户代表 823 ", "平均每人联系 14.96 户"):
        assert figure in words
    assert "通安驿村" not in words
    with site.app_context():
        names = [row.name for row in whole_of(OUJIANGCHA)[0]]
    assert [name for name in names if name not in words] == []
    assert "第1片" in body(client.get("/planner/coverage/list?what=sections"))


@pytest.mark.parametrize("role", [Role.TOWN_MANAGER, Role.COUNTY_MANAGER])
def test_the_page_of_tonganyi(site: Flask, role: Role) -> None:
    words = body(client_of(site, role, TONGANYI).get("/planner/coverage"))
    for figure in ("住户 772 ", "3036 人", "联户代表 51 ", "三级网格 12 "):
        assert figure in words
    assert not re.search(r" 片 \d", words)


def test_the_register_of_places_says_the_same(site: Flask) -> None:
    town = client_of(site, Role.TOWN_MANAGER, OUJIANGCHA).get("/grids/?level=village").text
    assert len(re.findall(r"<tr role=.row. data-row", town)) == VILLAGES
    client = client_of(site, Role.TOWN_MANAGER, TONGANYI)
    village = body(client.get("/grids/?level=village"))
    assert "772" in village
    assert "3036" in village
    assert "下级 6 个" in village
    assert len(re.findall(r"<tr role=.row. data-row", client.get("/grids/?level=cell").text)) == 12
    with site.app_context():
        oujiangcha = grids.by_code(OUJIANGCHA)
        assert oujiangcha is not None
        assert homes_and_persons([oujiangcha.path], on=TODAY)[oujiangcha.path][0] == 12_310


def test_a_town_is_read_in_few_statements(site: Flask) -> None:
    """As many for nineteen villages as for one: what a report costs does not grow with the town."""
    many = client_of(site, Role.TOWN_MANAGER, OUJIANGCHA)
    one = client_of(site, Role.TOWN_MANAGER, TONGANYI)
    sent = [len(statements(site, lambda client=client: client.get("/planner/coverage"))) for client in (many, one)]
    assert sent[0] == sent[1]
