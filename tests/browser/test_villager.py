"""The villager's door in a real browser: scanned on one phone, looked up on another, from the poster to the answer."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Browser, Page, expect

from gridcase.cases.models import Case
from gridcase.core.db import db
from gridcase.people.rules import Role
from tests.browser.conftest import PHONE, Server, Watch
from tests.factories.world import World


def test_from_the_poster_to_the_own_page(
    app: Flask, world: World, page_as: Callable[..., Page], server: Server, browser: Browser, watch: Watch
) -> None:
    head = page_as(Role.VILLAGE_HEAD)
    head.goto("/doors")
    head.get_by_role("button", name="做好去打印").click()
    found = re.search(r"/v/[\w-]+", head.locator(".wall-link").inner_text())
    assert found
    phone = browser.new_context(viewport=PHONE, locale="zh-CN", base_url=server.url).new_page()
    phone.goto(found.group())
    expect(phone.get_by_role("link", name="报警 110")).to_have_attribute("href", "tel:110")
    phone.get_by_role("button", name="提交").click()
    expect(phone.locator(".summary-errors")).to_contain_text("请写明是什么事")
    phone.get_by_label("什么事").fill("村口的路灯坏了三天。晚上看不见路。")
    phone.get_by_role("button", name="提交").click()
    code = phone.locator(".code").inner_text()
    expect(phone.locator(".strides .now")).to_have_text("收到")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    with app.app_context():
        case = db.session.query(Case).order_by(Case.id.desc()).first()
        assert case is not None
        number = case.number
        db.session.remove()
    other = browser.new_context(viewport=PHONE, locale="zh-CN", base_url=server.url).new_page()
    other.goto("/v")
    other.get_by_label("编号或电话").fill(number)
    other.get_by_label("查询码").fill(code.replace("-", " ").lower())
    other.get_by_role("button", name="查看").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("村口的路灯坏了三天")
    other.get_by_text("补充几句").first.click()
    other.locator("#comment-note").fill("就在小卖部门口")
    other.get_by_role("button", name="补充几句").click()
    expect(other.locator(".way")).to_contain_text("就在小卖部门口")
    other.get_by_role("button", name="看完了，退出").click()
    other.goto("/v/own")
    expect(other.get_by_role("heading", level=1)).to_have_text("查办理进展")
    head.goto("/cases/?tab=village")
    expect(head.locator("body")).to_contain_text("村口的路灯坏了三天")
    assert (watch.foreign, watch.errors) == ([], [])
    phone.context.close()
    other.context.close()
