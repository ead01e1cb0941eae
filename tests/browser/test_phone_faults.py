"""Scripted days of a phone behind a line that cuts: before a note is passed on, in the middle, and after the server has
kept it but before it could say so. Meanwhile pages are loaded anew, a second tab sends too, the sign-in runs out,
somebody else takes the phone. Every visit is stored exactly once, under who wrote it. GRIDCASE_FULL=1: 200 runs."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gridcase.core.db import db
from gridcase.people.rules import Role
from gridcase.users.models import Device, User
from gridcase.visits.models import Visit
from tests.browser.conftest import Server
from tests.browser.phone_kit import PIN, enter, eventually, homes_of, install, log, outbox, phone, sign_in, visits_by
from tests.factories.world import World
from tests.faults.proxy import Proxy
from tests.faults.toxics import Toxic, cut_answer, down, limit_data, reset, slicer, timeout

RUNS = 200 if os.environ.get("GRIDCASE_FULL") else 4
SEED = int(os.environ.get("GRIDCASE_SEED", "20261122"))
OTHER_PIN = "835102"
ITEMS = b"POST /api/sync/items"
# What may be cut: the line before the request, in it, after the deed; the last one is what phones of the field suffer.
CUTS: tuple[Callable[[random.Random], Toxic], ...] = (
    lambda dice: down(),
    lambda dice: reset(),
    lambda dice: limit_data(dice.randrange(1, 900)),
    lambda dice: timeout(1),
    lambda dice: slicer(),
    lambda dice: cut_answer(),
    lambda dice: cut_answer(),
    lambda dice: cut_answer(),
)
EVENTS = ("nothing", "reload", "tabs", "session", "switch")
SMALL = ((5, "switch"), (5, "reload"), (2, "tabs"), (5, "session"))  # what four runs must have met


@pytest.fixture(autouse=True)
def same_clock(at: Callable[[str], None], config: object) -> None:
    """Server and browser read one clock."""
    at(datetime.now(UTC).isoformat())


@dataclass
class Day:
    """One phone, its line, and who wrote what on it."""

    app: Flask
    server: Server
    world: World
    proxy: Proxy
    context: BrowserContext
    page: Page
    wrote: dict[str, int]
    writer: Role = Role.LIAISON

    def home(self, number: int) -> int:
        """A home of whoever writes."""
        own = homes_of(self.world) if self.writer is Role.LIAISON else self.world.homes["paired"]
        return own[number % len(own)]

    def open(self) -> None:
        """Load the app anew and open it as the one who writes now."""
        self.page.goto("/phone/")
        self.page.reload()
        self.page.locator(".gate-who").wait_for()
        label = "测**" if self.writer is Role.LIAISON else "试**"
        choose = self.page.locator("[data-part=list] button", has_text=label)
        if choose.count():
            choose.click()
        expect(self.page.locator(".gate-who")).to_contain_text(label)
        enter(self.page, pin=PIN if self.writer is Role.LIAISON else OTHER_PIN)

    def wake(self) -> None:
        """The signal is back, says the phone."""
        self.page.evaluate("dispatchEvent(new Event('online'))")


def one_run(day: Day, number: int, dice: random.Random) -> None:
    """A visit is noted while the line is cut once to three times and something happens to the phone."""
    cut, event = SMALL[number] if len(SMALL) == RUNS else (dice.randrange(len(CUTS)), dice.choice(EVENTS))
    for _ in range(1 if len(SMALL) == RUNS else dice.randrange(1, 4)):
        day.proxy.next(CUTS[cut](dice).at(ITEMS))
    note = f"第 {number} 次"
    day.wrote[note] = day.world.users[day.writer]
    log(day.page, day.home(number), note=note)
    HAPPENS[event](day)
    day.proxy.clear()
    for _ in range(160):  # longer than the phone waits for one answer (net.js: PATIENCE)
        day.wake()
        if stored(day.app, note):
            break
        day.page.wait_for_timeout(250)
    assert stored(day.app, note), f"{note}: cut {cut}, {event}"


def reload(day: Day) -> None:
    """The page is loaded anew, whatever it was doing."""
    day.open()


def tabs(day: Day) -> None:
    """A second tab is opened and both send."""
    other = day.context.new_page()
    first, day.page = day.page, other
    day.open()
    first.evaluate("dispatchEvent(new Event('online'))")
    day.wake()
    other.wait_for_timeout(300)
    first.close()


def session(day: Day) -> None:
    """The token has run out: everything is kept until its owner has signed in again."""
    with day.app.app_context():
        old = datetime.now(UTC) - timedelta(days=400)
        db.session.query(Device).filter(Device.user_id == day.world.users[day.writer]).update({"seen_at": old})
        db.session.commit()
        db.session.remove()
    day.wake()
    sign_in(day.context, day.server, day.world.users[day.writer])
    day.open()


def switch(day: Day) -> None:
    """Somebody else takes the phone."""
    day.writer = Role.PARTY_CONTACT if day.writer is Role.LIAISON else Role.LIAISON
    day.open()


HAPPENS: dict[str, Callable[[Day], None]] = {
    "nothing": lambda day: None, "reload": reload, "tabs": tabs, "session": session, "switch": switch,
}  # fmt: skip


def stored(app: Flask, note: str) -> bool:
    """Whether the server has it."""
    with app.app_context():
        found = db.session.query(Visit.id).filter(Visit.note == note).first() is not None
        db.session.remove()
    return found


def rename(app: Flask, world: World) -> None:
    """The two people of the phone are told apart by the first letter of their names."""
    with app.app_context():
        user = db.session.get_one(User, world.users[Role.PARTY_CONTACT])
        user.person.name = f"试{user.person.name}"
        db.session.commit()
        db.session.remove()


def test_every_visit_is_stored_once_under_who_wrote_it(
    browser: Browser, server: Server, app: Flask, world: World
) -> None:
    rename(app, world)
    upstream = urlsplit(server.url)
    with Proxy(upstream.hostname or "", upstream.port or 0) as proxy:
        context = phone(browser, server, url=proxy.url)
        page = context.new_page()
        day = Day(app, server, world, proxy, context, page, {})
        for role, pin in ((Role.PARTY_CONTACT, OTHER_PIN), (Role.LIAISON, PIN)):
            sign_in(context, server, world.users[role])
            install(page, pin=pin)
        for number in range(RUNS):
            one_run(day, number, random.Random(f"{SEED}-{number}"))
        day.open()
        day.wake()
        assert eventually(page=day.page, holds=lambda: set(outbox(day.page)) <= {"accepted"})
        context.close()
    for role in (Role.LIAISON, Role.PARTY_CONTACT):
        author = world.users[role]
        wrote = Counter(note for note, who in day.wrote.items() if who == author)
        assert Counter(visits_by(app, author)) == wrote
