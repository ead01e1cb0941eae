"""From what the assembly decided to rice over the counter, as six people do it in a browser, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from gridcase import scheduler
from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.db import db
from gridcase.grid.models import Grid
from gridcase.people.models import Holding, Person
from gridcase.people.rules import Role
from gridcase.points import service as points
from tests.browser.conftest import PHONE, Server, Watch
from tests.factories import shop
from tests.factories.world import SINCE, World
from tests.points.declaring import changing

ASSEMBLY = "2026-11-23T10:00:00+08:00"
NOTICE_OVER = "2026-12-01T09:00:00+08:00"
CARE, WORTH = "Z401", 10  # care for an elder, as the preset says
DONE = "照护邻居王奶奶一天"


def send(page: Page, button: str) -> None:
    """Press a button that sends a form, and wait for the page it leads to."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def decide(head: Page) -> None:
    """The four steps and the publication; nothing counts before the last."""
    head.goto("/people/decisions/new?kind=scheme")
    head.fill('input[name="title"]', "施行积分制方案")
    head.fill('textarea[name="text"]', "按六大类、28 项计积分，积分只换物，不兑现金。")
    head.locator("main form button[type=submit]").first.click()
    head.wait_for_url("**/people/decisions/*")
    for counts in ((7, 6, 6), (20, 17, 16), (30, 24, 22)):
        for name, count in zip(("entitled", "present", "in_favour"), counts, strict=True):
            head.fill(f'input[name$="{name}"]', str(count))
        send(head, "登记这一步")
    expect(head.locator(".case-line")).not_to_contain_text("已通过")
    send(head, "登记这一步")
    expect(head.locator(".case-line")).to_contain_text("已通过")


def put_in_force(head: Page) -> None:
    """The preset of six classes, by that decision, from today on."""
    head.goto("/points/scheme/new")
    head.locator('input[name="source"][value="zhilong"]').evaluate("element => element.click()")
    with head.expect_navigation():
        head.locator("main form button[type=submit]").first.click()
    head.goto(head.url.rstrip("/") + "/force")
    head.locator('input[name="decision"]').first.evaluate("element => element.click()")
    send(head, "定下这一版")
    expect(head.locator("main")).to_contain_text("孝老爱亲")


def declare(villager: Page) -> None:
    """On the phone: what was done, in one line."""
    villager.goto(f"/points/declarations/new?item={CARE}")
    villager.fill('textarea[name="text"]', DONE)
    with villager.expect_navigation():
        villager.locator("main form button[type=submit]").first.click()
    expect(villager.locator("main")).to_contain_text("等评议小组评议")


def review(member: Page) -> None:
    """Three of the group met and found it right."""
    member.goto("/points/review/meeting")
    for box in member.locator('input[name="present"]').all():
        box.evaluate("element => element.click()")
    member.locator('input[name^="verdict-"][value="pass"]').first.evaluate("element => element.click()")
    send(member, "记下评议结果")
    expect(member.locator("main")).to_contain_text("孝老爱亲")


def fetch(villager: Page, keeper: Page) -> None:
    """Reserved on the phone, handed over by the code, once."""
    villager.goto("/shop/")
    expect(villager.locator(".purse")).to_contain_text(str(WORTH))
    with villager.expect_navigation():
        villager.locator(".shelf-item", has_text="大米").get_by_role("link").click()
    with villager.expect_navigation():
        villager.locator("main form button[type=submit]").first.click()
    code = villager.locator(".code").first.inner_text()

    keeper.goto("/shop/")
    keeper.fill('input[name="code"]', code)
    send(keeper, "查码")
    expect(keeper.locator(".handing")).to_contain_text("大米 5 公斤")
    send(keeper, "货品交到手里了")
    expect(keeper.locator("main")).to_contain_text("已交付：大米 5 公斤")
    keeper.fill('input[name="code"]', code)
    keeper.get_by_role("button", name="查码", exact=True).click()
    expect(keeper.locator("main")).to_contain_text("这个码已经用过")


@pytest.fixture
def group(server: Server, world: World) -> None:
    """Two more members beside the account of the review group."""
    with server.app.app_context(), changing():
        path = db.session.get_one(Grid, world.grids["village_a"]).path
        for name in ("评议员甲", "评议员乙"):
            person = Person(name=name, place_path=path)
            db.session.add(person)
            db.session.flush()
            db.session.add(
                Holding(post_id=world.posts[Role.REVIEW_MEMBER], person_id=person.id, valid_from=SINCE, stand_in=True)
            )
    with server.app.app_context():
        db.session.remove()


@pytest.mark.usefixtures("group")
def test_from_the_assembly_to_rice(
    page_as: Callable[..., Page], server: Server, world: World, at: Callable[[str], None], watch: Watch
) -> None:
    at(ASSEMBLY)
    head = page_as("village_head")
    decide(head)
    put_in_force(head)
    villager = page_as("resident", viewport=PHONE)
    declare(villager)
    review(page_as("review_member"))

    villager.goto("/points/")
    expect(villager.locator("main")).to_contain_text("孝老爱亲")
    expect(villager.locator("main")).not_to_contain_text(DONE)
    with server.app.app_context():
        opened = shop.open_shop(world.grids["village_a"], now=clock.now())
        shop.shelve(opened, 1, now=clock.now(), points=WORTH)
        db.session.remove()
    villager.goto("/shop/")
    expect(villager.locator(".purse")).to_contain_text("0")

    at(NOTICE_OVER)
    with server.app.app_context():
        scheduler.mature_points(server.app.extensions["gridcase"])
        db.session.remove()
    fetch(page_as("resident", viewport=PHONE), page_as("shop_keeper"))
    with server.app.app_context():
        assert points.verify() == []
        assert town_day(clock.now()).isoformat() == NOTICE_OVER[:10]
        db.session.remove()
    assert watch.foreign == []
    assert [error for error in watch.errors if "409" not in error] == []
