"""The town map in a real browser: pins, cards, filters, keyboard, the poll, and nothing from any other host."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import update

from gridcase.core import clock
from gridcase.core.db import db
from gridcase.grid.models import Grid
from gridcase.people.rules import Role
from tests.browser.conftest import DESK, PHONE, Watch
from tests.factories.map_cases import close, put
from tests.factories.world import ORIGIN, SIZE, World

PageAs = Callable[..., Page]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
SLY = "${window.x=1}<img src=x onerror=window.x=1>"
EAST, NORTH = ORIGIN[0] + SIZE / 2, ORIGIN[1] + SIZE / 2


def placed(app: Flask, world: World, *wanted: dict[str, object]) -> list[int]:
    with app.app_context():
        ids = put(world, *wanted)
        db.session.remove()
    return ids


def pins(page: Page) -> list[str]:
    page.locator(".pin, .pin-cluster").first.wait_for()
    return sorted(page.locator(".pin").evaluate_all("all => all.map(pin => pin.getAttribute('aria-label'))"))


def clean(watch: Watch) -> None:
    assert watch.foreign == []
    assert watch.errors == []


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_pins_say_class_and_light_in_words(
    app: Flask, world: World, page_as: PageAs, watch: Watch, viewport: dict[str, int]
) -> None:
    placed(
        app, world, {"kind": "0503", "due": -1}, {"kind": "0401", "spot": (EAST, NORTH)},
        {"kind": "0301", "spot": (EAST, ORIGIN[1])},
    )  # fmt: skip
    page = page_as(Role.VILLAGE_HEAD, viewport=viewport)
    page.goto("/map/")
    assert pins(page) == ["基础设施，超期", "环境卫生，正常"]
    expect(page.locator("[data-map-status]")).to_have_text("地图上 2 件。")
    expect(page.locator(".place-name").first).to_have_text("第1网格")
    clean(watch)


def test_a_card_is_shown_as_text_and_closed_by_escape(app: Flask, world: World, page_as: PageAs, watch: Watch) -> None:
    (case_id,) = placed(app, world, {"kind": "0401", "title": SLY})
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(update(Grid).where(Grid.id == world.grids["village_a"]).values(name=SLY))
    page = page_as(Role.DISPATCHER)
    page.goto("/map/")
    expect(page.locator(".place-name").first).to_have_text(SLY)
    page.locator(".pin").focus()
    page.keyboard.press("Enter")
    card = page.locator("[data-map-card]")
    expect(card.locator("h2")).to_have_text("暴露垃圾与乱堆乱放")
    expect(card.locator("h2")).to_be_focused()
    expect(card).to_contain_text(SLY)
    expect(card.get_by_role("link")).to_have_attribute("href", f"/cases/{case_id}")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(page.locator(".pin")).to_be_focused()
    page.locator(".list-side [data-row-link]").hover()
    expect(page.locator(".pin.is-marked")).to_have_count(1)
    assert page.evaluate("window.x") is None
    clean(watch)


def test_cases_close_together_are_counted_and_open_on_a_click(
    app: Flask, world: World, page_as: PageAs, watch: Watch
) -> None:
    placed(app, world, *({"due": due} for due in (-1, 100, 100)))
    page = page_as(Role.VILLAGE_HEAD)
    page.goto("/map/")
    cluster = page.get_by_role("button", name="3 件，其中超期 1 件")
    cluster.click()
    expect(page.locator(".pin")).to_have_count(3)
    view = page.url.partition("#")[2]
    page.reload()
    expect(page.locator("[data-map-status]")).to_have_text("地图上 3 件。")
    assert page.url.partition("#")[2] == view
    page.get_by_role("button", name="看全图").click()
    assert page.url.partition("#")[2] != view
    clean(watch)


def test_filters_stay_in_the_link(app: Flask, world: World, page_as: PageAs, watch: Watch) -> None:
    placed(app, world, {"kind": "0503"}, {"kind": "0401", "spot": (EAST, NORTH)})
    page = page_as(Role.VILLAGE_HEAD)
    page.goto("/map/")
    page.get_by_label("类别").select_option("05")
    page.get_by_role("button", name="筛选").click()
    page.wait_for_url("**/map/?*major=05*")
    assert pins(page) == ["基础设施，正常"]
    page.reload()
    assert pins(page) == ["基础设施，正常"]
    clean(watch)


def test_the_pin_of_a_closed_case_goes_with_the_next_poll(
    app: Flask, world: World, page_as: PageAs, watch: Watch
) -> None:
    first, _second = placed(app, world, {"kind": "0503"}, {"kind": "0401", "spot": (EAST, NORTH)})
    page = page_as(Role.VILLAGE_HEAD)
    answers: list[int] = []
    page.on("response", lambda answer: answers.append(answer.status) if "points.json" in answer.url else None)
    page.clock.install()
    page.goto("/map/")
    assert len(pins(page)) == 2
    with page.expect_response("**/points.json"):
        page.clock.run_for(61_000)
    with app.app_context():
        close(first, at=clock.now())
        put(world, {"kind": "0503", "spot": (EAST, ORIGIN[1])})
        db.session.remove()
    with page.expect_response("**/points.json"):
        page.clock.run_for(61_000)
    page.clock.run_for(2_000)
    expect(page.locator("[data-map-status]")).to_have_text("地图上 2 件。 新到 1 件。")
    assert pins(page) == ["基础设施，正常", "环境卫生，正常"]
    expect(page.locator(".pin.is-new")).to_have_count(1)
    assert answers == [200, 304, 200]
    clean(watch)


def test_a_lost_session_is_said_and_the_poll_ends(app: Flask, world: World, page_as: PageAs, watch: Watch) -> None:
    placed(app, world, {})
    page = page_as(Role.VILLAGE_HEAD)
    page.clock.install()
    page.goto("/map/")
    pins(page)
    page.context.clear_cookies()
    page.clock.run_for(61_000)
    expect(page.locator("[data-map-status]")).to_have_text("登录已失效，请刷新页面重新登录。")
    clean(watch)


def test_the_phone_switches_between_map_and_list(app: Flask, world: World, page_as: PageAs, watch: Watch) -> None:
    placed(app, world, {"kind": "0503"})
    page = page_as(Role.VILLAGE_HEAD, viewport=PHONE)
    page.goto("/map/")
    expect(page.locator(".map-frame")).to_be_visible()
    expect(page.locator(".list-side")).to_be_hidden()
    page.get_by_role("link", name="列表").click()
    expect(page.locator(".map-frame")).to_be_hidden()
    expect(page.get_by_role("link", name="村道、桥涵损坏")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    clean(watch)


def test_too_many_points_are_counted_by_the_server(
    app: Flask, world: World, page_as: PageAs, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gridcase.dashboard.queries.points.POINTS_MOST", 3)
    monkeypatch.setattr("gridcase.dashboard.queries.clusters.SINGLE_MOST", 3)
    corner = {"spot": (ORIGIN[0] + SIZE / 50, ORIGIN[1])}
    placed(app, world, {"due": -1}, {"due": 100}, {"due": 100}, {"kind": "0503", "spot": (EAST, NORTH)}, corner)
    page = page_as(Role.VILLAGE_HEAD)
    page.goto("/map/")
    cluster = page.locator(".pin-cluster").first
    cluster.wait_for()
    expect(page.locator("[data-map-status]")).to_have_text("图中这一片 5 件。放大看单件。")
    cluster.focus()
    with page.expect_response("**/clusters.json?*"):
        page.keyboard.press("Enter")
    page.locator(".pin, .pin-cluster").first.wait_for()
    clean(watch)


def test_a_day_is_chosen_by_keyboard_and_stands_in_the_link(
    app: Flask, world: World, page_as: PageAs, watch: Watch
) -> None:
    now = clock.now()
    ended = {"state": "closed", "closed_at": now - timedelta(hours=30), "registered_at": now - timedelta(days=9)}
    placed(app, world, {"kind": "0503", **ended}, {"kind": "0401", "spot": (EAST, NORTH)})
    page = page_as(Role.VILLAGE_HEAD)
    page.goto("/map/")
    assert pins(page) == ["环境卫生，正常"]
    slider = page.get_by_role("slider")
    slider.focus()
    with page.expect_response("**/points.json?day=*"):
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
    expect(page.locator(".list-side")).to_contain_text("那天结束时还没有办结的事件")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("天前$"))
    expect(page.locator(".pin")).to_have_count(2)
    assert "day=" in page.url
    clean(watch)


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_the_map_has_no_barriers(
    app: Flask, world: World, page_as: PageAs, watch: Watch, viewport: dict[str, int]
) -> None:
    placed(app, world, {"kind": "0503", "due": -1}, {"kind": "0401", "spot": (EAST, NORTH)})
    page = page_as(Role.VILLAGE_HEAD, viewport=viewport)
    for address in ("/map/?homes=1&source=visit&light=red", "/map/?view=heat"):
        page.goto(address)
        expect(page.locator("[data-map-status]")).to_contain_text("地图上")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    clean(watch)


def test_without_script_the_list_is_offered(app: Flask, world: World, page_as: PageAs, watch: Watch) -> None:
    placed(app, world, {"kind": "0503"})
    page = page_as(Role.VILLAGE_HEAD, viewport=PHONE)
    page.route("**/*.js*", lambda route: route.abort())
    page.goto("/map/?show=list")
    expect(page.get_by_role("link", name="村道、桥涵损坏")).to_be_visible()
