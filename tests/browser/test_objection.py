"""An objection upheld, in the browser: declared on a phone, decided at a meeting, objected to on notice, taken back."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from gridcase.core.db import db, transaction
from gridcase.core.permissions import job
from gridcase.people.models import Holding, Person
from gridcase.people.rules import Role
from gridcase.points import queries, service
from gridcase.users import service as user_service
from tests.browser.conftest import DESK, PHONE, Watch
from tests.factories.world import MAKER, MEMORY_KIB, PASSWORD, SINCE, START, World
from tests.points.declaring import changing, put_scheme

Open = Callable[..., Page]
SECOND = "second member"


def prepare(app: Flask, world: World) -> None:
    """A scheme in force and three members of the review group."""
    with app.app_context():
        put_scheme(world.grids["village_a"])
        with changing():
            for number in range(2):
                person = Person(name=f"评议员{'甲乙'[number]}", place_path="/")
                db.session.add(person)
                db.session.flush()
                post_id = world.posts[Role.REVIEW_MEMBER]
                db.session.add(Holding(post_id=post_id, person_id=person.id, valid_from=SINCE, stand_in=True))
        with transaction():
            user = user_service.add_user(
                actor=MAKER, login="second", password=PASSWORD, person_id=person.id, now=START, memory_kib=MEMORY_KIB
            )
            world.users[SECOND] = user.id
        db.session.remove()


def no_sideways(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"sideways scroll at {page.url}"


def send(page: Page, button: str) -> None:
    """Press and wait until the next page is there."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def test_an_objection_upheld_from_declaration_to_reversal(
    app: Flask, world: World, page_as: Open, watch: Watch
) -> None:
    prepare(app, world)
    home = world.homes["circle"][0]
    villager = page_as(Role.RESIDENT, viewport=PHONE)
    villager.goto("/points/declarations/new")
    no_sideways(villager, PHONE["width"])
    villager.get_by_role("link", name="孝老爱亲").click()
    villager.get_by_label("做了什么").fill("照护邻居老人一天")
    no_sideways(villager, PHONE["width"])
    send(villager, "提交申报")
    expect(villager.locator("body")).to_contain_text("待评议小组评议")
    member = page_as(Role.REVIEW_MEMBER, viewport=DESK)
    member.goto("/points/review")
    member.get_by_role("link", name="开评议会").click()
    for name in member.locator("label[for^=present-]").all():
        name.click()
    member.locator('input[name^="verdict-"][value="pass"]').first.evaluate("element => element.click()")
    send(member, "记下评议结果")
    expect(member.locator(".paper-sheet")).to_contain_text("3 / 0 / 0")
    supervisor = page_as(Role.VILLAGE_SUPERVISOR, viewport=DESK)
    supervisor.goto("/points/")
    expect(supervisor.locator("table.work").first).to_contain_text("评议：同意 3，不同意 0，回避 0")
    supervisor.locator("table.work a").first.click()
    supervisor.get_by_label("为什么有异议").fill("那天老人在县城住院")
    send(supervisor, "提交异议")
    other = page_as(SECOND, viewport=DESK)  # who recorded the meeting does not answer
    other.goto("/points/objections")
    no_sideways(other, DESK["width"])
    other.locator("table.work a").first.click()
    other.get_by_text("异议成立，冲回这一笔积分").click()
    other.get_by_label("复核意见").fill("医院记录属实，不应计分")
    send(other, "提交复核意见")
    supervisor.goto("/points/")
    expect(supervisor.locator("body")).to_contain_text("医院记录属实，不应计分")
    villager.goto(f"/points/household/{home}/conduct")
    expect(villager.locator(".entries")).to_contain_text("已冲回")
    expect(villager.locator(".entries")).to_contain_text("复核意见：医院记录属实，不应计分")
    no_sideways(villager, PHONE["width"])
    with app.app_context():
        held = queries.balances_of(home, viewer=job("test"))
        assert (held.pending, held.merit) == (0, 0)
        assert service.verify() == []
        db.session.remove()
    assert (watch.foreign, watch.errors) == ([], [])
