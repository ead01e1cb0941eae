"""Voices, hot issues and the box at the top, in a browser: joined, followed, taken out; found and made one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from playwright.sync_api import Page, expect

from gridcase.cases import queries, service
from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_journey import tick
from tests.factories.cases import collected
from tests.factories.viewers import viewer_from
from tests.factories.world import World

Open = Callable[..., Page]


def lamps(app: Flask, world: World) -> list[str]:
    """Four reports of one lamp, and the daily look; their numbers."""
    with app.app_context():
        head = viewer_from(db.session.get_one(User, world.users[Role.VILLAGE_HEAD]))
        now = clock.now()
        cases = [
            collected(
                world,
                head,
                home=home,
                title="老槐树旁边的路灯不亮",
                text="老槐树那盏灯坏了。",
                now=now - timedelta(days=n),
            )
            for n, home in enumerate(world.homes["village_a"][:4])
        ]
        numbers = [case.number for case in cases]
        for town_id, path in queries.towns_to_look_at(town_day(now), now):
            looked = service.hot.look(town_id, now=now)
            with transaction():
                service.hot.keep(town_id, path, looked, actor=job("hot"), now=now)
        db.session.remove()
    return numbers


def no_sideways_scroll(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_hot_issue_becomes_one_case_with_voices(app: Flask, page_as: Open, world: World) -> None:
    numbers = lamps(app, world)
    page = page_as(Role.DISPATCHER, viewport=DESK)
    page.goto("/cases/")
    page.get_by_role("link", name="热点").click()
    expect(page.locator("table.work")).to_contain_text("4 件，4 户（人），4 天内 · 都在上河村 · 同一类")
    page.get_by_role("link", name="老槐树旁边的路灯不亮").click()
    tick(page.locator("input[name=first]").last)
    page.get_by_role("button", name="并为一件办理").click()
    expect(page.locator(".flash").first).to_contain_text("3 件已附议")
    voices = page.locator("section[aria-labelledby=voices]")
    expect(voices).to_contain_text("声音 4")
    voices.get_by_role("link").first.click()
    joined = page.locator("section[aria-labelledby=joined]")
    expect(joined).to_contain_text("首件现在：已登记")
    page.get_by_text("移出并件", exact=True).first.click()
    page.fill("#take_out-note", "不是同一盏灯。")
    page.locator("form[action$=take-out] button[type=submit]").click()
    expect(page.locator(".flash").first).to_contain_text("已移出并件")
    expect(page.locator(".case-line")).to_contain_text("已登记")
    phone = page_as(Role.DISPATCHER, viewport=PHONE)
    for path in ("/cases/hot", "/cases/hot?state=joined", "/search?q=路灯"):
        phone.goto(path)
        no_sideways_scroll(phone, PHONE["width"])
    phone.goto("/cases/hot?state=joined")
    phone.locator("[data-row-link]").first.click()
    no_sideways_scroll(phone, PHONE["width"])
    assert len(set(numbers)) == 4


def test_the_box_finds_by_the_keyboard(app: Flask, page_as: Open, world: World) -> None:
    numbers = lamps(app, world)
    page = page_as(Role.VILLAGE_HEAD, viewport=DESK)
    page.goto("/cases/")
    page.locator(".top-search input").fill("老槐树")
    page.keyboard.press("Enter")
    expect(page).to_have_title("查找 · 老槐树 · gridcase")
    for number in numbers:
        expect(page.locator("section[aria-labelledby=found-cases]")).to_contain_text(number)
    page.locator(".list-search input").fill("<b>没有这个")
    page.keyboard.press("Enter")
    expect(page.locator(".empty")).to_contain_text("没有找到“<b>没有这个”")
    page.goto("/search?q=周小一")
    expect(page.locator("section[aria-labelledby=found-people]")).to_contain_text("周*一")
