"""From a sign-in sheet of sixty names to points that a home may spend, after the review and the notice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from gridcase.core.clock import town_day
from gridcase.core.db import db, transaction
from gridcase.grid.models import Grid
from gridcase.grid.rules import household_code
from gridcase.households import service as households
from gridcase.households.models import Household
from gridcase.households.service import HouseholdRow, MemberRow
from gridcase.people import service as people
from gridcase.people.rules import Role
from gridcase.points import jobs, queries
from gridcase.points import service as points
from gridcase.points.models import Declaration
from gridcase.points.rules.review import Verdict
from gridcase.points.service import Ruling
from tests.affairs.calling import NOW, scheme
from tests.browser.conftest import DESK, PHONE, Watch
from tests.browser.test_bulletin import fits
from tests.browser.test_desk_keyboard import problems
from tests.factories.world import MAKER, SINCE, START, World

Open = Callable[..., Page]
HOMES = 60
GIVEN = "一二三四五六七八九十"


def sixty(world: World) -> list[str]:
    """Sixty homes move into the village; the names of their heads. Two of them bear the same."""
    village = db.session.get_one(Grid, world.grids["village_a"])
    cell = db.session.get_one(Grid, world.grids["village_a_cell_2"])
    names = [f"{'冯陈褚卫蒋沈'[n // 10]}长{GIVEN[n % 10]}" for n in range(HOMES)]
    names[59] = names[58]
    with transaction():
        households.register_households(
            actor=MAKER, village=village, since=SINCE, now=START,
            rows=[
                HouseholdRow(
                    code=household_code(cell.code, 100 + n), grid=cell, address=f"新村{n}号",
                    members=(MemberRow(name, "head", "m", date(1970, 1, 1)),),
                )
                for n, name in enumerate(names)
            ],
        )  # fmt: skip
    return names


def reviewed(world: World) -> None:
    """The review group meets and lets everything pass."""
    members = [_member(world, name) for name in ("评议甲", "评议乙", "评议丙")]
    waiting = db.session.scalars(select(Declaration.id).where(Declaration.state == "declared")).all()
    with transaction():
        points.meet(
            client_uuid=str(uuid4()), village=db.session.get_one(Grid, world.grids["village_a"]),
            held_on=town_day(NOW), present=members, rulings=[Ruling(one, Verdict.PASS) for one in waiting],
            actor=MAKER, now=NOW,
        )  # fmt: skip


def _member(world: World, name: str) -> int:
    village = db.session.get_one(Grid, world.grids["village_a"])
    with transaction():
        person = people.add_person(actor=MAKER, name=name, place_path=village.path, now=START)
        post = people.add_post(
            actor=MAKER, code=f"R-{person.id}", role=Role.REVIEW_MEMBER, title="评议小组成员", place=village, now=START,
            valid_from=SINCE,
        )  # fmt: skip
        people.appoint(actor=MAKER, post=post, person_id=person.id, valid_from=SINCE, now=START)
        return person.id


def test_from_a_sheet_of_sixty_to_points(page_as: Open, app: Flask, world: World, watch: Watch) -> None:
    with app.app_context():
        scheme(world)
        names = sixty(world)
        db.session.remove()
    head = page_as(Role.VILLAGE_HEAD, viewport=DESK)
    head.goto("/affairs/new")
    assert problems(head) == []
    head.locator("label", has_text="公益劳动").click()
    head.get_by_label("名称").fill("清沟渠修水圳")
    head.get_by_label("什么时候").fill("2026-11-23T14:00")
    head.get_by_label("在哪里集合").fill("村部门口")
    with head.expect_navigation():
        head.get_by_role("button", name="发出").click()
    with head.expect_navigation():
        head.get_by_role("button", name="开始签到").click()
    assert problems(head) == []
    with head.expect_navigation():
        head.get_by_role("link", name="录签到表").click()
    head.get_by_label("签到的姓名").fill("\n".join(f"{n}. {name}" for n, name in enumerate(names, 1)))
    with head.expect_navigation():
        head.get_by_role("button", name="核对").click()
    expect(head.locator("main")).to_contain_text("60 个姓名，58 人对上了")
    assert problems(head) == []
    first, second = head.locator("main fieldset").all()  # two bear the same name
    first.locator("label").nth(0).click()
    second.locator("label").nth(1).click()
    with head.expect_navigation():
        head.get_by_role("button", name="记下到场").click()
    expect(head.locator(".flash")).to_contain_text("记下 60 人到场")
    with head.expect_navigation():
        head.get_by_role("link", name="结束并记分").click()
    with head.expect_navigation():
        head.get_by_role("button", name="看看给谁记分").click()
    expect(head.locator("main")).to_contain_text("给 60 户申报 600 分")
    assert problems(head) == []
    with head.expect_navigation():
        head.get_by_role("button", name="确认结束并申报").click()
    expect(head.locator(".flash")).to_contain_text("给 60 户申报了 600 分")
    with app.app_context():
        reviewed(world)
        assert jobs.mature(actor=MAKER, now=NOW.replace(day=29)) == 0  # the notice still hangs
        hanging = queries.notice_board(viewer=MAKER, village_id=world.grids["village_a"], size=100)
        assert len(hanging.rows) == HOMES
        assert jobs.mature(actor=MAKER, now=NOW.replace(day=30)) == HOMES
        one = db.session.scalars(select(Household).where(Household.head_name == names[0])).one()
        assert queries.balances_of(one.id, viewer=MAKER).merit == 10
        assert db.session.scalar(select(func.count()).select_from(Declaration)) == HOMES
        db.session.remove()
    phone = page_as(Role.RESIDENT, viewport=PHONE)
    phone.goto("/affairs/?state=over")
    expect(phone.locator("main")).to_contain_text("到 60 人")
    assert problems(phone) == []
    fits(phone)
    assert (watch.foreign, watch.errors) == ([], [])
