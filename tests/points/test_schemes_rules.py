"""What a scheme may hold: the red lines with examples and near misses; warnings, windows, comparing, the index."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gridcase.points.rules import (
    AccountKind,
    Approval,
    Board,
    Declarer,
    Difference,
    Item,
    Module,
    Period,
    Scheme,
    VetoKind,
    YearEnd,
    compare,
    last_quarter,
    modules_from,
    next_code,
    problem,
    red_line,
    veto_problem,
    warnings,
    weighted,
    window_of,
)

BOARDS = {"M1": Board("M1", "社会公德", 60), "M2": Board("M2", "职业道德", 40)}
GOOD = Item(
    code="M101", board="M1", name="参加志愿服务活动", points=10, who="SC", unit="次", evidence="出勤表",
    criteria="按出勤计分", cap=50, cap_per=Period.MONTH,
)  # fmt: skip


def plus(name: str) -> Item:
    return replace(GOOD, name=name)


def minus(name: str, *, document: bool = False) -> Item:
    return replace(GOOD, name=name, points=-20, who="C", cap=None, cap_per=None, document=document)


# --- the red lines: a plus that touches them is refused as a minus is


@pytest.mark.parametrize(
    ("theme", "name"),
    [
        ("土地权益", "支持项目建设、土地流转"),
        ("土地权益", "带头让出宅基地"),
        ("土地权益", "配合征地拆迁"),
        ("服兵役", "应征入伍、立功受奖"),
        ("服兵役", "子女参军"),
        ("生育", "响应号召生育三孩"),
        ("生育", "落实计生政策"),
        ("信访", "一年无信访"),
        ("信访", "劝返上访人员"),
        ("债务", "按时还贷、无拖欠"),
        ("法定待遇和保障", "按时缴纳合作医疗"),
        ("法定待遇和保障", "主动退出低保"),
        ("入学", "子女升学"),
        ("入学", "适龄儿童按时入学"),
    ],
)
def test_a_plus_that_touches_a_red_line_is_refused(theme: str, name: str) -> None:
    found = red_line(plus(name))
    assert found is not None
    assert found[0] == "name"
    assert theme in str(found[1])


@pytest.mark.parametrize(
    "name",
    [
        "非访闹访被依法处理", "越级上访", "向上投诉不实", "向法院起诉邻居", "拒不配合征地", "违法占地建房", "超生",
        "拖欠卫生费", "不交水费", "低保户不参加劳动", "领补贴不出工", "逃避兵役", "军属不带头", "孩子辍学",
        "学生成绩差",
    ],
)  # fmt: skip
def test_a_minus_that_touches_a_red_line_is_refused_paper_or_not(name: str) -> None:
    for document in (False, True):
        found = red_line(minus(name, document=document))
        assert found is not None
        assert found[0] == "name"


@pytest.mark.parametrize(
    "name",
    [
        "照护低保户、五保老人", "慰问现役军人家属", "接送上学的孤儿", "捐资助学", "参加普法学习", "加入学习小组",
        "线上学习技能", "走访慰问老人", "退役军人志愿服务队巡逻", "参与调解邻里纠纷", "提供安全隐患线索",
        "整治环境卫生", "带动就业、入社",
        "打扫土地庙前的路", "义务植树", "见义勇为、立功受奖", "支持村里项目建设", "拒收高价彩礼", "为应征求意见会服务",
    ],
)  # fmt: skip
def test_help_and_near_misses_pass(name: str) -> None:
    assert red_line(plus(name)) is None


def test_the_criteria_are_read_as_the_name_is() -> None:
    found = red_line(replace(GOOD, criteria="签了土地流转合同的计分"))
    assert found is not None
    assert found[0] == "criteria"


@pytest.mark.parametrize("name", ["打架斗殴", "参与赌博", "虐待老人", "破坏公物", "焚烧秸秆", "违法被处罚"])
def test_an_offence_costs_points_only_on_a_numbered_paper(name: str) -> None:
    found = red_line(minus(name))
    assert found is not None
    assert found[0] == "document"
    assert red_line(minus(name, document=True)) is None


@pytest.mark.parametrize(
    ("name", "points"),
    [
        ("不配合征收房屋", -10), ("到镇里反映问题、越级反映", -10), ("拨打12345热线", -20), ("拨打１２３４５", -20),
        ("不让孩子读书", -10), ("生第二个娃", -10), ("借钱不还", -20), ("欠邻居的钱", -10), ("低 保户作假", -10),
        ("低-保，户作假", -10), ("离婚", -20), ("换现金100元", 10), ("孩子考上大学", 20), ("向记者投　诉村里", -5),
    ],
)  # fmt: skip
def test_what_a_reader_got_past_the_red_lines(name: str, points: int) -> None:
    found = red_line(plus(name) if points > 0 else minus(name, document=True))
    assert found is not None
    assert found[0] == "name"


@pytest.mark.parametrize(
    "name",
    [
        "孩子参加暑期读书会", "接种疫苗的学生志愿者", "捐现金给困难户", "主动反映安全隐患", "为上门收垃圾让路",
        "凭借善款修路", "医生第一时间救人", "提供盗伐林木以外的隐患线索", "拨打火警电话及时报火情",
        "婚事新办、不收高价彩礼",
    ],
)  # fmt: skip
def test_help_that_only_sounds_like_it_passes(name: str) -> None:
    assert red_line(plus(name)) is None


@pytest.mark.parametrize("name", ["偷东西", "盗割胶水", "罚款", "被拘留"])
def test_theft_and_fines_cost_points_only_on_a_paper(name: str) -> None:
    found = red_line(minus(name))
    assert found is not None
    assert found[0] == "document"
    assert red_line(minus(name, document=True)) is None
    assert red_line(minus("偷倒垃圾")) is None, "a matter of the village's own"


def test_a_deduction_of_no_known_kind_says_what_it_is_for() -> None:
    """The sentence stands on the poster: the whole village reads what is meant."""
    blank = replace(minus("门口种花不齐"), criteria="")
    found = problem(blank, boards=BOARDS)
    assert found is not None
    assert found[0] == "criteria"
    assert problem(replace(blank, criteria="村规民约第九条：占用公共花坛种菜"), boards=BOARDS) is None
    hidden = problem(replace(blank, criteria="村规民约第九条：不同意拆迁的扣分"), boards=BOARDS)
    assert hidden is not None, "the sentence is read as the name is"
    assert problem(replace(minus("乱倒垃圾"), criteria=""), boards=BOARDS) is None


@pytest.mark.parametrize("name", ["乱倒垃圾、污水", "违规操办红白喜事", "故意虚报诉求"])
def test_what_the_village_itself_rules_needs_no_paper(name: str) -> None:
    assert red_line(minus(name)) is None


def test_vetoes_keep_the_red_lines_too() -> None:
    assert veto_problem(VetoKind("V5", "缠访闹访被依法处理", "处罚文书编号")) is not None
    assert veto_problem(VetoKind("V6", "违法占地建房拒不整改", "处罚决定编号")) is not None
    assert veto_problem(VetoKind("V1", "故意犯罪被判刑", "判决书编号")) is None


# --- what does not add up, and what only warns


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"points": 0}, "points"),
        ({"points": 5000}, "points"),
        ({"at_most": True}, "at_most"),
        ({"cap": 5}, "cap"),
        ({"cap_per": None}, "cap_per"),
        ({"cap": None}, "cap"),
        ({"points": -5, "who": "C"}, "cap"),
        ({"points": -5, "cap": None, "cap_per": None}, "who"),
        ({"case_rule": "K9", "who": "A"}, "case_rule"),
        ({"case_rule": "K1"}, "who"),
        ({"case_rule": "K1", "who": "A", "account": AccountKind.HONOUR}, "account"),
        ({"case_rule": "K1", "who": "A", "approval": Approval.COUNCIL}, "approval"),
        ({"account": AccountKind.BASE}, "account"),
        ({"board": "M9"}, "board"),
    ],
)
def test_the_first_problem_is_named_at_its_field(changes: dict[str, object], field: str) -> None:
    found = problem(replace(GOOD, **changes), boards=BOARDS)  # type: ignore[arg-type]
    assert found is not None
    assert found[0] == field


def test_a_good_item_has_neither_problem_nor_warning() -> None:
    assert problem(GOOD, boards=BOARDS) is None
    assert warnings(GOOD) == []


@pytest.mark.parametrize("name", ["unit", "evidence", "criteria"])
def test_what_is_left_blank_warns_and_does_not_refuse(name: str) -> None:
    item = replace(GOOD, **{name: ""})  # type: ignore[arg-type]
    assert len(warnings(item)) == 1
    assert problem(item, boards=BOARDS) is None


def test_points_without_an_end_warn() -> None:
    assert len(warnings(replace(GOOD, cap=None, cap_per=None))) == 1
    assert warnings(minus("乱倒垃圾")) == []


def test_who_declares_is_read_from_the_letters() -> None:
    assert GOOD.declarers == (Declarer.SELF, Declarer.CADRE)
    assert GOOD.may_be_declared(Declarer.SELF)
    assert not GOOD.may_be_declared(Declarer.LIAISON)


# --- versions


def scheme(**changes: object) -> Scheme:
    known: dict[str, object] = {
        "id": 1, "village_id": 1, "number": 1, "name": "办法", "preset": "", "valid_from": None, "valid_to": None,
        "base_points": 0, "at_year_end": YearEnd.CARRY, "expire_months": 24, "notice_days": 7, "council_from": 50,
        "month_budget": None, "items": {"M101": GOOD}, "boards": BOARDS,
    }  # fmt: skip
    return Scheme(**(known | changes))  # type: ignore[arg-type]


def test_two_versions_side_by_side() -> None:
    dropped = replace(GOOD, code="M102")
    added = replace(GOOD, code="M103")
    old = scheme(items={"M101": GOOD, "M102": dropped})
    new = scheme(items={"M101": replace(GOOD, points=12, cap=60), "M103": added}, notice_days=10)
    found = compare(old, new)
    assert found.settings == {"notice_days": (7, 10)}
    assert [(one.kind, one.item.code, one.fields) for one in found.items] == [
        (Difference.CHANGED, "M101", ("points", "cap")),
        (Difference.ADDED, "M103", ()),
        (Difference.DROPPED, "M102", ()),
    ]
    assert compare(old, old).same


def test_the_council_decides_from_so_many_points_on_or_where_the_item_says_so() -> None:
    one = scheme(council_from=50)
    assert not one.needs_council(GOOD, 49)
    assert one.needs_council(GOOD, 50)
    assert one.needs_council(GOOD, -50)
    assert one.needs_council(replace(GOOD, approval=Approval.COUNCIL), 1)


def test_the_index_weighs_and_the_ledger_knows_nothing_of_it() -> None:
    assert weighted({"M1": 10, "M2": 20}, list(BOARDS.values())) == 14
    assert weighted({}, list(BOARDS.values())) == 0


def test_a_new_item_takes_the_first_free_number() -> None:
    assert next_code("M1", ["M101", "M103"]) == "M102"


@pytest.mark.parametrize(
    ("period", "begins", "ends"),
    [
        (Period.MONTH, date(2026, 12, 1), date(2027, 1, 1)),
        (Period.QUARTER, date(2026, 10, 1), date(2027, 1, 1)),
        (Period.YEAR, date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_windows_of_caps(period: Period, begins: date, ends: date) -> None:
    assert window_of(period, date(2026, 12, 31)) == (begins, ends)


def test_the_last_whole_quarter() -> None:
    assert last_quarter(date(2026, 2, 3)) == (date(2025, 10, 1), date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1))
    assert last_quarter(date(2026, 11, 23))[0] == date(2026, 7, 1)


def test_modules_are_open_until_somebody_closes_them() -> None:
    assert modules_from(None) == frozenset(Module)
    assert modules_from({"points": True, "shop": False}) == frozenset(Module) - {Module.SHOP}
    assert modules_from({"points": False}) == frozenset(), "nothing is exchanged or shown without points"
