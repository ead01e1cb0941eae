"""`python -m benchmarks.phone`: how long a slow phone on a slow line waits for the app, and what comes over the line.

400 kbit/s, 400 ms round trip, shared by everything the browser asks for (the service worker too), CPU slowed four
times; the median of nine. "Usable": the thing to touch is on the screen (first visit: signing in; repeat visit: the
PIN). Bytes are those on the line, heads of the requests and answers included.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.__main__ import RESULTS, keep, said
from benchmarks.ground import Ground, prepared
from benchmarks.line import Line
from benchmarks.served import served
from benchmarks.slow_line import SlowLine
from tests import provision

RATE, ROUND_TRIP, CPU = 400_000 / 8, 0.4, 4
PIN = "294617"
PHONE = {"width": 360, "height": 740}
# Notes when something can be touched: found, shown, and painted.
WATCH = """(selector) => {
  const look = () => {
    const found = document.querySelector(selector);
    if (found && found.checkVisibility()) requestAnimationFrame(() => { window.usableAt ??= performance.now(); });
    else setTimeout(look, 10);
  };
  look();
}"""


def main() -> None:
    """Measure and keep."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.phone", description=__doc__)
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("--keep", type=Path, default=RESULTS, help="the file the lines are added to")
    options = parser.parse_args()
    with prepared("sqlite", 200) as ground:
        lines = list(measured(ground, options.times))
    for line in lines:
        print(said("phone", line), flush=True)
    keep(lines, "phone", 0, options.keep)


def measured(ground: Ground, times: int) -> Iterator[Line]:
    """First visits, then repeat visits of one phone that has been set up."""
    name, _, value = ground.cookie(ground.client("liaison")).partition("=")
    with served(ground, "gridcase.wsgi:app") as url, sync_playwright() as playwright:
        port = int(url.rsplit(":", 1)[1])
        browser = playwright.chromium.launch(executable_path=provision.chromium(), args=["--no-sandbox"])
        with SlowLine("127.0.0.1", port, rate=RATE, round_trip=ROUND_TRIP) as line:
            address = f"http://127.0.0.1:{line.port}"
            first = [first_visit(browser, line, address) for _ in range(times)]
            repeat = repeat_visits(browser, line, address, {"name": name, "value": value, "url": address}, times)
        browser.close()
    for label, rows in (("first visit", first), ("repeat visit", repeat)):
        yield Line(f"{label}: usable", statistics.median(row[0] for row in rows), "ms")
        yield Line(f"{label}: on the line", statistics.median(row[1] for row in rows), "bytes")
    yield Line("PIN to homes", statistics.median(row[2] for row in repeat), "ms")


def slow_page(context: BrowserContext, selector: str) -> Page:
    """A page on a slow processor that notes when a thing can be touched."""
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": CPU})
    page.add_init_script(f"({WATCH})({selector!r})")
    return page


def usable(page: Page) -> float:
    """Milliseconds from the start of the navigation."""
    for _ in range(600):
        found: float | None = page.evaluate("window.usableAt ?? null")
        if found is not None:
            return found
        page.wait_for_timeout(50)
    raise AssertionError("the page did not become usable")


def at_rest(page: Page, line: SlowLine) -> int:
    """Bytes on the line once nothing moves any more."""
    before, quiet = -1, 0
    while quiet < 12:
        quiet = quiet + 1 if line.down + line.up == before else 0
        before = line.down + line.up
        page.wait_for_timeout(250)
    return before


def first_visit(browser: Browser, line: SlowLine, address: str) -> tuple[float, int]:
    """A phone that has never been here: until one can sign in; and all that it takes home."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN")
    page = slow_page(context, "[data-part=go]")
    line.reset()
    page.goto(f"{address}/phone/", wait_until="commit")
    waited = usable(page)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    carried = at_rest(page, line)
    context.close()
    return waited, carried


def repeat_visits(
    browser: Browser, line: SlowLine, address: str, cookie: dict[str, str], times: int
) -> list[tuple[float, int, float]]:
    """The same phone again: until the PIN can be typed, what came over the line, and from the PIN to the homes."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN")
    context.set_default_timeout(60_000)
    context.add_cookies([cookie])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(f"{address}/phone/")
    page.fill("#pin2", PIN)
    page.fill("#pin", PIN)
    page.locator(".gate-form button").click()
    page.locator("[data-part=all] li").first.wait_for()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    at_rest(page, line)
    page.close()
    context.clear_cookies()
    rows = []
    for _ in range(times):
        page = slow_page(context, "#pin")
        line.reset()
        page.goto(f"{address}/phone/", wait_until="commit")
        waited = usable(page)
        page.fill("#pin", PIN)
        opened: float = page.evaluate(OPENED)
        rows.append((waited, at_rest(page, line), opened))
        page.close()
    context.close()
    return rows


OPENED = """async () => {
  const began = performance.now();
  document.querySelector('.gate-form button').click();
  while (!document.querySelector('[data-part=all] li')) await new Promise((next) => setTimeout(next, 10));
  return performance.now() - began;
}"""


if __name__ == "__main__":
    main()
