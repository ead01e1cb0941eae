"""A village head changes the village in a browser: no open case and no visit due is left without somebody."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect
from sqlalchemy import select

from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.people.models import Post
from tests.browser.conftest import PHONE, Server, Watch
from tests.factories.world import World
from tests.planner import village as proof
from tests.planner.village import Village, circle, open_case, settle_in
from tests.planner.work import open_work


def settled(server: Server, world: World) -> tuple[Village, dict[int, str], list[int]]:
    """Village A with open cases of the first circle; the numbers of these cases by id, and its homes."""
    with server.app.app_context():
        village = settle_in(world)
        homes = circle(village.liaisons[0], clock.now())
        made = [
            open_case(world, homes[0], collector=village.liaisons[0], handler=village.liaisons[0]),
            open_case(world, homes[3], collector=village.liaisons[0]),
            open_case(world, homes[5], collector=village.liaisons[0], handler=village.leaders[1]),
        ]
        numbers = {case_id: db.session.get_one(proof.Case, case_id).number for case_id in made}
        db.session.expunge_all()
        db.session.remove()
    return village, numbers, homes


def through(page: Page, reason: str) -> str:
    """Why, the preview, the confirmation; returns the address of the change."""
    page.fill('input[name="reason"]', reason)
    page.get_by_role("button", name="看看会改变什么").click()
    expect(page.locator("h1")).to_contain_text("会改变什么")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 1
    page.get_by_role("button", name="确认调整").click()
    expect(page.locator("main")).to_contain_text("已生效")
    return page.url


def test_a_village_head_reorganises(page_as: Callable[..., Page], server: Server, world: World, watch: Watch) -> None:
    village, numbers, homes = settled(server, world)
    head = page_as("village_head")

    head.goto("/planner/reorganise/")
    head.locator(f'a[href$="/cell/{world.grids["village_a_cell_3"]}/split"]').click()
    head.fill('input[name="name_1"]', "第5网格")
    through(head, "户数太多")

    head.goto(f"/planner/reorganise/post/{village.liaisons[1]}/replace")
    head.select_option('select[name="person"]', str(village.persons[village.leaders[2]]))
    through(head, "外出务工")

    head.goto("/planner/reorganise/")
    head.locator(f'a[href$="/post/{village.liaisons[0]}/dissolve"]').click()
    for at, home in enumerate(homes):
        head.select_option(f'select[name="home_{home}"]', str(village.liaisons[1 if at < 4 else 2]))
    head.select_option('select[name="successor"]', str(village.liaisons[1]))
    change = through(head, "代表辞任")

    sheet = head.locator('a[href*="/planner/handover/"]').first
    sheet.click()
    paper = head.locator(".paper-sheet")
    expect(paper).to_contain_text("工作交接单")
    expect(paper).to_contain_text("住户 4 户")
    expect(paper).to_contain_text("移交人")
    head.emulate_media(media="print")
    expect(head.locator("header.top")).to_be_hidden()
    expect(paper).to_be_visible()
    assert head.pdf()[:4] == b"%PDF"
    head.emulate_media(media="screen")

    nothing_lost(server, village, numbers, homes)
    taker = page_as("liaison_3", viewport=PHONE)
    taker.goto("/inbox/")
    expect(taker.locator("main")).to_contain_text("您接手 2 户")
    assert not change.endswith("/reorganise/")
    assert (watch.foreign, watch.errors) == ([], [])


def nothing_lost(server: Server, village: Village, numbers: dict[int, str], homes: list[int]) -> None:
    """Every case has a living addressee, every home one liaison, and the old post nothing."""
    with server.app.app_context():
        today = town_day(clock.now())
        assert proof.lost_cases(today) == []
        assert proof.places_agree(today)
        assert set(homes) <= proof.looked_after(today).keys()
        work = open_work(village.liaisons, on=today)
        assert work[village.liaisons[0]].empty
        listed = {one.number for post in village.liaisons[1:] for one in work[post].cases}
        assert listed == set(numbers.values())
        due = {home for post in village.liaisons[1:] for home in work[post].visits}
        assert set(homes) <= due
        assert db.session.scalar(select(Post.valid_to).where(Post.id == village.liaisons[0])) == today
        db.session.remove()


def test_the_successor_finds_everything_on_his_own_pages(
    page_as: Callable[..., Page], server: Server, world: World, watch: Watch
) -> None:
    village, numbers, homes = settled(server, world)
    head = page_as("village_head", viewport=PHONE)
    head.goto(f"/planner/reorganise/post/{village.liaisons[0]}/dissolve")
    for home in homes:
        head.select_option(f'select[name="home_{home}"]', str(village.liaisons[2]))
    head.select_option('select[name="successor"]', str(village.liaisons[2]))
    through(head, "代表辞任")

    taker = page_as("liaison_3", viewport=PHONE)
    taker.goto("/inbox/")
    expect(taker.locator("main")).to_contain_text("您接手 6 户、3 件在办的事")
    taker.goto("/cases/?tab=village")
    for number in numbers.values():
        expect(taker.locator("main")).to_contain_text(number)
    taker.goto("/cases/?tab=mine")
    expect(taker.locator("main")).to_contain_text(next(iter(numbers.values())))
    taker.goto("/visits/")
    for home in homes:
        expect(taker.locator(f'main a[href$="/visits/log/{home}"]').first).to_be_attached()
    taker.goto(f"/cases/{next(iter(numbers))}")
    expect(taker.locator("main")).to_contain_text("联户代表移交给联户代表3")
    assert (watch.foreign, watch.errors) == ([], [])
