"""What a form may ask for, how numbers are added, when a report is due: no database."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date

import pytest

from gridcase.core.errors import Refused
from gridcase.core.paths import SEED_DATA
from gridcase.core.periods import Period, PeriodKind
from gridcase.core.words import N_
from gridcase.core.worktime import DayKind, WorkCalendar
from gridcase.measures.rules import MEASURES, By
from gridcase.measures.rules import Shape as Counting
from gridcase.reports.rules import (
    Adding,
    Block,
    Cell,
    Entered,
    Head,
    Line,
    Part,
    Shape,
    Sheet,
    Spec,
    added,
    checked,
    due,
    gathered,
    made_on,
    read_number,
    unlike,
    value_of,
)
from gridcase.reports.service import read_standards

MONTH = Period.of(PeriodKind.MONTH, date(2026, 9, 1))


def refused(spec: Spec) -> str:
    with pytest.raises(Refused) as why:
        checked(spec, indicators={"i:income": "村集体收入"})
    return str(why.value)


def test_what_cannot_be_told_apart_so_is_refused_by_name() -> None:
    live = next(key for key, one in MEASURES.items() if one.live)
    assert "能分的是" in refused(Spec((Part((live,), By.MONTH),)))
    assert str(MEASURES[live].label) in refused(Spec((Part((live,), By.MONTH),)))
    assert "行和列不能一样" in refused(Spec((Part(("cases.closed",), By.MONTH, columns=By.MONTH),)))
    assert "也要选行" in refused(Spec((Part(("cases.closed",), columns=By.MONTH),)))
    assert "已经没有了" in refused(Spec((Part(("cases.gone",)),)))
    assert "请选 1 到" in refused(Spec((Part(()),)))
    assert "填报的指标不分事件类别" in refused(Spec((Part(("i:income",), major="01"),)))
    assert "能分的是" in refused(Spec((Part(("i:income",), By.CLASS),)))


def test_a_list_is_of_one_thing() -> None:
    assert "只选一个指标" in refused(Spec((Part(("cases.closed", "cases.open")),), shape=Shape.LIST))
    assert "不分行列" in refused(Spec((Part(("cases.closed",), By.VILLAGE),), shape=Shape.LIST))
    one = Spec((Part(("cases.closed",)),), shape=Shape.LIST)
    assert checked(one, indicators={}) is one


def test_a_spec_comes_back_as_it_was_kept() -> None:
    spec = Spec(
        (Part(("cases.closed",), below=True, columns=By.WEEK, head="甲"), Part(("i:income",), By.TOWN)),
        PeriodKind.QUARTER, notes="说明",
    )  # fmt: skip
    assert Spec.from_json(spec.as_json()) == spec
    assert [spec.parts[0].at(level).rows for level in ("county", "town", "village")] == [By.TOWN, By.VILLAGE, By.GROUP]


def test_every_form_of_the_register_can_be_made() -> None:
    with (SEED_DATA / "reports" / "indicators.csv").open(encoding="utf-8") as file:
        known = {f"i:{row['code']}{end}": row["name"] for row in csv.DictReader(file) for end in ("", "/mean")}
    for title, _english, spec in read_standards().values():
        assert title
        checked(spec, indicators=known)


@pytest.mark.parametrize(
    ("typed", "hundredths"), [("9.94", 994), ("12", 1200), ("1,234.5", 123_450), (" -3.05 ", -305), ("0", 0)]
)
def test_a_number_as_it_is_typed(typed: str, hundredths: int) -> None:
    assert read_number(typed) == hundredths


@pytest.mark.parametrize("typed", ["", None, "九", "1.234", "1e5", "--1", "9" * 13])
def test_what_is_no_number_is_refused(typed: str | None) -> None:
    with pytest.raises(Refused):
        read_number(typed)


def test_how_entered_numbers_become_one() -> None:
    def entered(place: str, month: int, value: int) -> Entered:
        period = Period.of(PeriodKind.MONTH, date(2026, month, 1))
        return Entered(place, period.first, period.last, value)

    rows = [entered("/1/2/3/", 1, 100), entered("/1/2/3/", 2, 250), entered("/1/2/4/", 2, 51)]
    assert value_of(Adding.FLOW, rows) == 4.01
    assert value_of(Adding.STOCK, rows) == 3.01
    assert value_of(Adding.MEAN, rows) == 2  # 4.01 over two villages, to the hundredth
    assert value_of(Adding.SURVEY, rows) is None  # two places' surveys are never one number
    assert value_of(Adding.SURVEY, rows[:2]) == 2.5
    assert value_of(Adding.FLOW, []) is None


def test_shares_are_added_by_what_they_are_shares_of() -> None:
    assert added([Cell(0.5, 10), Cell(1.0, 30), Cell(None, 0)], Counting.SHARE) == Cell(35 / 40, 40)
    assert added([Cell(3), Cell(None), Cell(4)], Counting.COUNT) == Cell(7)
    assert added([Cell(3.5), Cell(4.5)], Counting.MEDIAN) == Cell()
    assert added([Cell(None)], Counting.COUNT) == Cell()


def _sheet(**numbers: int) -> Sheet:
    heads = (Head(N_("收集"), N_("件"), Counting.COUNT, "", "cases.collected"),)
    lines = tuple(Line(key, key, (Cell(number),)) for key, number in numbers.items())
    whole = Line("", N_("合计"), (Cell(sum(numbers.values())),))
    return Sheet("月报", "", "某镇", MONTH, (Block(heads, lines, whole, N_("大类")),))


def test_what_towns_handed_up_is_added_town_by_town_and_line_by_line() -> None:
    towns, lines = gathered([("甲镇", _sheet(a=1, b=2)), ("乙镇", None), ("丙镇", _sheet(b=5, c=7))])
    assert [(line.label, line.cells[0].number) for line in towns.lines] == [("甲镇", 3), ("乙镇", None), ("丙镇", 12)]
    assert towns.total is not None
    assert towns.total.cells[0].number == 15
    assert [(line.key, line.cells[0].number) for line in lines.lines] == [("a", 1), ("b", 7), ("c", 7)]
    assert gathered([("甲镇", None)]) == ()
    assert (towns.head, lines.head) == ("各镇", "各镇合计")
    assert not unlike([("甲镇", _sheet(a=1)), ("乙镇", None), ("丙镇", _sheet(c=7))])
    unsorted = gathered([("甲镇", _sheet(**{"01": 1, "00": 2})), ("乙镇", _sheet(**{"05": 1, "00": 1}))])[1]
    assert [line.key for line in unsorted.lines] == ["01", "05", "00"]  # what has no class stands last, as in a town


def test_unlike_tables_are_never_added() -> None:
    old, new = _sheet(a=1), _sheet(a=20)
    tiers = replace(old.blocks[0], head="分户类", by=("tier",))
    closed = replace(new.blocks[0], heads=(replace(new.blocks[0].heads[0], measure="cases.closed"),))
    more, other = replace(old, blocks=(tiers, *old.blocks)), replace(new, blocks=(closed,))
    handed: list[tuple[str, Sheet | None]] = [("甲镇", more), ("乙镇", new), ("丙镇", other)]
    sums = [one.total.cells[0].number for one in gathered(handed)[::2] if one.total]
    assert sums == [1, 21, 20]  # the part only one could see, the same part of both, the part as it was changed
    assert unlike(handed)


def test_columns_that_one_town_has_none_of_are_not_lost() -> None:
    def across(**numbers: int) -> Sheet:
        one = _sheet(**numbers).blocks[0]
        heads = tuple(replace(one.heads[0], group=group) for group in (*numbers, "合计"))
        cells = tuple(Cell(number) for number in (*numbers.values(), sum(numbers.values())))
        return replace(_sheet(), blocks=(replace(one, heads=heads, total=Line("", "", cells), lines=()),))

    towns = gathered([("甲镇", across(a=1, c=2)), ("乙镇", across(b=5, c=7))])[0]
    assert [head.group for head in towns.heads] == ["a", "b", "c", "合计"]
    assert towns.total is not None
    assert [cell.number for cell in towns.total.cells] == [1, 5, 9, 15]


def test_a_sheet_comes_back_as_it_was_kept() -> None:
    kept = _sheet(a=1)
    assert Sheet.from_json(kept.as_json(), period=Period.of(PeriodKind.DAY, date(2026, 1, 1))) == kept


def test_made_on_the_first_working_day_after_the_period() -> None:
    holidays = {date(2026, 10, day): DayKind.HOLIDAY for day in range(1, 8)} | {date(2026, 10, 10): DayKind.MAKEUP}
    calendar = WorkCalendar(days=holidays)
    assert made_on(MONTH, calendar) == date(2026, 10, 8)
    before, after = date(2026, 10, 7), date(2026, 10, 8)
    assert due(PeriodKind.MONTH, since=MONTH.first, today=before, calendar=calendar) == []
    assert due(PeriodKind.MONTH, since=MONTH.first, today=after, calendar=calendar) == [MONTH]
    late = due(PeriodKind.MONTH, since=MONTH.first, today=date(2026, 12, 24), calendar=calendar)
    assert [str(one) for one in late] == ["2026-09", "2026-10", "2026-11"]
