"""A day of visits on a phone: how many taps a visit takes, which home is nearest, and what is not kept on the way."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from gridcase.core.db import db
from gridcase.people.rules import Role
from gridcase.visits.models import Visit
from tests.browser.conftest import PHONE, Server, Watch
from tests.factories.world import World

Open = Callable[..., Page]
MOST_TAPS = 3
ROWS = "#due-list tbody tr a[data-row-link]"


class Thumb:
    """Counts what it touches."""

    def __init__(self) -> None:
        self.taps = 0

    def tap(self, what: Locator) -> None:
        self.taps += 1
        what.tap()


def phone(page_as: Open, role: Role) -> Page:
    page = page_as(role, viewport=PHONE, touch=True)
    page.goto("/visits/")
    return page


def visits(server: Server) -> list[tuple[str, int, str]]:
    with server.app.app_context():
        rows = [(row.mode, row.met, row.state) for row in db.session.scalars(select(Visit).order_by(Visit.id))]
        db.session.remove()
    return rows


def test_a_visit_takes_three_taps_and_the_next_one_two(
    page_as: Open, server: Server, world: World, at: Callable[[str], None], watch: Watch
) -> None:
    page, thumb, home = phone(page_as, Role.LIAISON), Thumb(), world.homes["circle"][0]
    with page.expect_navigation():
        thumb.tap(page.locator(f'#due-list a[href$="/visits/log/{home}"]'))
    thumb.tap(page.locator(".choice label", has_text="平安"))
    with page.expect_navigation():
        thumb.tap(page.get_by_role("button", name="记下走访"))
    expect(page.locator(".flash")).to_contain_text("记好了")
    assert thumb.taps <= MOST_TAPS

    at("2027-03-01T09:00:00+08:00")
    page, again = phone(page_as, Role.LIAISON), Thumb()
    with page.expect_navigation():
        again.tap(page.locator(f'#due-list a[href$="/visits/log/{home}"]'))
    with page.expect_navigation():
        again.tap(page.get_by_role("button", name="和上次一样"))
    expect(page.locator(".flash")).to_contain_text("记好了")
    assert again.taps <= MOST_TAPS - 1
    assert visits(server) == [("home", 1, "safe")] * 2
    assert (watch.foreign, watch.errors) == ([], [])


def test_nearest_first_stays_on_the_page(page_as: Open, world: World, watch: Watch) -> None:
    page = phone(page_as, Role.LIAISON)
    urgent = page.locator(ROWS).evaluate_all("all => all.map(a => a.href)")
    last = page.locator(ROWS).last.get_attribute("data-at")
    assert last is not None
    lon, lat = (float(part) for part in last.split(","))
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": lon, "latitude": lat})
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    switch = page.get_by_role("button", name="离我近的在前")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    nearest = page.locator(ROWS).evaluate_all("all => all.map(a => a.href)")
    assert nearest[0] == urgent[-1]
    assert sorted(nearest) == sorted(urgent)
    expect(page.locator("#due-list .how-far").first).to_contain_text("约 10 米")
    assert (
        page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])").count(last.split(",")[1]) == 0
    )
    switch.click()
    assert page.locator(ROWS).evaluate_all("all => all.map(a => a.href)") == urgent
    assert sent == []
    page.context.clear_permissions()
    page.context.grant_permissions([])  # refused; a page that knows where it was a minute ago would not ask
    page.reload()
    switch.click()
    expect(page.locator("[data-nearest-said]")).to_contain_text("没有拿到位置")
    expect(switch).to_have_attribute("aria-pressed", "false")
    assert (watch.foreign, watch.errors) == ([], [])


def test_a_worry_is_kept_nowhere_on_the_phone(page_as: Open, world: World, watch: Watch) -> None:
    page, home = phone(page_as, Role.LIAISON), world.homes["circle"][0]
    page.goto(f"/visits/log/{home}")
    page.get_by_text("让人担心的迹象").click()
    page.locator(".choice label", has_text="家庭失和").click()
    page.get_by_text("好人好事", exact=True).click()
    page.locator("textarea[name=deed]").fill("替邻居看了三天牛")
    page.goto("/visits/")  # leaves without sending: the draft is kept, the worry is not
    kept = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert "三天牛" in kept
    assert "signs" not in kept
    page.goto(f"/visits/log/{home}")
    assert page.locator("textarea[name=deed]").input_value() == "替邻居看了三天牛"
    assert page.locator("input[name=signs]:checked").count() == 0
    assert (watch.foreign, watch.errors) == ([], [])
