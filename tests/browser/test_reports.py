"""A sixth form in minutes: built, looked at, saved, exported, made by itself, handed up; nobody fills a second one."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from gridcase.core import clock
from gridcase.core.db import db
from gridcase.people.rules import Role
from gridcase.reports import jobs
from gridcase.reports.models import ReportSchedule
from tests.browser.conftest import DESK, PHONE, Server, Watch
from tests.browser.test_desk_keyboard import problems
from tests.factories.world import World

Open = Callable[..., Page]


def fits(page: Page) -> None:
    """No sideways scroll."""
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1, page.url


def test_a_form_nobody_thought_of(
    page_as: Open, world: World, watch: Watch, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = page_as(Role.TOWN_MANAGER, viewport=DESK)
    town.goto("/reports/")
    with town.expect_navigation():
        town.get_by_role("link", name="新建报表").click()
    assert problems(town) == []
    town.get_by_label("报表名称").fill("防汛旬报")
    town.locator("label").get_by_text("已办结", exact=True).click()
    town.locator("summary").get_by_text("走访", exact=True).click()
    town.locator("label").get_by_text("走访次数", exact=True).click()
    with town.expect_navigation():
        town.get_by_role("button", name="预览").click()
    table = town.locator(".report-rows")
    expect(table).to_contain_text("走访次数")
    expect(table).not_to_contain_text("已办结")
    expect(table.locator("tbody tr")).to_have_count(2)
    with town.expect_navigation():
        town.get_by_role("button", name="保存").click()
    expect(town.locator(".flash")).to_contain_text("已存为“防汛旬报”")
    assert problems(town) == []

    with town.expect_download() as found:
        town.get_by_role("button", name="Excel").click()
    cells = [
        [cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(_bytes(found.value.path()))).active
    ]
    assert cells[0][0] == "防汛旬报"
    assert [row[0] for row in cells][-3:] == ["上河村", "下河村", "合计"]

    with town.expect_navigation():
        town.get_by_role("link", name="定期出").click()
    town.locator("label").get_by_text("出来后直接上报县里").click()
    assert problems(town) == []
    with town.expect_navigation():
        town.get_by_role("button", name="保存").click()
    with server.app.app_context():
        [schedule] = db.session.query(ReportSchedule).all()
        assert (schedule.every, schedule.hand_up, schedule.since) == ("month", True, date(2026, 11, 1))
        monkeypatch.setenv("GRIDCASE_NOW", "2026-12-01T09:00:00+08:00")
        assert jobs.make_due(now=clock.now()) == 1
        db.session.remove()

    county = page_as(Role.COUNTY_MANAGER, viewport=PHONE)
    county.goto("/reports/")
    with county.expect_navigation():
        county.get_by_role("link", name="各镇上报").click()
    with county.expect_navigation():
        county.get_by_role("link", name="防汛旬报").click()
    expect(county.locator("main")).to_contain_text("1 个镇已上报，共 2 个")
    expect(county.locator(".report-rows tbody tr")).to_have_count(2)
    assert problems(county) == []
    fits(county)
    assert (watch.foreign, watch.errors) == ([], [])


def _bytes(path: Path) -> bytes:
    return path.read_bytes()
