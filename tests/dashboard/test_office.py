"""The page of figures: every number a door to its rows, the period chosen, a place's own heads, a file."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from datetime import timedelta

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from gridcase.audit.models import AuditRow
from gridcase.core import clock
from gridcase.core.db import db
from gridcase.dashboard.rules.presets import presets
from gridcase.measures.rules import MEASURES
from gridcase.people.rules import Role
from tests.dashboard.test_views import put_in
from tests.factories.map_cases import put
from tests.factories.world import World

ClientAs = Callable[[Role | str], FlaskClient]
LINK = re.compile(r'href="(/dashboard/list\?[^"]+)"')


def number_of(page: str, label: str) -> str:
    """What stands in the number of this name."""
    glyph = r'(?:<span class="glyph"[^>]*>[^<]*</span>)?'
    found = re.search(rf'<span class="name">{label}</span>\s*<span class="value[^"]*">{glyph}([^<]*)<', page)
    assert found, label
    return found[1].strip()


def some(app: Flask, world: World) -> None:
    done = {"state": "closed", "closed_at": clock.now(), "resolved_level": "grid", "rating": "satisfied"}
    late = {**done, "closed_late": True, "rating": "unsatisfied"}
    old = {**done, "closed_at": clock.now() - timedelta(days=40), "registered_at": clock.now() - timedelta(days=50)}
    put_in(app, world, {"due": -1}, {"due": 1}, {"due": 100}, done, late, old)


def test_every_number_leads_to_as_many_rows(app: Flask, world: World, client_as: ClientAs) -> None:
    some(app, world)
    client = client_as(Role.DISPATCHER)
    page = client.get("/dashboard/").text
    told = {
        "满意率": "50%",
        "未办结": "3",
        "超期未办": "1",
        "将到期": "1",
        "已办结": "2",
        "按期办结率": "33%",
        "网格内解决率": "100%",
    }
    assert {name: number_of(page, name) for name in told} == told
    rows = {
        "cases.satisfied": 1,
        "cases.open": 3,
        "cases.late": 1,
        "cases.closed": 2,
        "cases.on_time": 1,
        "cases.owed": 3,
    }
    for key, number in rows.items():
        assert client.get(f"/dashboard/list?measure={key}").text.count(" data-row-link>") == number
    links = {html.unescape(link) for link in LINK.findall(page)}
    assert len(links) > 20
    for link in sorted(links)[::7]:
        assert client.get(link).status_code == 200


def test_another_period_counts_what_was_then(app: Flask, world: World, client_as: ClientAs) -> None:
    some(app, world)
    client = client_as(Role.DISPATCHER)
    page = client.get("/dashboard/?period=2026-10").text
    assert "2026年10月" in page
    assert number_of(page, "已办结") == "1"
    span = client.get("/dashboard/?first=2026-10-10&last=2026-10-16").text
    assert "2026年10月10日至2026年10月16日" in span
    assert "2026年11月" in client.get("/dashboard/?period=2026-99").text


def test_a_list_leaves_as_a_file_and_that_is_written_down(app: Flask, world: World, client_as: ClientAs) -> None:
    some(app, world)
    answer = client_as(Role.DISPATCHER).post("/dashboard/list.xlsx?measure=cases.open")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert [sheet.cell(1, 1).value, sheet.max_row] == ["编号", 4]
    with app.app_context():
        row = db.session.query(AuditRow).order_by(AuditRow.id.desc()).first()
        assert row is not None
        assert (row.action, row.detail["rows"]) == ("figures.export", 3)


def test_a_file_that_would_be_cut_is_refused(
    app: Flask, world: World, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    some(app, world)
    monkeypatch.setattr("gridcase.dashboard.views.figures.MOST_ROWS", 2)
    answer = client_as(Role.DISPATCHER).post("/dashboard/list.xlsx?measure=cases.open")
    assert "超过 2 条" in answer.text


def test_a_written_case_is_in_the_next_page_at_once(app: Flask, world: World, client_as: ClientAs) -> None:
    client = client_as(Role.DISPATCHER)
    assert number_of(client.get("/dashboard/").text, "未办结") == "0"
    with app.app_context():
        put(world, {"due": 5})
        db.session.remove()
    assert number_of(client.get("/dashboard/").text, "未办结") == "1"


def test_a_countys_figures_are_counted_once_a_minute(
    app: Flask, world: World, client_as: ClientAs, at: Callable[[str], None]
) -> None:
    client = client_as(Role.COUNTY_MANAGER)
    at("2026-11-23T10:00:01+08:00")
    assert number_of(client.get("/dashboard/").text, "未办结") == "0"
    put_in(app, world, {"due": 5})
    assert number_of(client.get("/dashboard/").text, "未办结") == "0"
    at("2026-11-23T10:01:01+08:00")
    assert number_of(client.get("/dashboard/").text, "未办结") == "1"


def test_what_is_not_a_measure_is_not_there(world: World, client_as: ClientAs) -> None:
    assert client_as(Role.DISPATCHER).get("/dashboard/list?measure=cases.secret").status_code == 404


def test_a_countys_manager_is_given_numbers_without_doors(app: Flask, world: World, client_as: ClientAs) -> None:
    put_in(app, world, {})
    client = client_as(Role.COUNTY_MANAGER)
    page = client.get("/dashboard/").text
    assert "/dashboard/list" not in page
    assert number_of(page, "未办结") == "1"
    assert " data-row-link>" not in client.get("/dashboard/list?measure=cases.open").text


def test_who_has_no_figures_is_turned_away(world: World, client_as: ClientAs) -> None:
    client = client_as(Role.LIAISON)
    for url in ("/dashboard/", "/dashboard/list", "/dashboard/preset/", "/dashboard/preset/choose"):
        assert client.get(url).status_code == 403
    assert client_as(Role.DISPATCHER).get("/dashboard/preset/choose").status_code == 403


@pytest.mark.parametrize("code", ["361", "12360", "321"])
def test_a_town_reads_its_figures_under_its_own_heads(app: Flask, world: World, client_as: ClientAs, code: str) -> None:
    put_in(app, world, {"kind": "0401"}, {"kind": "0101", "channel": "reception"}, {"kind": "0801"})
    manager = client_as(Role.TOWN_MANAGER)
    chosen = {"place": str(world.grids["town"]), "preset": code}
    assert manager.post("/dashboard/preset/choose", data=chosen).status_code == 302
    page = client_as(Role.DISPATCHER).get("/dashboard/preset/").text
    preset = presets()[code]
    for head in preset.heads:
        assert head.label.zh in page
    if code == "321":
        assert number_of(page, "选民接待日收集") == "1"
        assert number_of(page, "环境卫生") == "1"
        assert number_of(page, "综治维稳") == "1"
    client = client_as(Role.DISPATCHER)
    for link in sorted({html.unescape(link) for link in LINK.findall(page)}):
        assert client.get(link).status_code == 200
    assert preset.label.zh in client.get("/dashboard/").text


def test_a_place_of_others_cannot_be_chosen_for(app: Flask, world: World, client_as: ClientAs) -> None:
    manager = client_as(Role.TOWN_MANAGER)
    for place in (world.grids["other_town"], world.grids["village_a"]):
        answer = manager.post("/dashboard/preset/choose", data={"place": str(place), "preset": "321"})
        assert answer.status_code == 200
    assert manager.get("/dashboard/preset/").status_code == 302


def test_heads_are_made_of_measures_that_can_be_told_apart_so() -> None:
    assert [len(preset.heads) for preset in presets().values()] == [3, 5, 5]
    for preset in presets().values():
        for head in preset.heads:
            assert all(part.key in MEASURES and (part.by is None or part.narrow.link()) for part in head.parts)


def test_a_list_says_how_many_of_what_and_shows_what_counted(app: Flask, world: World, client_as: ClientAs) -> None:
    some(app, world)
    client = client_as(Role.DISPATCHER)
    village = world.grids["village_a"]
    page = client.get(f"/dashboard/list?measure=cases.satisfied&village_id={village}").text
    assert "<strong>共 1 条</strong> ÷ 2 = 50% · 上河村" in page
    rows = page[page.index("data-row-link") :]
    assert re.search(r">\s*满意\s*</td>", rows), "the rating stands beside the case"
    assert f'href="/dashboard/?period=2026-11&amp;village_id={village}"' in page, "the way back keeps the village"


def test_the_dates_of_a_home_are_for_who_may_see_its_tier(world: World, client_as: ClientAs) -> None:
    dated = re.compile(r"2\d{3}年\d+月\d+日|\d+月\d+日")

    def dates(role: Role) -> list[str]:
        page = client_as(role).get("/dashboard/list?measure=homes.all").text
        assert " data-row-link>" in page, role
        return dated.findall(page[page.index("data-row-link") :])

    assert dates(Role.FULLTIME_GRID)
    assert not dates(Role.VILLAGE_SUPERVISOR)


def test_only_a_village_of_ones_own_and_dates_that_make_sense(world: World, client_as: ClientAs) -> None:
    client = client_as(Role.VILLAGE_HEAD)
    assert client.get(f"/dashboard/?village_id={world.grids['village_b']}").status_code == 404
    assert "没有看懂这两个日期" in client.get("/dashboard/?first=2026-11-01&last=").text
    same = client.get("/dashboard/?period=2026-11&first=2026-11-01&last=2026-11-30").text
    assert "没有看懂" not in same
    assert "<h2>2026年11月</h2>" in same, "the days of the month stay the month"
