"""What a reader found on the phone: a home where nobody was, a note read again, a notice, leaving without a signal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from gridcase.core.db import db
from gridcase.people.rules import Role
from gridcase.users.models import Device
from tests.browser.conftest import Server
from tests.browser.phone_kit import eventually, homes_of, install, log, outbox, phone, sign_in, visits_by
from tests.browser.test_phone_screens import serious
from tests.factories.world import World
from tests.sync.test_kinds import announce


@pytest.fixture(autouse=True)
def same_clock(at: Callable[[str], None], config: object) -> None:
    """Server and browser read one clock."""
    at(datetime.now(UTC).isoformat())


def goto(page: Page, where: str) -> None:
    """Another screen."""
    page.evaluate("where => { location.hash = where }", where)


def test_nobody_met_is_not_well_and_what_is_missing_stands_at_its_field(
    browser: Browser, server: Server, app: Flask, world: World, database: str
) -> None:
    context = phone(browser, server)
    sign_in(context, server, world.users[Role.LIAISON])
    page = context.new_page()
    install(page)
    home = homes_of(world)[0]
    log(page, home, note="有人在家")
    assert eventually(page, lambda: list(outbox(page)) == ["accepted"])
    goto(page, f"#/log/{home}")
    page.locator("[name=met][value='0']").check(force=True)
    expect(page.locator("[name=state][value=safe]")).not_to_be_checked()
    page.evaluate("for (const one of document.querySelectorAll('[name=state]')) one.checked = false")
    page.locator(".app-do button").click()
    expect(page.locator("#beside")).to_have_text("请选这一户的情况。")
    assert serious(page) == []
    page.locator("[name=state][value=follow_up]").check(force=True)
    expect(page.locator("#beside")).to_have_count(0)
    expect(page.locator("[data-slot=error]")).to_be_hidden()
    context.set_offline(True)
    page.locator("[data-part=more] > summary").click()
    expect(page.locator("[name=ticks]:checked")).to_have_count(0)
    page.fill("#note", "门锁着")
    page.locator(".app-do button").click()
    page.wait_for_url("**#/today")
    goto(page, "#/outbox")
    page.locator("[data-part=send]").click()
    expect(page.locator("[data-slot=sent]")).to_have_text("现在没有信号，没有发出。")
    page.locator("[data-part=waiting-list] a").click()
    expect(page.locator(".item-facts")).to_contain_text("门锁着")
    expect(page.locator(".item-facts dt")).to_contain_text(["方式", "见到几人", "这一户现在", "备注"])
    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".state-word")).to_contain_text("已收到")
    expect(page.locator(".item-facts")).to_contain_text("门锁着")
    assert serious(page) == []
    context.close()


def test_a_notice_is_read_and_ticked_off(
    browser: Browser, server: Server, app: Flask, world: World, database: str
) -> None:
    notice = announce(app, world)
    context = phone(browser, server)
    sign_in(context, server, world.users[Role.LIAISON])
    page = context.new_page()
    install(page)
    page.locator("[data-part=notice-list] a").click()
    expect(page.locator("#screen h2").first).not_to_be_empty()
    expect(page.locator(".notice-text")).not_to_be_empty()
    page.locator(".ticks .pick").first.click()
    assert serious(page) == []
    page.locator(".app-do button").click()
    page.wait_for_url("**#/today")
    expect(page.locator("[data-flash]")).to_have_attribute("data-flash", "accepted")
    goto(page, f"#/told/{notice}")
    expect(page.locator(".told-list li")).to_have_count(1)
    context.close()


def test_leaving_without_a_signal_is_finished_when_there_is_one(
    browser: Browser, server: Server, app: Flask, world: World, database: str
) -> None:
    context = phone(browser, server)
    sign_in(context, server, world.users[Role.LIAISON])
    page = context.new_page()
    install(page)
    context.set_offline(True)
    log(page, homes_of(world)[0], note="走之前")
    goto(page, "#/settings")
    page.locator("[data-part=leave]").click()
    expect(page.locator("[data-slot=sealed]")).to_contain_text("有 1 条封存的记录")
    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-slot=sealed]")).to_be_hidden()
    assert visits_by(app, world.users[Role.LIAISON]) == ["走之前"]
    with app.app_context():
        assert [one.ended_why for one in db.session.query(Device).all()] == ["left"]
        db.session.remove()
    page.locator("[data-part=go]").click()
    page.wait_for_url("**/sign-in**", wait_until="commit")
    expect(page.locator("input[type=password]")).to_be_visible()
    assert page.evaluate("localStorage.getItem('gridcase.phone.leaving')") is None
    context.close()
