"""The report of points and the report of the shop say the same, the time before and what was taken back included."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.core.db import db, transaction
from gridcase.core.permissions import Permission, job
from gridcase.grid.models import Grid
from gridcase.people.rules import ROLE_PERMISSIONS, Role
from gridcase.points import jobs, service
from tests.factories.world import World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ALL = job("test")
TILE = re.compile(r'<span class="value[^"]*">\s*([\d,.]+)')
FIGURE = re.compile(r'<td role="cell" class="c-figure"[^>]*>([\d,.]*)<')


def total_of_before(world: World) -> None:
    """A village's total of this year's first half, a town's of the years before."""
    with transaction():
        for name, until, points, fen in (
            ("village_a", date(2026, 6, 30), 31_133, 3_584_000),
            ("other_town", date(2025, 12, 31), 1_056_000, 33_900_000),
        ):
            place = db.session.get_one(Grid, world.grids[name])
            service.enter_total(
                place, until=until, points=points, redeemed=points - 100, goods_fen=fen, people=0, note="", actor=ALL,
                now=NOW,
            )  # fmt: skip


def brought_along(world: World) -> None:
    """Homes of two villages bring points from another system: one is covered by its village's total, one is not."""
    with transaction():
        for name in ("village_a", "village_b"):
            service.post_history(
                household_id=world.homes[name][1], points=50, redeemed=40, on=date(2026, 1, 31), actor=ALL, now=NOW
            )


def earned_spent_and_taken_back(world: World) -> None:
    """30 and 12 points earned, 20 exchanged for 23 yuan; then the 30 are taken back, of which 8 are owed."""
    home = world.homes["village_a"][0]
    with transaction():
        for number, points in (("1", 30), ("2", 12)):
            service.post_award(
                household_id=home, points=points, rule="Z601", version_id=None, source_kind="case", source_id=number,
                key=f"test:{number}", actor=ALL, now=NOW,
            )  # fmt: skip
    jobs.mature(actor=ALL, now=NOW + timedelta(days=7))
    with transaction():
        service.hold_for(household_id=home, amount=20, key="a", source_kind="shop", source_id="a", actor=ALL, now=NOW)
        service.spend("a", goods_fen=2_300, actor=ALL, now=NOW)
        service.reverse_for_case(case_id=1, actor=ALL, now=NOW)


DEEDS = (total_of_before, brought_along, earned_spent_and_taken_back)


def shown(client: FlaskClient, url: str, places: tuple[str, ...], *, at: tuple[int, ...]) -> list[list[str]]:
    """(issued, exchanged, goods) of all together and of each place, as the page has them."""
    page = client.get(url).text
    rows = [page.split(f"<strong>{place}</strong>", 1)[1].split("</tr>", 1)[0] for place in places]
    return [TILE.findall(page)[:3], *([FIGURE.findall(row)[number] for number in at] for row in rows)]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)], ids=["before_first", "before_last"])
def test_both_reports_say_the_same(
    app: Flask, client_as: Callable[[Role | str], FlaskClient], world: World, order: tuple[int, ...]
) -> None:
    with app.app_context():
        for number in order:
            DEEDS[number](world)
        names = tuple(db.session.get_one(Grid, world.grids[name]).name for name in ("village_a", "village_b"))
        db.session.remove()
    town = client_as(Role.TOWN_MANAGER)
    for points_url, shop_url in (
        ("/points/report?span=year", "/shop/reports"),
        ("/points/report", "/shop/reports?since=2000-01-01&until=2026-11-23"),
    ):
        said = shown(town, points_url, names, at=(0, 1, 2))
        assert said == shown(town, shop_url, names, at=(0, 1, 3))
        assert said[1:] == [["31,145", "31,053", "35,863.00"], ["50", "40", "0.00"]]
        assert said[0] == ["31,195", "31,093", "35,863.00"]
    assert "截至 2026年6月30日" in town.get("/shop/reports").text


def test_who_answers_for_a_shop_may_read_figures() -> None:
    """The shop's report asks the report of points with the same rights."""
    for role, held in ROLE_PERMISSIONS.items():
        assert Permission.MANAGE_SHOP not in held or Permission.SEE_DASHBOARD in held, role
