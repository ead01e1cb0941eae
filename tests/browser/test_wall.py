"""The screen on the wall and the charts without barriers; without a network the screen says since when it stands."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from gridcase.people.rules import Role
from tests.browser.conftest import PHONE
from tests.browser.test_barriers import barriers
from tests.browser.test_desk_keyboard import AXE
from tests.factories.map_cases import put
from tests.factories.world import World

Open = Callable[..., Page]
WALL = {"viewport": {"width": 1920, "height": 1080}}
PAGES = (
    "/dashboard/wall/", "/dashboard/wall/?look=dark", "/dashboard/wall/screens", "/affairs/campaigns/new",
    "/dashboard/burden/",
)  # fmt: skip


@pytest.fixture
def cases(app: Flask, world: World) -> None:
    """Some that wait, one of them late."""
    with app.app_context():
        put(world, {"due": -5}, {"due": 5}, {"due": 50, "kind": "0503", "place": "village_b_cell_1"})


def test_no_barriers(page_as: Open, cases: None, database: str) -> None:
    page = page_as(Role.TOWN_MANAGER, **WALL)
    paths = PAGES if database == "sqlite" else PAGES[:1]
    assert [found for path in paths for found in barriers(page, path)] == []


def test_no_barriers_in_the_charts(page_as: Open) -> None:
    """Drawn, and with their tables open."""
    page = page_as(Role.TOWN_MANAGER)
    page.goto("/styleguide/")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    page.evaluate("document.querySelectorAll('.chart-figures').forEach((fold) => (fold.open = true))")
    found = page.evaluate("axe.run('[aria-labelledby=g-charts]', {resultTypes: ['violations']})")
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []


def test_on_the_phone_and_in_english(page_as: Open, cases: None) -> None:
    page = page_as(Role.TOWN_MANAGER, locale="en", viewport=PHONE)
    assert barriers(page, "/dashboard/wall/") == []


def test_without_a_network_it_says_since_when_its_figures_stand(page_as: Open, cases: None) -> None:
    page = page_as(Role.TOWN_MANAGER, **WALL)
    page.clock.install()
    page.goto("/dashboard/wall/")
    notice = page.locator("[data-wall-notice]")
    expect(notice).to_be_hidden()
    shown = page.locator("main[data-wall]").inner_text()
    page.context.set_offline(True)
    page.clock.run_for(61_000)
    expect(notice).to_have_text(re.compile("网络断了：数字是 10:00 的"))
    assert page.locator("main[data-wall]").inner_text() == shown
    page.context.set_offline(False)
    page.clock.run_for(16_000)
    expect(notice).to_be_hidden()
