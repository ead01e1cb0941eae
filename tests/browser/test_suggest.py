"""The box at the top while somebody types: a list below it, by the keyboard; left alone it searches as ever."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from gridcase.core.db import db
from gridcase.people.rules import Role
from tests.browser.conftest import Watch
from tests.browser.test_desk_keyboard import problems
from tests.factories.cases import collected
from tests.factories.world import MAKER, World


def test_what_fits_is_offered_below_the_box_and_opened_by_keys(
    app: Flask, world: World, page_as: Callable[..., Page], watch: Watch
) -> None:
    with app.app_context():
        number = collected(world, MAKER, title="老槐树旁边的路灯不亮").number
        db.session.remove()
    page = page_as(Role.VILLAGE_HEAD)
    page.goto("/cases/")
    box, lines = page.locator(".top-search input"), page.locator(".top-found")
    box.press_sequentially("老槐树")
    expect(lines).to_contain_text(number)
    assert problems(page) == []
    box.press("Escape")
    expect(lines).not_to_be_visible()
    box.press_sequentially("旁")
    expect(lines).to_be_visible()
    box.press("ArrowDown")
    expect(lines.locator("[aria-selected=true]")).to_contain_text("老槐树旁边的路灯不亮")
    with page.expect_navigation():
        box.press("Enter")
    expect(page.locator("h1")).to_contain_text("老槐树旁边的路灯不亮")
    box.press_sequentially("槐树")
    expect(lines).to_be_visible()
    with page.expect_navigation():
        box.press("Enter")
    expect(page).to_have_url("/search?q=%E6%A7%90%E6%A0%91")
    assert (watch.foreign, watch.errors) == ([], [])
