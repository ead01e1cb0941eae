"""A real browser against a real server on a fresh copy of the world, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

from gridcase.people.rules import Role
from tests import provision
from tests.conftest import open_session
from tests.factories.world import World

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass
class Server:
    """Where the application answers."""

    url: str
    app: Flask


@dataclass
class Watch:
    """What a page did that it should not: requests elsewhere, violations of the policy, errors."""

    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, once a worker."""
    with sync_playwright() as playwright:
        expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong
        opened = playwright.chromium.launch(executable_path=provision.chromium(), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def server(app: Flask, world: World) -> Iterator[Server]:
    """The application behind a threaded server on loopback."""
    app.config["WTF_CSRF_ENABLED"] = True
    listener = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=listener.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield Server(f"http://127.0.0.1:{listener.server_port}", app)
    listener.shutdown()
    thread.join()
    listener.server_close()


@pytest.fixture
def watch() -> Watch:
    """Filled by every page of `page_as`; a test asserts that both lists stay empty."""
    return Watch()


@pytest.fixture
def page_as(browser: Browser, server: Server, world: World, watch: Watch) -> Iterator[Callable[..., Page]]:
    """A page signed in as a role: `page_as("liaison", locale="en", viewport=PHONE)`."""
    contexts: list[BrowserContext] = []

    def open_page(
        role: Role | str | None, *, locale: str = "zh-CN", viewport: dict[str, int] = DESK, touch: bool = False
    ) -> Page:
        context = browser.new_context(viewport=viewport, locale=locale, base_url=server.url, has_touch=touch)
        contexts.append(context)
        if role is not None:
            context.add_cookies([_cookie(server, world.users[role])])
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("request", lambda request: _note_request(request.url, server.url, watch))
        page.on("console", lambda message: watch.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: watch.errors.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()


def _cookie(server: Server, user_id: int) -> dict[str, str]:
    token = open_session(server.app, user_id)
    serializer = server.app.session_interface.get_signing_serializer(server.app)
    value = serializer.dumps({"_user_id": token, "_fresh": True})
    return {"name": "gridcase", "value": value, "url": server.url}


def _note_request(url: str, own: str, watch: Watch) -> None:
    if not url.startswith((own, "data:", "blob:", "about:")):
        watch.foreign.append(url)
