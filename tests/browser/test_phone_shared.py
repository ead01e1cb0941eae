"""One phone, two people, one after the other: nothing of the first is left to the second, nothing the first noted is
lost. Leaving with a signal, without one, and by letting the session run out. GRIDCASE_FULL=1: all three, 20 pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gridcase.core.db import db
from gridcase.households.models import Household, Member
from gridcase.people.models import Person
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests import provision
from tests.browser.conftest import FLAGS, PHONE, Server
from tests.browser.phone_kit import (
    FULL,
    enter,
    eventually,
    everything_kept,
    homes_of,
    install,
    log,
    outbox,
    sign_in,
    visits_by,
)  # fmt: skip
from tests.factories.world import World

PAGES, VISITS = (20, 5) if FULL else (5, 2)
MODES = ["online", "offline", "expired"]


@pytest.fixture(autouse=True)
def same_clock(at: Callable[[str], None], config: object) -> None:
    """Server and browser read one clock."""
    at(datetime.now(UTC).isoformat())


@pytest.fixture
def shared(browser: Browser, server: Server, tmp_path: Path) -> Iterator[BrowserContext]:
    """A phone whose whole memory lies in a folder that can be read afterwards."""
    context = browser.browser_type.launch_persistent_context(
        str(tmp_path / "phone"), executable_path=provision.chromium(), args=FLAGS, viewport=PHONE, locale="zh-CN",
        base_url=server.url, headless=True,
    )  # fmt: skip
    context.set_default_timeout(20_000)
    yield context
    context.close()


def canaries(app: Flask, world: World) -> list[str]:
    """What would give the first one away: her name, her homes' people and addresses, what she wrote."""
    with app.app_context():
        first = db.session.get_one(User, world.users[Role.LIAISON]).person.name
        homes = db.session.query(Household).filter(Household.id.in_(homes_of(world))).all()
        people = (
            db.session.query(Person.name)
            .join(Member, Member.person_id == Person.id)
            .filter(Member.household_id.in_(homes_of(world)))
            .all()
        )
        found = [first, "悄悄话", *(home.address for home in homes if home.address)]
        found += [name for (name,) in people]
        others = (
            db.session.query(Person.name)
            .join(Member, Member.person_id == Person.id)
            .filter(Member.household_id.in_(world.homes["paired"]))
            .all()
        )
        db.session.remove()
    return sorted(set(found) - {name for (name,) in others})  # the village has namesakes


def browse(page: Page, world: World) -> None:
    """Look around on the ordinary pages, as the first one does all day."""
    homes = homes_of(world)
    paths = ["/visits/", "/cases/", "/inbox/", "/search?q=赵大", *(f"/visits/log/{home}" for home in homes)]
    paths += [f"/visits/household/{home}" for home in homes] + [f"/households/{home}" for home in homes]
    for path in paths[:PAGES]:
        page.goto(path)


def leave(page: Page, context: BrowserContext, mode: str) -> None:
    """The first one goes: by the form of an ordinary page, by the app without a signal, or simply away."""
    if mode == "online":
        context.set_offline(False)
        page.goto("/visits/")
        page.locator("[data-menu] > summary").click()
        with page.expect_navigation(url="**/sign-in"):
            page.locator("form[data-leave] button").click()
    elif mode == "offline":
        page.evaluate("location.hash = '#/settings'")
        page.locator("[data-part=leave]").click()
        expect(page.locator(".gate-say")).to_contain_text("已退出")
    page.goto("about:blank")


@pytest.mark.parametrize("mode", MODES)
def test_shared_phone(
    database: str, shared: BrowserContext, server: Server, app: Flask, world: World, tmp_path: Path,
    mode: str,
) -> None:  # fmt: skip
    context, secrets = shared, canaries(app, world)
    page = context.new_page()
    sign_in(context, server, world.users[Role.LIAISON])
    browse(page, world)
    install(page)
    context.set_offline(True)
    for number in range(VISITS):
        log(page, homes_of(world)[number], note=f"悄悄话 {number}")
    assert len(outbox(page)["queued"]) == VISITS
    context.route("**/api/sync/items", lambda route: route.abort())  # the signal comes back, the server does not
    leave(page, context, mode)
    context.set_offline(False)
    context.unroute("**/api/sync/items")
    if mode == "expired":
        context.clear_cookies()
    _second_one_comes(context, page, server, world)
    kept = everything_kept(page)
    assert [word for word in secrets if word in kept] == []
    assert eventually(page, lambda: len(visits_by(app, world.users[Role.LIAISON])) == VISITS)
    assert visits_by(app, world.users[Role.LIAISON]) == [f"悄悄话 {number}" for number in range(VISITS)]
    assert visits_by(app, world.users[Role.PARTY_CONTACT]) == []
    _nothing_comes_back(page, secrets)
    if mode == "expired":
        _first_one_returns(page, VISITS)
    context.close()
    assert _on_disk(tmp_path / "phone", secrets) == []


def _second_one_comes(context: BrowserContext, page: Page, server: Server, world: World) -> None:
    """She signs in on the same phone and sets it up for herself."""
    page.goto("/phone/")
    page.locator(".gate").wait_for()
    assert eventually(page, lambda: page.evaluate("localStorage.getItem('gridcase.phone.leaving')") is None)
    sign_in(context, server, world.users[Role.PARTY_CONTACT])
    install(page, pin="835102")


def _nothing_comes_back(page: Page, secrets: list[str]) -> None:
    for _ in range(4):
        page.go_back()
        text = page.content()
        assert [word for word in secrets if word in text] == []
    page.goto("/phone/")


def _first_one_returns(page: Page, number: int) -> None:
    """Who only went away opens with her own PIN and finds that all of it arrived."""
    page.locator("[data-part=list] button").first.click()
    enter(page)
    page.evaluate("location.hash = '#/outbox'")
    expect(page.locator("[data-part=accepted-list] li")).to_have_count(number)


def _on_disk(folder: Path, secrets: list[str]) -> list[str]:
    """Files of the browser in which a canary stands, in either of the ways a browser writes letters."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            found += [
                f"{path.name}: {word}"
                for word in secrets
                for code in ("utf-8", "utf-16-le")
                if word.encode(code) in content
            ]
    return found
