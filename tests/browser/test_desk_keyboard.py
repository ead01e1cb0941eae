"""The duty desk by keyboard alone: ten cases accepted and sent, the help, and no key while typing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests.browser.conftest import DESK, PHONE, Server, Watch
from tests.factories.cases import collected
from tests.factories.viewers import viewer_from
from tests.factories.world import World

Open = Callable[..., Page]
MANY = 10
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
IRRIGATION = "0505"


@pytest.fixture
def waiting(app: Flask, world: World) -> None:
    """Ten cases that wait for acceptance, each of which the catalogue gives to the water station."""
    with app.app_context():
        liaison = viewer_from(db.session.get_one(User, world.users[Role.LIAISON]))
        for n in range(MANY):
            collected(world, liaison, code=IRRIGATION, title=f"第{n + 1}条渠道堵了")
        db.session.remove()


def sent(server: Server, world: World) -> int:
    with server.app.app_context():
        query = select(func.count()).where(Case.state == "dispatched", Case.handler_unit_id == world.units["water"])
        found = db.session.scalar(query) or 0
        db.session.remove()
    return found


@pytest.mark.usefixtures("waiting")
def test_ten_cases_are_accepted_and_sent_by_keyboard_alone(
    page_as: Open, server: Server, world: World, watch: Watch
) -> None:
    page = page_as(Role.VILLAGE_HEAD)
    page.goto("/cases/?tab=mine")
    key, main = page.keyboard.press, page.locator("main")
    key("j")
    key("j")
    key("k")
    expect(page.locator("[data-row-link]").first).to_be_focused()
    key("a")  # the row one is on
    for n in range(1, MANY + 1):
        expect(main).to_contain_text(f"待我办 {n}/{MANY}")
        page.wait_for_load_state()  # faster than any hand, the test must not press before the page listens
        if n > 1:
            key("a")
        accept = page.locator('form[action$="/accept"] button[type=submit]')
        expect(accept).to_be_focused()  # nothing is left to fill in
        key("Enter")
        expect(page.locator(".flash")).to_contain_text("已受理")
        page.wait_for_load_state()
        key("d")
        first = page.locator('input[name="dispatch-pick"]').first
        expect(first).to_be_focused()
        expect(first).not_to_be_checked()  # a person decides
        key("1")
        expect(first).to_be_checked()
        key("Enter")
        expect(page.locator(".flash").first).to_contain_text("已派给青溪镇水利站")
    expect(page.locator(".flash").nth(1)).to_contain_text("这一批都办完了。")
    expect(main).to_contain_text("没有等您办的事")
    assert sent(server, world) == MANY
    assert (watch.foreign, watch.errors) == ([], [])


@pytest.mark.usefixtures("waiting")
def test_ticked_rows_go_together_and_typing_fires_nothing(page_as: Open, watch: Watch) -> None:
    page = page_as(Role.VILLAGE_HEAD)
    page.goto("/cases/?tab=mine")
    key = page.keyboard.press
    key("/")
    page.keyboard.type("jjxad?n")
    expect(page.locator("main [data-search]")).to_have_value("jjxad?n")
    expect(page).to_have_url("/cases/?tab=mine")
    expect(page.locator("[data-keys-dialog]")).not_to_be_visible()
    key("Escape")
    for letter in "jxjx":
        key(letter)
    expect(page.locator("[data-check-count]")).to_have_text("2")
    key("a")
    expect(page.locator("main")).to_contain_text("可以办的 2 件")
    key("Enter")
    expect(page.locator(".flash")).to_contain_text("已办 2 件。")
    expect(page).to_have_url("/cases/?tab=mine")
    assert (watch.foreign, watch.errors) == ([], [])


@pytest.mark.usefixtures("waiting")
def test_the_help_names_the_keys_of_the_page_and_closes(page_as: Open, watch: Watch) -> None:
    page = page_as(Role.VILLAGE_HEAD)
    page.goto("/cases/?tab=mine")
    dialog = page.locator("[data-keys-dialog]")
    page.keyboard.press("?")
    expect(dialog).to_be_visible()
    for words in ("下一行", "选中这一行", "派这一行", "打开、关上这份说明"):
        expect(dialog).to_contain_text(words)
    page.keyboard.press("j")
    expect(page.locator("[data-row-link]").first).not_to_be_focused()
    assert problems(page) == []
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("条渠道堵了")
    page.keyboard.press("?")
    expect(dialog).to_contain_text("下一件")
    expect(dialog).to_contain_text("受理")
    page.keyboard.press("?")
    expect(dialog).not_to_be_visible()
    page.keyboard.press("j")
    expect(page.locator("main")).to_contain_text(f"2/{MANY}")
    assert (watch.foreign, watch.errors) == ([], [])


@pytest.mark.usefixtures("waiting")
def test_the_pages_of_the_desk_are_without_barriers(page_as: Open) -> None:
    for row, viewport in enumerate((DESK, PHONE)):
        page = page_as(Role.VILLAGE_HEAD, viewport=viewport)
        page.goto("/cases/?tab=mine")
        assert problems(page) == []
        page.locator("[data-row-link]").nth(row).click()
        page.locator('details.move:has(form[action$="/accept"]) summary').click()
        page.locator('form[action$="/accept"] button[type=submit]').click()
        page.locator('details.move:has(form[action$="/dispatch"]) summary').click()
        assert problems(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1
        page.goto("/cases/views?list=tab%3Dmine%26major%3D05")
        assert problems(page) == []
    manager = page_as(Role.TOWN_MANAGER)
    for path in ("/cases/duties", "/cases/duties/new"):
        manager.goto(path)
        assert problems(manager) == []


def problems(page: Page) -> list[str]:
    """What axe finds, as "rule: where"."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]]
