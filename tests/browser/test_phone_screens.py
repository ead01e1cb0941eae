"""Every screen of the app: readable to everybody, no wider than the phone, and what each of them is for."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from gridcase.cases.models import Case, CaseFile
from gridcase.core.db import db
from gridcase.people.rules import Role
from gridcase.users.models import Device
from tests.browser.conftest import PHONE, Server
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
from tests.faults.proxy import Proxy
from tests.faults.toxics import limit_data

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
SCREENS = ("today", "log", "report", "case", "change", "deed", "outbox", "settings", "pin")


@pytest.fixture(autouse=True)
def same_clock(at: Callable[[str], None], config: object) -> None:
    """Server and browser read one clock."""
    at(datetime.now(UTC).isoformat())


def serious(page: Page) -> list[str]:
    """What axe finds, where it matters."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]]


@pytest.mark.parametrize("mode", ["light", "dark and elder"])
def test_every_screen_is_for_everybody(
    browser: Browser, server: Server, world: World, mode: str, database: str
) -> None:
    context = browser.new_context(
        viewport=PHONE, locale="zh-CN" if mode == "light" else "en-GB", base_url=server.url,
        color_scheme="light" if mode == "light" else "dark", has_touch=True, reduced_motion="reduce",
    )  # fmt: skip
    page = context.new_page()
    page.goto("/phone/")
    if mode != "light":
        page.evaluate("localStorage.setItem('gridcase.phone.elder', '1')")
        page.reload()
    page.locator(".steps").wait_for()
    found = {"sign in": serious(page)}
    sign_in(context, server, world.users[Role.LIAISON])
    page.reload()
    page.locator("#pin2").wait_for()
    found["new PIN"] = serious(page)
    install(page, path=page.url)
    wide = {}
    for name in SCREENS:
        where = f"#/{name}/{homes_of(world)[0]}" if name == "log" else f"#/{name}"
        page.evaluate("where => { location.hash = where }", where)
        page.wait_for_timeout(150)
        page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
        found[name] = serious(page)
        wide[name] = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        small = page.evaluate(SMALL_TARGETS)
        assert small == [], f"{name}: too small for a thumb"
    page.reload()
    page.locator("#pin").wait_for()
    found["PIN"] = serious(page)
    assert {name: what for name, what in found.items() if what} == {}
    assert {name: pixels for name, pixels in wide.items() if pixels > 0} == {}
    context.close()


SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, input, select, textarea, summary')]
  .filter((one) => one.checkVisibility() && !one.closest('.spoken-only, .skip') && !one.matches('.spoken-only, p a'))
  .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.height < 43.5 || box.width < 40))
  .map(([what, box]) => `${what} ${Math.round(box.width)}x${Math.round(box.height)}`)"""


def test_a_refused_note_stays_with_its_reason(
    browser: Browser, server: Server, app: Flask, world: World, database: str
) -> None:
    context = phone(browser, server)
    sign_in(context, server, world.users[Role.LIAISON])
    page = context.new_page()
    install(page)

    def refuse(route: Route) -> None:
        item = json.loads(route.request.post_data or "{}")
        why = {
            "id": item["id"],
            "state": "refused",
            "reason": "form_old",
            "text": "这张表是旧版的。",
            "can_hand_over": False,
        }
        route.fulfill(status=409, json=why)

    context.route("**/api/sync/items", refuse)
    log(page, homes_of(world)[0], note="旧表")
    expect(page.locator("[data-flash=refused]")).to_contain_text("这张表是旧版的。")
    assert list(outbox(page)) == ["refused"]
    expect(page.locator(".counts").first).to_contain_text("本月已收到 0 次走访")
    page.evaluate("location.hash = '#/outbox'")
    page.locator("[data-part=refused-list] a").click()
    with page.expect_download() as saved:
        page.locator("[data-part=export]").click()
    assert "旧表" in Path(saved.value.path()).read_text("utf-8")
    context.unroute("**/api/sync/items")
    page.locator("[data-part=edit]").click()
    page.locator(".visit-home").wait_for()
    expect(page.locator("#note")).to_have_value("旧表")
    page.locator(".app-do button").click()
    assert eventually(page, lambda: visits_by(app, world.users[Role.LIAISON]) == ["旧表"])
    assert eventually(page, lambda: list(outbox(page)) == ["accepted"]), (
        "the new note takes the place of the refused one"
    )
    context.close()


def test_a_demand_with_a_photo_goes_on_where_it_was_cut(
    browser: Browser, server: Server, app: Flask, world: World, database: str
) -> None:
    upstream = urlsplit(server.url)
    with Proxy(upstream.hostname or "", upstream.port or 0) as proxy:
        context = phone(browser, server, url=proxy.url)
        sign_in(context, server, world.users[Role.LIAISON])
        page = context.new_page()
        install(page)
        proxy.next(limit_data(40_000).at(b"PATCH /api/sync/photos"))
        page.evaluate("where => { location.hash = where }", f"#/case/{homes_of(world)[0]}")
        page.locator("[data-part=common] .pick").first.click()
        page.fill("#text", "墙裂了一道缝")
        page.set_input_files("#photo", {"name": "wall.jpg", "mimeType": "image/jpeg", "buffer": picture()})
        expect(page.locator(".thumbs img")).to_have_count(1)
        page.locator(".app-do button").click()
        assert eventually(page, lambda: list(outbox(page)) == ["accepted"])
        assert eventually(page, lambda: any(one.toxic == "limit_data" for one in proxy.seen))
        page.evaluate("dispatchEvent(new Event('online'))")
        assert eventually(page, lambda: page.evaluate(PHOTOS_LEFT) == 0)
        context.close()
    with app.app_context():
        case = db.session.query(Case).filter(Case.text == "墙裂了一道缝").one()
        assert db.session.query(CaseFile).filter(CaseFile.case_id == case.id).count() == 1
        db.session.remove()


PHOTOS_LEFT = """async () => {
  let count = 0;
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith('gridcase.phone.')) continue;
    const base = await new Promise((done) => { const r = indexedDB.open(name); r.onsuccess = () => done(r.result); });
    const rows = base.transaction('photos').objectStore('photos').count();
    await new Promise((done) => { rows.onsuccess = done; });
    count += rows.result;
    base.close();
  }
  return count;
}"""


def picture() -> bytes:
    """A photo that does not get small by itself."""
    file = io.BytesIO()
    Image.effect_noise((1800, 1200), 90).convert("RGB").save(file, "JPEG", quality=85)
    return file.getvalue()


def test_a_lost_phone_forgets_and_an_expired_one_asks(
    browser: Browser, server: Server, app: Flask, world: World, database: str
) -> None:
    context = phone(browser, server)
    sign_in(context, server, world.users[Role.LIAISON])
    page = context.new_page()
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    install(page)
    context.clear_cookies()  # the browser's own session is over too: with it the phone would renew itself unseen
    with app.app_context():
        db.session.query(Device).update({"seen_at": datetime(2020, 1, 1, tzinfo=UTC)})
        db.session.commit()
        db.session.remove()
    log(page, homes_of(world)[0], note="过期之后")
    expect(page.locator("[data-bar]")).to_contain_text("登录过期了，记下的 1 条都还在")
    sign_in(context, server, world.users[Role.LIAISON])
    page.reload()
    enter(page)
    assert eventually(page, lambda: visits_by(app, world.users[Role.LIAISON]) == ["过期之后"]), "signed in: a new token"
    page.evaluate("where => { location.hash = where }", f"#/log/{homes_of(world)[1]}")
    page.locator(".visit-home").wait_for()
    page.locator("[data-part=more] > summary").click()
    page.fill("#note", "丢了以后")
    context.set_offline(True)  # what was under way can no longer bring the news before the note is kept
    with app.app_context():
        db.session.query(Device).update({"ended_at": datetime.now(UTC), "ended_why": "lost"})
        db.session.commit()
        db.session.remove()
    page.locator(".app-do button").click()
    page.wait_for_url("**#/today")
    context.set_offline(False)
    expect(page.locator(".gate-say")).to_contain_text("这部手机已被停用")
    page.wait_for_timeout(500)
    assert thrown == [], "what was under way ends quietly"
    assert "pin" not in kept_keys(page)
    assert "token" not in kept_keys(page)
    assert "丢了以后" not in everything_kept(page)
    assert visits_by(app, world.users[Role.LIAISON]) == ["过期之后"], (
        "what a lost phone brings waits for its owner's word"
    )
    context.close()


def test_a_phone_whose_owner_is_signed_in_is_made_known_again_unasked(
    browser: Browser, server: Server, app: Flask, world: World, database: str
) -> None:
    context = phone(browser, server)
    sign_in(context, server, world.users[Role.LIAISON])
    page = context.new_page()
    install(page)
    with app.app_context():
        db.session.query(Device).update({"seen_at": datetime(2020, 1, 1, tzinfo=UTC)})
        db.session.commit()
        db.session.remove()
    log(page, homes_of(world)[0], note="歇了一阵")
    assert eventually(page, lambda: visits_by(app, world.users[Role.LIAISON]) == ["歇了一阵"])
    expect(page.locator("[data-bar]")).to_be_empty()
    context.close()


def test_changes_deeds_and_errands_arrive_too(
    browser: Browser, server: Server, app: Flask, world: World, database: str
) -> None:
    context = phone(browser, server)
    sign_in(context, server, world.users[Role.LIAISON])
    page = context.new_page()
    install(page)
    home = homes_of(world)[0]
    for where, fill in (
        (f"#/change/{home}", {"#who": "周小三", "[name=change][value=birth]": ""}),
        (f"#/deed/{home}", {"#text": "帮邻居收了一天稻子"}),
        (f"#/log/{home}", {"#errand_text": "代买了一袋盐", "[name=errand][value=shopping]": ""}),
    ):
        page.evaluate("where => { location.hash = where }", where)
        page.locator(next(iter(fill))).wait_for(state="attached")
        page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
        for field, text in fill.items():
            page.fill(field, text) if text else page.locator(field).check(force=True)
        page.locator(".app-do button").click()
        page.wait_for_url("**#/today")
        expect(page.locator("[data-flash]")).to_have_attribute("data-flash", "accepted")
    assert outbox(page).keys() == {"accepted"}
    page.evaluate("location.hash = '#/outbox'")
    expect(page.locator("[data-part=accepted-list] li")).to_have_count(3)
    context.close()
