"""Every page in Chromium: nothing from another host, no violation of the policy, no error, in both languages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from gridcase.people.rules import Role
from tests.browser.conftest import PHONE, Watch

ROLES = [Role.LIAISON, Role.VILLAGE_HEAD, Role.DISPATCHER, Role.TOWN_MANAGER, Role.REVIEW_MEMBER, Role.RESIDENT]
MOST_PAGES = 60
OF_A_SHAPE = 2  # one case's page is drawn as the next one's


@pytest.mark.parametrize("role", ROLES)
def test_crawl(page_as: Callable[..., Page], watch: Watch, role: Role, database: str) -> None:
    """What a browser makes of a page does not depend on the database: on the second one each page that links lead to
    is opened for whichever role comes first."""
    shapes = _opened if database == "postgresql" else Counter[str]()
    locale = "en" if role is Role.DISPATCHER else "zh-CN"
    page = page_as(role, locale=locale, viewport=PHONE if role is Role.LIAISON else {"width": 1440, "height": 900})
    waiting, seen = ["/"], set()
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        shape = re.sub(r"\d+", "0", path)
        if path in seen or (shapes[shape] >= OF_A_SHAPE and path != "/"):
            continue
        seen.add(path)
        shapes[shape] += 1
        answer = page.goto(path)
        assert answer is not None
        assert answer.status < 400, f"{path} answered {answer.status}"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1, f"{path} is wider than the screen by {wide} px"
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        waiting.extend(_paths(links))
    assert watch.foreign == []
    assert watch.errors == []
    assert len(shapes) > 1


_opened: Counter[str] = Counter()  # on the second database, by this worker


def _paths(links: list[str]) -> list[str]:
    """Paths of this site, one of each shape of a list page's many queries."""
    own = [urlsplit(link) for link in links]
    return [
        part.path
        for part in own
        if part.scheme == "http" and part.hostname == "127.0.0.1" and not part.path.endswith((".xlsx", ".csv", ".pdf"))
    ]


def test_style_guide_in_all_modes(page_as: Callable[..., Page], watch: Watch) -> None:
    for locale in ("zh-CN", "en"):
        page = page_as(None, locale=locale)
        assert page.goto("/styleguide").status == 200
    assert (watch.foreign, watch.errors) == ([], [])
