"""Words that want to be code stay words, on every page that shows them, with the browser's own defence switched off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from gridcase.audit import service as audit
from gridcase.cases import queries as case_queries
from gridcase.cases import service as cases
from gridcase.cases.rules import Channel
from gridcase.core import clock
from gridcase.core.db import db, transaction
from gridcase.core.words import Text
from gridcase.grid.models import Grid
from gridcase.grid.rules import household_code
from gridcase.households import service as households
from gridcase.households.models import Household
from gridcase.households.service import HouseholdRow, MemberRow
from gridcase.notices import service as notices
from gridcase.people.models import Post, Unit
from gridcase.people.rules import Role
from tests.browser.conftest import DESK, Server, _cookie
from tests.factories.world import MAKER, SINCE, World

PAYLOADS = (
    "${xss=1}",
    "${alert(xss=1)}`${xss=1}`",
    "</script><script>xss=1</script>",
    "<script>xss=1</script>",
    '"><img src=x onerror=xss=1>',
    "'><svg onload=xss=1>",
    "<img src=x onerror=xss=1>",
    "<svg/onload=xss=1>",
    "<iframe srcdoc='<script>parent.xss=1</script>'>",
    "<details open ontoggle=xss=1>",
    "<input autofocus onfocus=xss=1>",
    "<style>@import'javascript:xss=1'</style>",
    "javascript:xss=1",
    "<a href=javascript:xss=1>x</a>",
    r"\x3cimg src=x onerror=xss=1\x3e",
    "&lt;img src=x onerror=xss=1&gt;",
    "&#60;img src=x onerror=xss=1&#62;",
    "{{xss=1}}{{7*7}}",
    "{% raw %}${{xss=1}}%(name)s",
    '\\"-(xss=1)-\\"',
    "<!--<img src='--><img src=x onerror=xss=1>'>",
    "＜img src=x onerror=xss=1＞<math><mtext></p><img src=x onerror=xss=1>",
)
HOME = 60  # characters a name may have
MOST_PAGES = 50
READERS = (Role.VILLAGE_HEAD, Role.LIAISON)
SENTENCE = "%(what)s派给了您，请在 %(until)s 前签收。"


@pytest.fixture
def planted(app: Flask, world: World) -> list[int]:
    """A case for every payload, a home and its family, places, posts and a notice that carry them."""
    with app.app_context():
        with transaction():
            home = _home(world)
        case_ids = [_case(home, number, payload) for number, payload in enumerate(PAYLOADS)]
        with transaction():
            for key, payload in enumerate(PAYLOADS):
                telling = notices.Telling(
                    rule=f"x{key}", subject_kind="case", subject_id=case_ids[0], due_at=None, place_path="/",
                    link="/", text=Text(SENTENCE, {"what": payload, "until": payload}),
                    post_id=world.posts[Role.VILLAGE_HEAD],
                )  # fmt: skip
                notices.tell(telling, now=clock.now())
        _rename(world)
        db.session.remove()
    return case_ids


def _home(world: World) -> int:
    """One home: its head, its address, its family."""
    cell = db.session.get_one(Grid, world.grids["village_a_cell_1"])
    family = [
        MemberRow(payload[:HOME], "head" if number == 0 else "other", "m", None)
        for number, payload in enumerate(PAYLOADS)
    ]
    [home] = households.register_households(
        actor=MAKER, village=db.session.get_one(Grid, world.grids["village_a"]), since=SINCE, now=clock.now(),
        rows=[
            HouseholdRow(
                code=household_code(cell.code, 90), grid=cell, address=PAYLOADS[4], members=family, lon=112.6012,
                lat=28.4512, phone="13900000000",
            )
        ],
    )  # fmt: skip
    liaison = db.session.get_one(Post, world.posts[Role.LIAISON])
    households.join_circle(
        actor=MAKER, post=liaison, household_ids=[home], valid_from=SINCE, reason=PAYLOADS[6], now=clock.now()
    )
    return home


def _case(home: int, number: int, payload: str) -> int:
    with transaction():
        household = db.session.get_one(Household, home)
        case = cases.collect(
            actor=MAKER, case_class=case_queries.class_in_use("0401"), title=payload, text=f"{payload}\n{payload}",
            channel=Channel.VISIT, grid=db.session.get_one(Grid, household.grid_id), household=household,
            reporter_name=payload[:HOME], reporter_phone=payload[:20], address=payload,
            lon=112.601 + number / 10_000, lat=28.451, now=clock.now(),
        )  # fmt: skip
        cases.comment(case, actor=MAKER, note=payload, now=clock.now())
        return case.id


def _rename(world: World) -> None:
    """Places, posts and units have names too."""
    with transaction():
        for model, ids in ((Grid, world.grids), (Unit, world.units), (Post, world.posts)):
            for number, one in enumerate(sorted(set(ids.values()))):
                row = db.session.get_one(model, one)
                name = PAYLOADS[number % len(PAYLOADS)]
                setattr(row, "title" if model is Post else "name", name)
        audit.record(actor=MAKER, action="rename", subject_kind="grid", subject_id=None, now=clock.now())


@pytest.fixture
def undefended(browser: Browser, server: Server, world: World) -> Iterator[Callable[[Role], Page]]:
    """A page without the policy: what gets through our escaping would run."""
    contexts = []

    def open_page(role: Role) -> Page:
        context = browser.new_context(viewport=DESK, locale="zh-CN", base_url=server.url, bypass_csp=True)
        context.add_cookies([_cookie(server, world.users[role])])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("role", READERS)
def test_stored_words_never_run(planted: list[int], undefended: Callable[[Role], Page], role: Role) -> None:
    page = undefended(role)
    talked: list[str] = []
    page.on("dialog", lambda dialog: (talked.append(dialog.message), dialog.dismiss()))
    said = {f"/cases/{case_id}": payload for case_id, payload in zip(planted, PAYLOADS, strict=True)}
    waiting, seen = ["/", "/inbox/", *(["/map/"] if role is Role.VILLAGE_HEAD else []), *said], {}
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        if path in seen:
            continue
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        if path == "/map/":
            _look_at_pins(page)
        if path in said:  # the counter-proof: it is really there, word for word
            assert _plain(said[path]) in _plain(page.evaluate("document.body.innerText")), path
        seen[path] = page.evaluate("typeof window.xss === 'undefined' && !document.querySelector('img[src=x]')")
        links = page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
        assert not [link for link in links if link.startswith("javascript:")], path
        waiting.extend(sorted({urlsplit(link).path for link in links if link.startswith("http")} - set(seen)))
    assert [path for path, harmless in seen.items() if not harmless] == []
    assert talked == []
    assert len(seen) > len(PAYLOADS)


def _look_at_pins(page: Page) -> None:
    """Open the cluster and the card of a pin."""
    page.wait_for_function("document.querySelector('.pin, .pin-cluster')")
    for _ in range(4):
        pin = page.locator(".pin").first
        if pin.count():
            pin.focus()
            page.keyboard.press("Enter")  # a click may go past a pin under the legend or on a map that still moves
            page.wait_for_selector("[data-map-card]:not([hidden])")
            return
        page.locator(".pin-cluster").first.click(force=True)
        page.wait_for_timeout(400)


def _plain(words: str) -> str:
    return " ".join(words.split())


def test_a_page_that_did_run_them_would_be_seen(undefended: Callable[[Role], Page]) -> None:
    """The counter-proof of the trap itself: unescaped, the payloads do run in this very page."""
    page = undefended(Role.VILLAGE_HEAD)
    page.goto("/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=xss=1>')")
    page.wait_for_function("window.xss === 1")
