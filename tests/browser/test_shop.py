"""From the shelf on a villager's phone to the rice over the counter, both without barriers and within the screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask
from playwright.sync_api import Page, expect

from gridcase.core.db import db
from gridcase.people.rules import Role
from tests.browser.conftest import DESK, PHONE, Watch
from tests.browser.test_bulletin import fits
from tests.browser.test_desk_keyboard import problems
from tests.factories import shop as factory
from tests.factories.world import World

Open = Callable[..., Page]
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def stocked(app: Flask, world: World, *, points: int = 50) -> int:
    """A shop of village A with rice at 30 points; the villager's home holds so many. Returns the shop's id."""
    with app.app_context():
        shop = factory.open_shop(world.grids["village_a"], now=NOW)
        factory.shelve(shop, 3, now=NOW)
        if points:
            factory.merit(world.homes["circle"][0], points, now=NOW)
        shop_id = shop.id
        db.session.remove()
    return shop_id


def to_the_shelf(phone: Page) -> None:
    """As a villager comes there: by the tab beside the points."""
    phone.goto("/points/")
    with phone.expect_navigation():
        phone.get_by_role("link", name="积分超市", exact=True).first.click()
    expect(phone.locator("h1")).to_have_text("上河村积分超市")


def reserve_rice(phone: Page) -> str:
    """Reserve one bag; returns the code in large print."""
    with phone.expect_navigation():
        phone.locator(".shelf-item .button.primary").click()
    assert problems(phone) == []
    fits(phone)
    with phone.expect_navigation():
        phone.get_by_role("button", name="预约").click()
    expect(phone.locator(".code-slip h2")).to_have_text("领取码")
    return phone.locator(".code").inner_text()


def hand_over(desk: Page, shop_id: int, code: str) -> None:
    """The keeper types the code, which has the focus, and gives the rice."""
    desk.goto(f"/shop/{shop_id}/counter")
    expect(desk.get_by_label("领取码")).to_be_focused()
    desk.keyboard.type(code.lower())
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    expect(desk.locator(".what")).to_contain_text("大米 5 公斤 × 1袋")
    assert problems(desk) == []
    with desk.expect_navigation():
        desk.get_by_role("button", name="货品交到手里了").click()
    expect(desk.locator(".flash")).to_contain_text("已交付：大米 5 公斤 1袋，30 分。")


def test_from_the_shelf_to_the_rice_over_the_counter(page_as: Open, app: Flask, world: World, watch: Watch) -> None:
    shop_id = stocked(app, world)
    phone, desk = page_as(Role.RESIDENT, viewport=PHONE), page_as(Role.SHOP_KEEPER, viewport=DESK)
    to_the_shelf(phone)
    expect(phone.locator(".purse")).to_contain_text("50")
    assert problems(phone) == []
    fits(phone)
    code = reserve_rice(phone)
    assert problems(phone) == []
    fits(phone)
    hand_over(desk, shop_id, code)
    fits(desk)
    assert problems(desk) == []
    phone.reload()
    expect(phone.locator("main")).to_contain_text("领取。")
    expect(phone.locator(".code")).to_have_count(0)
    to_the_shelf(phone)
    expect(phone.locator(".purse")).to_contain_text("20")
    assert (watch.foreign, watch.errors) == ([], [])
