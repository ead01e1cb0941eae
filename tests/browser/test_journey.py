"""The main job as people do it, in Chinese, in a browser, on both databases."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from gridcase import scheduler
from gridcase.core.db import db
from gridcase.points.models import Account
from tests.browser.conftest import PHONE, Server, Watch
from tests.factories.world import World

REPORTED = "2026-11-23T10:00:00+08:00"
NOTICE_OVER = "2026-12-01T09:00:00+08:00"


def open_move(page: Page, name: str) -> Page:
    """Open a move in place, if it does not stand open; returns the page for chaining."""
    form = page.locator(f'form[action$="/{name}"]')
    if not form.is_visible():
        menu = page.locator("details.more-moves:not([open])", has=form)
        if menu.count():
            menu.locator("> summary").click()
        page.locator("details.move", has=form).locator("> summary").click()
    return page


def send(page: Page, name: str) -> None:
    page.locator(f'form[action$="/{name}"] button[type=submit]').click()
    expect(page.locator(f'form[action$="/{name}"]')).to_have_count(0)


def choose(page: Page, name: str, value: str) -> None:
    """Tick a radio button by its value."""
    tick(page.locator(f'input[name$="{name}"][value="{value}"]'))


def tick(box: Locator) -> None:
    """As a click does, wherever its label lies over it and however the page still moves."""
    box.evaluate("element => element.click()")
    expect(box).to_be_checked()


def log_visit_with_demand(page: Page, household_id: int, *, code: str, title: str) -> None:
    page.goto(f"/visits/log/{household_id}")
    choose(page, "state", "follow_up")
    page.get_by_text("有诉求，一并登记").click()
    choose(page, "case_class", code)
    page.fill('input[name="title"]', title)
    page.get_by_role("button", name="记下走访").click()


def pins(page: Page) -> list[int]:
    page.goto("/map/")
    answer = page.request.get("/map/points.json")
    return list(answer.json()["id"])


def case_path(page: Page, title: str) -> str:
    page.goto("/cases/?tab=all")
    link = page.get_by_role("link", name=re.compile(title)).first
    return str(link.get_attribute("href"))


def test_the_whole_way(
    page_as: Callable[..., Page], server: Server, world: World, at: Callable[[str], None], watch: Watch
) -> None:
    at(REPORTED)
    home = world.homes["circle"][0]
    desk = page_as("dispatcher")
    before = pins(desk)

    liaison = page_as("liaison", viewport=PHONE)
    log_visit_with_demand(liaison, home, code="0501", title="自来水停了三天")
    path = case_path(liaison, "自来水停了三天")
    case_id = int(path.rstrip("/").rsplit("/", 1)[1].split("?")[0])
    assert set(pins(desk)) - set(before) == {case_id}

    head = page_as("village_head")
    head.goto(path)
    send(open_move(head, "accept"), "accept")
    open_move(head, "dispatch").select_option('select[name$="handler"]', label="青溪镇水利站")
    send(head, "dispatch")
    expect(head.locator("body")).to_contain_text("已派给青溪镇水利站")

    station = page_as("dept")
    station.goto("/inbox/")
    expect(station.locator("main")).to_contain_text("GC20261123")
    station.goto(path)
    send(open_move(station, "sign"), "sign")
    open_move(station, "submit-result").fill('textarea[name$="note"]:visible', "更换水泵，当天恢复供水。")
    send(station, "submit-result")

    liaison.goto(path)
    choose(open_move(liaison, "record-answer"), "answer", "solved")
    choose(liaison, "rating", "satisfied")
    liaison.locator('form[action$="/record-answer"] button[type=submit]').click()
    expect(liaison.locator("main")).to_contain_text("答复已记下")

    checker = page_as("fulltime_grid")
    checker.goto(path)
    send(open_move(checker, "verify"), "verify")
    expect(checker.locator("main")).to_contain_text("已办结")
    assert case_id not in pins(desk)

    villager = page_as("resident", viewport=PHONE)
    villager.goto(f"/points/household/{home}")
    expect(villager.locator("main")).to_contain_text("公示")
    assert balance(server, home) == {"pending": 2}
    at(NOTICE_OVER)
    scheduler.tick(server.app)
    assert balance(server, home) == {"merit": 2}
    villager = page_as("resident", viewport=PHONE)
    villager.goto(f"/points/household/{home}")
    expect(villager.locator("main")).to_contain_text("2")
    assert (watch.foreign, watch.errors) == ([], [])


def balance(server: Server, household_id: int) -> dict[str, int]:
    """The purses of a home, as the ledger says."""

    with server.app.app_context():
        rows = db.session.scalars(select(Account).where(Account.household_id == household_id)).all()
        found = {row.kind: row.balance for row in rows if row.balance}
        db.session.remove()
    return found


def test_self_solve_on_the_spot(page_as: Callable[..., Page], world: World, watch: Watch) -> None:
    liaison = page_as("liaison", viewport=PHONE)
    liaison.goto(f"/visits/log/{world.homes['circle'][1]}")
    choose(liaison, "state", "safe")
    liaison.get_by_text("有诉求，一并登记").click()
    choose(liaison, "case_class", "0801")
    liaison.fill('input[name="title"]', "帮老人缴医保")
    tick(liaison.locator('input[name="solved"]'))
    liaison.fill('textarea[name="result"]', "用手机代缴，收据已交给本人。")
    choose(liaison, "answer", "solved")
    liaison.get_by_role("button", name="记下走访").click()
    liaison.goto(case_path(liaison, "帮老人缴医保"))
    expect(liaison.locator("main")).to_contain_text("已办结")
    expect(liaison.locator("main")).to_contain_text("用手机代缴")
    assert (watch.foreign, watch.errors) == ([], [])


def test_a_case_becomes_overdue_and_is_reminded_once(
    page_as: Callable[..., Page], server: Server, world: World, at: Callable[[str], None], watch: Watch
) -> None:
    at(REPORTED)
    liaison = page_as("liaison", viewport=PHONE)
    log_visit_with_demand(liaison, world.homes["circle"][2], code="0401", title="村口垃圾堆成山")
    path = case_path(liaison, "村口垃圾堆成山")
    desk = page_as("dispatcher")
    desk.goto(path)
    expect(desk.locator(".deadline")).to_contain_text("还剩")

    at("2026-11-25T10:00:00+08:00")  # 8 working hours went by on Tuesday morning
    scheduler.tick(server.app)
    scheduler.tick(server.app)
    desk = page_as("dispatcher")
    desk.goto(path)
    expect(desk.locator(".deadline")).to_contain_text("超期")
    said = "11月24日 10:00到期"
    reminded = [told_about(page_as(role), said) for role in ("dispatcher", "village_head", "grid_leader")]
    assert sum(reminded) >= 1
    assert max(reminded) == 1
    assert (watch.foreign, watch.errors) == ([], [])


def told_about(page: Page, word: str) -> int:
    """How many notices in the inbox speak of the case with this word."""
    page.goto("/inbox/")
    return page.locator("main li, main tr, main article").filter(has_text=word).count()
