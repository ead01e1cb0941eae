"""The app of a phone in a real browser: no signal, no loss, and never "sent" before the server said so."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Route, expect

from gridcase.people.rules import Role
from tests.browser.conftest import Server
from tests.browser.phone_kit import (
    enter,
    eventually,
    everything_kept,
    homes_of,
    install,
    kept_keys,
    log,
    outbox,
    phone,
    sign_in,
    visits_by,
)  # fmt: skip
from tests.factories.world import World


@pytest.fixture(autouse=True)
def same_clock(at: Callable[[str], None], config: object) -> None:
    """Server and browser read one clock."""
    at(datetime.now(UTC).isoformat())


def test_a_visit_without_a_signal_arrives_once(browser: Browser, server: Server, app: Flask, world: World) -> None:
    context = phone(browser, server)
    sign_in(context, server, world.users[Role.LIAISON])
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
    install(page)
    context.set_offline(True)
    log(page, homes_of(world)[0], note="山里没有信号")
    expect(page.locator("[data-flash]")).to_contain_text("已记下，待发送")
    page.reload()
    enter(page)
    assert list(outbox(page)) == ["queued"]
    assert visits_by(app, world.users[Role.LIAISON]) == []
    context.set_offline(False)
    assert eventually(page, lambda: visits_by(app, world.users[Role.LIAISON]) == ["山里没有信号"])
    assert eventually(page, lambda: list(outbox(page)) == ["accepted"])
    assert errors == []
    context.close()


def test_a_line_that_only_seems_to_be_back_is_tried_again_soon(
    browser: Browser, server: Server, app: Flask, world: World
) -> None:
    context = phone(browser, server)
    sign_in(context, server, world.users[Role.LIAISON])
    page = context.new_page()
    install(page)
    context.set_offline(True)
    log(page, homes_of(world)[0], note="信号刚回来")
    expect(page.locator("[data-bar]")).to_contain_text("没有信号")
    left = [2]

    def twice_nothing(route: Route) -> None:
        left[0] -= 1
        if left[0] < 0:
            route.continue_()
        else:
            route.abort("internetdisconnected")

    page.route("**/api/sync/items", twice_nothing)
    context.set_offline(False)
    assert eventually(page, lambda: visits_by(app, world.users[Role.LIAISON]) == ["信号刚回来"])
    assert left[0] < 0, "the line failed twice, and nobody touched the phone"
    context.close()


def test_two_tabs_send_each_visit_once(
    browser: Browser, server: Server, app: Flask, world: World, database: str
) -> None:
    context = phone(browser, server)
    sign_in(context, server, world.users[Role.LIAISON])
    sent: list[str] = []
    context.on("response", lambda one: sent.append(one.url) if one.url.endswith("/api/sync/items") else None)
    page = context.new_page()
    install(page)
    other = context.new_page()
    other.goto("/phone/")
    enter(other)
    context.set_offline(True)
    for number, home in enumerate(homes_of(world)[:3]):
        log(page if number % 2 else other, home, note=f"第{number}户")
    sent.clear()
    context.set_offline(False)
    for tab in (page, other):
        tab.evaluate("dispatchEvent(new Event('online'))")
    assert eventually(page, lambda: len(visits_by(app, world.users[Role.LIAISON])) == 3)
    assert eventually(page, lambda: list(outbox(page)) == ["accepted"])
    assert len(sent) == 3, "one tab sends, the other waits"
    expect(other.locator("[data-chip]")).to_be_hidden()
    context.close()


def test_ten_wrong_pins_clear_the_phone_and_lose_nothing(
    browser: Browser, server: Server, app: Flask, world: World, database: str
) -> None:
    context = phone(browser, server)
    sign_in(context, server, world.users[Role.LIAISON])
    page = context.new_page()
    install(page)
    context.clear_cookies()
    context.set_offline(True)
    log(page, homes_of(world)[0], note="口令忘了之前记的")
    page.reload()
    for left in range(9, -1, -1):
        page.locator("#pin").wait_for()
        page.fill("#pin", "999000")
        page.locator(".gate-form button").click()
        if left:
            expect(page.locator("#pin-error")).to_contain_text(f"还可以试 {left} 次")
    expect(page.locator(".gate-say")).to_contain_text("口令错了十次")
    assert kept_keys(page) == ["order", "seal"], "neither the way in by PIN nor what could be read is left"
    assert "口令忘了之前记的" not in everything_kept(page)
    assert list(outbox(page)) == ["queued"]
    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    assert eventually(page, lambda: visits_by(app, world.users[Role.LIAISON]) == ["口令忘了之前记的"])
    assert eventually(page, lambda: outbox(page) == {})
    context.close()


def test_a_forgotten_pin_is_replaced_by_signing_in(browser: Browser, server: Server, app: Flask, world: World) -> None:
    context = phone(browser, server)
    sign_in(context, server, world.users[Role.LIAISON])
    page = context.new_page()
    install(page)
    context.set_offline(True)
    log(page, homes_of(world)[0], note="口令还记得的时候")
    page.reload()
    page.locator(".fold > summary").click()
    page.locator("[data-part=again]").click()
    expect(page.locator(".gate-say")).to_contain_text("登录要有信号")
    context.set_offline(False)
    with page.expect_navigation(url=re.compile("/sign-in")):  # as nobody: the session that was open proves nothing
        page.locator("[data-part=again]").click()
    sign_in(context, server, world.users[Role.LIAISON])
    install(page, pin="835102")
    assert eventually(page, lambda: visits_by(app, world.users[Role.LIAISON]) == ["口令还记得的时候"])
    page.reload()
    enter(page, pin="835102")
    context.close()


def test_a_browser_left_open_asks_for_the_password_again(
    browser: Browser, server: Server, world: World, at: Callable[[str], None]
) -> None:
    context = phone(browser, server)
    sign_in(context, server, world.users[Role.LIAISON])
    page = context.new_page()
    page.goto("/visits/")
    at((datetime.now(UTC) + timedelta(minutes=11)).isoformat())
    page.goto("/phone/")
    expect(page.locator(".gate-say")).to_contain_text("请再输一次登录密码")
    with page.expect_navigation(url=re.compile("/sign-in")):
        page.locator("[data-part=go]").click()
    context.close()


def test_who_left_on_a_bad_line_is_signed_out_before_the_next_one_looks(
    browser: Browser, server: Server, world: World
) -> None:
    context = phone(browser, server)
    sign_in(context, server, world.users[Role.LIAISON])
    page = context.new_page()
    install(page)
    for path in ("**/api/sync/session", "**/sign-out"):  # a signal there is, an answer there is none
        context.route(path, lambda route: route.abort())
    page.evaluate("location.hash = '#/settings'")
    page.locator("[data-part=leave]").click()
    expect(page.locator(".gate-say")).to_contain_text("已退出")
    expect(page.locator("#pin2")).to_have_count(0)
    for path in ("**/api/sync/session", "**/sign-out"):
        context.unroute(path)
    page.goto("/visits/")
    expect(page).to_have_url(re.compile("/sign-in"))
    context.close()
