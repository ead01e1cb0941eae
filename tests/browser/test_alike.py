"""The intake while somebody types: what is alike is shown, announced and chosen; another class keeps the text."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from gridcase.people.rules import Role
from tests.browser.conftest import DESK, PHONE
from tests.factories.world import World

Open = Callable[..., Page]


def test_typing_shows_the_case_at_hand_and_it_can_be_chosen(page_as: Open, world: World) -> None:
    for viewport in (DESK, PHONE):
        page = page_as(Role.DISPATCHER, viewport=viewport)
        page.goto("/cases/new/0503")
        page.fill("#title", f"<b>老槐树</b>旁边的路塌了一块 {viewport['width']}")
        page.select_option("#grid", str(world.grids["village_a"]))
        page.select_option("#channel", "phone")
        if viewport == PHONE:
            box = page.locator("[data-alike]")
            expect(box).to_be_visible()
            expect(box).to_contain_text("<b>老槐树</b>旁边的路塌了一块 1440")
            expect(box).to_contain_text("同村 · 文字相近：")
            expect(page.locator("[data-alike-status]")).to_have_text("下方列出了可能是同一件事的事件。")
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], "no sideways scroll"
            box.locator(".choice label").first.click()
        page.locator(".submit-row button").click()
        expect(page.locator(".flash")).to_contain_text("已登记，编号")
    expect(page.locator(".flash")).to_contain_text("并入同一件事一起办")


def test_another_class_keeps_what_was_typed(page_as: Open, world: World) -> None:
    page = page_as(Role.DISPATCHER)
    page.goto("/cases/new/0901")
    page.fill("#title", "村口的路灯又不亮了")
    part = page.locator("[data-alike-classes]")
    expect(part).to_be_visible()
    expect(part).to_contain_text("因为说到：")
    part.get_by_role("button").first.click()
    expect(page).to_have_url("/cases/new/0504")
    expect(page.locator("#title")).to_have_value("村口的路灯又不亮了")
