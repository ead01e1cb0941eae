"""Every door played once: reception day, quick answer, meeting, patrol, clue, an order of the hotline, an emergency."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from gridcase.people.rules import Role
from tests.browser.conftest import DESK, PHONE, Watch
from tests.factories.world import World

Open = Callable[..., Page]


def fits(page: Page) -> None:
    """No sideways scroll."""
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1, page.url


def pick(page: Page, words: str) -> None:
    """Tick or choose by the words beside the box: the whole row answers."""
    page.locator(".choice label", has_text=words).first.click()


def test_a_reception_day(page_as: Open, world: World, watch: Watch) -> None:
    """The village puts its deputy down; on the day the deputy takes three visitors, one of them becomes a case."""
    head = page_as(Role.VILLAGE_HEAD, viewport=DESK)
    head.goto("/")
    head.get_by_role("link", name="接访巡查").click()
    head.get_by_role("link", name="轮流排班").click()
    pick(head, "人大代表")
    head.get_by_role("button", name="排班").click()
    expect(head.locator(".flash")).to_contain_text("排好了 8 天")
    fits(head)

    deputy = page_as(Role.DEPUTY, viewport=PHONE)
    deputy.goto("/reception/")
    deputy.get_by_role("link", name="登记今天的来访").click()
    expect(deputy.locator("#reply")).to_be_hidden()
    deputy.get_by_label("什么事").fill("医保怎么缴")
    pick(deputy, "当场答复")
    expect(deputy.locator("#case_class")).to_be_hidden()
    deputy.locator("#reply").fill("年底前到村部代缴")
    deputy.get_by_role("button", name="记下这位").click()
    expect(deputy.locator(".flash")).to_contain_text("记下了")

    deputy.get_by_label("什么事").fill("要换残疾证")
    pick(deputy, "告知去别处办")
    deputy.get_by_role("button", name="记下这位").click()
    expect(deputy.locator(".summary-errors")).to_contain_text("请写一句怎么答复的")
    expect(deputy.get_by_label("什么事")).to_have_value("要换残疾证")
    deputy.locator("#reply").fill("镇便民服务中心二号窗口")
    deputy.get_by_role("button", name="记下这位").click()

    deputy.get_by_label("姓名").fill("周大有")
    deputy.get_by_label("什么事").fill("水渠堵了浇不上地")
    pick(deputy, "登记成事件")
    expect(deputy.locator("#reply")).to_be_hidden()
    deputy.locator("#case_class").select_option("0505")
    deputy.get_by_text("替别人来的、哪一户的事").click()
    deputy.get_by_label("替谁来反映").fill("周老根")
    fits(deputy)
    deputy.get_by_role("button", name="记下这位").click()
    expect(deputy.locator(".flash")).to_contain_text("已登记成事件，编号 GC")
    expect(deputy.locator(".log > li")).to_have_count(3)
    deputy.locator(".log a.number").click()
    expect(deputy.locator("h1")).to_have_text("水渠堵了浇不上地")
    expect(deputy.locator("main")).to_contain_text("选民接待日")

    desk = page_as(Role.DISPATCHER, viewport=DESK)
    desk.goto("/reception/figures")
    expect(desk.locator("main")).to_contain_text("66.7")
    assert (watch.foreign, watch.errors) == ([], [])


def test_ten_seconds_and_a_meeting(page_as: Open, world: World, watch: Watch) -> None:
    liaison = page_as(Role.LIAISON, viewport=PHONE)
    liaison.goto("/reception/quick")
    liaison.get_by_label("问了什么").fill("养老认证怎么做")
    liaison.get_by_label("怎么答的").fill("手机上刷脸")
    liaison.keyboard.press("Enter")
    expect(liaison.locator("main")).to_contain_text("本月快速答复 1 次")
    fits(liaison)

    head = page_as(Role.VILLAGE_HEAD, viewport=PHONE)
    head.goto("/reception/meetings/")
    head.locator(".page-head").get_by_role("link", name="记一次会").click()
    pick(head, "屋场会")
    head.get_by_label("议题").fill("冬修水利")
    head.get_by_label("到会人数").fill("23")
    head.locator("#outcomes").fill("东边主渠清淤\n路口加两盏灯")
    fits(head)
    head.get_by_role("button", name="记下").click()
    head.get_by_role("link", name="登记成事件").nth(1).click()
    expect(head.get_by_label("什么事")).to_have_value("路口加两盏灯")
    head.locator("#case_class").select_option("0504")
    head.get_by_role("button", name="登记成事件").click()
    expect(head.locator(".log a.number")).to_have_count(1)
    assert (watch.foreign, watch.errors) == ([], [])


def test_a_patrol_and_a_clue(page_as: Open, world: World, watch: Watch) -> None:
    worker = page_as(Role.PARTTIME_GRID, viewport=PHONE)
    worker.goto("/reception/patrols/")
    worker.get_by_role("link", name="森林防火和用电用火").first.click()
    expect(worker.locator("h1")).to_contain_text("森林防火")
    expect(worker.locator("#text_B03")).to_be_hidden()
    pick(worker, "电线有没有老化、乱拉")
    worker.locator("#text_B03").fill("二组李家电线老化")
    fits(worker)
    worker.get_by_role("button", name="记下巡查").click()
    expect(worker.locator(".log")).to_contain_text("GC20261123")

    worker.goto("/reception/patrols/")
    worker.get_by_role("link", name="报矛盾苗头").click()
    worker.get_by_label("谁和谁、为什么事").fill("两家为界边要动手")
    pick(worker, "立即报告")
    worker.locator("#case_class").select_option("0102")
    fits(worker)
    worker.get_by_role("button", name="报上去").click()
    expect(worker.locator("main")).to_contain_text("已通知综治中心值班")
    expect(worker.locator(".case-line")).to_contain_text("特急")
    desk = page_as(Role.DISPATCHER, viewport=DESK)
    desk.goto("/inbox/")
    expect(desk.locator("main")).to_contain_text("GC20261123-990101100-0002")
    assert (watch.foreign, watch.errors) == ([], [])


def test_an_order_of_the_hotline_once_and_the_number_to_call(page_as: Open, world: World, watch: Watch) -> None:
    desk = page_as(Role.DISPATCHER, viewport=DESK)
    for again in (False, True):
        desk.goto("/cases/new/0503")
        expect(desk.locator("#source_no")).to_be_hidden()
        desk.locator("#title").fill("村口桥栏断了")
        desk.locator("#grid").select_option(str(world.grids["village_b"]))
        desk.locator("#channel").select_option("hotline")
        expect(desk.locator("#source_no")).to_be_visible()
        desk.locator("#source_no").fill("2026112300077")
        desk.locator("#received_on").fill("2026-11-20")
        desk.locator(".submit-row button").click()
        if not again:
            expect(desk.locator(".flash")).to_contain_text("已登记，编号")
        else:
            expect(desk.locator("main")).to_contain_text("已经登记过")
            desk.locator(".notice a.number").click()
            expect(desk.locator("h1")).to_have_text("村口桥栏断了")
    desk.goto("/cases/?q=2026112300077")
    expect(desk.locator("main")).to_contain_text("村口桥栏断了")

    phone = page_as(Role.LIAISON, viewport=PHONE)
    phone.goto("/cases/new?q=屋后山上着火")
    expect(phone.locator(".call-first a").first).to_have_attribute("href", "tel:119")
    phone.goto("/cases/new/0303")
    first, title = phone.locator(".call-first").bounding_box(), phone.locator("#title").bounding_box()
    assert first is not None
    assert title is not None
    assert first["y"] < title["y"]
    fits(phone)
    assert (watch.foreign, watch.errors) == ([], [])
