"""A register's file through its pages: columns named, mistakes by row and column, confirmed, the same again, ended."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.audit import service as audit
from gridcase.audit.models import AuditRow
from gridcase.core import clock
from gridcase.core.clock import town_day
from gridcase.core.dated import in_force
from gridcase.core.db import db, transaction
from gridcase.exchange.rules.registers import REGISTERS
from gridcase.grid.models import Grid
from gridcase.households.models import CirclePlace, Household, HouseholdPlace, Member
from gridcase.people import service as people
from gridcase.people.models import Holding, Person, Post
from gridcase.people.rules import Role, UnitKind
from tests.exchange.registers import MAKER, ORDER, URL, book, export, hand_in, table, take_in, words
from tests.factories.snapshot import differences, everything
from tests.factories.world import World

ClientAs = Callable[[Role | str], FlaskClient]
TOWN, VILLAGE, OTHER_VILLAGE = "990101100000", "990101100201", "990101101201"
CELL_1, CELL_2 = f"{VILLAGE}Z01-001", f"{VILLAGE}Z01-002"
STAGED = frozenset({"register_import", "import_row", "import_mapping", "audit_row", "user_session", "notice_read"})


def home(code: str = f"{CELL_1}-900", grid: str = CELL_1, **changes: Any) -> list[Any]:
    """A row of the register of households."""
    cells = {
        "code": code,
        "grid": grid,
        "head_name": "王新来",
        "phone": "13900009999",
        "address": "上河村九号",
        **changes,
    }
    return [cells.get(column.key) for column in REGISTERS["households"].columns]


def homes(*rows: list[Any]) -> bytes:
    return book(rows, "households")


def read(app: Flask, ask: Callable[[], Any]) -> Any:
    with app.app_context():
        found = ask()
        db.session.remove()
    return found


def test_a_file_is_looked_at_confirmed_and_then_the_same(app: Flask, world: World, client_as: ClientAs) -> None:
    client, data = client_as(Role.TOWN_MANAGER), homes(home(), home(f"{CELL_1}-901", lon=112.6001, lat=28.4501))
    before = everything(app, but=STAGED)
    page = words(hand_in(client, "households", data).text)
    assert "导入 2 行" in page
    assert differences(before, everything(app, but=STAGED)) == {}
    assert "新 2 行" in take_in(client, "households", data)
    assert "完全相同" in words(hand_in(client, "households", data).text)
    found = read(app, lambda: db.session.scalars(select(Household).where(Household.code == f"{CELL_1}-900")).one())
    assert (found.head_name, found.initials, found.village_id) == ("王新来", "wxl", world.grids["village_a"])
    deeds = read(app, lambda: list(db.session.scalars(select(AuditRow).where(AuditRow.action == "register.import"))))
    assert [deed.detail["new"] for deed in deeds] == [2]
    assert "王新来" not in str([deed.detail for deed in deeds])


def test_own_columns_are_named_once_and_remembered(app: Flask, world: World, client_as: ClientAs) -> None:
    client = client_as(Role.TOWN_MANAGER)
    rows = [["本村户码", "归哪格", "家长", "手机"], [f"{CELL_1}-900", CELL_1, "王新来", 13900009999]]
    page = hand_in(client, "households", book(rows))
    assert "对应列名" in words(page.text)
    assert "缺少「户编码」列" in words(page.text)
    url = page.request.path
    refused = client.post(url, data={"code": "本村户码", "grid": "归哪格", "head_name": "本村户码"})
    assert "同一列只能对应一项" in refused.text
    chosen = {"code": "本村户码", "grid": "归哪格", "head_name": "家长", "phone": "手机"}
    assert "导入 1 行" in client.post(url, data=chosen, follow_redirects=True).text
    rows[1][0] = f"{CELL_1}-901"
    again = words(hand_in(client, "households", book(rows)).text)
    assert "导入 1 行" in again, again
    other = hand_in(client_as(Role.COUNTY_MANAGER), "households", book(rows))
    assert "对应列名" in words(other.text)  # remembered for the town, not for everybody


def test_mistakes_are_named_by_row_and_column_and_marked(app: Flask, world: World, client_as: ClientAs) -> None:
    client, before = client_as(Role.TOWN_MANAGER), everything(app, but=STAGED)
    data = homes(
        home(), home(f"{CELL_1}-901", since="二〇二四年"), home(f"{CELL_1}-902", "990101100201Z09-001"), home(),
        home(f"{CELL_1}-903", lon=28.4, lat=112.6), home(f"{CELL_1}-904", head_name=None, absent="也许"),
        home(f"{OTHER_VILLAGE}Z01-001-900", f"{OTHER_VILLAGE}Z01-001"), home(f"{CELL_1}-905", phone="139****9999"),
    )  # fmt: skip
    page = hand_in(client, "households", data)
    said = words(page.text)
    for line in (
        "第 3 行「登记日期」列：看不懂时间", "第 4 行「网格编码」列：没有这个编码",
        "第 5 行「户编码」列：和第 2 行重复",
        "第 6 行「经度」列：不在中国范围内", "第 7 行「户主姓名」列：是空的", "第 7 行「常年外出」列：请填“是”或“否”",
        "第 8 行「网格编码」列：没有这个编码", "第 9 行「联系电话」列：是打了码的",
    ):  # fmt: skip
        assert line in said, line
    assert "confirm" not in page.text
    assert differences(before, everything(app, but=STAGED)) == {}
    link = re.search(r'href="([^"]+/marked)"', page.text)
    assert link
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(link[1]).data)).active
    headers = [cell.value for cell in sheet[1]]
    cell = sheet.cell(3, headers.index("登记日期") + 1)
    assert cell.value == "二〇二四年"
    assert "看不懂时间" in cell.comment.text
    assert cell.fill.fgColor.rgb == "FFF8CBAD"
    assert sheet.cell(2, 1).comment is None
    assert len(table(client.get(link[1]).data)) == 9


def test_a_home_moves_on_the_day_asked_and_ends_on_its_day(app: Flask, world: World, client_as: ClientAs) -> None:
    client = client_as(Role.TOWN_MANAGER)
    take_in(client, "households", homes(home(since=date(2026, 1, 1))))
    page = take_in(client, "households", homes(home(grid=CELL_2, phone=None, address="上河村十号")), on="2026-10-01")
    assert "改 1 行" in words(page)

    def where(day: date) -> list[int]:
        here = select(HouseholdPlace.grid_id).join(Household, Household.id == HouseholdPlace.household_id)
        return list(db.session.scalars(here.where(Household.code == f"{CELL_1}-900", in_force(HouseholdPlace, day))))

    one, two = world.grids["village_a_cell_1"], world.grids["village_a_cell_2"]
    assert read(app, lambda: where(date(2026, 9, 30))) == [one]
    assert read(app, lambda: where(date(2026, 10, 1))) == [two]
    found = read(app, lambda: db.session.scalars(select(Household).where(Household.code == f"{CELL_1}-900")).one())
    assert (found.address, found.phone, found.grid_id) == ("上河村十号", "13900009999", two)  # a blank clears nothing
    last = home(grid=CELL_2, ended_on=date(2026, 11, 1), ended_why="迁出")
    assert "注销 1 行" in words(take_in(client, "households", homes(last)))
    assert read(app, lambda: where(date(2026, 10, 31))) == [two]
    assert read(app, lambda: where(date(2026, 11, 1))) == []


def test_a_town_cannot_write_into_another(app: Flask, world: World, client_as: ClientAs) -> None:
    client, before = client_as(Role.TOWN_MANAGER), everything(app, but=STAGED)
    outside = {
        "places": ["990101101201Z07", "七组", "组", OTHER_VILLAGE],
        "sections": [OTHER_VILLAGE, "P9", "第9片"],
        "units": ["U-new", "新站", "站所", "990101101000"],
        "posts": ["NEW", "总网格长", "新岗", OTHER_VILLAGE],
        "members": [f"{OTHER_VILLAGE}Z01-001-001", "王外来", "其他"],
        "circles": [f"{OTHER_VILLAGE}Z01-001-001", "T-liaison"],
    }
    for register, row in outside.items():
        assert "没有这个编码" in words(hand_in(client, register, book([row], register)).text), register
    foreign = homes(home(f"{OTHER_VILLAGE}Z01-001-001"))
    assert "这个编码不能用" in words(hand_in(client, "households", foreign).text)
    county = words(hand_in(client, "places", book([["990303000000", "别县", "县"]], "places")).text)
    assert "县由系统管理员" in county
    assert differences(before, everything(app, but=STAGED)) == {}


def test_a_holder_changes_and_nobody_appoints_himself(app: Flask, world: World, client_as: ClientAs) -> None:
    client = client_as(Role.TOWN_MANAGER)
    columns = [column.key for column in REGISTERS["posts"].columns]
    cells = {"code": "T-grid_leader", "role": "网格长", "title": "网格长", "place": CELL_1, "holder": "李接任",
             "phone": "13900001234", "since": date(2026, 9, 1)}  # fmt: skip
    assert "改 1 行" in words(take_in(client, "posts", book([[cells.get(key) for key in columns]], "posts")))

    def holder(day: date) -> str | None:
        return db.session.scalar(
            select(Person.name).join(Holding, Holding.person_id == Person.id).join(Post, Post.id == Holding.post_id)
            .where(Post.code == "T-grid_leader", in_force(Holding, day))
        )  # fmt: skip

    assert read(app, lambda: holder(date(2026, 9, 1))) == "李接任"
    assert read(app, lambda: holder(date(2026, 8, 31))) == "测试网格长"
    own = {**cells, "code": "NEW", "title": "新岗", "holder": "测试镇业务管理员", "phone": None, "since": None}
    give_phone(app, "测试镇业务管理员", "13900005555")
    own["phone"] = "13900005555"
    said = words(hand_in(client, "posts", book([[own.get(key) for key in columns]], "posts")).text)
    assert "不能用导入给自己任职" in said
    high = {**cells, "code": "NEW", "role": "县业务管理员", "place": TOWN}
    said = words(hand_in(client, "posts", book([[high.get(key) for key in columns]], "posts")).text)
    assert "不能设在这一级" in said
    watch = {**cells, "code": "NEW", "role": "系统管理员", "place": TOWN}
    assert "没有「系统管理员」" in words(
        hand_in(client, "posts", book([[watch.get(key) for key in columns]], "posts")).text
    )


def give_phone(app: Flask, name: str, phone: str) -> None:
    with app.app_context():
        with transaction():
            db.session.scalars(select(Person).where(Person.name == name)).one().phone = phone
            audit.record(actor=MAKER, action="test", subject_kind="person", subject_id=None, now=clock.now())
        db.session.remove()


def test_a_liaison_who_is_a_villager_stays_one_person(app: Flask, world: World, client_as: ClientAs) -> None:
    client = client_as(Role.TOWN_MANAGER)
    columns = [column.key for column in REGISTERS["liaisons"].columns]
    cells = {"code": "L-9", "title": "联户代表9", "place": VILLAGE, "section": "P1", "holder": "王新来",
             "phone": "13900009999"}  # fmt: skip
    take_in(client, "liaisons", book([[cells.get(key) for key in columns]], "liaisons"))
    take_in(client, "households", homes(home()))
    take_in(client, "members", book([[f"{CELL_1}-900", "王新来", "户主", "男", None, "13900009999"]], "members"))
    persons = read(app, lambda: list(db.session.scalars(select(Person.id).where(Person.name == "王新来"))))
    assert len(persons) == 1
    assert read(app, lambda: db.session.scalars(select(Member.person_id).where(Member.person_id == persons[0])).all())
    wrong = words(hand_in(client, "circles", book([[f"{CELL_1}-900", "T-village_head"]], "circles")).text)
    assert "不联系住户" in wrong
    take_in(client, "circles", book([[f"{CELL_1}-900", "L-9", date(2026, 11, 1), "熟人"]], "circles"))
    found = read(app, lambda: db.session.scalars(select(Household).where(Household.code == f"{CELL_1}-900")).one())
    assert found.section_id == world.sections["section_1"]
    change = book([[f"{CELL_1}-900", "T-liaison", date(2026, 11, 10), "换人"]], "circles")
    assert "改 1 行" in words(take_in(client, "circles", change))

    def posts(day: date) -> list[int]:
        here = select(CirclePlace.post_id).where(CirclePlace.household_id == found.id, in_force(CirclePlace, day))
        return list(db.session.scalars(here))

    assert read(app, lambda: posts(date(2026, 11, 10))) == [world.posts[Role.LIAISON]]
    assert read(app, lambda: posts(date(2026, 11, 9))) != [world.posts[Role.LIAISON]]


def test_nominations_name_persons_of_the_village(app: Flask, world: World, client_as: ClientAs) -> None:
    client = client_as(Role.TOWN_MANAGER)
    row = [f"{CELL_1}-001", 1, "周小二", f"{CELL_1}-002"]
    assert "新 1 行" in take_in(client, "nominations", book([row], "nominations"))
    assert "完全相同" in words(hand_in(client, "nominations", book([row], "nominations")).text)
    assert table(export(client, "nominations", TOWN))[1:] == [row]
    assert "没有这个人" in words(
        hand_in(client, "nominations", book([[*row[:2], "周没有", row[3]]], "nominations")).text
    )


@pytest.mark.parametrize("register", ORDER)
def test_a_template_has_headers_and_offers_words(client_as: ClientAs, world: World, register: str) -> None:
    client = client_as(Role.TOWN_MANAGER)
    made = openpyxl.load_workbook(io.BytesIO(client.get(f"{URL}template?register={register}").data))
    sheet, columns = made.worksheets[0], REGISTERS[register].columns
    assert [cell.value.removesuffix("（必填）") for cell in sheet[1]] == [column.header for column in columns]
    offered = {str(rule.sqref) for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert len(offered) == sum(
        (bool(column.choices) and len("，".join(column.choices.values())) <= 255) or column.kind == "yesno"
        for column in columns
    )
    assert made.worksheets[1].title == "填表说明"
    named = client.get(f"{URL}template?register={register}").headers["Content-Disposition"]
    assert named.isascii()  # the real server refuses anything else with an error page
    assert REGISTERS[register].sheet in unquote(named)
    empty = words(hand_in(client, register, client.get(f"{URL}template?register={register}").data).text)
    assert "只有表头" in empty


def test_an_export_is_masked_unless_a_purpose_is_written_down(app: Flask, world: World, client_as: ClientAs) -> None:
    client = client_as(Role.VILLAGE_HEAD)
    masked = table(export(client, "households", VILLAGE, purpose=""))
    assert {row[2][1] for row in masked[1:]} == {"*"}
    assert all("****" in row[3] for row in masked[1:])
    full = table(export(client, "households", VILLAGE, purpose="年度核对"))
    assert full[1][2] == "孙大一"
    deeds = read(app, lambda: list(db.session.scalars(select(AuditRow).where(AuditRow.action == "register.export"))))
    assert [deed.detail["purpose"] for deed in deeds] == [None, "年度核对"]
    answer = client.post(
        f"{URL}export", data={"register": "households", "place": TOWN, "on": "2026-11-23", "kind": "xlsx"}
    )
    assert answer.mimetype == "text/html"  # not the village head's to take
    refused = client_as(Role.TOWN_MANAGER)
    assert "打了码" in words(hand_in(refused, "households", export(client, "households", VILLAGE, purpose="")).text)
    assert "没有这个编码" not in words(hand_in(refused, "households", export(client, "households", VILLAGE)).text)


def test_a_file_belongs_to_who_handed_it_in(client_as: ClientAs, world: World) -> None:
    path = hand_in(client_as(Role.TOWN_MANAGER), "households", homes(home())).request.path
    assert client_as(Role.COUNTY_MANAGER).get(path).status_code == 404
    assert client_as(Role.COUNTY_MANAGER).post(f"{path}/confirm").status_code == 404
    assert client_as(Role.VILLAGE_HEAD).get(path).status_code == 403
    dropped = client_as(Role.TOWN_MANAGER).post(f"{path}/drop", follow_redirects=True)
    assert "台账没有改动" in dropped.text


def test_what_changed_since_the_check_is_shown_again(app: Flask, world: World, client_as: ClientAs) -> None:
    client = client_as(Role.TOWN_MANAGER)
    first = hand_in(client, "households", homes(home()))
    take_in(client, "households", homes(home(address="上河村新址")))
    page = client.post(f"{first.request.path}/confirm", follow_redirects=True)
    assert "检查以后台账有了变化" in words(page.text)
    assert "有变动 1" in words(page.text)


def test_what_was_closed_is_in_no_export_of_a_later_day(app: Flask, world: World, client_as: ClientAs) -> None:
    """Else the file, handed in again, would open it again."""
    client, today = client_as(Role.TOWN_MANAGER), town_day(clock.now())
    with app.app_context():
        with transaction():
            town = db.session.get_one(Grid, world.grids["town"])
            unit = people.add_unit(
                actor=MAKER, code="U-old", name="旧站", kind=UnitKind.STATION, place=town, now=clock.now()
            )
        assert "U-old" in {row[0] for row in table(export(client, "units", TOWN))[1:]}
        with transaction():
            people.close_unit(unit, actor=MAKER, on=today, open_work=(), now=clock.now())
        db.session.remove()
    assert "U-old" not in {row[0] for row in table(export(client, "units", TOWN))[1:]}
