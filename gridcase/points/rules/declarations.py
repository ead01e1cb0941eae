"""What may be declared for a home, by whom, for how many points: the red lines as code. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from gridcase.core.labels import Labelled
from gridcase.core.words import N_, Text
from gridcase.points.rules.schemes import Approval, Declarer

BACK_DAYS, BACK_DAYS_LEAST, BACK_DAYS_MOST = 60, 7, 365  # how far back something may lie; the setting of a place
RULES_KEY = "declarations"  # that setting
LEAST_TEXT, MOST_TEXT = 4, 200
NUMBER_LEAST = 4  # characters of a document's number: "核查1号"
NO_NUMBER = N_("这不像文书编号：编号里有数字，至少四个字，例如“青公罚决〔2026〕12号”。没有文书就空着。")


class DeclarationState(Labelled):
    """Where a declaration stands. The first three wait for somebody."""

    DECLARED = "declared", N_("待评议小组评议")
    COUNCIL = "council", N_("待道德评议会评议")
    TOWN = "town", N_("待镇里审核")
    POSTED = "posted", N_("已通过，进入公示")
    REJECTED = "rejected", N_("评议未通过")
    WITHDRAWN = "withdrawn", N_("已撤回")
    TALK = "talk", N_("以教育谈话代替扣分")


OPEN = frozenset({DeclarationState.DECLARED, DeclarationState.COUNCIL, DeclarationState.TOWN})
NEVER_COUNTED = frozenset({DeclarationState.REJECTED, DeclarationState.WITHDRAWN, DeclarationState.TALK})


class ItemFacts(Protocol):
    """What these rules ask of an item of a scheme."""

    @property
    def name(self) -> str:
        """Its words."""

    @property
    def points(self) -> int:
        """What it gives; below 0 it costs."""

    @property
    def at_most(self) -> bool:
        """Whether `points` is only the most, and the council says how many."""

    @property
    def cap(self) -> int | None:
        """The most points of one home in `cap_per`."""

    @property
    def cap_per(self) -> str | None:
        """month, quarter, year or matter."""

    @property
    def who(self) -> str:
        """The letters of who may declare it."""

    @property
    def approval(self) -> str:
        """The letter of who decides."""

    @property
    def document(self) -> bool:
        """Whether it rests on a paper with a number."""


@dataclass(frozen=True)
class Ask:
    """What is asked for a home, and what the register says about who asks and who did it.

    `child`: the person is under 14 on the day; `paid_person`: holds a paid post; `paid_home`: somebody of the home
    does; `kin`: the home is the asker's own or a relative's; `asker_child`: who asks is under 14.
    """

    how: str
    points: int | None
    happened_on: date
    today: date
    text: str
    document_no: str
    named: bool = False
    child: bool = False
    guardian_agreed: bool = False
    paid_person: bool = False
    paid_home: bool = False
    kin: bool = False
    asker_child: bool = False
    back_days: int = BACK_DAYS


def why_refused(item: ItemFacts, ask: Ask) -> tuple[Text, str] | None:
    """The first thing that stands against a declaration, and the field it belongs to; None when nothing does."""
    for found in (*_about_who(item, ask), *_about_what(item, ask)):
        if found[0]:
            return found[1], found[2]
    return None


def _about_who(item: ItemFacts, ask: Ask) -> Iterable[tuple[bool, Text, str]]:
    earns = item.points > 0
    return (
        (not may_declare(item, ask.how), _WHO[Declarer(ask.how)], "item_code"),
        (ask.asker_child, N_("未满 14 岁不能自己申报，请由家里大人申报。"), ""),
        (ask.how in {Declarer.LIAISON, Declarer.CADRE} and ask.kin and earns,
         N_("这是您本人或亲属的家庭，请由户里自己申报，或由其他人代报。"), ""),
        (earns and ask.paid_person, N_("有报酬岗位的人履职不计积分。"), "person_id"),
        (earns and ask.paid_home and not ask.named,
         N_("这户有人在有报酬的岗位上，请选是家里谁做的：履职不计积分。"), "person_id"),
        (ask.child and ask.how != Declarer.SELF and not ask.guardian_agreed,
         N_("是未满 14 岁的孩子做的，要监护人同意才能记入本户。"), "guardian_agreed"),
    )  # fmt: skip


_WHO = {
    Declarer.SELF: N_("这一项由村里登记，不能自己申报。"),
    Declarer.LIAISON: N_("这一项由村干部登记。"),
    Declarer.CADRE: N_("这一项由户里自己申报，或由联户代表代报。"),
    Declarer.AUTO: N_("这一项不从办结的事件里计分。"),
}


def _about_what(item: ItemFacts, ask: Ask) -> Iterable[tuple[bool, Text, str]]:
    oldest = ask.today - timedelta(days=ask.back_days)
    return (
        (ask.happened_on > ask.today, N_("日期不能晚于今天。"), "happened_on"),
        (ask.happened_on < oldest, N_("只能申报最近 %(days)s 天的事。", days=ask.back_days), "happened_on"),
        (len(ask.text) < LEAST_TEXT, N_("请写一句做了什么，至少四个字。"), "text"),
        (len(ask.text) > MOST_TEXT, N_("请写短一些，最多 %(most)s 个字。", most=MOST_TEXT), "text"),
        (item.document and not ask.document_no, N_("这一项要有文书，请填文书编号。"), "document_no"),
        (bool(ask.document_no) and not names_paper(ask.document_no), NO_NUMBER, "document_no"),
        (not _fits(item, ask.points), _amount(item), "points"),
    )


def may_declare(item: ItemFacts, how: str) -> bool:
    """Whether an item is declared in this way. What a home may declare itself a helper may fill in for it; a deduction
    is the village's to declare."""
    if item.points < 0:
        return how == Declarer.CADRE
    return how in item.who or (how == Declarer.LIAISON and Declarer.SELF in item.who)


def _fits(item: ItemFacts, points: int | None) -> bool:
    if points is None or points == item.points:
        return True
    return item.at_most and points * item.points > 0 and abs(points) <= abs(item.points)


def _amount(item: ItemFacts) -> Text:
    if item.at_most:
        return N_("这一项最多 %(points)s 分。", points=abs(item.points))
    return N_("这一项是 %(points)s 分，不能改。", points=item.points)


def period(cap_per: str | None, day: date) -> tuple[date, date]:
    """First day and first day after of the month, quarter or year of a day; of a matter, the day itself."""
    if cap_per == "year":
        return date(day.year, 1, 1), date(day.year + 1, 1, 1)
    if cap_per in {"month", "quarter"}:
        months = 1 if cap_per == "month" else 3
        first = date(day.year, (day.month - 1) // months * months + 1, 1)
        last = first.month - 1 + months
        return first, date(first.year + last // 12, last % 12 + 1, 1)
    return day, day + timedelta(days=1)


def under_cap(item: ItemFacts, points: int, *, used: int) -> int:
    """What is left of `points` under the cap of the item's period: the rest of it rather than nothing."""
    if item.cap is None:
        return points
    left = max(0, min(abs(points), item.cap - used))
    return left if points > 0 else -left


def names_paper(document_no: str) -> bool:
    """Whether this can be the number of a paper: something in it is a digit, and it is not a mere stroke of the pen."""
    number = "".join(document_no.split())
    return len(number) >= NUMBER_LEAST and any(sign.isdigit() for sign in number)


def needs_council(item: ItemFacts, points: int, *, document_no: str, council_from: int) -> bool:
    """Whether the moral council decides after the group: by the item, by the size, or a deduction without a paper."""
    without_paper = item.points < 0 and not names_paper(document_no)
    return item.approval == Approval.COUNCIL or item.at_most or abs(points) >= council_from or without_paper


def back_days(setting: object) -> int:
    """The days of the setting, within 7 and 365."""
    days = setting if isinstance(setting, int) else BACK_DAYS
    return min(max(days, BACK_DAYS_LEAST), BACK_DAYS_MOST)
