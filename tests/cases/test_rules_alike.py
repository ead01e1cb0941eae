"""Whether two texts speak of the same matter, and why: pure."""

from __future__ import annotations

import pytest

from gridcase.cases.rules.alike import (
    ENOUGH,
    FAR_HURTS,
    NEAR_HELPS,
    Nearness,
    Shelf,
    Told,
    metres_between,
    reasons,
    shared_words,
    weights_of,
    with_place,
)

SHELF = {
    1: Told("村口路灯不亮", "老槐树旁边的路灯坏了半个月，晚上看不见路。"),
    2: Told("垃圾桶满了没人收", "学校门口的垃圾桶满了三天，夏天有臭味。"),
    3: Told("水渠漏水淹了菜地", "东边水渠裂了口子，菜地里全是水。"),
    4: Told("路灯申请新装", "后山新修的路没有路灯，想申请装两盏。"),
    5: Told("邻居家的狗没拴", "每天放学孩子都怕，想请人劝一劝。"),
    6: Told("12栋301漏水", "楼上漏水，卫生间的顶全湿了。"),
}


def shelf() -> Shelf:
    made = Shelf()
    made.add(SHELF.items())
    return made


@pytest.mark.parametrize(
    ("told", "first"),
    [
        (Told("老槐树路灯坏了"), 1),
        (Told("路灯", "村口老槐树那里晚上没有灯，路灯不亮"), 1),
        (Told("想装路灯", "后山新修的路想申请装路灯"), 4),
        (Told("学校门口垃圾没人收", "垃圾桶满了"), 2),
        (Told("菜地被水淹", "水渠裂了"), 3),
        (Told("12栋301又漏水了"), 6),
    ],
)
def test_the_same_matter_comes_first_and_is_enough(told: Told, first: int) -> None:
    key, score = shelf().best(told)[0]
    assert key == first
    assert score >= ENOUGH


@pytest.mark.parametrize(
    "told",
    [
        Told("请问社保怎么交", "孩子在外面打工，想问养老保险。"),
        Told("您好，领导，请尽快解决", "希望有关部门尽快解决，谢谢。"),
        Told("13栋502的车占了通道"),
        Told("!!!"),
        Told(""),
    ],
)
def test_another_matter_is_not_enough(told: Told) -> None:
    assert shelf().best(told, least=ENOUGH) == []


def test_the_best_first_and_of_equals_the_newest() -> None:
    made = shelf()
    made.add([(8, SHELF[1]), (7, SHELF[1])])
    keys, scores = zip(*made.best(Told("村口路灯不亮")), strict=True)
    assert keys[:3] == (8, 7, 1)
    assert list(scores) == sorted(scores, reverse=True)
    assert made.newest == 8
    assert Shelf().best(Told("路灯不亮")) == []


def test_places_and_numbers_and_titles_weigh_more() -> None:
    plain = weights_of(Told("", "那里 很暗"))["很暗"][0]
    assert weights_of(Told("", "老槐树村口 很暗"))["村口"][0] == plain
    assert weights_of(Told("", "大槐树村 很暗"))["槐树"][0] > plain
    assert weights_of(Told("", "301 很暗"))["301"][0] > plain
    assert weights_of(Told("很暗"))["很暗"][0] > plain
    assert weights_of(Told("很暗"))["很暗"][1]


def test_a_case_that_changed_its_words_is_noticed() -> None:
    made = shelf()
    assert made.still(1, SHELF[1])
    assert not made.still(1, Told("村口路灯不亮", "修好了。"))
    made.add([(1, Told("别的事"))])
    assert made.still(1, SHELF[1]), "what stands there stays as it is"
    assert 1 in made
    assert len(made) == len(SHELF)


@pytest.mark.parametrize(
    ("near", "change"),
    [
        (Nearness(same_village=True), 0.0),
        (Nearness(), 0.0),
        (Nearness(same_place=True, same_village=True), NEAR_HELPS),
        (Nearness(same_address=True), NEAR_HELPS),
        (Nearness(same_village=False, metres=120.0), NEAR_HELPS),
        (Nearness(same_village=False, metres=800.0), 0.0),
        (Nearness(same_village=False, metres=5000.0), -FAR_HURTS),
        (Nearness(same_village=False), -FAR_HURTS),
    ],
)
def test_nearness_helps_and_distance_hurts(near: Nearness, change: float) -> None:
    assert with_place(0.4, near) == pytest.approx(0.4 + change)


@pytest.mark.parametrize(
    ("near", "words", "days", "closed", "said"),
    [
        (Nearness(same_village=True), ["路灯"], 0, False, ["同村", "文字相近：路灯", "今天登记"]),
        (
            Nearness(same_place=True),
            ["路灯", "不亮"],
            3,
            True,
            ["同一地点", "文字相近：路灯、不亮", "3 天前登记", "已办结"],
        ),
        (Nearness(metres=118.0, same_place=True), [], 1, False, ["相距约 120 米", "1 天前登记"]),
        (Nearness(metres=2.0), [], 1, False, ["相距约 10 米", "1 天前登记"]),
        (Nearness(metres=4000.0, same_address=True), [], 1, False, ["位置相同", "1 天前登记"]),
        (Nearness(same_village=False), [], -1, False, ["今天登记"]),
    ],
)
def test_reasons_in_words(near: Nearness, words: list[str], days: int, closed: bool, said: list[str]) -> None:
    assert [str(one) for one in reasons(near, words, days=days, closed=closed)] == said


def test_the_words_both_use_the_rarest_first() -> None:
    made = shelf()
    told = Told("您好，老槐树旁边路灯坏了", "请尽快解决")
    assert shared_words(told, SHELF[1], made.rarity) == ["老槐树旁边", "路灯坏了"]
    assert shared_words(told, SHELF[5], made.rarity) == []


def test_metres_on_the_ground() -> None:
    assert metres_between((112.6, 28.45), (112.6, 28.46)) == pytest.approx(1113, abs=2)
    assert metres_between((112.6, 28.45), (112.61, 28.45)) == pytest.approx(979, abs=2)
