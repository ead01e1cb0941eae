"""What keeps an item from being saved, with the field it belongs to. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from gridcase.core.words import N_, Text
from gridcase.points.rules.cases import CASE_RULES
from gridcase.points.rules.ledger import AccountKind
from gridcase.points.rules.redlines import SENTENCE, is_known, is_offence, plain, touched
from gridcase.points.rules.schemes import POINTS_MOST, Approval, Board, Declarer, Item, VetoKind

Problem = tuple[str, Text]
ACCOUNTS = (AccountKind.MERIT, AccountKind.HONOUR)


def problem(item: Item, *, boards: Mapping[str, Board]) -> Problem | None:
    """The first reason why an item cannot be saved: (field, words); None when it can."""
    for check in _CHECKS:
        found = check(item)
        if found is not None:
            return found
    if item.board not in boards:
        return "board", N_("请选一个类别。")
    return None


def red_line(item: Item) -> Problem | None:
    """The red line that an item touches, by its name or its criteria."""
    for name, text in (("name", item.name), ("criteria", item.criteria)):
        theme = touched(text, minus=item.deduction)
        if theme is not None and item.deduction:
            return name, N_("“%(theme)s”不得与积分挂钩，不能因此扣分，这一项不能保存。", theme=theme.label)
        if theme is not None:
            return name, N_("“%(theme)s”不得与积分挂钩，加分也不行，这一项不能保存。", theme=theme.label)
    if item.deduction and is_offence(item.name + item.criteria) and not item.document:
        return "document", N_("这一项按违法行为扣分，必须有法律文书编号。请勾上“凭文书编号”，或改写成村规民约管的事。")
    return None


def unusual(item: Item) -> Problem | None:
    """A deduction of no kind that villages usually rule says in a sentence, for all to read, what it is for."""
    if item.deduction and not is_known(item.name) and len(plain(item.criteria)) < SENTENCE:
        return "criteria", N_(
            "这项扣分不在常见的几类里。请用一句话写明管的是什么事、依据村规民约哪一条，全村都看得到这句话。"
        )
    return None


def _value(item: Item) -> Problem | None:
    if not 0 < abs(item.points) <= POINTS_MOST:
        return "points", N_("请填 1 到 %(most)s 分，扣分写负数。", most=POINTS_MOST)
    if item.at_most and (item.deduction or item.approval is not Approval.COUNCIL):
        return "at_most", N_("“最高”的分数要由道德评议会商定：审定人请选道德评议会，分数写正数。")
    return None


def _cap(item: Item) -> Problem | None:
    if item.cap is None:
        return None if item.cap_per is None else ("cap", N_("选了上限的周期，请填这个周期里最多几分。"))
    if item.deduction:
        return "cap", N_("扣分项没有上限，请清空。")
    if item.cap_per is None:
        return "cap_per", N_("请选这个上限按多长时间算。")
    if item.cap < item.points:
        return "cap", N_("上限比一次的分数还少，请改成不少于 %(points)s 分。", points=item.points)
    return None


def _who(item: Item) -> Problem | None:
    if item.deduction and set(item.who) - {Declarer.CADRE.value}:
        return "who", N_("扣分只由村干部登记，请只选“村干部登记”。")
    if item.case_rule and (item.case_rule not in CASE_RULES or item.deduction):
        return "case_rule", N_("只有加分项能随事件办结自动记。")
    if item.case_rule and Declarer.AUTO.value not in item.who:
        return "who", N_("随事件办结记分的项，请勾上“事件办结自动记”。")
    if item.case_rule and (item.at_most or item.approval is not Approval.GROUP):
        return "approval", N_("随事件办结自动记的项，审定人请选评议小组，分数要是定数。")
    return None


def _account(item: Item) -> Problem | None:
    if item.account not in ACCOUNTS:
        return "account", N_("请选可兑换积分或荣誉分。")
    if item.account is AccountKind.HONOUR and (item.deduction or item.case_rule):
        return "account", N_("荣誉分只加不减，也不随事件自动记。")
    return None


_CHECKS: tuple[Callable[[Item], Problem | None], ...] = (red_line, _value, _cap, _who, _account, unusual)


def veto_problem(veto: VetoKind) -> Text | None:
    """Why a veto cannot be switched on."""
    theme = touched(veto.name, minus=True)
    return (
        None
        if theme is None
        else N_("“%(theme)s”不得与积分挂钩，“%(veto)s”不能启用。", theme=theme.label, veto=veto.name)
    )


def next_code(board: str, taken: Iterable[str]) -> str:
    """The code of a new item of a class: the class and the next free number."""
    used = set(taken)
    return next(code for number in range(1, 1000) if (code := f"{board}{number:02}") not in used)
