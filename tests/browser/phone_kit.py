"""Driving the app of a phone: signing in, the PIN, a visit; reading what the browser keeps."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gridcase.core.db import db
from gridcase.visits.models import Visit
from tests.browser.conftest import PHONE, Server, _cookie
from tests.factories.world import World

PIN = "294617"
FULL = bool(os.environ.get("GRIDCASE_FULL"))


def phone(browser: Browser, server: Server, *, url: str = "", locale: str = "zh-CN") -> BrowserContext:
    """A fresh phone; `url`: where it finds the server, when that is not the server's own address."""
    context = browser.new_context(viewport=PHONE, locale=locale, base_url=url or server.url, has_touch=True)
    context.set_default_timeout(20_000)
    return context


def sign_in(context: BrowserContext, server: Server, user_id: int) -> None:
    """A session in this browser, without typing a password; cookies know no port."""
    context.add_cookies([_cookie(server, user_id)])


def install(page: Page, *, pin: str = PIN, path: str = "/phone/") -> None:
    """Open the app signed in, choose a PIN, wait for the homes and for the service worker to hold the page."""
    page.goto(path)
    page.locator("#pin2").wait_for()
    page.fill("#pin", pin)
    page.fill("#pin2", pin)
    page.locator(".gate-form button").click()
    expect(page.locator("[data-part=all] li").first).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def enter(page: Page, *, pin: str = PIN) -> None:
    """Type the PIN."""
    page.locator("#pin").wait_for()
    page.fill("#pin", pin)
    page.locator(".gate-form button").click()
    expect(page.locator("[data-tabs]")).to_be_visible()


def log(page: Page, household_id: int, *, note: str = "", state: str = "safe") -> None:
    """Note a visit; it is kept when this returns, sent or not."""
    page.evaluate("where => { location.hash = where }", f"#/log/{household_id}")
    page.locator(".visit-home").wait_for()
    expect(page.locator("[data-part=to-change]")).to_have_attribute("href", f"#/change/{household_id}")
    page.locator(f"[name=state][value={state}]").check(force=True)
    if note:
        page.locator("[data-part=more] > summary").click()
        page.fill("#note", note)
    page.locator(".app-do button").click()
    page.wait_for_url("**#/today")


def outbox(page: Page) -> dict[str, list[str]]:
    """The states of what the open store holds, by state, as kept (not as shown)."""
    rows: list[dict[str, Any]] = page.evaluate(DUMP_ITEMS)
    states: dict[str, list[str]] = {}
    for row in rows:
        states.setdefault(row["state"], []).append(row["id"])
    return states


DUMP_ITEMS = """async () => {
  const all = [];
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith('gridcase.phone.')) continue;
    const base = await new Promise((done) => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result); });
    if (base.objectStoreNames.contains('items')) {
      const rows = base.transaction('items').objectStore('items').getAll();
      await new Promise((done) => { rows.onsuccess = done; });
      for (const row of rows.result) all.push({ id: row.id, state: row.state });
    }
    base.close();
  }
  return all;
}"""

DUMP_META = """async () => {
  const all = [];
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith('gridcase.phone.')) continue;
    const base = await new Promise((done) => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result); });
    const keys = base.transaction('meta').objectStore('meta').getAllKeys();
    await new Promise((done) => { keys.onsuccess = done; });
    all.push(...keys.result);
    base.close();
  }
  return all.sort();
}"""

# Everything a browser keeps for this site, as text in which a name would be found: bytes are read as UTF-8 and as the
# one-byte text they would be in another wrapping.
DUMP_ALL = """async () => {
  const found = [];
  const said = (value) => {
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
      found.push(new TextDecoder('utf-8').decode(value), new TextDecoder('utf-16le').decode(value));
    } else if (value instanceof Blob) found.push('blob');
    else if (value && typeof value === 'object') {
      for (const [key, one] of Object.entries(value)) { found.push(key); said(one); }
    }
    else found.push(String(value));
  };
  for (const { name } of await indexedDB.databases()) {
    found.push(name);
    const base = await new Promise((done) => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result); });
    for (const store of base.objectStoreNames) {
      const rows = base.transaction(store).objectStore(store).getAll();
      await new Promise((done) => { rows.onsuccess = done; });
      rows.result.forEach(said);
    }
    base.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      found.push(request.url, await (await cache.match(request)).text());
    }
  }
  found.push(JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.documentElement.outerHTML);
  return found.join('\\n');
}"""


def kept_keys(page: Page) -> list[str]:
    """What the stores of this phone hold besides the notes, by name."""
    keys: list[str] = page.evaluate(DUMP_META)
    return keys


def everything_kept(page: Page) -> str:
    """What lies in IndexedDB, Cache Storage, local and session storage and on the page."""
    text: str = page.evaluate(DUMP_ALL)
    return text


def visits_by(app: Flask, user_id: int) -> list[str]:
    """The notes of the visits stored under an author, in order."""
    with app.app_context():
        rows = db.session.query(Visit.note).filter(Visit.user_id == user_id).order_by(Visit.note).all()
        db.session.remove()
    return [row.note or "" for row in rows]


def all_visits(app: Flask) -> int:
    """How many visits there are at all."""
    with app.app_context():
        count = db.session.query(Visit).count()
        db.session.remove()
    return count


def eventually(page: Page, holds: Callable[[], bool], *, seconds: float = 20) -> bool:
    """Whether something comes true while the page goes on living."""
    for _ in range(int(seconds * 10)):
        if holds():
            return True
        page.wait_for_timeout(100)
    return False


def homes_of(world: World) -> list[int]:
    """The homes of the representative's circle."""
    return world.homes["circle"]
