"""From the village to every door: an announcement passed on, a sheet typed in by keys, both modes without barriers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gridcase.people.rules import Role
from tests.browser.conftest import DESK, PHONE, Watch
from tests.browser.test_desk_keyboard import problems
from tests.factories.world import World

Open = Callable[..., Page]


def fits(page: Page) -> None:
    """No sideways scroll."""
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1, page.url


@pytest.mark.parametrize("elder", [False, True], ids=["standard", "elder"])
def test_from_the_village_to_the_door(page_as: Open, world: World, watch: Watch, elder: bool) -> None:
    head = page_as(Role.VILLAGE_HEAD, viewport=DESK)
    head.goto("/bulletin/new")
    head.get_by_label("标题").fill("月底前缴医保")
    head.get_by_label("要传达的内容").fill("带身份证到村部。")
    assert problems(head) == []
    with head.expect_navigation():
        head.get_by_role("button", name="发出").click()
    expect(head.locator("main")).to_contain_text("0 / 16 户")
    assert problems(head) == []

    liaison = page_as(Role.LIAISON, viewport=PHONE)
    liaison.goto("/visits/")
    if elder:
        liaison.locator("[data-menu] summary").click()
        with liaison.expect_navigation():
            liaison.get_by_role("button", name="长辈模式").click()
        assert liaison.evaluate("getComputedStyle(document.documentElement).fontSize") == "22px"
        assert liaison.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        expect(liaison.locator("#coming-homes")).to_be_hidden()
    assert problems(liaison) == []
    fits(liaison)
    liaison.locator(".tick-list label").first.click()
    with liaison.expect_navigation():
        liaison.get_by_role("button", name="记下勾选的").click()
    expect(liaison.locator(".flash")).to_contain_text("记下 1 户已说到")
    with liaison.expect_navigation():
        liaison.get_by_role("button", name="5 户全部说到了").click()
    expect(liaison.locator("#to-tell")).to_have_count(0)
    for path in ("/bulletin/", f"/visits/log/{world.homes['circle'][0]}", "/visits/sheet", "/bulletin/?state=over"):
        liaison.goto(path)
        assert problems(liaison) == [], path
        fits(liaison)
    head.reload()
    expect(head.locator("main")).to_contain_text("6 / 16 户")
    assert (watch.foreign, watch.errors) == ([], [])


def test_the_door_in_both_modes(page_as: Open, world: World, watch: Watch) -> None:
    door = page_as(None, viewport=PHONE)
    for size, words in (("17px", "长辈模式：字大、简单"), ("22px", "回到标准模式")):
        door.goto("/sign-in")
        assert door.evaluate("getComputedStyle(document.documentElement).fontSize") == size
        assert problems(door) == []
        fits(door)
        with door.expect_navigation():
            door.get_by_role("button", name=words).click()
    assert (watch.foreign, watch.errors) == ([], [])


def test_a_sheet_typed_in_without_the_mouse(page_as: Open, world: World, watch: Watch) -> None:
    leader = page_as(Role.SECTION_LEADER, viewport=DESK)
    leader.goto(f"/visits/sheet/enter?post={world.posts[Role.LIAISON]}&week=2026-11-16")
    assert problems(leader) == []
    keys = leader.keyboard
    keys.type("18")  # the day is full: the way is next, and stands there already
    keys.press("Enter")
    keys.type("21")  # met 2, all well
    keys.type("26")
    keys.press("Enter")
    keys.type("老人血压高")
    keys.press("Enter")
    keys.type("31")
    with leader.expect_navigation():
        keys.press("Control+Enter")
    expect(leader.locator(".field-error")).to_contain_text("11月16日至22日")
    expect(leader.locator(".entered")).to_have_count(1)
    expect(leader.locator(f"#day-{world.homes['circle'][1]}")).to_be_focused()
    assert problems(leader) == []
    keys.type("19")
    keys.press("Enter")
    with leader.expect_navigation():
        keys.type("11")
        keys.press("Control+Enter")
    expect(leader.locator(".entered")).to_have_count(2)
    expect(leader.locator(".entered").first).to_contain_text("2026年11月18日，上门，平安")
    assert (watch.foreign, watch.errors) == ([], [])
