"""What was typed is there again after a lost answer, and gone once the form has arrived."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from gridcase.people.rules import Role
from tests.browser.conftest import Watch
from tests.factories.world import World

Open = Callable[..., Page]
FORM = "/cases/new/0503"
MODULE = "**/js/form-draft.js*"


def test_what_was_typed_outlives_a_lost_answer(page_as: Open, world: World, watch: Watch) -> None:
    page = page_as(Role.DISPATCHER)
    page.goto(FORM)
    page.context.set_offline(True)
    page.locator("#title").fill("村口桥栏断了")
    page.locator(".submit-row button").click()
    page.wait_for_url("chrome-error://**")
    page.context.set_offline(False)
    page.goto(FORM)
    expect(page.locator("#title")).to_have_value("村口桥栏断了")
    page.get_by_role("button", name="清空重填").click()
    expect(page.locator("#title")).to_have_value("")
    page.goto(FORM)
    expect(page.locator("#title")).to_have_value("")


def test_what_has_arrived_is_not_brought_back(page_as: Open, world: World, watch: Watch) -> None:
    """Even by somebody quicker than the page: back at the form before its modules have run."""
    page = page_as(Role.DISPATCHER)
    asked: list[str] = []

    def all_but_the_second(route: Route) -> None:
        asked.append(page.url)
        if len(asked) != 2:
            route.continue_()

    page.route(MODULE, all_but_the_second)
    page.goto(FORM)
    page.locator("#title").fill("三组路灯不亮")
    page.locator("#grid").select_option(str(world.grids["village_b"]))
    page.locator(".submit-row button").click()
    expect(page.locator(".flash")).to_contain_text("已登记，编号")
    page.goto(FORM)
    assert len(asked) == 3
    expect(page.locator("#title")).to_have_value("")
    assert (watch.foreign, watch.errors) == ([], [])
