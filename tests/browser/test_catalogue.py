"""The catalogue and the reply templates as the county, a village and a station use them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from playwright.sync_api import Page, expect

from gridcase.cases import service
from gridcase.people.rules import Role
from tests.browser.conftest import DESK, PHONE, Server, Watch
from tests.cases.test_views import made
from tests.factories.cases import collected, do, water
from tests.factories.world import World

__all__ = ["made"]

Open = Callable[..., Page]
WIDTH = "document.documentElement.scrollWidth"


def narrow(page: Page, width: int) -> None:
    """No sideways scroll."""
    assert page.evaluate(WIDTH) <= width


def test_the_county_changes_a_class_and_a_running_case_keeps_its_deadline(
    page_as: Open, server: Server, world: World, watch: Watch, made: Any
) -> None:
    case = made(lambda find: collected(world, find(Role.LIAISON)))
    head = page_as(Role.VILLAGE_HEAD)
    head.goto(f"/cases/{case}")
    until = head.locator(".deadline .until").inner_text()
    county = page_as(Role.COUNTY_MANAGER)
    county.goto("/cases/catalogue")
    county.fill(".list-search input[name=q]", "村道")
    county.keyboard.press("Enter")
    county.get_by_role("link", name="村道、桥涵损坏").click()
    county.fill("#limit", "16")
    county.get_by_role("button", name="看看会怎样").click()
    expect(county.locator(".notice.warning")).to_contain_text("办结时限：10 个工作日 → 2 个工作日")
    expect(county.locator(".notice.warning")).to_contain_text("在办的 1 件仍按登记时的版本办")
    county.locator(".notice.warning button").click()
    expect(county.locator(".flash")).to_contain_text("已保存")
    expect(county.locator(".facts")).to_contain_text("本县第 1 版")
    head.reload()
    assert head.locator(".deadline .until").inner_text() == until
    head.locator(".deadline summary").click()
    expect(head.locator(".deadline")).to_contain_text("示例默认值")
    other = made(lambda find: collected(world, find(Role.LIAISON), title="后来的另一段"))
    head.goto(f"/cases/{other}")
    head.locator(".deadline summary").click()
    expect(head.locator(".deadline")).to_contain_text("按本县类别目录第 1 版")
    assert head.locator(".deadline .until").inner_text() != until
    assert (watch.foreign, watch.errors) == ([], [])


def test_a_village_keeps_its_catalogue_on_the_phone(page_as: Open, world: World, watch: Watch) -> None:
    page = page_as(Role.VILLAGE_HEAD, viewport=PHONE)
    page.goto("/cases/catalogue")
    narrow(page, PHONE["width"])
    page.goto(f"/cases/catalogue/0401?place={world.grids['village_a']}")
    narrow(page, PHONE["width"])
    page.fill("#limit", "99")
    page.get_by_role("button", name="看看会怎样").click()
    expect(page.locator(".field-error").first).to_contain_text("村里只能缩短时限")
    page.fill("#limit", "8")
    page.locator("label[for=enabled]").click()
    page.get_by_role("button", name="看看会怎样").click()
    page.locator(".notice.warning button").click()
    expect(page.locator(".flash")).to_contain_text("已保存")
    narrow(page, PHONE["width"])
    liaison = page_as(Role.LIAISON, viewport=PHONE)
    liaison.goto("/cases/new?q=垃圾")
    expect(liaison.locator("main")).not_to_contain_text("暴露垃圾与乱堆乱放")
    assert (watch.foreign, watch.errors) == ([], [])


def test_a_template_is_written_once_and_fills_a_result(
    page_as: Open, app: Flask, world: World, watch: Watch, made: Any
) -> None:
    town = page_as(Role.TOWN_MANAGER)
    town.goto(f"/cases/templates?place={world.grids['town']}")
    town.get_by_role("link", name="新建模板").first.click()
    town.fill("#title", "已修好")
    town.fill("#text", "{事项}已由{单位}修好。")
    town.locator("label", has_text="办理结果").click()
    town.get_by_role("button", name="保存").click()
    expect(town.locator(".flash")).to_contain_text("已保存")

    def signed(find: Any) -> Any:
        case = collected(world, find(Role.LIAISON))
        do(service.accept, case, find(Role.VILLAGE_HEAD))
        do(service.dispatch, case, find(Role.VILLAGE_HEAD), unit=water(world))
        do(service.sign, case, find(Role.DEPT))
        return case

    case = made(signed)
    for viewport in (DESK, PHONE):
        page = page_as(Role.DEPT, viewport=viewport)
        page.goto(f"/cases/{case}")
        page.locator("summary.button", has_text="提交结果").click()
        page.fill("#submit_result-note", "先垫了石子。")
        page.select_option("#submit_result-template", label="已修好")
        expect(page.locator("#submit_result-note")).to_have_value(
            "先垫了石子。\n桥边的路塌了一块已由青溪镇水利站修好。"
        )
        expect(page.get_by_role("button", name="填入")).to_have_count(0)
        narrow(page, viewport["width"])
    page.locator("details[open] .move-body > button.primary").click()
    expect(page.locator(".flash")).to_contain_text("结果已提交")
    expect(page.locator("main")).to_contain_text("已由青溪镇水利站修好。")
    assert (watch.foreign, watch.errors) == ([], [])
