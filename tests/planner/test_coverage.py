"""Coverage: every number is exactly the rows of its list, and a report of the past stays what it was."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from gridcase.audit import service as audit
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.permissions import Viewer, job
from gridcase.grid import service as grids
from gridcase.grid.models import Grid
from gridcase.grid.rules import SIZES_KEY, SizeLimits
from gridcase.households import service as households
from gridcase.households.models import Household
from gridcase.households.rules import CareTier
from gridcase.households.rules.tiers_rules import SETTING
from gridcase.people.models import Post
from gridcase.people.rules import Role
from gridcase.planner import service
from gridcase.planner.queries import coverage, coverage_lists
from gridcase.planner.queries.coverage import AsOf
from gridcase.planner.rules.coverage import Listed, Numbers, total
from gridcase.planner.service import plans
from gridcase.planner.service.plans import Part, When
from gridcase.visits.models import Visit
from tests.factories.pages import body, statements
from tests.factories.world import MAKER, World
from tests.planner.village import circle, settle_in

TODAY = date(2026, 11, 23)
VIEWER: Viewer = job("proof")


NOW = AsOf(TODAY)


def report(at: AsOf = NOW, viewer: Viewer = VIEWER) -> dict[str, Numbers]:
    return {row.name: row.numbers for row in coverage.report(viewer, at, today=TODAY)}


def every_row(listed: Listed, at: AsOf, village_id: int | None, viewer: Viewer = VIEWER) -> list[coverage_lists.Line]:
    found, after = [], None
    while True:
        page = coverage_lists.rows(
            listed, viewer, at, today=TODAY, village_id=village_id, after=after, size=3
        )  # fmt: skip
        found += page.rows
        after = page.after
        if after is None:
            return found


def visit(home: int, days_ago: int, mode: str = "home") -> None:
    at = clock.now() - timedelta(days=days_ago)
    household = db.session.get_one(Household, home)
    db.session.add(
        Visit(
            client_uuid=f"{home}-{days_ago}-{mode}", body_hash="", household_id=home, village_id=household.village_id,
            path=household.path, visited_at=at, received_at=at, mode=mode, purpose="care", met=1,
            state="safe", ticks=[],
        )
    )  # fmt: skip
    audit.record(actor=MAKER, action="visit.log", subject_kind="visit", subject_id=None, now=at)


def test_the_figure_of_the_field() -> None:
    assert Numbers(homes=12_310, liaisons=823).per_liaison == "14.96"
    assert Numbers(homes=3).per_liaison == "–"
    assert total([Numbers(homes=2, liaisons=1), Numbers(homes=3, liaisons=2)]).per_liaison == "1.67"


def test_the_small_world(ctx: Flask, world: World) -> None:
    """Six of sixteen homes have a liaison; the county has set its own sizes."""
    numbers = report()["上河村"]
    assert (numbers.homes, numbers.persons, numbers.liaisons, numbers.cells) == (16, 32, 1, 4)
    assert (numbers.no_liaison, numbers.circle_few, numbers.cell_homes, numbers.cell_persons) == (10, 1, 4, 4)
    assert (numbers.no_fulltime, numbers.no_line) == (0, 0)
    assert report()["下河村"].no_fulltime == 1
    with transaction():
        limits = SizeLimits(households=(4, 6), persons=(8, 20), circle_target=6, circle_few=5, circle_many=7)
        limits = replace(limits, three_lines=True)
        county = db.session.get_one(Grid, world.grids["county"])
        grids.set_setting(
            actor=MAKER, place=county, key=SIZES_KEY, value=limits.to_json(), valid_from=TODAY, now=clock.now()
        )  # fmt: skip
    numbers = report()["上河村"]
    assert (numbers.circle_few, numbers.circle_many, numbers.cell_homes, numbers.cell_persons) == (0, 0, 0, 0)
    assert numbers.no_line == 1, "a leader outside the three lines is reported where the place asks for it"
    assert report(AsOf(TODAY - timedelta(days=1)))["上河村"].cell_homes == 4, "the limits of that day"
    assert report()["远山村"].cell_homes == 1, "another county has not set them"


def test_a_post_without_a_holder_looks_after_nobody(ctx: Flask, world: World) -> None:
    village = settle_in(world)
    assert report()["上河村"].no_liaison == 0
    with transaction():
        post = db.session.get_one(Post, village.liaisons[1])
        post.valid_to = TODAY
        audit.record(actor=MAKER, action="post.end", subject_kind="post", subject_id=post.id, now=clock.now())
    numbers = report()["上河村"]
    assert (numbers.no_liaison, numbers.liaisons) == (5, 2)
    assert report(AsOf(TODAY - timedelta(days=1)))["上河村"].no_liaison == 0


@pytest.mark.parametrize(
    ("tier", "visits", "late"),
    [
        (CareTier.REASSURED, [(90, "home")], False),
        (CareTier.REASSURED, [(91, "home")], True),
        (CareTier.CONCERNED, [(31, "home")], True),
        (CareTier.CONCERNED, [(40, "home"), (5, "phone")], False),
        (CareTier.CONCERNED, [(60, "home"), (40, "phone"), (5, "phone")], True),
        (CareTier.CONCERNED, [(5, "phone")], True),
        (CareTier.CONNECTED, [(8, "home"), (2, "phone")], True),
        (CareTier.CONNECTED, [(7, "home")], False),
        (CareTier.CONNECTED, [], True),
    ],
)
def test_who_was_not_visited_in_time(
    ctx: Flask, world: World, tier: CareTier, visits: list[tuple[int, str]], late: bool
) -> None:
    home = world.homes["circle"][0]
    with transaction():
        households.confirm_tier(
            db.session.get_one(Household, home), actor=MAKER, tier=tier, reason="核实", now=clock.now()
        )
        for days, mode in visits:
            visit(home, days, mode)
    found = {line.id for line in every_row(Listed.NOT_VISITED, AsOf(TODAY), world.grids["village_a"])}
    assert (home in found) is late


def test_the_interval_is_the_one_the_county_has_set(ctx: Flask, world: World) -> None:
    home, county = world.homes["circle"][0], db.session.get_one(Grid, world.grids["county"])
    with transaction():
        visit(home, 40)
    before = {line.id for line in every_row(Listed.NOT_VISITED, NOW, world.grids["village_a"])}
    with transaction():
        grids.set_setting(
            actor=MAKER, place=county, key=SETTING, value={"green_days": 30}, valid_from=TODAY, now=clock.now()
        )  # fmt: skip
    after = {line.id for line in every_row(Listed.NOT_VISITED, NOW, world.grids["village_a"])}
    assert after - before == {home}
    assert report()["上河村"].not_visited == len(after)
    assert report()["远山村"].not_visited == 2, "another county keeps its own"


def random_life(world: World, seed: int) -> None:
    """Visits, tiers and changes drawn by a number."""
    rng, village = Random(seed), settle_in(world)
    homes = world.homes["village_a"] + world.homes["village_b"]
    with transaction():
        for home in homes:
            tier = rng.choice(tuple(CareTier))
            household = db.session.get_one(Household, home)
            moment = clock.now() - timedelta(days=rng.randint(1, 90))
            households.confirm_tier(household, actor=MAKER, tier=tier, reason="核实", now=moment)
            for days in rng.sample(range(1, 150), rng.randint(0, 4)):
                visit(home, days, rng.choice(("home", "phone")))
        for home in rng.sample(world.homes["village_a"], 4):
            households.change_circles(
                actor=MAKER, place=village.grid.path, homes={home: None}, role=Role.LIAISON,
                start=TODAY - timedelta(days=rng.randint(0, 90)), reason="离开", now=clock.now(),
            )  # fmt: skip
        limits = SizeLimits((3, 4), (5, 9), circle_target=4, circle_few=4, circle_many=5, three_lines=bool(seed % 2))
        grids.set_setting(
            actor=MAKER, place=village.grid, key=SIZES_KEY, value=limits.to_json(), valid_from=date(2026, 1, 1),
            now=clock.now(),
        )  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_every_number_is_the_rows_behind_it(ctx: Flask, world: World, seed: int) -> None:
    random_life(world, seed)
    for at in (AsOf(TODAY), AsOf(TODAY - timedelta(days=40)), AsOf(TODAY, clock.now() - timedelta(days=10))):
        villages = coverage.report(VIEWER, at, today=TODAY)
        assert villages == sorted(villages, key=lambda row: row.code)
        for row in villages:
            for listed in Listed:
                lines = every_row(listed, at, row.id)
                assert len(lines) == row.numbers.of(listed), (row.name, listed)
                assert [line.code for line in lines] == sorted(line.code for line in lines)
            persons = sum(line.persons or 0 for line in every_row(Listed.HOMES, at, row.id))
            assert persons == row.numbers.persons
        for listed in Listed:
            assert len(every_row(listed, at, None)) == total(row.numbers for row in villages).of(listed)


def confirm(plan: plans.Plan) -> None:
    with transaction():
        service.confirm(plan, actor=VIEWER, now=clock.now())


def test_a_report_of_two_months_ago_stays_what_it_was(ctx: Flask, world: World, at: Callable[[str], None]) -> None:
    at("2026-09-23T10:00:00+08:00")
    then = date(2026, 9, 23)
    village = settle_in(world)
    with transaction():
        for home in world.homes["village_a"][:7]:
            visit(home, 20)
    first = {row.id: row.numbers for row in coverage.report(VIEWER, AsOf(then), today=then)}
    known = clock.now()
    at("2026-11-23T10:00:00+08:00")
    grid, on = village.grid, When(TODAY, "调整")
    homes = [row.id for row in coverage_lists.villages.homes_in([world.grids["village_a_cell_4"]], on=TODAY)]
    cell = db.session.get_one(Grid, world.grids["village_a_cell_4"])
    confirm(plans.split(grid, on, cell=cell, parts=[Part("新格", homes[:2])], now=clock.now()))
    survivor = db.session.get_one(Grid, world.grids["village_a_cell_1"])
    others = [world.grids["village_a_cell_2"]]
    confirm(plans.merge(grid, on, survivor=survivor, others=others, now=clock.now()))
    with transaction():
        for home in world.homes["village_a"][7:]:
            visit(home, 1)
            household = db.session.get_one(Household, home)
            households.confirm_tier(household, actor=MAKER, tier=CareTier.CONNECTED, reason="核实", now=clock.now())
    assert {row.id: row.numbers for row in coverage.report(VIEWER, AsOf(then), today=TODAY)} == first
    assert {row.id: row.numbers for row in coverage.report(VIEWER, AsOf(TODAY), today=TODAY)} != first
    correct(village.liaisons, grid, date(2026, 9, 1), world)
    corrected = {row.id: row.numbers for row in coverage.report(VIEWER, AsOf(then), today=TODAY)}
    assert corrected != first, "a correction shows in a report that knows it"
    as_known = coverage.report(VIEWER, AsOf(then, known), today=TODAY)
    assert {row.id: row.numbers for row in as_known} == first


def correct(liaisons: list[int], grid: Grid, since: date, world: World) -> None:
    """A circle dissolved and a cell merged into another, both since a day that is past."""
    post = db.session.get_one(Post, liaisons[2])
    takers = dict.fromkeys(circle(post.id, clock.now()), liaisons[1])
    confirm(plans.dissolve(grid, When(since, "更正"), post=post, circles=takers, successor=liaisons[1]))
    survivor = db.session.get_one(Grid, world.grids["village_a_cell_1"])
    others = [world.grids["village_a_cell_3"]]
    confirm(plans.merge(grid, When(since, "更正"), survivor=survivor, others=others, now=clock.now()))
    cell = db.session.get_one(Grid, world.grids["village_a_cell_1"])
    homes = [row.id for row in coverage_lists.villages.homes_in([cell.id], on=TODAY)]
    confirm(plans.split(grid, When(since, "更正"), cell=cell, parts=[Part("更正格", homes[:3])], now=clock.now()))


# --- pages


def test_who_sees_what(client_as: Callable[[Role | str], FlaskClient], world: World) -> None:
    head = body(client_as(Role.VILLAGE_HEAD).get("/planner/coverage"))
    assert "没有有效联户代表的户 10" in head.replace("  ", " ")
    town = body(client_as(Role.TOWN_MANAGER).get("/planner/coverage"))
    assert "上河村" in town
    assert "下河村" in town
    assert "石门村" not in town, "another town"
    assert client_as(Role.LIAISON).get("/planner/coverage").status_code == 403


def test_a_number_leads_to_its_homes(client_as: Callable[[Role | str], FlaskClient], world: World) -> None:
    page = client_as(Role.VILLAGE_HEAD).get("/planner/coverage/list?what=no_liaison")
    assert page.text.count("data-row-link") == 10
    assert "*" in body(page), "names are masked"
    manager = client_as(Role.COUNTY_MANAGER).get("/planner/coverage/list?what=no_liaison")
    assert "data-row-link" not in manager.text, "who sees no homes reads codes only"
    assert "赵*" not in manager.text


def test_a_village_of_others_is_not_counted(client_as: Callable[[Role | str], FlaskClient], world: World) -> None:
    page = client_as(Role.VILLAGE_HEAD).get(f"/planner/coverage?village={world.grids['village_b']}")
    assert "没有可以看的村" in page.text


def test_the_sheet_says_what_the_page_says(client_as: Callable[[Role | str], FlaskClient], world: World) -> None:
    answer = client_as(Role.TOWN_MANAGER).get("/planner/coverage.xlsx")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][:7] == ["编码", "村", "住户", "人口", "片", "联户代表", "户均（户/代表）"]
    assert [row[1:7] for row in rows[1:]] == [
        ["上河村", 16, 32, 2, 1, "16.00"], ["下河村", 4, 8, 0, 0, "–"], ["合计", 20, 40, 2, 1, "20.00"],
    ]  # fmt: skip


def test_a_county_costs_what_a_village_does(app: Flask, client_as: Callable[[Role | str], FlaskClient]) -> None:
    one, many = client_as(Role.VILLAGE_HEAD), client_as(Role.COUNTY_MANAGER)
    sent = [statements(app, lambda client=client: client.get("/planner/coverage")) for client in (one, many)]
    assert len(sent[1]) <= len(sent[0]) + 1
