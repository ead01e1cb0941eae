"""The schemes to start from: what the places told is there to the point, and nothing beyond the red lines."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from flask import Flask

from gridcase.core.clock import town_day
from gridcase.points import queries
from gridcase.points.rules import PRESETS, Approval, Origin, YearEnd, problem, red_line, veto_problem, warnings
from tests.factories import schemes
from tests.factories.world import World

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_the_morality_bank_reproduces_its_seeds_examples_to_the_point(ctx: Flask, world: World) -> None:
    """From a village's version in force, not from the file: +10, +20, at most +100 by the moral council, -20."""
    schemes.in_force(world.grids["village_a"], "morality_bank", on=town_day(NOW), now=NOW)
    scheme = queries.scheme_of(world.grids["village_a"], on=town_day(NOW))
    assert scheme is not None
    told = {item.name: item for item in scheme.items.values() if item.origin is Origin.SEED}
    assert {name: item.points for name, item in told.items()} == {
        "参加志愿服务活动": 10, "主动进行垃圾分类": 20, "积极创业且有示范带动作用": 100, "违规操办红白喜事": -20,
    }  # fmt: skip
    business = told["积极创业且有示范带动作用"]
    assert business.at_most
    assert business.approval is Approval.COUNCIL
    assert scheme.needs_council(business, 30), "whatever the sum"
    assert [board.name for board in scheme.boards.values()] == ["社会公德", "职业道德", "家庭美德", "个人品德"]
    assert scheme.base_points == 100, "base and honour points"
    assert {item.account for item in scheme.items.values()} == {"merit", "honour"}
    assert scheme.at_year_end is YearEnd.CARRY, "points add up over the years"


def test_zhilong_has_six_classes_28_items_and_nine_vetoes() -> None:
    preset = queries.presets()["zhilong"]
    names = ["爱党爱国", "遵纪守法", "产业发展", "乡风文明", "生态宜居", "共建共治"]
    assert [board.name for board in preset.boards] == names
    assert len(preset.items) == 28
    assert Counter(item.board for item in preset.items) == {"Z1": 3, "Z2": 5, "Z3": 5, "Z4": 5, "Z5": 5, "Z6": 5}
    assert [veto.code for veto in preset.vetoes] == [f"V{n}" for n in range(1, 10)]
    assert not {veto.code: veto.on for veto in preset.vetoes}["V5"], "lawful petitioning costs nothing"
    weights = {board.code: board.weight for board in preset.boards}
    assert sum(weights.values()) == 100
    assert min(weights["Z3"], weights["Z4"], weights["Z5"]) > max(weights["Z1"], weights["Z2"], weights["Z6"])


def test_the_361_has_six_boards_with_the_plus_and_minus_items_of_its_seed() -> None:
    preset = queries.presets()["361"]
    names = ["教育引导", "产业发展", "村级事务", "遵纪守法", "移风易俗", "善行义举"]
    assert [board.name for board in preset.boards] == names
    assert {item.board for item in preset.items} == {board.code for board in preset.boards}
    plus = " ".join(item.name for item in preset.items if item.points > 0)
    minus = " ".join(item.name for item in preset.items if item.points < 0)
    for words in ("公益劳动", "防汛防火等应急抢险", "尊老爱幼", "扶贫济困", "特色种养"):
        assert words in plus
    for words in ("打架斗殴", "参与赌博", "虐待", "乱倒垃圾", "破坏公物"):
        assert words in minus


@pytest.mark.parametrize("key", PRESETS)
def test_every_item_can_be_saved_and_every_veto_that_is_on_may_be(key: str) -> None:
    preset = queries.presets()[key]
    boards = {board.code: board for board in preset.boards}
    for item in preset.items:
        assert problem(item, boards=boards) is None, item
        assert not [text for text in warnings(item) if "上限" not in str(text)], item
    assert len({item.code for item in preset.items}) == len(preset.items)
    for veto in preset.vetoes:
        assert (veto_problem(veto) is None) == veto.on, veto
        assert veto.evidence


@pytest.mark.parametrize("key", PRESETS)
def test_every_rule_of_closed_cases_is_held_once_at_most(key: str) -> None:
    rules = Counter(item.case_rule for item in queries.presets()[key].items if item.case_rule)
    assert set(rules.values()) == {1}
    assert {"K3", "K4", "K5"} <= set(rules)


def test_what_was_left_out_says_why_and_lies_beyond_the_lines() -> None:
    left_out = queries.presets()["zhilong"].left_out
    assert {one.name for one in left_out} == {"应征入伍", "非访闹访被依法处理", "土地流转"}
    assert all(one.note for one in left_out)
    saved = {item.name for preset in queries.presets().values() for item in preset.items}
    assert not saved & {one.name for one in left_out}
    assert all(red_line(item) is None for preset in queries.presets().values() for item in preset.items)
