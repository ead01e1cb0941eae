"""A mediation in the browser, from its opening to the agreement, its paper, and the closing of the case."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from playwright.sync_api import Page, expect

from gridcase.core.db import db
from gridcase.core.permissions import Viewer
from gridcase.people.rules import Role
from gridcase.users.models import User
from tests.browser.conftest import DESK, PHONE, Watch
from tests.factories.mediations import quarrel
from tests.factories.viewers import viewer_from
from tests.factories.world import World

Open = Callable[..., Page]
LONG = "很长的约定" * 100 + "x" * 300


def made(app: Flask, world: World) -> int:
    """A quarrel of village A, accepted."""

    def find(role: Role) -> Viewer:
        return viewer_from(db.session.get_one(User, world.users[role]))

    with app.app_context():
        case_id = quarrel(world, find, reporter_name="赵一田", reporter_phone="13800001234").id
        db.session.remove()
    return int(case_id)


def no_sideways(page: Page, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"sideways scroll at {page.url}"


def test_a_mediation_from_opening_to_agreement_and_its_paper(
    app: Flask, world: World, page_as: Open, watch: Watch
) -> None:
    case_id = made(app, world)
    page = page_as(Role.VILLAGE_HEAD, viewport=PHONE)
    page.goto(f"/cases/{case_id}")
    no_sideways(page, PHONE["width"])
    page.locator(".page-head").get_by_role("link", name="调解").click()
    page.get_by_role("button", name="开始调解").click()
    expect(page.locator(".flash")).to_contain_text("调解已开始")
    for name in ("赵一田", "钱二塘"):
        page.locator("details.move.primary > summary", has_text="登记当事人").click()
        page.fill("#party-name", name)
        page.fill("#party-phone", "13800001234")
        page.fill("#party-consented_on", "2026-11-23")
        page.get_by_role("button", name="登记", exact=True).click()
        expect(page.locator(".mediation-parties")).to_contain_text(name)
    page.locator("details.move.primary > summary", has_text="记一次经过").click()
    page.fill("#session-place", "村部")
    page.fill("#session-said", "都愿意让一步。")
    page.get_by_role("button", name="记下", exact=True).click()
    expect(page.locator(".steps")).to_contain_text("赵一田、钱二塘")
    page.locator("a.button.primary", has_text="写协议").click()
    page.fill("#terms", LONG)
    page.fill("#fulfil_by", "2026-12-10")
    page.get_by_role("button", name="保存协议").click()
    expect(page.locator(".flash")).to_contain_text("协议已保存")
    no_sideways(page, PHONE["width"])
    page.get_by_role("link", name="打印协议书").click()
    sheet = page.locator("article.printed")
    expect(sheet).to_contain_text("人民调解协议书")
    expect(sheet).to_contain_text("赵一田")
    no_sideways(page, PHONE["width"])
    page.emulate_media(media="print")
    expect(page.locator(".paper-buttons")).to_be_hidden()
    expect(page.locator("header.top")).to_be_hidden()
    assert sheet.evaluate("sheet => sheet.scrollWidth <= sheet.clientWidth"), "nothing runs out of the paper"
    page.emulate_media(media="screen")
    with page.expect_response(lambda answer: answer.url.endswith("paper.pdf")) as pdf:
        page.evaluate("address => fetch(address)", page.get_by_role("link", name="PDF").get_attribute("href"))
    assert pdf.value.headers["content-type"] == "application/pdf"
    page.get_by_role("link", name="回到调解").click()
    page.locator("details.move.primary > summary", has_text="记调解结果").click()
    assert page.input_value("#end-look_on") == "2026-12-10", "the day of fulfilment is proposed"
    page.get_by_role("button", name="记下结果").click()
    expect(page.locator(".flash")).to_contain_text("调解结果已记下")
    expect(page.locator("#result").locator("..")).to_contain_text("2026年12月23日 以前共同向人民法院申请确认")
    page.locator("label", has_text="已解决").first.click()
    page.get_by_role("button", name="自办自结").click()
    expect(page.locator(".flash")).to_contain_text("已办结")
    desk = page_as(Role.VILLAGE_HEAD, viewport=DESK)
    desk.goto("/cases/?tab=all")
    desk.locator(".group-tabs, .tabs").get_by_role("link", name="调解").first.click()
    desk.goto("/mediation/?tab=looks")
    expect(desk.locator("table.work")).to_contain_text("2026年12月10日")
    desk.locator("[data-row-link]").click()
    desk.get_by_text("记回访", exact=True).click()
    desk.locator("#word-1").fill("两家已立桩，没有再吵。")
    desk.get_by_role("button", name="记下回访").click()
    expect(desk.locator(".mediation-looks")).to_contain_text("没有再吵")
    no_sideways(desk, DESK["width"])
    assert (watch.foreign, watch.errors) == ([], [])
