"""Files of organisations, of how liaisons were chosen, of posts that end: taken over whole, refused by name of cell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from gridcase.core.dated import in_force, known
from gridcase.core.db import db
from gridcase.exchange.rules.registers import REGISTERS
from gridcase.households.models import Household, Member
from gridcase.people.models import Certificate, Organisation, Person, Post, Seat
from gridcase.people.rules import Role
from tests.exchange.registers import book, export, hand_in, table, take_in, words
from tests.exchange.test_registers import CELL_1, OTHER_VILLAGE, TOWN, VILLAGE, read
from tests.factories.world import World

ClientAs = Callable[[Role | str], FlaskClient]
SINCE, LAST = date(2026, 1, 5), date(2028, 12, 31)


def rows_of(register: str, *rows: dict[str, Any]) -> bytes:
    """A file of rows by column key."""
    keys = [column.key for column in REGISTERS[register].columns]
    return book([[row.get(key) for key in keys] for row in rows], register)


def body(**changes: Any) -> dict[str, Any]:
    cells = {"place": VILLAGE, "kind": "村委会", "name": "上河村委会", "valid_from": SINCE}
    return {**cells, **changes}


def seat(name: str, **changes: Any) -> dict[str, Any]:
    return body(**{"holder": name, "title": "委员", "since": SINCE, "until": LAST, **changes})


def test_organisations_with_their_seats_come_and_go_the_same(app: Flask, world: World, client_as: ClientAs) -> None:
    client = client_as(Role.TOWN_MANAGER)
    branch = body(kind="村党支部", name="上河村党支部")
    file = rows_of(
        "organisations",
        seat("周小二", home=f"{CELL_1}-002", parent="上河村党支部", rank=2),
        seat("钱外来", phone="13900007777", parent="上河村党支部", title="主任", rank=1),
        branch,
        body(place=TOWN, kind="其他组织", name="青溪镇商会"),
    )
    assert "新 4 行" in words(take_in(client, "organisations", file))
    out = export(client, "organisations", TOWN)
    assert [row[2] for row in table(out)[1:]] == ["青溪镇商会", "上河村党支部", "上河村委会", "上河村委会"]
    assert [row[7] for row in table(out)[3:]] == ["钱外来", "周小二"]
    assert {row[3] for row in table(out)[3:]} == {"上河村党支部"}
    assert {row[-1] for row in table(out)[3:]} == {LAST}
    assert "完全相同" in words(hand_in(client, "organisations", out).text)
    persons = select(Seat.person_id).join(Person, Person.id == Seat.person_id).where(Person.name == "周小二")
    homes = select(Household.code).join(Member, Member.household_id == Household.id)
    found = read(app, lambda: db.session.scalars(homes.where(Member.person_id.in_(persons))).all())
    assert found == [f"{CELL_1}-002"]  # the villager, not a second record
    assert read(app, lambda: db.session.scalars(select(Seat.valid_to).distinct()).all()) == [date(2029, 1, 1)]

    change = seat("钱外来", phone="13900007777", until=date(2026, 10, 31), title="主任")
    assert "注销 1 行" in words(take_in(client, "organisations", rows_of("organisations", change)))
    assert [row[7] for row in table(export(client, "organisations", VILLAGE))[1:]] == ["", "周小二"]
    close = rows_of("organisations", branch | {"valid_to": date(2026, 12, 1)})
    assert "它下面还有组织" in words(hand_in(client, "organisations", close).text)
    gone = rows_of("organisations", body(valid_to=date(2026, 11, 1)))
    take_in(client, "organisations", gone, on="2026-10-01")

    def seats(day: date) -> list[str]:
        query = select(Seat.title).join(Organisation, Organisation.id == Seat.organisation_id)
        return list(db.session.scalars(query.where(Organisation.name == "上河村委会", in_force(Seat, day))))

    assert sorted(read(app, lambda: seats(date(2026, 10, 31)))) == ["主任", "委员"]  # the last day counts
    assert read(app, lambda: seats(date(2026, 11, 1))) == []


def test_mistakes_of_organisations_are_named(app: Flask, world: World, client_as: ClientAs) -> None:
    client = client_as(Role.TOWN_MANAGER)
    file = rows_of(
        "organisations",
        body(name="甲", parent="乙"), body(name="乙", parent="甲"), body(name="丙", parent="没有的"),
        body(name="丁", kind="俱乐部"), body(name="戊", place=OTHER_VILLAGE), body(name="己", title="主任"),
        {**seat("赵一"), "name": "庚", "title": None}, {**seat("赵一"), "name": "辛", "since": date(2025, 1, 1)},
        {**seat("赵一"), "name": "壬", "until": date(2025, 1, 1)}, body(name="癸"),
        body(name="癸", kind="工会", holder="赵", title="员"),
        {**seat("周没有"), "name": "子", "home": f"{CELL_1}-002"},
    )  # fmt: skip
    said = words(hand_in(client, "organisations", file).text)
    for line in (
        "第 2 行「上级组织」列：上级组织不能是它自己", "第 4 行「上级组织」列：没有这个组织",
        "第 5 行「组织类别」列：没有「俱乐部」", "第 6 行「所属地编码」列：没有这个编码",
        "第 7 行「任职人」列：填了任职情况",
        "第 8 行「职务」列：填了任职人", "第 9 行「任职日期」列：不能早于成立",
        "第 10 行「任期最后一天」列：任期届满要晚于",
        "第 12 行「组织类别」列：和第 11 行同一个组织", "第 13 行「任职人户编码」列：这一户里没有这个人",
    ):  # fmt: skip
        assert line in said, line
    assert read(app, lambda: db.session.scalars(select(Organisation.id)).all()) == []


def liaison(**changes: Any) -> dict[str, Any]:
    cells = {
        "code": "L-9", "title": "联户代表9", "place": VILLAGE, "section": "P1", "holder": "王新来",
        "phone": "13900009999",
        "elected_on": SINCE, "meeting": "村民小组会", "candidate": "优秀组长和党员", "votes": 11, "led_by": "组长",
        "term_from": SINCE, "term_to": LAST,
    }  # fmt: skip
    return {**cells, **changes}


def numbers(app: Flask) -> list[tuple[str, str, Any]]:
    query = select(Certificate.number, Person.name, Certificate.revoked_on).join(Person).order_by(Certificate.id)
    return [tuple(row) for row in read(app, lambda: db.session.execute(query).all())]


def test_a_certificate_keeps_its_number_or_gets_one(app: Flask, world: World, client_as: ClientAs) -> None:
    client = client_as(Role.TOWN_MANAGER)
    file = rows_of("liaisons", liaison(number="证-7"), liaison(code="L-8", holder="李新来", phone="13900008888"))
    take_in(client, "liaisons", file)
    assert numbers(app) == [("证-7", "王新来", None), (f"LH2026-{VILLAGE}-001", "李新来", None)]
    out = export(client, "liaisons", VILLAGE)
    assert "完全相同" in words(hand_in(client, "liaisons", out).text)
    row = next(row for row in table(out) if row[0] == "L-9")
    assert row[-10:] == ["证-7", SINCE, "村民小组会", "优秀组长和党员", 11, "", "组长", "", SINCE, LAST]
    oath = rows_of("liaisons", liaison(oath_on=date(2026, 1, 12), votes=12))
    assert "改 1 行" in words(take_in(client, "liaisons", oath))
    found = read(app, lambda: db.session.scalars(select(Certificate).where(Certificate.number == "证-7")).one())
    assert (found.oath_on, found.votes, found.term_to) == (date(2026, 1, 12), 12, date(2029, 1, 1))
    other = liaison(holder="赵接任", phone="13900006666", since=date(2026, 11, 1), elected_on=date(2026, 10, 20))
    other |= {"term_from": date(2026, 11, 1), "number": "证-8"}
    take_in(client, "liaisons", rows_of("liaisons", other))
    assert numbers(app)[0] == ("证-7", "王新来", date(2026, 11, 1))
    assert numbers(app)[2] == ("证-8", "赵接任", None)


def test_mistakes_of_a_choice_are_named(app: Flask, world: World, client_as: ClientAs) -> None:
    client = client_as(Role.TOWN_MANAGER)
    take_in(client, "liaisons", rows_of("liaisons", liaison(number="证-7")))
    file = rows_of(
        "liaisons",
        liaison(code="A", number="证-7"), liaison(code="B", meeting=None), liaison(code="C", votes=None),
        liaison(code="D", elected_on=date(2027, 1, 1)), liaison(code="E", term_to=date(2025, 1, 1)),
        liaison(code="F", holder=None, phone=None), liaison(code="G", oath_on=date(2026, 1, 1)),
        liaison(code="H", number="证-9"), liaison(code="I", number="证-9"), liaison(code="J", meeting="茶话会"),
    )  # fmt: skip
    said = words(hand_in(client, "liaisons", file).text)
    for line in (
        "第 2 行「代表证编号」列：这个编号已经在另一张代表证上", "第 3 行「推选方式」列：写了推选情况，这一项也要填",
        "第 4 行「得票数」列：请填得票数或签名户数", "第 5 行「推选日期」列：推选的日期不能在以后",
        "第 6 行「任期最后一天」列：任期届满要晚于", "第 7 行「任职人」列：这个岗位没有任职人",
        "第 8 行「宣誓日期」列：宣誓不能早于推选", "第 10 行「代表证编号」列：和第 9 行重复",
        "第 11 行「推选方式」列：没有「茶话会」",
    ):  # fmt: skip
        assert line in said, line
    assert len(numbers(app)) == 1


def test_no_post_ends_by_file_while_work_lies_there(app: Flask, world: World, client_as: ClientAs) -> None:
    client = client_as(Role.TOWN_MANAGER)
    cells = {"code": "T-liaison", "title": "联户代表", "place": VILLAGE, "valid_to": date(2026, 11, 30)}
    homes = "户联系户"
    said = words(hand_in(client, "liaisons", rows_of("liaisons", cells)).text)
    assert "第 2 行「撤岗日期」列：这个岗位还有没办完的事：" in said
    assert homes in said
    free = liaison(code="L-9", valid_to=None)
    take_in(client, "liaisons", rows_of("liaisons", free))
    assert "注销 1 行" in words(
        take_in(client, "liaisons", rows_of("liaisons", free | {"valid_to": date(2026, 11, 30)}))
    )
    take_in(client, "liaisons", rows_of("liaisons", liaison(code="L-8", holder="孙新来", phone="13900004444")))
    page = hand_in(client, "liaisons", rows_of("liaisons", {**free, "code": "L-8", "holder": None, "phone": None,
        **dict.fromkeys(("elected_on", "meeting", "candidate", "votes", "led_by", "term_from", "term_to")),
        "valid_to": date(2026, 11, 30)}))  # fmt: skip
    circle = book([[f"{CELL_1}-001", "L-8", date(2026, 11, 1), "熟人"]], "circles")
    take_in(client, "circles", circle)  # a home joins the circle after the check
    late = client.post(f"{page.request.path}/confirm", follow_redirects=True)
    assert "1 户联系户" in words(late.text)
    end = read(app, lambda: db.session.scalars(select(Post.valid_to).where(Post.code == "L-8")).one())
    assert end is None
    assert read(app, lambda: db.session.scalars(select(Seat.id).where(known(Seat))).all()) == []
