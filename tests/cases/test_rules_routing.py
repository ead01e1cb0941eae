"""Whom a case may be sent to: what speaks for it, in words; what the duty list says; the next case of a row."""

from __future__ import annotations

import pytest

from gridcase.cases.rules import Address, Duty, DutyKind, Level
from gridcase.cases.rules.routing import duty_at, duty_said, leads, next_of, reasons, suggested
from gridcase.core.words import N_

BASIC, HELPS, TAKEN = (
    Duty("清沟排水", DutyKind.BASIC, unit_id=7),
    Duty("取水许可", DutyKind.COOPERATE, lead="县水利局"),
    Duty("河道执法", DutyKind.UPPER, lead="县水利局"),
)


def unit(key: int, **more: object) -> Address:
    return Address(f"u{key}", f"单位{key}", more.pop("level", Level.TOWN), **more)  # type: ignore[arg-type]


def post(key: int, **more: object) -> Address:
    return Address(f"p{key}", f"岗位{key}", more.pop("level", Level.VILLAGE), **{"holder": "某人", **more})  # type: ignore[arg-type]


def said(address: Address, wanted: Level = Level.TOWN) -> str:
    return "；".join(str(text) for text in reasons(address, wanted=wanted))


def test_a_suggestion_says_why() -> None:
    water = unit(7, named=True, done=12, open=3, duty=BASIC)
    assert said(water) == (
        "最近办过本镇 12 件同类；职责清单列为基本履职；目录写明由它办理；目录定为镇级办理；手上 3 件"
    )
    assert said(unit(8), Level.GRID) == "手上没有在办的事"


def test_what_is_named_by_the_list_goes_before_what_is_only_often_used() -> None:
    listed, used, other = unit(1, duty=Duty("x", DutyKind.BASIC, unit_id=1)), unit(2, done=40), unit(3)
    assert suggested([other, used, listed], wanted=Level.TOWN) == [listed, used]


def test_of_equals_the_one_with_less_open_work_comes_first_and_never_more_than_three() -> None:
    full, free, middle, last = (unit(n, named=True, open=load) for n, load in ((1, 9), (2, 0), (3, 4), (4, 12)))
    assert suggested([full, last, free, middle], wanted=Level.TOWN) == [free, middle, full]


def test_a_station_is_not_suggested_for_its_level_alone_nor_an_empty_post_at_all() -> None:
    assert suggested([unit(1)], wanted=Level.TOWN) == []
    assert suggested([post(1, level=Level.GRID, holder="", near=N_("管这个网格"))], wanted=Level.GRID) == []
    own = post(2, level=Level.GRID, near=N_("管这个网格"))
    assert suggested([own, post(3, level=Level.VILLAGE)], wanted=Level.GRID) == [own]


def test_what_the_list_took_from_below_is_suggested_above_only() -> None:
    station, county = unit(1, named=True, done=20, duty=TAKEN), unit(2, level=Level.COUNTY, leads=True)
    assert suggested([station, county], wanted=Level.TOWN) == [county]
    assert "职责清单列为牵头单位" in said(county)


def test_a_post_shows_no_figure_but_what_lies_there() -> None:
    assert said(post(1, open=2, near=N_("管这个网格")), Level.GRID) == "管这个网格；手上 2 件"


@pytest.mark.parametrize(
    ("rows", "unit_id", "level", "expected"),
    [
        ([BASIC, TAKEN], 7, Level.TOWN, BASIC),  # the unit's own row before one for all
        ([BASIC, TAKEN], 8, Level.TOWN, TAKEN),
        ([BASIC, TAKEN], None, Level.VILLAGE, TAKEN),
        ([HELPS, TAKEN], None, Level.GRID, HELPS),  # the mildest of several for all
        ([BASIC], 8, Level.TOWN, None),  # another unit's duty says nothing here
        ([TAKEN], 9, Level.COUNTY, None),  # the county may have what is the county's
        ([], 7, Level.TOWN, None),
    ],
)
def test_what_the_list_says_of_an_address(
    rows: list[Duty], unit_id: int | None, level: Level, expected: Duty | None
) -> None:
    assert duty_at(rows, unit_id=unit_id, level=level) == expected


def test_rows_in_words_and_who_leads() -> None:
    assert [str(duty_said(one)) for one in (BASIC, HELPS, TAKEN)] == [
        "职责清单列为基本履职", "职责清单列为配合履职，县水利局牵头", "职责清单列为上级部门收回，由县水利局办理",
    ]  # fmt: skip
    assert (leads([HELPS], "县水利局"), leads([HELPS], "水利站"), leads([BASIC], "")) == (True, False, False)


@pytest.mark.parametrize(
    ("before", "after", "current", "expected"),
    [
        ([1, 2, 3], [1, 3], 2, 3),
        ([1, 2, 3], [1, 2], 3, 1),  # the last one: back to the first that waits
        ([1, 2, 3], [1, 4], 2, 1),  # the one that followed was taken by somebody else
        ([1], [], 1, None),
        ([], [5], 1, 5),
    ],
)
def test_the_next_of_a_row(before: list[int], after: list[int], current: int, expected: int | None) -> None:
    assert next_of(before, after, current) == expected
