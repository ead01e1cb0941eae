"""The app of a phone in a real browser: no signal, no loss, and never "sent" before the server said so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from gridcase.people.rules import Role
from tests.browser.conftest import Server
from tests.browser.phone_kit import enter, eventually, homes_of, install, log, outbox, phone, sign_in, visits_by
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
