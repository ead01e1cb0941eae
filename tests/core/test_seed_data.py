"""The shipped lists hold together: what a newcomer loads has no gap, no stray code and no real person."""

from __future__ import annotations

import csv
import itertools
from collections import Counter
from pathlib import Path

SEED = Path(__file__).parents[2] / "seed_data"
COMMON = ["0101", "0102", "0203", "0401", "0403", "0501", "0503", "0504", "0703", "0801", "0803", "1001"]
# Each real person named in the published articles has one of these in the given name.
KEPT_OUT = set("腊铁牛武科健丰璟曦嗲")


def rows(name: str) -> list[dict[str, str]]:
    with (SEED / name).open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert all(None not in row and None not in row.values() for row in found), f"{name}: a row is cut or too long"
    return found


def minor() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in rows("catalogue.csv") if len(row["code"]) == 4}


def test_the_catalogue_has_10_major_and_55_minor_classes() -> None:
    codes = [row["code"] for row in rows("catalogue.csv")]
    assert len(codes) == len(set(codes))
    assert sum(len(code) == 2 for code in codes) == 10
    assert len(minor()) == 56
    assert minor().pop("0000")["enabled"] == "0"
    assert all(row["major"] == row["code"][:2] for row in minor().values())


def test_every_class_can_be_worked_with() -> None:
    for code, row in minor().items():
        assert row["zh"], code
        assert row["en"], code
        assert row["urgency"] in "123", code
        assert row["contact_unit"] in {"N", "W", "D"}, code
        assert row["limit_unit"] in {"N", "W", "D"}, code
        assert 0 < float(row["contact_limit"]) < float(row["limit"]) or code == "1004", code
        assert row["level"] in {"grid", "village", "town", "county"}, code
        assert row["open_condition"], code
        assert row["close_condition"], code
        assert row["evidence_hint"], code
        assert "必须" not in row["evidence_hint"], code


def test_restricted_and_common_classes_are_the_agreed_ones() -> None:
    classes = minor()
    assert {code for code, row in classes.items() if row["restricted"] == "1"} == {
        "0301", "0302", "0303", "0304", "1003", "1004",  # 1003, the village's accounts, goes past the village too
    }  # fmt: skip
    assert [code for code, row in classes.items() if row["common"] == "1"] == COMMON


def test_reports_about_persons_earn_nothing() -> None:
    for code, row in minor().items():
        if row["restricted"] == "1" or code == "0905":
            assert row["reporter_rule"] == row["helper_rule"] == "", code


def test_every_rule_named_by_a_class_is_in_the_points_list() -> None:
    items = {row["code"]: row for row in rows("points_items.csv")}
    named = {row[column] for row in minor().values() for column in ("reporter_rule", "helper_rule")} - {""}
    assert named <= set(items)
    assert {items[code]["enabled"] for code in named} == {"1"}
    assert [code for code in items if code.startswith("V")] == [f"V{n}" for n in range(1, 10)]
    assert items["V5"]["enabled"] == items["Z206"]["enabled"] == "0"


def test_demands_and_replies_cover_every_class() -> None:
    demands = rows("demands.csv")
    assert Counter(row["code"] for row in demands).keys() == minor().keys() - {"0000"}
    assert len({row["text"] for row in demands}) == len(demands) >= 150
    kinds = {(row["major"], row["kind"]) for row in rows("replies.csv")}
    assert kinds == set(itertools.product((f"{n:02}" for n in range(1, 11)), ("result", "answer", "return")))


def test_places_form_a_tree_with_points_in_china() -> None:
    places = {row["code"]: row for row in rows("places.csv")}
    assert Counter(row["level"] for row in places.values()) == {"county": 5, "town": 5, "village": 35}
    above = {"county": None, "town": "county", "village": "town"}
    for row in places.values():
        parent = places.get(row["parent_code"])
        assert (parent["level"] if parent else None) == above[row["level"]], row
        assert 100 < float(row["lon"]) < 115
        assert 20 < float(row["lat"]) < 40
    oujiangcha = [row for row in places.values() if row["parent_code"] == "430903104000"]
    assert len(oujiangcha) == 19


def test_no_name_of_the_articles_can_be_made_up() -> None:
    parts = rows("names.csv")
    given = {row["text"] for row in parts if row["kind"].startswith("given")}
    assert len(given) > 100
    assert not given & KEPT_OUT
    assert all(int(row["weight"]) > 0 for row in parts)
