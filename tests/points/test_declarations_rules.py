"""What may be declared, by whom and for how many points: every line of the rules, without a database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from gridcase.points.rules import declarations as rules
from gridcase.points.rules.declarations import Ask

TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Item:
    name: str = "参加志愿服务"
    points: int = 10
    at_most: bool = False
    cap: int | None = 50
    cap_per: str = "month"
    who: str = "SC"
    approval: str = "G"
    document: bool = False


DEDUCTION = Item(points=-20, cap=None, who="C")
ASK = Ask(how="S", points=None, happened_on=TODAY, today=TODAY, text="清扫了公路", document_no="")


def refusal(item: Item, ask: Ask) -> tuple[str, str] | None:
    found = rules.why_refused(item, ask)
    return (str(found[0]), found[1]) if found else None


def test_what_is_in_order_is_not_refused() -> None:
    assert refusal(Item(), ASK) is None


@pytest.mark.parametrize(
    ("who", "how", "allowed"),
    [("S", "S", True), ("S", "L", True), ("S", "C", False), ("L", "L", True), ("L", "S", False), ("C", "C", True),
     ("C", "S", False), ("C", "L", False), ("A", "C", False), ("AC", "C", True), ("SC", "A", False)],
)  # fmt: skip
def test_who_may_declare(who: str, how: str, allowed: bool) -> None:
    found = refusal(Item(who=who), replace(ASK, how=how))
    assert (found is None) is allowed
    assert allowed or (found is not None and found[1] == "item_code")


@pytest.mark.parametrize(("how", "allowed"), [("S", False), ("L", False), ("C", True), ("A", False)])
def test_a_deduction_is_the_villages_to_declare_whatever_the_item_says(how: str, allowed: bool) -> None:
    assert (refusal(replace(DEDUCTION, who="SLCA"), replace(ASK, how=how)) is None) is allowed


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"happened_on": TODAY + timedelta(days=1)}, "happened_on", "不能晚于今天"),
        ({"happened_on": TODAY - timedelta(days=61)}, "happened_on", "最近 60 天"),
        ({"text": "扫地"}, "text", "至少四个字"),
        ({"text": "好" * 201}, "text", "最多 200 个字"),
        ({"points": 5}, "points", "不能改"),
        ({"paid_person": True, "named": True}, "person_id", "有报酬岗位"),
        ({"paid_home": True}, "person_id", "请选是家里谁做的"),
        ({"asker_child": True}, "", "未满 14 岁"),
        ({"how": "C", "kin": True}, "", "亲属"),
        ({"how": "C", "child": True, "named": True}, "guardian_agreed", "监护人"),
    ],
)
def test_what_is_refused_beside_its_field(changes: dict[str, object], field: str, words: str) -> None:
    found = refusal(Item(), replace(ASK, **changes))  # type: ignore[arg-type]
    assert found is not None
    assert found[1] == field
    assert words in found[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"happened_on": TODAY - timedelta(days=60)},
        {"paid_home": True, "named": True},  # somebody else of that home did it
        {"child": True, "named": True},  # the parents declare for their child
        {"how": "C", "child": True, "named": True, "guardian_agreed": True},
        {"how": "S", "kin": True},  # the own home, which the group then judges
    ],
)
def test_what_is_not_refused(changes: dict[str, object]) -> None:
    assert refusal(Item(), replace(ASK, **changes)) is None  # type: ignore[arg-type]


def test_a_document_where_the_item_wants_one() -> None:
    item = replace(DEDUCTION, document=True)
    found = refusal(item, replace(ASK, how="C"))
    assert found is not None
    assert found[1] == "document_no"
    assert refusal(item, replace(ASK, how="C", document_no="青公罚决〔2026〕12号")) is None


@pytest.mark.parametrize("number", ["x", "无", "没有文书", "1", "1 2", "。。。。"])
def test_what_is_no_number_of_a_paper_is_refused_whether_the_item_wants_one_or_not(number: str) -> None:
    for item in (DEDUCTION, replace(DEDUCTION, document=True)):
        found = refusal(item, replace(ASK, how="C", document_no=number))
        assert found is not None
        assert found[1] == "document_no"


@pytest.mark.parametrize(
    ("points", "fits"), [(None, True), (100, True), (1, True), (101, False), (-5, False), (0, False)]
)
def test_an_item_of_at_most_so_many_points(points: int | None, fits: bool) -> None:
    item = Item(points=100, at_most=True, who="S")
    assert (refusal(item, replace(ASK, points=points)) is None) is fits


@pytest.mark.parametrize(
    ("points", "used", "left"), [(10, 0, 10), (10, 45, 5), (10, 50, 0), (10, 60, 0), (-20, 40, -10), (-20, 50, 0)]
)
def test_the_rest_of_a_cap_rather_than_nothing(points: int, used: int, left: int) -> None:
    assert rules.under_cap(Item(points=points), points, used=used) == left
    assert rules.under_cap(replace(Item(), cap=None), points, used=used) == points


@pytest.mark.parametrize(
    ("per", "first", "after"),
    [
        ("month", date(2026, 11, 1), date(2026, 12, 1)),
        ("quarter", date(2026, 10, 1), date(2027, 1, 1)),
        ("year", date(2026, 1, 1), date(2027, 1, 1)),
        ("matter", date(2026, 11, 23), date(2026, 11, 24)),
    ],
)
def test_the_period_of_a_cap(per: str, first: date, after: date) -> None:
    assert rules.period(per, TODAY) == (first, after)


def test_the_last_month_of_a_year() -> None:
    assert rules.period("month", date(2026, 12, 31)) == (date(2026, 12, 1), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("item", "points", "document", "asked"),
    [
        (Item(), 10, "", False),
        (Item(points=50), 50, "", True),
        (Item(approval="M"), 10, "", True),
        (Item(points=100, at_most=True), 20, "", True),
        (DEDUCTION, -20, "", True),
        (DEDUCTION, -20, "核查12号", False),
        (DEDUCTION, -20, "无", True),
        (DEDUCTION, -20, "x", True),
    ],
)
def test_when_the_council_is_asked(item: Item, points: int, document: str, asked: bool) -> None:
    assert rules.needs_council(item, points, document_no=document, council_from=50) is asked


@pytest.mark.parametrize(("setting", "days"), [(30, 30), (1, 7), (900, 365), ("many", 60), (None, 60)])
def test_how_far_back_a_place_may_set(setting: object, days: int) -> None:
    assert rules.back_days(setting) == days
